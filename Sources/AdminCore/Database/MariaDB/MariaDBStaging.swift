import CMariaDB

/// New tables in a database of their own on the server.
final class MariaDBStaging: TableStaging {
  private let address: ServerAddress
  private let namespace: String
  private let tables: MariaDBDatabase

  /// Makes the database `namespace`, which must not exist yet, or be empty.
  init(_ address: ServerAddress, namespace: String) throws {
    self.address = address
    self.namespace = namespace
    let server = try MariaDBConnection(address, database: nil)
    do {
      try server.run(
        "CREATE DATABASE IF NOT EXISTS \(quoted(namespace)) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
    } catch let error as AdminError where error.code == .configuration {
      throw AdminError(
        .configuration, "a restore stages in a database of its own, which this account may not make", at: address.place,
        next: "let it: GRANT ALL ON `\(address.database.prefix(30))%`.* TO the account in database.user")
    }
    tables = try MariaDBStaging.open(address, namespace)
  }

  private init(besides other: MariaDBStaging) throws {
    (address, namespace) = (other.address, other.namespace)
    tables = try MariaDBStaging.open(address, namespace)
  }

  private static func open(_ address: ServerAddress, _ namespace: String) throws -> MariaDBDatabase {
    let tables = try MariaDBDatabase(address, .readWrite, database: namespace)
    // References may lead to tables that come later, and to rows that a production without checks never had. Only this
    // restore's own hands wait for each other here.
    try tables.connection.run(
      "SET SESSION foreign_key_checks=0, innodb_strict_mode=0, lock_wait_timeout=3600, innodb_lock_wait_timeout=3600")
    return tables
  }

  func another() throws -> (any TableStaging)? { try MariaDBStaging(besides: self) }

  var database: any SystemDatabase { tables }

  func create(_ table: TableSchema) throws { try tables.connection.run(MariaDBDefinition(table).createTable()) }

  func loader(of table: TableSchema) throws -> any RowLoader {
    try MariaDBLoader(table, connection: MariaDBStaging.open(address, namespace).connection)
  }

  func createIndexes(of table: TableSchema) throws {
    for statement in try MariaDBDefinition(table).createIndexes() { try tables.connection.run(statement) }
  }

  // They stay where they are: only the components' tables are exchanged.
  func keepOthers() throws {}

  // InnoDB writes every commit to the disk before it says so.
  func finish() throws {}
}

/// Sends rows by LOAD DATA LOCAL from a stream: the server takes them on a thread of its own while the next ones are
/// being made.
final class MariaDBLoader: RowLoader {
  private let table: TableSchema
  private let kinds: [Kind]
  private let channel = ByteChannel(capacity: 1 << 20)
  private let outcome = Outcome()
  private var thread: JoinableThread?
  private let buffer = RowBuffer()
  private var sent: Int64 = 0

  /// How a value is spelled in the stream.
  private enum Kind { case plain, year, date }

  /// What the loading thread tells; it is read after the thread's end.
  private final class Outcome: @unchecked Sendable {
    var failure: AdminError?
    var records: Int64 = 0
  }

  // The connection is the loading thread's alone until it ends.
  private struct Loan: @unchecked Sendable {
    let connection: MariaDBConnection
  }

  init(_ table: TableSchema, connection: MariaDBConnection) throws {
    self.table = table
    let definition = MariaDBDefinition(table)
    var names: [String] = []
    var sets: [String] = []
    kinds = try table.columns.enumerated().map { index, column in
      let type = try definition.type(of: column)
      switch type.base {
      case "bit":
        names.append("@v\(index)")
        sets.append("\(quoted(column.name)) = CAST(CONV(@v\(index), 2, 10) AS UNSIGNED)")
        return .plain
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
        names.append("@v\(index)")
        sets.append("\(quoted(column.name)) = UNHEX(@v\(index))")
        return .plain
      case "year":
        names.append(quoted(column.name))
        return .year
      default:
        names.append(quoted(column.name))
        return [.date, .timestamp, .instant].contains(column.type) ? .date : .plain
      }
    }
    let sql =
      "LOAD DATA LOCAL INFILE 'rows' INTO TABLE \(quoted(table.name)) CHARACTER SET utf8mb4"
      + " FIELDS TERMINATED BY X'09' ESCAPED BY X'5C' LINES TERMINATED BY X'0A' (\(names.joined(separator: ", ")))"
      + (sets.isEmpty ? "" : " SET \(sets.joined(separator: ", "))")
    let loan = Loan(connection: connection)
    thread = try JoinableThread { [channel, outcome] in
      MariaDBLoader.load(sql, loan.connection, channel, outcome)
    }
  }

  deinit {
    channel.endWriting()
    thread?.join()
  }

  private static func load(
    _ sql: String, _ connection: MariaDBConnection, _ channel: ByteChannel, _ outcome: Outcome
  ) {
    mysql_thread_init()
    defer {
      channel.endReading()
      mysql_thread_end()
    }
    let pointer = Unmanaged.passUnretained(channel).toOpaque()
    mysql_set_local_infile_handler(
      connection.handle,
      { state, _, context in
        state?.pointee = context
        return 0
      },
      { state, bytes, count in
        guard let state, let bytes else { return -1 }
        let room = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
        return Int32(Unmanaged<ByteChannel>.fromOpaque(state).takeUnretainedValue().read(into: room))
      },
      { _ in }, { _, _, _ in CR_UNKNOWN_ERROR }, pointer)
    do {
      try connection.run(sql)
      outcome.records = Int64(connection.changed)
      // Over a LOCAL stream the server only warns of a value that it cannot hold as it is.
      if mysql_warning_count(connection.handle) > 0, let warning = try connection.texts("SHOW WARNINGS LIMIT 1").first {
        outcome.failure = AdminError(
          .dataError, "the database server cannot hold a value as it is (\(warning.last.flatMap { $0 } ?? ""))",
          at: connection.place, next: "restore into an installation with another kind of internal database")
      }
    } catch {
      outcome.failure = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
    }
  }

  func insert(_ row: UnsafeMutableBufferPointer<Field>) throws {
    for index in 0..<row.count {
      if buffer.room < 64 { try flush() }
      if index > 0 { buffer.append(0x09) }
      switch row[index] {
      case .null:
        buffer.append(0x5C)
        buffer.append(0x4E)
      case .integer(let value):
        // The year 0 as one digit would be taken for 2000.
        if kinds[index] == .year, value == 0 { for _ in 1...3 { buffer.append(0x30) } }
        buffer.append(integer: value)
      case .real(let value):
        guard value.isFinite else { throw cannotHold(index, "\(value)") }
        for byte in value.description.utf8 { buffer.append(byte) }
      case .number(let digits): try append(plain: digits)
      case .text(let bytes):
        if kinds[index] == .date, !isPlainDate(bytes) {
          throw cannotHold(index, String(decoding: bytes.prefix(40), as: UTF8.self))
        }
        try append(bytes)
      case .binary(let bytes): try append(hex: bytes)
      }
    }
    if buffer.room < 1 { try flush() }
    buffer.append(0x0A)
    sent += 1
  }

  func finish() throws {
    try flush()
    channel.endWriting()
    thread?.join()
    if let failure = outcome.failure { throw named(failure) }
    guard outcome.records == sent else {
      throw AdminError(
        .dataError, "the database server took \(outcome.records) of \(sent) rows", at: table.name,
        next: "check its log and start again")
    }
  }

  private func flush() throws {
    let isWanted = channel.write(buffer.content)
    buffer.count = 0
    guard !isWanted else { return }
    thread?.join()
    throw named(
      outcome.failure
        ?? AdminError(.unavailable, "the database server stopped taking rows", next: "check it and start again"))
  }

  private func named(_ error: AdminError) -> AdminError {
    AdminError(error.code, error.what, at: "\(error.place), table \(table.name)", next: error.next)
  }

  private func append(plain bytes: UnsafeRawBufferPointer) throws {
    var start = 0
    while start < bytes.count {
      if buffer.room == 0 { try flush() }
      let end = min(bytes.count, start + buffer.room)
      buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      start = end
    }
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard ByteKinds(bytes).hasSpecial else { return try append(plain: bytes) }
    for byte in bytes {
      if buffer.room < 2 { try flush() }
      switch byte {
      case 0x5C, 0x09, 0x0A:
        buffer.append(0x5C)
        buffer.append(byte)
      case 0x00:
        buffer.append(0x5C)
        buffer.append(0x30)
      default: buffer.append(byte)
      }
    }
  }

  private func append(hex bytes: UnsafeRawBufferPointer) throws {
    let digits = Digest.hexDigits
    for byte in bytes {
      if buffer.room < 2 { try flush() }
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    }
  }

  // The years 0 to 9999: an infinity, a year before Christ or a zone of another engine has no place here.
  private func isPlainDate(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 10 && bytes.count <= 26 && bytes[4] == 0x2D && bytes[7] == 0x2D
      && bytes.allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2D || $0 == 0x20 || $0 == 0x2E }
  }

  private func cannotHold(_ index: Int, _ value: String) -> AdminError {
    AdminError(
      .dataError, "MariaDB cannot hold the value \(value) in a column of type \(table.columns[index].declared)",
      at: "\(table.name).\(table.columns[index].name)",
      next: "restore into an installation whose internal database is the embedded one")
  }
}

/// The exchange of a restore's tables on the server.
final class MariaDBNamespaces: NamespaceServer {
  private let connection: MariaDBConnection

  init(_ address: ServerAddress) throws { connection = try MariaDBConnection(address, database: nil) }

  func mark(_ exchange: TableExchange) throws {
    try connection.run(
      "CREATE TABLE IF NOT EXISTS \(quoted(exchange.staged)).\(quoted(TableExchange.marker)) (id INT PRIMARY KEY) ENGINE=InnoDB"
    )
  }

  func perform(_ exchange: TableExchange) throws {
    let staged = try names(in: exchange.staged)
    guard staged.contains(TableExchange.marker) else { return try removeNamespace(exchange.staged) }
    try connection.run(
      "CREATE DATABASE IF NOT EXISTS \(quoted(exchange.former)) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
    let live = try names(in: exchange.live).filter { name in
      Component.allCases.contains { name.utf8.starts(with: $0.tablePrefix.utf8) }
    }
    func move(_ name: String, _ from: String, _ to: String) -> String {
      "\(quoted(from)).\(quoted(name)) TO \(quoted(to)).\(quoted(name))"
    }
    // One statement: the server does all of it or nothing (mariadb.com/kb/en/rename-table, atomic since 10.6).
    let moves =
      live.map { move($0, exchange.live, exchange.former) }
      + staged.map { move($0, exchange.staged, $0 == TableExchange.marker ? exchange.former : exchange.live) }
    try connection.run("RENAME TABLE \(moves.joined(separator: ", "))")
    try removeNamespace(exchange.staged)
  }

  func removeNamespace(_ name: String) throws {
    try connection.run("SET SESSION foreign_key_checks=0")
    try connection.run("DROP DATABASE IF EXISTS \(quoted(name))")
  }

  private func names(in database: String) throws -> [String] {
    try connection.texts(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=\(literal(database)) ORDER BY TABLE_NAME"
    ).compactMap { $0.first.flatMap { $0 } }
  }
}
