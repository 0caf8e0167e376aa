import CMariaDB
import Glibc
import Platform

/// Inserts rows by a prepared statement, many at a time: MariaDB takes whole columns of values in one packet, without
/// parsing a word of SQL (mariadb.com/kb/en/bulk-insert-column-wise-binding). MySQL takes them row by row.
final class MariaDBLoader: RowLoader {
  private let table: TableSchema
  private let connection: MariaDBConnection
  private let statement: UnsafeMutablePointer<MYSQL_STMT>
  private let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let columns: [Column]
  private let batch: Int
  private var count = 0
  // The texts of one batch. Rows that need more get more, for their own time.
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: MariaDBLoader.memorySize, alignment: 8)
  private var used = 0

  private static let memorySize = 1 << 20
  private static let rowsPerBatch = 2048

  /// The arrays of one column's values in a batch.
  private final class Column {
    let form: Form
    let numbers: UnsafeMutablePointer<Int64>
    let reals: UnsafeMutablePointer<Double>
    let texts: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let lengths: UnsafeMutablePointer<UInt>
    let indicators: UnsafeMutablePointer<CChar>
    /// For a single row.
    let isNull: UnsafeMutablePointer<my_bool>

    init(_ form: Form, _ batch: Int) {
      self.form = form
      numbers = .allocate(capacity: batch)
      reals = .allocate(capacity: batch)
      texts = .allocate(capacity: batch)
      lengths = .allocate(capacity: batch)
      indicators = .allocate(capacity: batch)
      isNull = .allocate(capacity: 1)
    }

    deinit {
      numbers.deallocate()
      reals.deallocate()
      texts.deallocate()
      lengths.deallocate()
      indicators.deallocate()
      isNull.deallocate()
    }
  }

  /// How a column's values are sent.
  private enum Form { case number, real, bits, text, date, bytes }

  /// - Parameter takesBatches: whether many rows go in one packet; by default as the server can.
  init(_ table: TableSchema, connection: MariaDBConnection, takesBatches: Bool? = nil) throws {
    self.table = table
    self.connection = connection
    let definition = MariaDBDefinition(table)
    let forms = try table.columns.map { column -> Form in
      switch try definition.type(of: column).base {
      case "tinyint", "smallint", "mediumint", "int", "year": .number
      case "bigint": column.isUnsigned == true ? .text : .number
      case "float", "double": .real
      case "bit": .bits
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob": .bytes
      case "date", "datetime", "timestamp": .date
      default: .text
      }
    }
    let marks = Array(repeating: "?", count: table.columns.count).joined(separator: ", ")
    let names = table.columns.map { quoted($0.name) }.joined(separator: ", ")
    let sql = "INSERT INTO \(quoted(table.name)) (\(names)) VALUES (\(marks))"
    guard let statement = mysql_stmt_init(connection.handle) else {
      throw connection.failure("no memory for a statement")
    }
    guard mysql_stmt_prepare(statement, sql, UInt(sql.utf8.count)) == 0 else {
      defer { mysql_stmt_close(statement) }
      throw connection.failure("the database refused a statement")
    }
    self.statement = statement
    let batch = takesBatches ?? connection.isMariaDB ? MariaDBLoader.rowsPerBatch : 1
    self.batch = batch
    columns = forms.map { Column($0, batch) }
    binds = .allocate(capacity: columns.count)
    binds.initialize(repeating: MYSQL_BIND(), count: columns.count)
    for (index, column) in columns.enumerated() {
      binds[index].u.indicator = column.indicators
      binds[index].length = column.lengths
      switch column.form {
      case .number, .bits:
        binds[index].buffer_type = MYSQL_TYPE_LONGLONG
        binds[index].buffer = UnsafeMutableRawPointer(column.numbers)
        binds[index].is_unsigned = column.form == .bits ? 1 : 0
      case .real:
        binds[index].buffer_type = MYSQL_TYPE_DOUBLE
        binds[index].buffer = UnsafeMutableRawPointer(column.reals)
      case .text, .date:
        binds[index].buffer_type = MYSQL_TYPE_STRING
        binds[index].buffer = UnsafeMutableRawPointer(column.texts)
      case .bytes:
        binds[index].buffer_type = MYSQL_TYPE_BLOB
        binds[index].buffer = UnsafeMutableRawPointer(column.texts)
      }
    }
    try connection.run("START TRANSACTION")
  }

  deinit {
    mysql_stmt_close(statement)
    binds.deallocate()
    memory.deallocate()
  }

  package func insert(_ row: UnsafeMutableBufferPointer<Field>) throws {
    var size = 0
    for field in row {
      switch field {
      case .text(let bytes), .binary(let bytes), .number(let bytes): size += bytes.count
      case .integer, .real: size += 32
      case .null: break
      }
    }
    if used + size > memory.count { try makeRoom(size) }
    for index in 0..<row.count { try set(row[index], index) }
    count += 1
    if count == batch { try send() }
  }

  package func finish() throws {
    try send()
    try connection.run("COMMIT")
  }

  private func makeRoom(_ size: Int) throws {
    try send()
    let wanted = max(size, MariaDBLoader.memorySize)
    guard wanted != memory.count else { return }
    memory.deallocate()
    memory = .allocate(byteCount: wanted, alignment: 8)
  }

  private func set(_ field: Field, _ index: Int) throws {
    let column = columns[index]
    column.indicators[count] = 0
    switch (field, column.form) {
    case (.null, _): column.indicators[count] = CChar(STMT_INDICATOR_NULL.rawValue)
    case (.integer(let value), .number): column.numbers[count] = value
    case (.integer(let value), .real): column.reals[count] = Double(value)
    case (.real(let value), .real) where value.isFinite: column.reals[count] = value
    case (.integer(let value), .text): keep(value.description, column)
    case (.real(let value), .text) where value.isFinite && table.columns[index].type == .numeric:
      keep(String(decoding: DecimalText.withoutExponent(value.description), as: UTF8.self), column)
    case (.real(let value), .text) where table.columns[index].type != .numeric: keep(value.description, column)
    case (.number(let bytes), .text), (.text(let bytes), .text), (.binary(let bytes), .bytes): keep(bytes, column)
    case (.text(let bytes), .date) where isPlainDate(bytes): keep(bytes, column)
    case (.text(let bytes), .bits): column.numbers[count] = try bits(bytes, index)
    default: throw cannotHold(field, index)
    }
  }

  private func keep(_ bytes: UnsafeRawBufferPointer, _ column: Column) {
    let target = UnsafeMutableRawBufferPointer(rebasing: memory[used..<(used + bytes.count)])
    target.copyMemory(from: bytes)
    // An empty value needs an address as well.
    column.texts[count] = memory.baseAddress.map { $0 + used }
    column.lengths[count] = UInt(bytes.count)
    used += bytes.count
  }

  private func keep(_ text: String, _ column: Column) {
    var text = text
    text.withUTF8 { keep(UnsafeRawBufferPointer($0), column) }
  }

  private func bits(_ text: UnsafeRawBufferPointer, _ index: Int) throws -> Int64 {
    guard (1...64).contains(text.count), text.allSatisfy({ $0 == 0x30 || $0 == 0x31 }) else {
      throw cannotHold(.text(text), index)
    }
    return Int64(bitPattern: text.reduce(UInt64(0)) { $0 << 1 | UInt64($1 & 1) })
  }

  private func send() throws {
    guard count > 0 else { return }
    var size = UInt32(count)
    if batch > 1 { mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size) } else { bindOne() }
    guard mysql_stmt_bind_param(statement, binds) == 0, mysql_stmt_execute(statement) == 0 else {
      let error = connection.failure(
        Int32(bitPattern: mysql_stmt_errno(statement)), String(cString: mysql_stmt_error(statement)),
        "the database server cannot hold a value as it is")
      throw AdminError(error.code, error.what, at: "\(error.location), table \(table.name)", next: error.next)
    }
    guard mysql_stmt_affected_rows(statement) == UInt64(count) else {
      throw AdminError(
        .dataError, "the database server took \(mysql_stmt_affected_rows(statement)) of \(count) rows",
        at: "\(connection.displayName), table \(table.name)", next: "check its log and start again")
    }
    count = 0
    used = 0
  }

  // A single row's texts are bound themselves, not arrays of them.
  private func bindOne() {
    for (index, column) in columns.enumerated() {
      column.isNull[0] = column.indicators[0] == 0 ? 0 : 1
      binds[index].is_null = column.isNull
      guard column.form == .text || column.form == .date || column.form == .bytes else { continue }
      binds[index].buffer = column.isNull[0] == 0 ? column.texts[0] : UnsafeMutableRawPointer(memory.baseAddress)
      if column.isNull[0] != 0 { column.lengths[0] = 0 }
      binds[index].buffer_length = column.lengths[0]
    }
  }

  // The years 0 to 9999: an infinity, a year before Christ or a zone of another engine has no place here.
  private func isPlainDate(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 10 && bytes.count <= 26 && bytes[4] == 0x2D && bytes[7] == 0x2D
      && bytes.allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2D || $0 == 0x20 || $0 == 0x2E }
  }

  private func cannotHold(_ field: Field, _ index: Int) -> AdminError {
    let value: String =
      switch SQLValue(copying: field) {
      case .null: "NULL"
      case .integer(let value): String(value)
      case .real(let value): String(value)
      case .text(let text): String(text.prefix(40))
      case .binary: "of bytes"
      }
    let column = table.columns[index]
    return AdminError(
      .dataError, "MariaDB cannot hold the value \(value) in a column of type \(column.declared)",
      at: "\(table.name).\(column.name)",
      next: "restore into an installation whose internal database is the embedded one")
  }
}
