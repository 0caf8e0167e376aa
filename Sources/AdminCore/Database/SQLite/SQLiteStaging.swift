import CSQLite
import Platform

/// A new SQLite file that a restore or a set-up fills beside the live one; a rename makes it live.
final class SQLiteStaging: TableStaging {
  private let connection: SQLiteConnection
  private let file: SQLiteDatabase

  private let live: String?

  /// Creates the file at `path`, which must not exist.
  ///
  /// - Parameter live: the file whose place it will take.
  init(path: String, live: String? = nil) throws {
    self.live = live
    file = try SQLiteDatabase(path: path, mode: .staging)
    connection = file.connection
    try connection.script("BEGIN EXCLUSIVE")
  }

  package var database: any SystemDatabase { file }

  package func makeWorker() throws -> (any TableStaging)? { nil }

  package func create(_ table: TableSchema) throws {
    try connection.script(SQLiteDefinition(table).createTable())
    if let next = table.autoIncrementNext {
      // The row of sqlite_sequence comes with the first insertion; rows with higher numbers raise it later.
      _ = try connection.change("DELETE FROM sqlite_sequence WHERE name = ?", [.text(table.name)])
      _ = try connection.change(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [.text(table.name), .integer(next > 1 ? next - 1 : 0)])
    }
  }

  package func loader(of table: TableSchema) throws -> any RowLoader { try SQLiteLoader(table, on: connection) }

  package func createIndexes(of table: TableSchema) throws {
    for statement in try SQLiteDefinition(table).createIndexes() { try connection.script(statement) }
  }

  package func keepOthers() throws {
    guard let live, try FileSystem.exists(live) else { return }
    do {
      try copyOtherObjects(from: live)
    } catch let error as AdminError where error.code == .dataError {
      throw AdminError(
        .dataError, "the live database cannot be read, so tables of its own could be lost (\(error.what))", at: live,
        next: "move the damaged file away, keep it, and start the restore again")
    }
  }

  /// Takes over the tables of `path` that belong to no component, with their indexes, views and triggers, as they are.
  func copyOtherObjects(from path: String) throws {
    try connection.script("COMMIT")
    _ = try connection.change("ATTACH ? AS former", [.text(path)])
    try connection.script("BEGIN EXCLUSIVE")
    let isOther = ComponentTables.prefixes.map { "tbl_name NOT GLOB '\($0)*'" }.joined(separator: " AND ")
    let objects = try connection.rows(
      """
      SELECT type, name, sql FROM former.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite#_%' ESCAPE '#'
      AND \(isOther) ORDER BY type='trigger', type='view', type='index', rowid
      """)
    for object in objects {
      guard let type = object[0].text, let name = object[1].text, let sql = object[2].text else { continue }
      try connection.script(sql)
      if type == "table" { try copyRows(of: name) }
    }
    try connection.script("COMMIT")
    try connection.script("DETACH former")
    try connection.script("BEGIN EXCLUSIVE")
  }

  private func copyRows(of name: String) throws {
    // PRAGMA table_xinfo: cid, name, type, notnull, dflt_value, pk, hidden (2 and 3: generated, made anew).
    let columns = try connection.rows("PRAGMA former.table_xinfo(\(quoted(name)))").filter { $0[6].integer == 0 }
      .compactMap { $0[1].text.map(quoted) }.joined(separator: ", ")
    // Without an index the rows come in their own order and keep it.
    try connection.script(
      "INSERT INTO main.\(quoted(name)) (\(columns)) SELECT \(columns) FROM former.\(quoted(name)) NOT INDEXED")
    // A number that was given out once is not given out again.
    guard try !connection.rows("SELECT 1 FROM former.sqlite_schema WHERE name='sqlite_sequence'").isEmpty,
      let last = try connection.rows("SELECT seq FROM former.sqlite_sequence WHERE name = ?", [.text(name)]).first
    else { return }
    _ = try connection.change("DELETE FROM main.sqlite_sequence WHERE name = ?", [.text(name)])
    _ = try connection.change("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)", [.text(name), last[0]])
  }

  /// Commits, turns the write-ahead log on for the life after the rename, and waits for the disk.
  package func finish() throws {
    try connection.script("COMMIT")
    try connection.script("PRAGMA locking_mode=NORMAL; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL")
    try file.checkpoint()
    let file = try File(connection.path)
    try file.sync()
  }
}

/// Inserts rows of one table by a prepared statement.
final class SQLiteLoader: RowLoader {
  private let statement: SQLiteStatement
  private let affinities: [SQLiteType.Affinity]
  // Digits that were made for one row stay until the next: a double has 24 characters at most.
  private let scratch: UnsafeMutableRawBufferPointer
  private static let room = 32

  init(_ table: TableSchema, on connection: SQLiteConnection) throws {
    let marks = Array(repeating: "?", count: table.columns.count).joined(separator: ", ")
    let names = table.columns.map { quoted($0.name) }.joined(separator: ", ")
    statement = try SQLiteStatement("INSERT INTO \(quoted(table.name)) (\(names)) VALUES (\(marks))", on: connection)
    affinities = table.columns.map { SQLiteType.affinity(SQLiteType.declared($0, of: table)) }
    scratch = .allocate(byteCount: table.columns.count * SQLiteLoader.room, alignment: 1)
  }

  deinit { scratch.deallocate() }

  package func insert(_ fields: UnsafeMutableBufferPointer<Field>) throws {
    for position in 0..<fields.count { try statement.bind(bindable(fields[position], position), at: position) }
    _ = try statement.step()
    statement.reset()
  }

  package func finish() throws {}

  // SQLite would write a number into a column of texts with fifteen digits, and take a NaN for NULL.
  private func bindable(_ field: Field, _ position: Int) -> Field {
    switch field {
    case .real(let value) where value.isNaN: kept("NaN", position)
    case .real(let value) where affinities[position] == .text:
      kept(value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.description, position)
    case .integer(let value) where affinities[position] == .text: kept(value.description, position)
    case .number(let digits): number(digits, position)
    default: field
    }
  }

  private func number(_ digits: UnsafeRawBufferPointer, _ position: Int) -> Field {
    guard affinities[position] != .text else { return .text(digits) }
    let value = Double(String(decoding: digits, as: UTF8.self))
    if let value, DecimalText.withoutExponent(value.description).elementsEqual(digits) { return .real(value) }
    return .text(digits)
  }

  private func kept(_ text: String, _ position: Int) -> Field {
    let start = position * SQLiteLoader.room
    let count = min(text.utf8.count, SQLiteLoader.room)
    scratch[start..<(start + count)].copyBytes(from: text.utf8.prefix(count))
    return .text(UnsafeRawBufferPointer(rebasing: scratch[start..<(start + count)]))
  }
}
