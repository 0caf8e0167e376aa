import CMariaDB

/// Reads a table's rows through a prepared statement: they come in the binary protocol, which costs the server half of
/// what the text protocol does, since no number is spelled and no double searched for its shortest text.
///
/// The values are decoded here, where the client library has them in its buffer, and not by the library: bound to
/// variables, a moment without a time of day takes the next column's bytes for one (Connector/C 3.3).
/// Source: mariadb.com/kb/en/resultset-row, "Binary resultset row".
final class MariaDBRowReader {
  private let connection: MariaDBConnection
  private let statement: UnsafeMutablePointer<MYSQL_STMT>
  private let state: UnsafeMutablePointer<BinaryRow>

  /// Sends the query, whose columns are `columns` in their order.
  ///
  /// - Throws: `AdminError`, what the server says.
  init(_ sql: String, _ columns: [MariaDBColumn], _ connection: MariaDBConnection) throws {
    self.connection = connection
    guard let statement = mysql_stmt_init(connection.handle) else {
      throw connection.failure("no memory for a statement")
    }
    self.statement = statement
    state = .allocate(capacity: 1)
    state.initialize(to: BinaryRow(columns.map(\.reader), connection.handle))
    let take:
      @convention(c) (UnsafeMutableRawPointer?, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?)
        -> Void = { state, column, place in
          state?.assumingMemoryBound(to: BinaryRow.self).pointee.take(Int(column), place)
        }
    guard mysql_stmt_prepare(statement, sql, UInt(sql.utf8.count)) == 0,
      mysql_stmt_attr_set(statement, STMT_ATTR_CB_USER_DATA, state) == 0,
      mysql_stmt_attr_set(statement, STMT_ATTR_CB_RESULT, unsafeBitCast(take, to: UnsafeRawPointer.self)) == 0,
      mysql_stmt_execute(statement) == 0, let result = mysql_stmt_result_metadata(statement)
    else { throw failure() }
    defer { mysql_free_result(result) }
    guard Int(mysql_num_fields(result)) == columns.count else { throw BinaryRow.broken(connection.place) }
    for column in 0..<columns.count {
      guard let field = mysql_fetch_field_direct(result, UInt32(column)) else { throw failure() }
      state.pointee.layouts[column] = try BinaryRow.Layout(field.pointee, connection.place)
    }
  }

  deinit {
    mysql_stmt_close(statement)
    state.pointee.free()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Gives every row to `body`, valid until it returns.
  ///
  /// - Throws: `AdminError` when the rows end early; what `body` throws, after which the connection is cut.
  func forEach(_ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws {
    let fields = state.pointee.fields
    while true {
      let status = mysql_stmt_fetch(statement)
      if status == MYSQL_NO_DATA { return }
      guard status == 0 else { throw failure() }
      do {
        if state.pointee.isBroken { throw BinaryRow.broken(connection.place) }
        try body(fields)
      } catch {
        // Closing a statement takes all its rows from the server first; a closed line ends that at once.
        connection.cut()
        throw error
      }
    }
  }

  private func failure() -> AdminError {
    // What ends the rows early is the connection's error, not the statement's.
    guard mysql_stmt_errno(statement) != 0 else { return connection.failure("the rows cannot be read") }
    return connection.failure(
      Int32(bitPattern: mysql_stmt_errno(statement)), String(cString: mysql_stmt_error(statement)),
      "the rows cannot be read")
  }
}

/// One row of the binary protocol while the client library walks over it, column by column.
private struct BinaryRow {
  /// How a column's bytes are laid out.
  enum Layout {
    /// A whole number of 1, 2, 4 or 8 bytes.
    case signed(Int), unsigned(Int)
    case float, double
    /// A length, then as much of a date and a time of day as is not zero.
    case date, moment, timeOfDay
    /// A length, then bytes.
    case bytes

    init(_ field: MYSQL_FIELD, _ place: String) throws {
      let isUnsigned = field.flags & UInt32(UNSIGNED_FLAG) != 0
      func whole(_ size: Int) -> Layout { isUnsigned ? .unsigned(size) : .signed(size) }
      switch field.type {
      case MYSQL_TYPE_TINY: self = whole(1)
      case MYSQL_TYPE_SHORT: self = whole(2)
      case MYSQL_TYPE_YEAR: self = .unsigned(2)
      case MYSQL_TYPE_LONG, MYSQL_TYPE_INT24: self = whole(4)
      case MYSQL_TYPE_LONGLONG: self = whole(8)
      case MYSQL_TYPE_FLOAT: self = .float
      case MYSQL_TYPE_DOUBLE: self = .double
      case MYSQL_TYPE_DATE: self = .date
      case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP: self = .moment
      case MYSQL_TYPE_TIME: self = .timeOfDay
      case MYSQL_TYPE_STRING, MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_VARCHAR, MYSQL_TYPE_BLOB, MYSQL_TYPE_TINY_BLOB,
        MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_DECIMAL, MYSQL_TYPE_BIT,
        MYSQL_TYPE_ENUM, MYSQL_TYPE_SET, MYSQL_TYPE_JSON:
        self = .bytes
      default: throw BinaryRow.broken(place)
      }
    }
  }

  /// What a text needs that is made here: the longest is `-838:59:59.999999`, or a moment's 26.
  private static let textSize = 32

  let fields: UnsafeMutableBufferPointer<Field>
  let layouts: UnsafeMutableBufferPointer<Layout>
  /// Whether the bytes of this row, or of one before it, were not what the protocol says.
  private(set) var isBroken = false
  private let readers: UnsafeMutableBufferPointer<MariaDBColumn.Reader>
  private let texts: UnsafeMutableRawBufferPointer
  private let handle: UnsafeMutablePointer<MYSQL>

  init(_ readers: [MariaDBColumn.Reader], _ handle: UnsafeMutablePointer<MYSQL>) {
    self.handle = handle
    fields = .allocate(capacity: readers.count)
    fields.initialize(repeating: .null)
    layouts = .allocate(capacity: readers.count)
    layouts.initialize(repeating: .bytes)
    self.readers = .allocate(capacity: readers.count)
    _ = self.readers.initialize(from: readers)
    texts = .allocate(byteCount: readers.count * BinaryRow.textSize, alignment: 8)
  }

  func free() {
    fields.deallocate()
    layouts.deallocate()
    readers.deallocate()
    texts.deallocate()
  }

  static func broken(_ place: String) -> AdminError {
    AdminError(
      .dataError, "the database server's answer is not understood", at: place,
      next: "check which server it is; MariaDB from 10.5 and MySQL from 5.7 are known")
  }

  /// Takes one column: `place` is where its bytes begin, and is moved behind them; nil for NULL.
  mutating func take(_ column: Int, _ place: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) {
    guard column < fields.count else { return isBroken = true }
    guard let place else { return fields[column] = .null }
    // The library says where a packet begins and not where it ends, but nothing is behind its buffer.
    guard let start = place.pointee, let end = handle.pointee.net.buff_end, start <= end else { return isBroken = true }
    var cursor = Cursor(rest: UnsafeRawBufferPointer(start: start, count: end - start))
    guard let field = field(column, &cursor) else { return isBroken = true }
    fields[column] = field
    place.pointee = start + cursor.position
  }

  private func field(_ column: Int, _ cursor: inout Cursor) -> Field? {
    switch layouts[column] {
    case .signed(1): return cursor.take(Int8.self).map { .integer(Int64($0)) }
    case .signed(2): return cursor.take(Int16.self).map { .integer(Int64($0)) }
    case .signed(4): return cursor.take(Int32.self).map { .integer(Int64($0)) }
    case .signed: return cursor.take(Int64.self).map { .integer($0) }
    case .unsigned(1): return cursor.take(UInt8.self).map { .integer(Int64($0)) }
    case .unsigned(2): return cursor.take(UInt16.self).map { .integer(Int64($0)) }
    case .unsigned(4): return cursor.take(UInt32.self).map { .integer(Int64($0)) }
    case .unsigned: return cursor.take(UInt64.self).map { whole($0, column) }
    case .float: return cursor.take(UInt32.self).map { .real(Double(Float(bitPattern: $0))) }
    case .double: return cursor.take(UInt64.self).map { .real(Double(bitPattern: $0)) }
    case .date: return cursor.takeCounted().flatMap { date($0, column) }
    case .moment: return cursor.takeCounted().flatMap { moment($0, column) }
    case .timeOfDay: return cursor.takeCounted().flatMap { timeOfDay($0, column) }
    case .bytes:
      guard let bytes = cursor.takeCounted() else { return nil }
      switch readers[column] {
      case .text: return .text(bytes)
      case .binary: return .binary(bytes)
      case .digits: return MariaDBColumn.number(bytes)
      }
    }
  }

  private func whole(_ value: UInt64, _ column: Int) -> Field {
    if let value = Int64(exactly: value) { return .integer(value) }
    var text = text(column)
    for byte in String(value).utf8 { text.append(byte) }
    return .number(text.bytes)
  }

  private func date(_ bytes: UnsafeRawBufferPointer, _ column: Int) -> Field? {
    guard [0, 4, 7, 11].contains(bytes.count) else { return nil }
    var text = text(column)
    text.append(dateOf: bytes)
    return .text(text.bytes)
  }

  private func moment(_ bytes: UnsafeRawBufferPointer, _ column: Int) -> Field? {
    guard [0, 4, 7, 11].contains(bytes.count) else { return nil }
    var text = text(column)
    text.append(dateOf: bytes)
    text.append(0x20)
    let hasTime = bytes.count >= 7
    text.append(
      hours: hasTime ? UInt64(bytes[4]) : 0, hasTime ? bytes[5] : 0, hasTime ? bytes[6] : 0,
      microseconds: bytes.count == 11 ? bytes.u32(7) : 0)
    return .text(text.bytes)
  }

  private func timeOfDay(_ bytes: UnsafeRawBufferPointer, _ column: Int) -> Field? {
    guard [0, 8, 12].contains(bytes.count) else { return nil }
    var text = text(column)
    guard bytes.count >= 8 else {
      text.append(hours: 0, 0, 0, microseconds: 0)
      return .text(text.bytes)
    }
    if bytes[0] != 0 { text.append(0x2D) }
    text.append(
      hours: UInt64(bytes.u32(1)) * 24 + UInt64(bytes[5]), bytes[6], bytes[7],
      microseconds: bytes.count == 12 ? bytes.u32(8) : 0)
    return .text(text.bytes)
  }

  private func text(_ column: Int) -> Text {
    let start = column * BinaryRow.textSize
    return Text(memory: UnsafeMutableRawBufferPointer(rebasing: texts[start..<start + BinaryRow.textSize]))
  }

  /// A walk over bytes that never leaves them.
  private struct Cursor {
    let rest: UnsafeRawBufferPointer
    var position = 0

    mutating func take<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number? {
      let size = MemoryLayout<Number>.size
      guard rest.count - position >= size else { return nil }
      defer { position += size }
      return Number(littleEndian: rest.loadUnaligned(fromByteOffset: position, as: type))
    }

    /// Bytes behind their length (mariadb.com/kb/en/protocol-data-types, "Length encoded integers").
    mutating func takeCounted() -> UnsafeRawBufferPointer? {
      guard let first = take(UInt8.self) else { return nil }
      let count: UInt64?
      switch first {
      case 0...250: count = UInt64(first)
      case 252: count = take(UInt16.self).map { UInt64($0) }
      case 253:
        guard let low = take(UInt16.self), let high = take(UInt8.self) else { return nil }
        count = UInt64(low) | UInt64(high) << 16
      case 254: count = take(UInt64.self)
      default: count = nil
      }
      guard let count, count <= UInt64(rest.count - position) else { return nil }
      defer { position += Int(count) }
      return UnsafeRawBufferPointer(rebasing: rest[position..<position + Int(count)])
    }
  }

  /// A text being made.
  private struct Text {
    let memory: UnsafeMutableRawBufferPointer
    private var count = 0

    init(memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    // What is too long for any value of its kind is cut, and fails at the archive's next reader instead of here.
    mutating func append(_ byte: UInt8) {
      guard count < memory.count else { return }
      memory[count] = byte
      count += 1
    }

    mutating func append(_ value: UInt64, digits: Int) {
      var power: UInt64 = 1
      for _ in 1..<digits { power *= 10 }
      while value / power >= 10 { power *= 10 }
      while power > 0 {
        append(0x30 + UInt8(value / power % 10))
        power /= 10
      }
    }

    mutating func append(dateOf bytes: UnsafeRawBufferPointer) {
      let hasDate = bytes.count >= 4
      append(hasDate ? UInt64(bytes.u16(0)) : 0, digits: 4)
      append(0x2D)
      append(hasDate ? UInt64(bytes[2]) : 0, digits: 2)
      append(0x2D)
      append(hasDate ? UInt64(bytes[3]) : 0, digits: 2)
    }

    mutating func append(hours: UInt64, _ minutes: UInt8, _ seconds: UInt8, microseconds: UInt32) {
      append(hours, digits: 2)
      append(0x3A)
      append(UInt64(minutes), digits: 2)
      append(0x3A)
      append(UInt64(seconds), digits: 2)
      guard microseconds > 0 else { return }
      append(0x2E)
      append(UInt64(microseconds), digits: 6)
      while memory[count - 1] == 0x30 { count -= 1 }
    }
  }
}
