import CPostgres
import Glibc
import Platform

/// The PostgreSQL engine.
final class PostgresDatabase: SystemDatabase {
  package let connection: PostgresConnection
  /// The schema whose tables are meant.
  package let namespace: String
  private let address: ServerAddress

  /// Connects to the address's database.
  ///
  /// - Parameter namespace: another schema than the one that holds the live tables.
  init(_ address: ServerAddress, _ access: DatabaseAccess, namespace: String? = nil) throws {
    self.address = address
    self.namespace = namespace ?? address.namespace
    connection = try PostgresConnection(address, namespace: self.namespace, access)
  }

  package var displayName: String { connection.displayName }

  private var schema: PostgresSchemaReader { PostgresSchemaReader(connection, namespace) }

  package func withSnapshot<Result>(_ body: () throws -> Result) throws -> Result { try snapshot(nil, body) }

  package func withSharedSnapshot<Result>(_ share: (SnapshotToken) throws -> Void, _ body: () throws -> Result) throws
    -> Result
  {
    // Others join this very view, so nobody needs to be kept from writing.
    try withSnapshot {
      guard let name = try connection.texts("SELECT pg_export_snapshot()").first?.first ?? nil else {
        throw AdminError(.unavailable, "the database exports no snapshot", at: displayName, next: "start again")
      }
      try share(SnapshotToken(engine: .postgresql, value: name))
      return try body()
    }
  }

  package func withSnapshot<Result>(joining token: SnapshotToken, _ body: () throws -> Result) throws -> Result {
    try expect(token, .postgresql)
    return try snapshot(token.value, body)
  }

  private func snapshot<Result>(_ exported: String?, _ body: () throws -> Result) throws -> Result {
    // The first SELECT takes the snapshot, so the locks come before it: no table changes its structure between what the
    // catalogue says and what the rows are. A table that comes or goes before all locks are held starts it anew.
    for _ in 0..<5 {
      let names = try schema.lockableNames()
      do {
        return try connection.transaction(begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
          if let exported { try join(exported) }
          if !names.isEmpty {
            try connection.run("LOCK TABLE \(names.map(quoted).joined(separator: ", ")) IN ACCESS SHARE MODE")
          }
          guard try schema.lockableNames() == names else { throw Moved() }
          return try body()
        }
      } catch is Moved {
        continue
      }
    }
    throw AdminError(
      .unavailable, "tables come and go while the backup starts", at: displayName,
      next: "start the backup again when nobody changes the structure of the tables")
  }

  private func join(_ exported: String) throws {
    do {
      try connection.run("SET TRANSACTION SNAPSHOT \(literal(exported))")
    } catch let error as AdminError where error.code != .unavailable {
      throw differs("the Hub's snapshot is not known here: \(error.what)")
    }
  }

  private struct Moved: Error {}

  package func componentTables() throws -> [TableSchema] { try schema.componentTables() }

  package func otherTables() throws -> [String] { try schema.otherNames() }

  // The snapshot's locks keep the tables as they are. The labels of an enumeration are not locked, and a renamed one
  // shows in old rows as well; only another session sees that.
  package func confirm(_ tables: [TableSchema]) throws {
    let now = try PostgresDatabase(address, .readOnly, namespace: namespace)
    let labels = Dictionary(uniqueKeysWithValues: try now.schema.enumerations().map { ($0.name, $0.labels) })
    for table in tables {
      for column in table.columns where column.type == .enumeration && column.values != labels[column.declared] {
        throw AdminError(
          .dataError, "the labels of \(table.name).\(column.name) were changed while the backup ran", at: displayName,
          next: "start the backup again when nobody changes the structure of the tables")
      }
    }
  }

  package func rowCount(of table: TableSchema) throws -> Int64 {
    let row = try connection.texts("SELECT count(*) FROM \(quoted(table.name))").first
    return row?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
  }

  package func estimatedRowCount(of table: TableSchema) throws -> Int64 {
    // Negative for a table that was never analysed.
    let row = try connection.texts(
      "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(\(literal(quoted(table.name))))"
    )
    .first
    guard let count = row?.first.flatMap({ $0 }).flatMap({ Int64($0) }), count >= 0 else {
      return try rowCount(of: table)
    }
    return count
  }

  package func rows(of table: TableSchema, _ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws {
    let columns = table.columns.map(PostgresColumn.init)
    let readers = columns.map(\.reader)
    let handle = connection.handle
    PQclear(
      try connection.result(
        "COPY (SELECT \(columns.map(\.selected).joined(separator: ", ")) FROM ONLY \(quoted(table.name))) TO STDOUT",
        expecting: PGRES_COPY_OUT))
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: columns.count)
    fields.initialize(repeating: .null)
    defer { fields.deallocate() }
    var row: UnsafeMutablePointer<CChar>?
    var count = PQgetCopyData(handle, &row, 0)
    while count >= 0, let start = row {
      defer { PQfreemem(start) }
      do {
        try split(UnsafeMutableRawBufferPointer(start: start, count: Int(count)), into: fields, readers, of: table)
        try body(fields)
      } catch {
        // The server would send all other rows first; a closed line ends that at once.
        connection.cut()
        throw error
      }
      var next: UnsafeMutablePointer<CChar>?
      count = PQgetCopyData(handle, &next, 0)
      row = next
    }
    guard count == -1 else { throw connection.failure(nil, "the rows cannot be read") }
    var failure: AdminError?
    while let result = PQgetResult(handle) {
      if PQresultStatus(result) != PGRES_COMMAND_OK, failure == nil {
        failure = connection.failure(result, "the rows cannot be read")
      }
      PQclear(result)
    }
    if let failure { throw failure }
  }

  private func split(
    _ row: UnsafeMutableRawBufferPointer, into fields: UnsafeMutableBufferPointer<Field>,
    _ readers: [PostgresColumn.Reader], of table: TableSchema
  ) throws {
    var column = 0
    var start = 0
    // The line feed at the end closes the last value.
    while column < readers.count, start < row.count, let base = row.baseAddress {
      let mark: Int32 = column == readers.count - 1 ? 0x0A : 0x09
      guard let found = memchr(base + start, mark, row.count - start) else { break }
      let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      fields[column] = PostgresColumn.field(
        UnsafeMutableRawBufferPointer(rebasing: row[start..<end]), readers[column])
      column += 1
      start = end + 1
    }
    guard column == readers.count, start == row.count else {
      throw AdminError(
        .dataError, "the server sent a row that is not one of table \(table.name)", at: displayName, next: "start again"
      )
    }
  }

  package func columns(of table: String) throws -> [String] {
    try query(
      "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped",
      [.text(quoted(table))]
    ).compactMap { $0[0].text }
  }

  package func query(_ sql: String, _ arguments: [SQLValue]) throws -> [[SQLValue]] {
    let result = try bound(sql, arguments)
    defer { PQclear(result) }
    let columns = PQnfields(result)
    return (0..<PQntuples(result)).map { row in
      (0..<columns).map { column in
        guard let bytes = PostgresConnection.bytes(result, row, column) else { return .null }
        return PostgresColumn.value(bytes, type: PQftype(result, column))
      }
    }
  }

  @discardableResult package func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
    let result = try bound(sql, arguments)
    defer { PQclear(result) }
    return Int(String(cString: PQcmdTuples(result))) ?? 0
  }

  package func transaction<Result>(_ body: () throws -> Result) throws -> Result { try connection.transaction(body) }

  // The server says which type it takes for each argument: 1 for a boolean column is true.
  private func bound(_ sql: String, _ arguments: [SQLValue]) throws -> OpaquePointer? {
    let numbered = SQLArguments.replaced(in: sql, arguments) { _, position in "$\(position)" }
    try connection.refuseNUL(numbered)
    guard !arguments.isEmpty else { return try connection.result(numbered) }
    let handle = connection.handle
    PQclear(try connection.checked(PQprepare(handle, "", numbered, 0, nil)))
    let description = try connection.checked(PQdescribePrepared(handle, ""))
    defer { PQclear(description) }
    let count = PQnparams(description)
    let texts = try (0..<count).map { index -> [CChar]? in
      let text = PostgresColumn.argument(arguments[Int(index)], type: PQparamtype(description, index))
      try text.map(connection.refuseNUL)
      return text.map { Array($0.utf8CString) }
    }
    return try withPointers(to: texts) { values in
      try connection.checked(PQexecPrepared(handle, "", count, values, nil, nil, 0))
    }
  }

  private func withPointers<Result>(
    to texts: [[CChar]?], _ body: ([UnsafePointer<CChar>?]) throws -> Result
  ) rethrows -> Result {
    let copies = texts.map { text -> UnsafeMutableBufferPointer<CChar>? in
      guard let text else { return nil }
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.count)
      _ = copy.initialize(from: text)
      return copy
    }
    defer { for copy in copies { copy?.deallocate() } }
    return try body(copies.map { $0.flatMap { UnsafePointer($0.baseAddress) } })
  }
}
