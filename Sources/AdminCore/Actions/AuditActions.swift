import Administration
import Platform

/// The audit log: who changed what, and whether the log is whole.
public enum AuditActions {
  /// The entries, newest first.
  public static let list: Listing<AuditLog.Entry> = Listing(
    "audit show", "Audit Log", noun: "entry", emptyText: "nothing was changed yet",
    columns: [
      .init("Time (UTC)", 20) { $0.time }, .init("Account", 10, priority: 1) { $0.account },
      .init("Action", 12) { $0.action }, .init("Detail", 8, priority: 3) { $0.detail },
      .init("Result", 8) { $0.result },
      .init("Source", 6, priority: 4) { $0.source },
    ],
    table: [
      .init("TIME") { $0.time }, .init("ACCOUNT") { $0.account }, .init("SOURCE") { $0.source },
      .init("ACTION") { $0.action }, .init("DETAIL") { $0.detail.isEmpty ? "-" : $0.detail },
      .init("RESULT") { $0.result },
    ],
    tone: { $0.result == "done" ? .normal : .warning }, identity: { "\($0.time) \($0.action) \($0.detail)" },
    line: { entry, _ in
      Listing<AuditLog.Entry>.joined([
        entry.time, entry.account, entry.source, entry.action, entry.detail, entry.result,
      ])
    },
    json: { $0 }, load: { hub, _ in .init(Array(try AuditLog(hub.installation).entries().reversed())) },
    actions: [show, verify])

  private static let show: Action<AuditLog.Entry> = Action(
    "audit show", nil, "Whole entry",
    work: .show { entries in
      let entry = entries[0]
      let lines = [
        ("time", entry.time), ("ended", entry.ended ?? ""), ("account", entry.account), ("source", entry.source),
        ("action", entry.action), ("detail", entry.detail), ("result", entry.result),
      ]
      return .text(title: "Entry", lines.map { name, value in padded(name, to: 9) + value + "\n" }.joined())
    })

  /// Reads the log's chain of digests.
  public static let verify: Action<AuditLog.Entry> = Action(
    "audit verify", "v", "Verify", help: "reads the log's chain of digests and says whether it is whole", .installation,
    work: .quick { _, hub in try verification(hub).lines.joined(separator: ". ") })

  /// What a verification found.
  public struct Verification: Encodable, Sendable {
    let lineCount: Int
    let earlierLines: Int
    let head: String
    let notes: [String]

    private enum CodingKeys: String, CodingKey {
      case lineCount = "lines"
      case earlierLines, head, notes
    }

    /// In lines.
    public var lines: [String] {
      ["\(lineCount) lines, whole and in order"] + notes.map { "Note: \($0)" } + ["Head: \(head)"]
    }
  }

  /// Reads the log's chain of digests.
  ///
  /// - Parameter head: a head that an earlier verification gave; some line must still have it.
  /// - Throws: `AdminError` (`dataError`) naming the first line that is wrong.
  public static func verification(_ hub: Hub, knownHead head: String? = nil) throws -> Verification {
    let log = AuditLog(hub.installation)
    let found = try AuditVerification(log, known: head)
    if let problem = found.problem {
      throw AdminError(
        .dataError, "the audit log is not whole: \(problem.what)", at: log.path,
        next: "keep it with its head file audit.head, and find out who changed it")
    }
    return Verification(
      lineCount: found.lines, earlierLines: found.earlierLines, head: found.head, notes: found.notes)
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
