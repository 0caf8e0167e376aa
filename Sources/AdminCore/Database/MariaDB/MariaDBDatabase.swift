import Archive
import CMariaDB
import Platform

/// The MariaDB and MySQL engine.
final class MariaDBDatabase: SystemDatabase {
  package let connection: MariaDBConnection
  /// The name of the database whose tables are meant.
  package let name: String
  private let address: ServerAddress
  private var isInSnapshot = false

  /// Connects to the address's database, or to another one of the same server.
  init(_ address: ServerAddress, _ access: DatabaseAccess, database: String? = nil) throws {
    self.address = address
    name = database ?? address.database
    connection = try MariaDBConnection(address, database: name)
    if access == .readOnly { try connection.run("SET SESSION TRANSACTION READ ONLY") }
  }

  package var displayName: String { connection.displayName }

  package func withSnapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try connection.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    isInSnapshot = true
    defer { isInSnapshot = false }
    return try connection.transaction(begin: "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", body)
  }

  package func withSharedSnapshot<Result>(_ share: (SnapshotToken) throws -> Void, _ body: () throws -> Result) throws
    -> Result
  {
    let holder = try MariaDBConnection(address, database: name)
    var generator = SystemRandomNumberGenerator()
    let lock = "hubtui-" + Digest.hex((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    guard try holder.texts("SELECT GET_LOCK(\(literal(lock)), 0)").first?.first == "1" else {
      throw AdminError(.unavailable, "the database gives no named lock", at: displayName, next: "start again")
    }
    let tables = try componentTables()
    if !tables.isEmpty {
      try holder.run("LOCK TABLES \(tables.map { "\(quoted($0.name)) READ" }.joined(separator: ", "))")
    }
    return try withSnapshot {
      try share(SnapshotToken(engine: .mariadb, value: lock))
      try holder.run("UNLOCK TABLES")
      try holder.run("DO RELEASE_LOCK(\(literal(lock)))")
      return try body()
    }
  }

  package func withSnapshot<Result>(joining token: SnapshotToken, _ body: () throws -> Result) throws -> Result {
    try expect(token, .mariadb)
    guard try connection.texts("SELECT IS_USED_LOCK(\(literal(token.value)))").first?.first ?? nil != nil else {
      throw differs("the server here is not the one at which the Hub holds a lock")
    }
    return try withSnapshot(body)
  }

  package func componentTables() throws -> [TableSchema] { try MariaDBSchemaReader(connection, name).componentTables() }

  package func otherTables() throws -> [String] { try MariaDBSchemaReader(connection, name).otherNames() }

  package func rowCount(of table: TableSchema) throws -> Int64 {
    let row = try connection.texts("SELECT count(*) FROM \(quoted(table.name))").first
    return row?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
  }

  package func estimatedRowCount(of table: TableSchema) throws -> Int64 {
    let row = try connection.texts(
      "SELECT table_rows FROM information_schema.tables WHERE table_schema = \(literal(name)) AND table_name = \(literal(table.name))"
    ).first
    return row?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
  }

  package func rows(of table: TableSchema, _ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws {
    let columns = table.columns.map(MariaDBColumn.init)
    // The savepoint gives the table's metadata lock back, so that a change of its structure need not wait for the rest
    // of a backup, nor everybody else behind it.
    if isInSnapshot { try connection.run("SAVEPOINT hubtui") }
    try MariaDBRowReader(
      "SELECT \(columns.map(\.selected).joined(separator: ", ")) FROM \(quoted(table.name))", columns, connection
    ).forEach(body)
    if isInSnapshot { try connection.run("ROLLBACK TO SAVEPOINT hubtui") }
  }

  package func columns(of table: String) throws -> [String] {
    try query(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
      [.text(table)]
    ).compactMap { $0[0].text }
  }

  package func query(_ sql: String, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
    try connection.send(bound(sql, arguments))
    guard let result = mysql_store_result(connection.handle) else {
      throw connection.failure("the database refused a query")
    }
    defer { mysql_free_result(result) }
    let count = Int(mysql_num_fields(result))
    var rows: [[SQLValue]] = []
    while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
      rows.append(
        (0..<count).map { column in
          guard let start = row[column], let field = mysql_fetch_field_direct(result, UInt32(column)) else {
            return .null
          }
          return MariaDBColumn.value(
            UnsafeRawBufferPointer(start: start, count: Int(lengths[column])), field.pointee)
        })
    }
    return rows
  }

  @discardableResult package func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
    try connection.run(bound(sql, arguments))
    return connection.changed
  }

  package func transaction<Result>(_ body: () throws -> Result) throws -> Result { try connection.transaction(body) }

  // The session takes no backslash as an escape, and its character set is UTF-8: a doubled quote is all a text needs.
  private func bound(_ sql: String, _ arguments: [SQLValue]) -> String {
    SQLArguments.replaced(in: sql, arguments) { value, _ in
      switch value {
      case .null: "NULL"
      case .integer(let number): String(number)
      case .real(let number): String(number)
      case .text(let text): literal(text)
      case .binary(let bytes): "X'\(Digest.hex(bytes))'"
      }
    }
  }
}
