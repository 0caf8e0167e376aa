import CSQLite

/// A prepared statement; finalised when it goes away.
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let connection: SQLiteConnection

  init(_ sql: String, on connection: SQLiteConnection) throws {
    var handle: OpaquePointer?
    let status = sqlite3_prepare_v3(connection.handle, sql, -1, 0, &handle, nil)
    guard status == SQLITE_OK, let handle else { throw connection.failure("the statement does not compile") }
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  var columnCount: Int { Int(sqlite3_column_count(handle)) }

  /// Whether there is a row.
  package func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let error = connection.failure("the database refused a statement")
      sqlite3_reset(handle)
      throw error
    }
  }

  func reset() { sqlite3_reset(handle) }

  /// Binds a value whose text or bytes stay valid until the next `reset()`; positions start at 0.
  package func bind(_ field: Field, at position: Int) throws {
    let index = Int32(position + 1)
    let status: Int32
    switch field {
    case .null: status = sqlite3_bind_null(handle, index)
    case .integer(let value): status = sqlite3_bind_int64(handle, index, value)
    case .real(let value): status = sqlite3_bind_double(handle, index, value)
    case .text(let bytes), .number(let bytes):
      status = hubtui_sqlite_bind_text_static(
        handle, index, bytes.baseAddress ?? emptyBytes, Int32(clamping: bytes.count))
    case .binary(let bytes):
      status = hubtui_sqlite_bind_blob_static(
        handle, index, bytes.baseAddress ?? emptyBytes, Int32(clamping: bytes.count))
    }
    guard status == SQLITE_OK else { throw connection.failure("the database refused a value") }
  }

  /// Runs the statement with owned values and hands every row to `body`.
  package func run(_ arguments: [SQLValue], _ body: (SQLiteStatement) throws -> Void) throws {
    defer { reset() }
    try withBorrowed(arguments[...]) { fields in
      for (position, field) in fields.enumerated() { try bind(field, at: position) }
      while try step() { try body(self) }
    }
  }

  /// A column of the current row, borrowed until the next step.
  @inline(__always)
  package func field(_ column: Int) -> Field {
    let index = Int32(truncatingIfNeeded: column)
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let start = sqlite3_column_text(handle, index)
      return .text(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(handle, index)
      return .binary(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))))
    default: return .null
    }
  }

  /// A column of the current row, copied.
  package func value(_ column: Int) -> SQLValue { SQLValue(copying: field(column)) }
}

// sqlite3 takes a null pointer as NULL, so an empty value needs an address: that of a literal stays.
private let emptyText: StaticString = ""
private var emptyBytes: UnsafeRawPointer { UnsafeRawPointer(emptyText.utf8Start) }

extension SQLValue {
  /// Copies a borrowed value; bytes of a text that are not UTF-8 are replaced.
  package init(copying field: Field) {
    switch field {
    case .null: self = .null
    case .integer(let value): self = .integer(value)
    case .real(let value): self = .real(value)
    case .text(let bytes), .number(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
    case .binary(let bytes): self = .binary([UInt8](bytes))
    }
  }
}

private func withBorrowed(_ values: ArraySlice<SQLValue>, _ fields: [Field] = [], _ body: ([Field]) throws -> Void)
  throws
{
  guard let first = values.first else { return try body(fields) }
  let rest = values.dropFirst()
  switch first {
  case .null: try withBorrowed(rest, fields + [.null], body)
  case .integer(let value): try withBorrowed(rest, fields + [.integer(value)], body)
  case .real(let value): try withBorrowed(rest, fields + [.real(value)], body)
  case .text(var text):
    try text.withUTF8 { try withBorrowed(rest, fields + [.text(UnsafeRawBufferPointer($0))], body) }
  case .binary(let bytes): try bytes.withUnsafeBytes { try withBorrowed(rest, fields + [.binary($0)], body) }
  }
}
