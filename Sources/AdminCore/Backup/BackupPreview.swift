import Database
import Foundation
import Installation
import Platform
import TestBed

/// What a backup would do here: for each rule what it would change, before and after, and what is new or dangerous.
public struct BackupPreview: Sendable, Equatable {
  /// Normal or test-bed.
  public let kind: BackupKind
  /// The rules in order, with what each would change.
  public package(set) var rules: [AppliedRule] = []
  /// Samples of changes; secrets only as dots.
  public package(set) var samples: [ChangeSample] = []
  /// What looks dangerous and is covered by no rule: a real run would stop.
  public package(set) var findings: [Finding] = []
  /// Entries of the site's rules that change nothing here.
  public package(set) var idleEntries: [String] = []
  /// Tables, columns, settings and INI keys that are new since the last test-bed backup.
  public package(set) var drift: [String] = []
  /// Servers of production that do not resolve now: a copy would not recognise them under other names.
  public package(set) var unresolvedHosts: [String] = []
  /// Things that would not simply be taken.
  public package(set) var notes: [String] = []
  /// Files, bytes of files, tables and rows, by component.
  public package(set) var contents: [Component: Contents] = [:]

  /// What a component has.
  public struct Contents: Sendable, Equatable, Codable {
    /// Plain files that would be taken.
    public let files: Int
    /// Their bytes.
    public let fileBytes: UInt64
    /// Tables.
    public let tables: Int
    /// Their rows that would be taken.
    public let rows: Int64

    init(files: Int, fileBytes: UInt64, tables: Int, rows: Int64) {
      self.files = files
      self.fileBytes = fileBytes
      self.tables = tables
      self.rows = rows
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case files, fileBytes, tables, rows }

    /// Reads what `encode` writes, and nothing else.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
      files = try values.decodeCount(Int.self, forKey: .files)
      fileBytes = try values.decode(UInt64.self, forKey: .fileBytes)
      tables = try values.decodeCount(Int.self, forKey: .tables)
      rows = try values.decodeCount(Int64.self, forKey: .rows)
    }
  }

  package init(kind: BackupKind) { self.kind = kind }

  /// How many things look dangerous, in words.
  public var findingsInWords: String {
    findings.count == 1
      ? "1 thing looks dangerous and is covered by no rule"
      : "\(findings.count) things look dangerous and are covered by no rule"
  }

  /// What the rules would change, without what they are.
  public var record: SanitisationRecord { SanitisationRecord(rules: rules.map(\.record)) }

  mutating func add(_ component: Component, _ outcome: ComponentWalk.Outcome) {
    contents[component] = Contents(
      files: outcome.files, fileBytes: outcome.fileBytes, tables: outcome.rows.count,
      rows: outcome.rows.values.reduce(0, +))
    notes += outcome.notes.map { "\(component.rawValue): \($0)" }
  }
}

extension BackupPreview: Codable {
  /// What `backup create --dry-run --json` prints.
  ///
  /// - Throws: `AdminError` (`dataError`) for anything else.
  public init(json: String) throws(AdminError) {
    do { self = try JSONDecoder().decode(BackupPreview.self, from: Data(json.utf8)) } catch {
      throw AdminError(.dataError, "the preview cannot be understood", next: "start it again")
    }
  }

  // The words that scripts know; `record` says once more what `rules` has.
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, rules, record, samples, notes, contents, unresolvedHosts, idleEntries
    case findings = "offences"
    case drift = "news"
  }

  /// A finding with what its text says of it, for scripts.
  private struct FindingRecord: Codable {
    let place: String
    let reason: String
    let remedy: String
    let target: Rule.Target
    let when: [String: String]?

    private enum CodingKeys: String, CodingKey, CaseIterable { case place, reason, remedy, target, when }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
      place = try values.decode(String.self, forKey: .place)
      reason = try values.decode(String.self, forKey: .reason)
      remedy = try values.decode(String.self, forKey: .remedy)
      target = try values.decode(Rule.Target.self, forKey: .target)
      when = try values.decodeIfPresent([String: String].self, forKey: .when)
    }

    init(_ finding: Finding) {
      place = finding.place
      reason = finding.reason
      remedy = finding.remedy
      target = finding.target
      when = finding.when
    }
  }

  /// Reads what `encode` wrote, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    self.init(kind: try values.decode(BackupKind.self, forKey: .kind))
    rules = try values.decode([AppliedRule].self, forKey: .rules)
    samples = try values.decode([ChangeSample].self, forKey: .samples)
    findings = try values.decode([FindingRecord].self, forKey: .findings).map {
      Finding(target: $0.target, reason: $0.reason, when: $0.when)
    }
    idleEntries = try values.decode([String].self, forKey: .idleEntries)
    drift = try values.decode([String].self, forKey: .drift)
    unresolvedHosts = try values.decode([String].self, forKey: .unresolvedHosts)
    notes = try values.decode([String].self, forKey: .notes)
    contents = try values.decode([Component: Contents].self, forKey: .contents)
  }

  /// Writes everything.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(rules, forKey: .rules)
    try container.encode(
      SanitisationRecord(rules: rules.map(\.record)), forKey: .record)
    try container.encode(samples, forKey: .samples)
    try container.encode(findings.map(FindingRecord.init), forKey: .findings)
    try container.encode(idleEntries, forKey: .idleEntries)
    try container.encode(drift, forKey: .drift)
    try container.encode(unresolvedHosts, forKey: .unresolvedHosts)
    try container.encode(notes, forKey: .notes)
    try container.encode(contents, forKey: .contents)
  }
}
