import CSQLite
import Platform

/// The embedded engine.
final class SQLiteDatabase: SystemDatabase {
  package let connection: SQLiteConnection

  /// Opens the file at `path`.
  init(path: String, mode: SQLiteConnection.Mode) throws {
    connection = try SQLiteConnection(path: path, mode: mode)
  }

  package var displayName: String { connection.path }

  package func columns(of table: String) throws -> [String] {
    try query("SELECT name FROM pragma_table_info(?)", [.text(table)]).compactMap { $0[0].text }
  }

  package func withSnapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try connection.transaction(begin: "BEGIN DEFERRED") {
      // The view starts with the first read, not with BEGIN.
      _ = try connection.rows("SELECT count(*) FROM sqlite_schema")
      return try body()
    }
  }

  package func withSharedSnapshot<Result>(_ share: (SnapshotToken) throws -> Void, _ body: () throws -> Result) throws
    -> Result
  {
    // The one writer's place is taken, by a connection that writes nothing.
    let holder = try SQLiteConnection(path: connection.path, mode: .readOnly)
    try holder.script("PRAGMA query_only=OFF; BEGIN IMMEDIATE")
    return try withSnapshot {
      try share(SnapshotToken(engine: .sqlite, value: ""))
      try holder.script("ROLLBACK")
      return try body()
    }
  }

  package func withSnapshot<Result>(joining token: SnapshotToken, _ body: () throws -> Result) throws -> Result {
    try expect(token, .sqlite)
    let probe = try SQLiteConnection(path: connection.path, mode: .readOnly)
    // A copy, or a file system that does not share locks, would let us write while the Hub holds its file.
    guard try probe.isHeldByAnother() else { throw differs("the file here is not the one that the Hub holds") }
    return try withSnapshot(body)
  }

  package func componentTables() throws -> [TableSchema] { try SQLiteSchemaReader(connection).componentTables() }

  package func otherTables() throws -> [String] { try SQLiteSchemaReader(connection).otherNames() }

  package func rowCount(of table: TableSchema) throws -> Int64 {
    try connection.rows("SELECT count(*) FROM \(quoted(table.name))").first?.first?.integer ?? 0
  }

  // SQLite keeps no estimate; its count reads the smallest index.
  package func estimatedRowCount(of table: TableSchema) throws -> Int64 { try rowCount(of: table) }

  package func rows(of table: TableSchema, _ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws {
    let columns = table.columns.map { quoted($0.name) }.joined(separator: ", ")
    let statement = try SQLiteStatement(
      "SELECT \(columns) FROM \(quoted(table.name)) ORDER BY \(storageOrder(of: table))", on: connection)
    let count = table.columns.count
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: count)
    fields.initialize(repeating: .null)
    defer { fields.deallocate() }
    let kinds = table.columns.map { SQLiteRowKind($0, of: table) }
    while try statement.step() {
      for column in 0..<count {
        let field = statement.field(column)
        fields[column] = if case .text(let bytes) = field { try kinds[column].text(bytes) } else { field }
      }
      try body(fields)
    }
  }

  package func query(_ sql: String, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
    try connection.rows(sql, arguments)
  }

  @discardableResult package func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
    try connection.change(sql, arguments)
  }

  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try connection.transaction(body)
  }

  /// Folds the write-ahead log into the file, so that the file alone is the database.
  func checkpoint() throws {
    try connection.script("PRAGMA wal_checkpoint(TRUNCATE)")
  }

  private func storageOrder(of table: TableSchema) -> String {
    if table.options.contains("without rowid") { return table.primaryKey.map(quoted).joined(separator: ", ") }
    let names = Set(table.columns.map { $0.name.lowercased() })
    // A column may shadow one alias of the row number, hardly all three; then the order is the engine's own choice.
    return ["rowid", "_rowid_", "oid"].first { !names.contains($0) } ?? "1"
  }
}

/// What a text is in a column of this kind: SQLite keeps some numbers of other engines as texts.
private struct SQLiteRowKind {
  let type: ColumnType
  let isDynamic: Bool
  let keepsTexts: Bool
  let location: String

  init(_ column: TableSchema.Column, of table: TableSchema) {
    type = column.type
    isDynamic = table.isDynamic
    keepsTexts = SQLiteType.affinity(SQLiteType.declared(column, of: table)) == .text
    location = "\(table.name).\(column.name)"
  }

  @inline(__always)
  func text(_ bytes: UnsafeRawBufferPointer) throws -> Field {
    type == .text || type == .binary ? .text(bytes) : try other(bytes)
  }

  private func other(_ bytes: UnsafeRawBufferPointer) throws -> Field {
    if type == .real, bytes.elementsEqual("NaN".utf8) { return .real(.nan) }
    if type.isNumber, !isDynamic || keepsTexts, DecimalText.isNumber(bytes) { return .number(bytes) }
    // The same word as a number and as a text could not be told apart in an archive.
    if isDynamic, !keepsTexts, !type.isText, bytes.count <= 400, Number(bytes, isDecimal: type == .numeric) != nil {
      throw AdminError(
        .dataError, "a text that looks like a number in a column of numbers", at: location,
        next: "correct the value in the database; a backup never changes one silently")
    }
    return .text(bytes)
  }
}
