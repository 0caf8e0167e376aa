import Installation
import Platform
import TestBed

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
