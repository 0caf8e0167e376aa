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
      try connection.script("DELETE FROM sqlite_sequence WHERE name=\(literal(table.name))")
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
      if type == "table" {
        try connection.script("INSERT INTO main.\(quoted(name)) SELECT * FROM former.\(quoted(name))")
      }
    }
    try connection.script("COMMIT")
    try connection.script("DETACH former")
    try connection.script("BEGIN EXCLUSIVE")
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

  private func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
