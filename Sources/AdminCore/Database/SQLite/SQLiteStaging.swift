import CSQLite

/// A new SQLite file that a restore or a set-up fills beside the live one; a rename makes it live.
final class SQLiteStaging {
  private let connection: SQLiteConnection
  /// The same file as a database to read back and to adjust.
  let database: SQLiteDatabase

  /// Creates the file at `path`, which must not exist.
  init(path: String) throws {
    database = try SQLiteDatabase(path: path, mode: .staging)
    connection = database.connection
    try connection.script("BEGIN EXCLUSIVE")
  }

  /// Makes an empty table.
  func create(_ table: TableSchema) throws {
    try connection.script(SQLiteDefinition(table).createTable())
    if let next = table.autoIncrementNext {
      // The row of sqlite_sequence comes with the first insertion; rows with higher numbers raise it later.
      _ = try connection.change("DELETE FROM sqlite_sequence WHERE name = ?", [.text(table.name)])
      _ = try connection.change(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [.text(table.name), .integer(next > 1 ? next - 1 : 0)])
    }
  }

  /// A loader for rows in the columns' order.
  func loader(of table: TableSchema) throws -> RowLoader { try RowLoader(table, on: connection) }

  /// Makes the named indexes of a loaded table.
  func createIndexes(of table: TableSchema) throws {
    for statement in try SQLiteDefinition(table).createIndexes() { try connection.script(statement) }
  }

  /// Takes over the tables of `path` that belong to no component, with their indexes, views and triggers, as they are.
  func copyOtherObjects(from path: String) throws {
    try connection.script("COMMIT")
    _ = try connection.change("ATTACH ? AS former", [.text(path)])
    try connection.script("BEGIN EXCLUSIVE")
    let isOther = Component.allCases.map { "tbl_name NOT GLOB '\($0.tablePrefix)*'" }.joined(separator: " AND ")
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
  func finish() throws {
    try connection.script("COMMIT")
    try connection.script("PRAGMA locking_mode=NORMAL; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL")
    try database.checkpoint()
    let file = try File(connection.path)
    try file.sync()
  }

  /// Inserts rows of one table.
  final class RowLoader {
    private let statement: SQLiteStatement
    private let table: TableSchema

    init(_ table: TableSchema, on connection: SQLiteConnection) throws {
      self.table = table
      let marks = Array(repeating: "?", count: table.columns.count).joined(separator: ", ")
      let names = table.columns.map { quoted($0.name) }.joined(separator: ", ")
      statement = try SQLiteStatement("INSERT INTO \(quoted(table.name)) (\(names)) VALUES (\(marks))", on: connection)
    }

    /// Inserts one row of borrowed values.
    func insert(_ fields: UnsafeMutableBufferPointer<Field>) throws {
      for position in 0..<fields.count { try statement.bind(fields[position], at: position) }
      _ = try statement.step()
      statement.reset()
    }
  }
}
