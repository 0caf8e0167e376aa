import Platform

/// New tables in a schema of their own.
final class PostgresStaging: TableStaging {
  private let address: ServerAddress
  private let namespace: String
  private let tables: PostgresDatabase
  private let made: Made

  /// What all workers have made so far.
  private final class Made: Sendable {
    let tables = Guarded<[TableSchema]>([])
    let enumerations = Guarded<[String: [String]]>([:])
  }

  /// Makes the schema `namespace`, which must not exist yet, or be empty.
  ///
  /// - Throws: `AdminError` also when the live tables could not be exchanged later.
  init(_ address: ServerAddress, namespace: String) throws {
    self.address = address
    self.namespace = namespace
    made = Made()
    try PostgresNamespaces(address).refuseDependents(of: address.namespace)
    tables = try PostgresDatabase(address, .readWrite, namespace: namespace)
    do {
      try tables.connection.run("CREATE SCHEMA IF NOT EXISTS \(quoted(namespace))")
    } catch let error as AdminError where error.code == .configuration {
      throw AdminError(
        .configuration, "a restore stages in a schema of its own, which this account may not make",
        at: address.displayName,
        next: "let it: GRANT CREATE ON DATABASE \(quoted(address.database)) TO the account in database.user")
    }
  }

  private init(besides other: PostgresStaging) throws {
    (address, namespace, made) = (other.address, other.namespace, other.made)
    tables = try PostgresDatabase(address, .readWrite, namespace: namespace)
  }

  package func makeWorker() throws -> (any TableStaging)? { try PostgresStaging(besides: self) }

  package var database: any SystemDatabase { tables }

  package func create(_ table: TableSchema) throws {
    let definition = PostgresDefinition(table)
    for (name, labels) in try definition.enumerations() { try make(name, labels, for: table) }
    try tables.connection.run(definition.createTable())
    if let statement = definition.setNext() { try tables.connection.run(statement) }
    made.tables.withLock { $0.append(table) }
  }

  // Under the lock until it is there: another worker may need the same one.
  private func make(_ name: String, _ labels: [String], for table: TableSchema) throws {
    try made.enumerations.withLock { known in
      guard known[name] != labels else { return }
      guard known[name] == nil else {
        throw AdminError(
          .dataError, "the schema of table \(table.name) has the enumeration \(name) with other labels",
          next: "use another backup set")
      }
      try tables.connection.run(
        "CREATE TYPE \(quoted(name)) AS ENUM (\(labels.map(literal).joined(separator: ", ")))")
      known[name] = labels
    }
  }

  package func loader(of table: TableSchema) throws -> any RowLoader {
    try PostgresLoader(table, PostgresDatabase(address, .readWrite, namespace: namespace).connection)
  }

  package func createIndexes(of table: TableSchema) throws {
    for statement in try PostgresDefinition(table).createIndexes() { try tables.connection.run(statement) }
  }

  // The tables of no component stay where they are: only the components' tables are exchanged.
  package func keepOthers() throws { try createReferences() }

  // The server writes every commit to the disk before it says so.
  package func finish() throws { try createReferences() }

  /// Now that all tables are complete, references find what they lead to.
  private func createReferences() throws {
    let complete = made.tables.withLock { tables in
      defer { tables = [] }
      return tables
    }
    for table in complete {
      for statement in try PostgresDefinition(table).createReferences() { try tables.connection.run(statement) }
    }
  }
}
