import Platform

/// New tables in a database of their own on the server.
final class MariaDBStaging: TableStaging {
  private let address: ServerAddress
  private let namespace: String
  private let tables: MariaDBDatabase
  private let references: References

  /// What is left to do when all tables are loaded, whichever worker loaded them.
  private final class References: Sendable {
    let statements = Guarded<[String]>([])
  }

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
        .configuration, "a restore stages in a database of its own, which this account may not make",
        at: address.displayName,
        next: "let it: GRANT ALL ON `\(address.database.prefix(30))%`.* TO the account in database.user")
    }
    tables = try MariaDBStaging.open(address, namespace)
    references = References()
  }

  private init(besides other: MariaDBStaging) throws {
    (address, namespace, references) = (other.address, other.namespace, other.references)
    tables = try MariaDBStaging.open(address, namespace)
  }

  private static func open(_ address: ServerAddress, _ namespace: String) throws -> MariaDBDatabase {
    let tables = try MariaDBDatabase(address, .readWrite, database: namespace)
    // References may lead to tables that come later, and to rows that a production without checks never had. Only this
    // restore's own workers wait for each other here.
    try tables.connection.run(
      "SET SESSION foreign_key_checks=0, innodb_strict_mode=0, lock_wait_timeout=3600, innodb_lock_wait_timeout=3600")
    return tables
  }

  package func makeWorker() throws -> (any TableStaging)? { try MariaDBStaging(besides: self) }

  package var database: any SystemDatabase { tables }

  package func create(_ table: TableSchema) throws {
    let definition = MariaDBDefinition(table)
    try tables.connection.run(definition.createTable())
    let statements = try definition.createReferences()
    references.statements.withLock { $0 += statements }
  }

  package func loader(of table: TableSchema) throws -> any RowLoader {
    try MariaDBLoader(table, connection: MariaDBStaging.open(address, namespace).connection)
  }

  package func createIndexes(of table: TableSchema) throws {
    for statement in try MariaDBDefinition(table).createIndexes() { try tables.connection.run(statement) }
  }

  // They stay where they are: only the components' tables are exchanged.
  package func keepOthers() throws {}

  // InnoDB writes every commit to the disk before it says so.
  package func finish() throws {
    for statement in references.statements.withLock({ $0 }) { try tables.connection.run(statement) }
  }
}

/// The exchange of a restore's tables on the server.
final class MariaDBNamespaces: NamespaceServer {
  private let connection: MariaDBConnection

  init(_ address: ServerAddress) throws { connection = try MariaDBConnection(address, database: nil) }

  package func mark(_ exchange: TableExchange) throws {
    try connection.run(
      "CREATE TABLE IF NOT EXISTS \(quoted(exchange.staged)).\(quoted(TableExchange.marker)) (id INT PRIMARY KEY) ENGINE=InnoDB"
    )
  }

  package func isMarked(_ exchange: TableExchange) throws -> Bool {
    try names(in: exchange.staged).contains(TableExchange.marker)
  }

  package func perform(_ exchange: TableExchange) throws {
    // A killed program's own statement may still be under way in the server, which holds this lock until it is done.
    guard try connection.texts("SELECT GET_LOCK(\(literal(exchange.staged)), 600)").first?.first == "1" else {
      throw AdminError(
        .unavailable, "another connection is exchanging the tables", at: connection.displayName,
        next: "wait until the server has ended it and start again")
    }
    let staged = try names(in: exchange.staged)
    guard staged.contains(TableExchange.marker) else { return try removeNamespace(exchange.staged) }
    try connection.run(
      "CREATE DATABASE IF NOT EXISTS \(quoted(exchange.former)) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin")
    let live = try names(in: exchange.live).filter { ComponentTables.contain($0) }
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

  package func removeNamespace(_ name: String) throws {
    try connection.run("SET SESSION foreign_key_checks=0")
    try connection.run("DROP DATABASE IF EXISTS \(quoted(name))")
  }

  private func names(in database: String) throws -> [String] {
    try connection.texts(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=\(literal(database)) ORDER BY TABLE_NAME"
    ).compactMap { $0.first.flatMap { $0 } }
  }
}
