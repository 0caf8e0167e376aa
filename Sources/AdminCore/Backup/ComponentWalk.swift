import Administration
import Archive
import Database
import Glibc
import Installation
import Platform
import TestBed

/// The one walk of a component's data: INI file, home folder, tables; through the sanitiser into an archive. A preview is
/// the same walk without an archive, a normal backup the same walk with the empty rule set.
package struct ComponentWalk {
  let component: Component
  package let installation: Installation
  let sanitizer: Sanitizer
  package let database: any SystemDatabase
  let tables: [TableSchema]
  package let operation: Operation
  let exclusions: HomeExclusions
  /// Nil for a preview.
  let writer: ZipWriter?

  /// What the walk met.
  package struct Outcome: Codable {
    /// Rows by the name of their entry.
    var rows: [String: Int64] = [:]
    var inventory = Manifest.Inventory()
    var files = 0
    var fileBytes: UInt64 = 0
    /// Things that were not simply taken, one line each.
    var notes: [String] = []
  }

  /// How much work the component is: bytes of files plus 100 for each row.
  func estimate() throws -> UInt64 {
    var total: UInt64 = 0
    for start in [FolderWalk.Start.home(installation, component), .data(installation, component)] {
      var walk = FolderWalk(exclusions)
      try walk.walk(start) { item in
        if case .file = item.kind { total += UInt64(max(0, item.status.st_size)) }
      }
    }
    for table in tables { total += UInt64(try database.estimatedRowCount(of: table)) * ComponentWalk.rowWeight }
    return total
  }

  private static let rowWeight: UInt64 = 100

  /// Walks everything.
  package func run(ini: IniFile, iniStatus: stat, snapshotTime: Int64) throws -> Outcome {
    var outcome = Outcome()
    outcome.inventory.iniKeys = ini.keys
    let iniName = "ini/" + component.iniName
    try writer?.addEntry(iniName, status: iniStatus, bytes: ini.bytes)
    try ComponentFiles(self).take(&outcome)
    for table in tables { try rows(of: table, snapshotTime, &outcome) }
    return outcome
  }

  private func rows(of table: TableSchema, _ snapshotTime: Int64, _ outcome: inout Outcome) throws {
    outcome.inventory.tables[table.name] = table.columns.map(\.name)
    let plan = try sanitizer.plan(for: table)
    let schemaName = TableSchema.schemaEntryName(table.name)
    let rowsName = TableSchema.rowsEntryName(table.name)
    try writer?.addEntry(
      schemaName, mode: ComponentWalk.entryMode, modifiedSeconds: snapshotTime, bytes: (plan?.schema ?? table).encoded()
    )
    try writer?.beginEntry(rowsName, mode: ComponentWalk.entryMode, modifiedSeconds: snapshotTime)
    let settingName = table.name == Settings.table ? table.index(of: "name") : nil
    var encoder = RowEncoder(table) { [writer] in try writer?.write($0) }
    var seen: Int64 = 0
    try database.rows(of: table) { row in
      seen += 1
      if seen & 1023 == 0 {
        try operation.cancellation.check()
        operation.advance(component, by: 1024 * ComponentWalk.rowWeight)
      }
      if let settingName, let name = SQLValue(copying: row[settingName]).text {
        outcome.inventory.settings.append(name)
      }
      if let plan, !plan.apply(row) { return }
      try encoder.encode(row)
    }
    try encoder.flush()
    operation.advance(component, by: UInt64(seen & 1023) * ComponentWalk.rowWeight)
    try writer?.endEntry(rows: encoder.rowCount)
    outcome.rows[rowsName] = encoder.rowCount
  }

  /// A plain file, readable by its owner alone.
  static let entryMode: UInt32 = 0o100600
}

extension ZipWriter {
  /// A whole entry with the mode and time of what it was made of.
  func addEntry(_ name: String, status: stat, bytes: [UInt8]) throws {
    let modified = FileTime(status.st_mtim)
    try addEntry(
      name, mode: status.st_mode, modifiedSeconds: modified.seconds, nanoseconds: modified.nanoseconds, bytes: bytes)
  }
}
