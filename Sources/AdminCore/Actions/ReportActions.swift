import Installation
import Platform
import Runs
import TestBed

/// The backup reports.
public enum ReportActions {
  /// The reports, newest first.
  public static let list: Listing<BackupReport.Summary> = Listing(
    "report list", "Backup Reports", noun: "report", emptyText: "no report yet",
    columns: [
      .init("Backup ID", 19) { $0.id.description }, .init("Kind", 8) { $0.kind.rawValue },
      .init("Last line", 30) { $0.lastLine },
    ],
    table: [
      .init("ID") { $0.id.description }, .init("KIND") { $0.kind.rawValue },
      .init("VALID") { $0.isValid ? "yes" : "NO" }, .init("LAST LINE") { $0.lastLine },
    ],
    tone: { $0.isValid ? .good : .error }, identity: { FileSystem.name(of: $0.path) },
    line: { report, _ in "\(report.id), \(report.kind.rawValue), \(report.lastLine)" },
    json: {
      Row(id: $0.id.description, kind: $0.kind.rawValue, isValid: $0.isValid, lastLine: $0.lastLine, path: $0.path)
    },
    load: { hub, _ in .init(try BackupReport.list(hub.installation)) }, actions: [show, save])

  private static let show: Action<BackupReport.Summary> = Action(
    "report show", nil, "Open", work: .show { document($0[0]) })

  /// Saves a copy of a report.
  public static let save: Action<BackupReport.Summary> = Action(
    "report save", "s", "Save as", help: "saves a copy, readable by this account alone",
    work: .form { saveAs($0[0].path) })

  /// A report: its last line says whether the backup can be used, and only as the last line.
  public static func document(_ report: BackupReport.Summary) -> Document {
    .file(title: "Report", report.path) { line, isLast in
      if isLast { return line == report.kind.validityMark ? .good : .error }
      if line.hasPrefix("ERROR:") { return .error }
      return line.hasPrefix("THIS IS A TEST-BED BACKUP") ? .warning : nil
    }
  }

  /// The report of a backup; the newest without an ID.
  ///
  /// - Throws: `AdminError` (`dataError`) when there is none.
  public static func find(_ id: BackupID?, _ hub: Hub) throws -> BackupReport.Summary {
    guard let report = try BackupReport.list(hub.installation).first(where: { id == nil || $0.id == id }) else {
      throw AdminError(.dataError, "no such report", at: hub.installation.logFolder, next: "see: hubtui report list")
    }
    return report
  }

  /// Saves a copy of a file, readable by this account alone, and says so.
  ///
  /// - Throws: `AdminError` (`cannotCreate`) for a path where something is already.
  public static func copy(_ source: String, to path: String) throws -> String {
    try FileSystem.copy(source, to: path)
    return "Saved: \(path)"
  }

  /// The form that saves a copy of a file, readable by this account alone.
  public static func saveAs(_ source: String) -> FormDescription {
    FormDescription(
      "Save As", intro: "A copy of \(source), readable by this account alone.",
      questions: { _ in
        [
          Question(
            "path", "New file", .text("", limit: 4096), help: "An absolute path; nothing that exists is overwritten."
          ) { $0.hasPrefix("/") ? nil : "type an absolute path, beginning with /" }
        ]
      },
      store: { answers, _ in
        do { return try copy(source, to: answers["path"] ?? "") } catch let error as AdminError {
          throw FormDescription.Rejection(field: "path", problem: "\(error.what); \(error.next)")
        }
      })
  }

  private struct Row: Encodable {
    let id: String
    let kind: String
    let isValid: Bool
    let lastLine: String
    let path: String
  }
}
