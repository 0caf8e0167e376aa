import Administration
import Installation
import Platform
import Runs
import TestBed

/// The backup sets: what is missing or wrong with each, report, verify, collect, delete.
public enum BackupActions {
  /// The sets, newest first, in the backup folders and in `folders`.
  public static func list(from folders: [String] = []) -> Listing<BackupSet> {
    Listing(
      "backup list", "Backups", noun: "backup set", emptyText: "no backup in the backup folders yet",
      columns: [
        .init("Backup ID", 19) { $0.id.description }, .init("Kind", 8) { $0.kind.rawValue },
        .init("Age", 6, isRight: true, priority: 1, age), .init("Size", 8, isRight: true, priority: 2, size),
        .init("State", 10) { $0.state },
      ],
      table: [
        .init("ID") { $0.id.description }, .init("KIND") { $0.kind.rawValue }, .init("AGE", 1, age),
        .init("SIZE", size),
        .init("ARCHIVES") { $0.missing.isEmpty ? "complete" : $0.isDistributed ? "distributed" : "incomplete" },
        .init("VALID") { $0.verdict },
      ],
      tone: { !$0.problems.isEmpty ? .error : $0.report == nil ? .warning : .good },
      identity: { "\($0.id) \($0.kind.rawValue)" },
      line: { set, now in
        Listing<BackupSet>.joined([set.id.description, set.kind.rawValue, age(set, now), size(set), set.state])
      },
      json: Row.init, load: { hub, _ in .init(try hub.backupSets(from: folders)) },
      actions: [details, report, verify, collect, delete])
  }

  /// No sets: for an action that needs none.
  public static let none = Listing<BackupSet>.Contents([])

  /// Where the archives are, and all that is wrong with the set.
  public static let details: Action<BackupSet> = Action(
    "backup list", nil, "Details", help: "where the archives are, and all that is wrong with the set",
    work: .show { .text(title: "Details", text($0[0])) })

  /// The set's report.
  public static let report: Action<BackupSet> = Action(
    "report show", "r", "Report", help: "opens the set's report",
    obstacle: { $0[0].report == nil ? "no report of this set is here" : nil },
    work: .show { sets in
      sets[0].report.map(ReportActions.document) ?? .none("no report of this set is here")
    })

  /// Reads the set back.
  public static let verify: Action<BackupSet> = Action(
    "backup verify", "v", "Verify", help: "reads the whole set back and checks every byte",
    work: .operation { ["backup", "verify", $0[0].id.description] })

  /// Gathers the set in one folder.
  public static let collect: Action<BackupSet> = Action(
    "backup collect", "c", "Collect", help: "gathers archives and report in one folder, from all machines",
    work: .operationAfter(
      { sets in
        FormDescription(
          "Collect", intro: "Archives and report of backup \(sets[0].id), gathered in one folder.",
          questions: { _ in
            [
              Question(
                "to", "Folder", .text("", limit: 4096), help: "An absolute path; it is made when it is not there."
              ) { $0.hasPrefix("/") ? nil : "type an absolute path, beginning with /" }
            ]
          }, store: { _, _ in "" })
      }, words: { sets, answers in ["backup", "collect", sets[0].id.description, "--to", answers["to"] ?? ""] }))

  /// Deletes the set's archives.
  public static let delete: Action<BackupSet> = Action(
    "backup delete", "d", "Delete", help: "deletes the set's archives after a typed word",
    confirmation: { sets, _ in
      .word(
        "Delete", "The archives of \(sets[0].kind.title) \(sets[0].id) will be gone for good; its report stays.",
        .delete)
    }, work: .operation { ["backup", "delete", $0[0].id.description, "--yes"] })

  /// A set in full.
  public static func text(_ set: BackupSet) -> String {
    func whereabouts(_ path: String) -> [String] {
      ["  \(FileSystem.name(of: path))", "  in \(FileSystem.folder(of: path))"]
    }
    var lines = ["\(set.kind.title) \(set.id), \(Units.size(set.size))", "", "State"]
    lines += (set.problems.isEmpty ? [set.verdict] : set.problems.map(\.description)).map { "  \($0)" }
    lines.append("")
    for component in Component.allCases {
      lines.append(component.rawValue)
      lines += set.archives[component].map(whereabouts) ?? ["  missing"]
    }
    lines.append("Report")
    lines += set.report.map { whereabouts($0.path) } ?? ["  not at hand"]
    return lines.map(printable).joined(separator: "\n") + "\n"
  }

  /// What is said of a set that was read back.
  public static func verified(_ set: BackupSet) -> String {
    let report = set.report == nil ? "no report is at hand" : "its report ends with the validity mark"
    return "\(set.kind.title) \(set.id) is whole: sizes, digests and row counts agree; \(report)."
  }

  /// What is asked before a backup is made.
  public static func confirmation(of options: BackupOptions) -> Confirmation {
    let remarks = options.switches.filter { options[keyPath: $0.isOn] }.map { ", \($0.remark)" }.joined()
    let title = options.kind == .normal ? "Create Backup" : "Create Test-Bed Backup"
    return .choice(
      title, "Make a \(options.kind.title) of all three components now\(remarks)?", yes: "Start", no: "Not now", .normal
    )
  }

  @Sendable private static func age(_ set: BackupSet, _ now: Int64) -> String {
    set.id.time.map { Units.age(max(0, now - $0)) } ?? "?"
  }
  @Sendable private static func size(_ set: BackupSet) -> String { Units.size(set.size) }

  private struct Row: Encodable {
    let id: String
    let kind: String
    let created: String?
    let size: UInt64
    let archives: [String: String]
    let missing: [String]
    let isComplete: Bool
    let isValid: Bool
    let verdict: String
    let report: String?

    init(_ set: BackupSet) {
      id = set.id.description
      kind = set.kind.rawValue
      created = set.id.time.map(Moment.text)
      size = set.size
      archives = Dictionary(uniqueKeysWithValues: set.archives.map { ($0.key.rawValue, $0.value) })
      missing = set.missing.map(\.rawValue)
      isComplete = set.missing.isEmpty
      isValid = set.isValid
      verdict = set.verdict
      report = set.report?.path
    }
  }
}
