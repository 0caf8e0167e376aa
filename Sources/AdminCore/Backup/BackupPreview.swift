import Database
import Foundation
import Installation
import Platform
import TestBed

/// What a backup would do here: for each rule what it would change, before and after, and what is new or dangerous.
public struct BackupPreview: Sendable {
  /// Normal or test-bed.
  public let kind: BackupKind
  /// The rules in order, with what each would change.
  public package(set) var rules: [AppliedRule] = []
  /// Samples of changes; secrets only as dots.
  public package(set) var samples: [ChangeSample] = []
  /// What looks dangerous and is covered by no rule: a real run would stop.
  public package(set) var findings: [Finding] = []
  /// Tables, columns, settings and INI keys that are new since the last test-bed backup.
  public package(set) var drift: [String] = []
  /// Things that would not simply be taken.
  public package(set) var notes: [String] = []
  /// Files, bytes of files, tables and rows, by component.
  public package(set) var contents: [Component: Contents] = [:]
  var inventories: [Component: Manifest.Inventory] = [:]

  /// What a component has.
  public struct Contents: Codable, Sendable, Equatable {
    /// Plain files that would be taken.
    public let files: Int
    /// Their bytes.
    public let fileBytes: UInt64
    /// Tables.
    public let tables: Int
    /// Their rows that would be taken.
    public let rows: Int64
  }

  package init(kind: BackupKind) { self.kind = kind }

  mutating func add(_ component: Component, _ outcome: ComponentWalk.Outcome) {
    contents[component] = Contents(
      files: outcome.files, fileBytes: outcome.fileBytes, tables: outcome.rows.count,
      rows: outcome.rows.values.reduce(0, +))
    notes += outcome.notes.map { "\(component.rawValue): \($0)" }
    inventories[component] = outcome.inventory
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
  private enum CodingKeys: String, CodingKey {
    case kind, rules, record, samples, notes, contents
    case findings = "offences"
    case drift = "news"
  }

  /// A finding with what its text says of it, for scripts.
  private struct FindingRecord: Codable {
    let place: String
    let reason: String
    let remedy: String
    let target: Rule.Target

    init(_ finding: Finding) {
      place = finding.target.description
      reason = finding.reason
      remedy = finding.remedy
      target = finding.target
    }
  }

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(kind: try container.decode(BackupKind.self, forKey: .kind))
    rules = try container.decode([AppliedRule].self, forKey: .rules)
    samples = try container.decode([ChangeSample].self, forKey: .samples)
    findings = try container.decode([FindingRecord].self, forKey: .findings).map {
      Finding(target: $0.target, reason: $0.reason)
    }
    drift = try container.decode([String].self, forKey: .drift)
    notes = try container.decode([String].self, forKey: .notes)
    contents = Dictionary(
      try container.decode([String: Contents].self, forKey: .contents).compactMap { name, contents in
        Component(rawValue: name).map { ($0, contents) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes everything but the inventories, which only this machine compares.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(rules, forKey: .rules)
    try container.encode(
      SanitisationRecord(rules: rules.map { .init(id: $0.id, places: $0.places) }), forKey: .record)
    try container.encode(samples, forKey: .samples)
    try container.encode(findings.map(FindingRecord.init), forKey: .findings)
    try container.encode(drift, forKey: .drift)
    try container.encode(notes, forKey: .notes)
    try container.encode(
      Dictionary(uniqueKeysWithValues: contents.map { ($0.key.rawValue, $0.value) }), forKey: .contents)
  }
}
