import AdminCore
import Foundation
import TUIKitLite

/// A backup report: its last line says whether the backup can be used, and only as the last line.
enum ReportScreen {
  static func make(_ path: String, _ context: ConsoleContext) -> any ConsoleScreen {
    let mark = BackupKind.parse(reportName: FileSystem.name(of: path))?.kind.validityMark
    return PagerScreen.file("Report", path, context: context) { line, isLast in
      if isLast { return line == mark ? .good : .error }
      if line.hasPrefix("ERROR:") { return .error }
      return line.hasPrefix("THIS IS A TEST-BED BACKUP") ? .warning : nil
    }
  }
}

/// The backup reports, newest first.
enum ReportsScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<BackupReport.Summary>(
      "Backup Reports", context,
      [.init("Backup ID", minimum: 19), .init("Kind", minimum: 8), .init("Last line", minimum: 30)],
      emptyText: "no report yet",
      commands: [
        .init(.enter, "Open") { reports in
          guard let report = reports.first else { return .none }
          return .push(ReportScreen.make(report.path, context))
        }
      ],
      load: { try BackupReport.list($0.hub.installation) },
      row: { report, _ in
        Table.Row([report.id.description, report.kind.rawValue, report.lastLine], report.isValid ? .good : .error)
      })
  }
}

/// Who changed what, newest first.
enum AuditScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<AuditLog.Entry>(
      "Audit Log", context,
      [
        .init("Time (UTC)", minimum: 20), .init("Account", minimum: 10, priority: 1), .init("Action", minimum: 12),
        .init("Detail", minimum: 8, priority: 3), .init("Result", minimum: 8), .init("Source", minimum: 6, priority: 4),
      ], emptyText: "nothing was changed yet",
      commands: [
        .init(.enter, "Whole entry") { entries in
          guard let entry = entries.first else { return .none }
          let lines = [
            ("time", entry.time), ("ended", entry.ended ?? ""), ("account", entry.account), ("source", entry.source),
            ("action", entry.action), ("detail", entry.detail), ("result", entry.result),
          ]
          let text = lines.map { $0.padding(toLength: 9, withPad: " ", startingAt: 0) + $1 + "\n" }.joined()
          return .push(PagerScreen("Entry", PagerSource(text: text)))
        }
      ],
      load: { Array(try AuditLog($0.hub.installation).entries().reversed()) },
      row: { entry, _ in
        Table.Row(
          [entry.time, entry.account, entry.action, entry.detail, entry.result, entry.source],
          entry.result == "done" ? .normal : .warning)
      })
  }
}
