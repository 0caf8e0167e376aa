import Installation
import Platform
import Runs
import TestBed

/// The site's own rules: what the file says, what is still unanswered, and the answers to it.
public enum RuleActions {
  /// An entry of the rules file.
  public struct Entry: Sendable {
    /// The line it begins in.
    public let line: Int
    /// `rule` with its ID, or `harmless`.
    public let kind: String
    /// The places it names.
    public let place: String
  }

  /// The entries of the rules file, in their order.
  public static let list: Listing<Entry> = Listing(
    "rules list", "Test-Bed Rules", noun: "entry", emptyText: "this site has no rules of its own",
    columns: [
      .init("Line", 4, isRight: true) { String($0.line) }, .init("Entry", 12) { $0.kind },
      .init("Place", 24) { $0.place },
    ],
    table: [.init("LINE") { String($0.line) }, .init("ENTRY") { $0.kind }, .init("PLACE") { $0.place }],
    tone: { $0.kind == "harmless" ? .warning : .normal }, identity: { "\($0.line) \($0.place)" },
    line: { entry, _ in "line \(entry.line), \(entry.kind), \(entry.place)" },
    json: { Row(line: $0.line, entry: $0.kind, place: $0.place) },
    load: { hub, _ in
      .init(try SiteRules.read(hub.installation.rulesPath).described.map { Entry(line: $0.0, kind: $0.1, place: $0.2) })
    },
    actions: [checkAction, proposeAction])

  private static let checkAction: Action<Entry> = Action(
    "rules check", "c", "Check", help: "says what the rules leave unanswered here, and which entries change nothing",
    .installation, work: .operation { _ in ["rules", "check"] })

  private static let proposeAction: Action<Entry> = Action(
    "rules propose", "p", "Propose", help: "adds an entry for everything unanswered, set to remove", .installation,
    confirmation: { _, _ in
      .choice(
        "Propose",
        "Add an entry to the rules file for everything that looks dangerous and is unanswered, set to remove?",
        yes: "Add", no: "Not now", .normal)
    }, work: .operation { _ in ["rules", "propose"] })

  private struct Row: Encodable {
    let line: Int
    let entry: String
    let place: String
  }

  // MARK: - Propose and check

  /// Adds an entry for everything that looks dangerous and is unanswered, set to remove, and says how many there are.
  ///
  /// - Parameters:
  ///   - path: the file; nil for the installation's own.
  ///   - options: the backup that is thought of.
  /// - Throws: `AdminError`: `configuration` for a file that is not understood.
  public static func propose(
    _ hub: Hub, to path: String? = nil, _ options: BackupOptions, observer: OperationObserver? = nil
  ) throws -> String {
    let file = path ?? hub.installation.rulesPath
    var count = 0
    // What is found first in a column may hide another thing in it; the own file is looked at with the new answers.
    for _ in 0..<(path == nil ? mostRounds : 1) {
      _ = try RulesFile(file)
      let added = try add(hub.previewBackup(options, observer: observer).findings, to: file, hub)
      count += added
      if added == 0 { break }
    }
    return count == 0
      ? "Nothing to propose: all that looks dangerous is answered in \(file)"
      : "Proposed in \(file): \(count) \(count == 1 ? "entry" : "entries"), set to remove"
  }

  private static let mostRounds = 20

  /// Adds an entry for each that has none, and says how many those are.
  private static func add(_ findings: [Finding], to path: String, _ hub: Hub) throws -> Int {
    var file = try RulesFile(path)
    guard findings.contains(where: { file.answer(to: $0) == nil }) else { return 0 }
    var count = 0
    try hub.changeFiles("rules propose", path) {
      file = try RulesFile(path)
      for finding in findings where file.answer(to: finding) == nil {
        try file.give(.remove, to: finding, offersHarmless: true)
        count += 1
      }
      try file.store()
    }
    return count
  }

  /// What a check of the rules file found.
  public struct Check: Encodable, Sendable {
    /// How many entries the file has.
    public let entries: Int
    /// Entries that change nothing on this installation.
    public let idle: [String]
    /// What is unanswered, with the lines that would answer it.
    public let unanswered: [Unanswered]

    /// Something unanswered.
    public struct Unanswered: Encodable, Sendable {
      let place: String
      let reason: String
      let remedy: String
    }

    /// In lines.
    public var lines: [String] {
      idle.map { "Changes nothing here: \($0)" }
        + unanswered.flatMap { ["Unanswered: \($0.place): \($0.reason)", "  \($0.remedy)"] }
        + ["\(entries) \(entries == 1 ? "entry" : "entries") understood, \(unanswered.count) unanswered"]
    }
  }

  /// Holds the rules file against this installation.
  ///
  /// - Throws: `AdminError` (`configuration`) naming the line that is not understood.
  public static func check(
    _ hub: Hub, _ options: BackupOptions, observer: OperationObserver? = nil
  ) throws -> Check {
    let site = try SiteRules.read(hub.installation.rulesPath)
    let preview = try hub.previewBackup(options, observer: observer)
    return Check(
      entries: site.entries.count, idle: preview.idleEntries,
      unanswered: preview.findings.map { .init(place: $0.place, reason: $0.reason, remedy: $0.remedy) })
  }

  /// What is said of things that are unanswered.
  ///
  /// - Returns: nil when there is none.
  public static func refusal(of check: Check, _ hub: Hub) -> AdminError? {
    guard let first = check.unanswered.first else { return nil }
    return AdminError(
      .refused, "\(check.unanswered.count) \(check.unanswered.count == 1 ? "thing is" : "things are") unanswered",
      at: first.place, next: "answer each in \(hub.installation.rulesPath), or start: hubtui rules propose")
  }
}
