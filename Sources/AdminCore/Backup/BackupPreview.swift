import Installation
import Platform
import TestBed

/// What a backup would do here: for each rule what it would change, before and after, and what is new or dangerous.
/// It goes from the process that looks to the one that shows it, as JSON.
public struct BackupPreview: Sendable, Equatable, Codable {
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

  /// What the rules would change, without what they are.
  public var record: SanitisationRecord { SanitisationRecord(rules: rules.map(\.record)) }

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

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, rules, samples, findings, drift, notes, contents
  }

  /// Reads what `encode` writes, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    kind = try values.decode(BackupKind.self, forKey: .kind)
    rules = try values.decode([AppliedRule].self, forKey: .rules)
    samples = try values.decode([ChangeSample].self, forKey: .samples)
    findings = try values.decode([Finding].self, forKey: .findings)
    drift = try values.decode([String].self, forKey: .drift)
    notes = try values.decode([String].self, forKey: .notes)
    contents = try values.decode([Component: Contents].self, forKey: .contents)
  }

  mutating func add(_ component: Component, _ outcome: ComponentWalk.Outcome) {
    contents[component] = Contents(
      files: outcome.files, fileBytes: outcome.fileBytes, tables: outcome.rows.count,
      rows: outcome.rows.values.reduce(0, +))
    notes += outcome.notes.map { "\(component.rawValue): \($0)" }
  }
}

/// What an installation has that it had not at its last test-bed backup.
enum BackupDrift {
  /// The last valid test-bed backup.
  static func last(_ installation: Installation) throws -> BackupID? {
    try BackupReport.list(installation).first { $0.kind == .testBed && $0.isValid }?.id
  }

  static func since(_ installation: Installation, _ folders: BackupFolders, _ now: [Component: Manifest.Inventory])
    throws -> [String]
  {
    guard let last = try last(installation) else { return [] }
    return try Component.allCases.flatMap { component in
      try now[component].map { try since(last, component, folders[component], $0) } ?? []
    }
  }

  /// What one component has new.
  static func since(
    _ last: BackupID, _ component: Component, _ folder: String, _ inventory: Manifest.Inventory
  ) throws -> [String] {
    let path = folder + "/" + BackupKind.testBed.archiveName(component, last)
    guard try FileSystem.exists(path) else { return [] }
    let former = try ArchiveReader(path: path, cancellation: Cancellation()).manifest.inventory
    var drift: [String] = []
    for (table, columns) in inventory.tables.sorted(by: { $0.key < $1.key }) {
      guard let known = former.tables[table] else {
        drift.append("table \(table)")
        continue
      }
      drift += columns.filter { !known.contains($0) }.map { "column \(table).\($0)" }
    }
    drift += inventory.settings.filter { !former.settings.contains($0) }.map { "setting \($0)" }
    drift += inventory.iniKeys.filter { !former.iniKeys.contains($0) }.map { "INI key \(component.iniName):\($0)" }
    return drift
  }
}
