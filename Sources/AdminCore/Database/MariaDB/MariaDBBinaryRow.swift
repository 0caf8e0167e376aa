import Archive
import CMariaDB

/// One row of the binary protocol while the client library walks over it, column by column. Nothing is read behind the
/// end that it is told, and no value is taken that a server cannot have.
/// Source: mariadb.com/kb/en/resultset-row, "Binary resultset row".
struct MariaDBBinaryRow {
  /// How a column's bytes are laid out.
  enum Layout {
    /// A whole number of 1, 2, 4 or 8 bytes.
    case signed(Int), unsigned(Int)
    case float, double
    /// A length, then as much of a date and a time of day as is not zero.
    case date, moment, timeOfDay
    /// A length, then bytes.
    case bytes

    /// Nil for a type that no column of a component's table has.
    init?(_ field: MYSQL_FIELD) {
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
      default: return nil
      }
    }
  }

  /// What a text needs that is made here: the longest is `-838:59:59.999999`, or a moment's 26.
  private static let textSize = 32
  /// Of a TIME (mariadb.com/kb/en/time).
  private static let mostHours = 838

  package let fields: UnsafeMutableBufferPointer<Field>
  let layouts: UnsafeMutableBufferPointer<Layout>
  /// Whether the bytes of this row, or of one before it, were not what the protocol says.
  package private(set) var isBroken = false
  private let readers: UnsafeMutableBufferPointer<MariaDBColumn.Reader>
  private let texts: UnsafeMutableRawBufferPointer

  init(_ readers: [MariaDBColumn.Reader]) {
    fields = .allocate(capacity: readers.count)
    fields.initialize(repeating: .null)
    layouts = .allocate(capacity: readers.count)
    layouts.initialize(repeating: .bytes)
    self.readers = .allocate(capacity: readers.count)
    _ = self.readers.initialize(from: readers)
    texts = .allocate(byteCount: readers.count * MariaDBBinaryRow.textSize, alignment: 8)
  }

  package func free() {
    fields.deallocate()
    layouts.deallocate()
    readers.deallocate()
    texts.deallocate()
  }

  /// Takes one column: `pointer` is where its bytes begin, and is moved behind them; nil for NULL.
  package mutating func take(
    _ column: Int, _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, end: UnsafeMutablePointer<UInt8>?
  ) {
    guard column < fields.count else { return isBroken = true }
    guard let pointer else { return fields[column] = .null }
    guard let start = pointer.pointee, let end, start <= end else { return isBroken = true }
    var cursor = Cursor(rest: UnsafeRawBufferPointer(start: start, count: end - start))
    guard let field = field(column, &cursor) else { return isBroken = true }
    fields[column] = field
    pointer.pointee = start + cursor.position
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
      case .digits: return DecimalText.isNumber(bytes) ? MariaDBColumn.number(bytes) : nil
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
    guard hasDate(bytes) else { return nil }
    var text = text(column)
    text.append(dateOf: bytes)
    return .text(text.bytes)
  }

  private func moment(_ bytes: UnsafeRawBufferPointer, _ column: Int) -> Field? {
    guard hasDate(bytes), bytes.count < 7 || hasTime(bytes, at: 4) else { return nil }
    var text = text(column)
    text.append(dateOf: bytes)
    text.append(0x20)
    if bytes.count >= 7 {
      text.append(hours: UInt64(bytes[4]), of: bytes, at: 4)
    } else {
      text.appendMidnight()
    }
    return .text(text.bytes)
  }

  private func timeOfDay(_ bytes: UnsafeRawBufferPointer, _ column: Int) -> Field? {
    var text = text(column)
    guard bytes.count > 0 else {
      text.appendMidnight()
      return .text(text.bytes)
    }
    guard bytes.count == 8 || bytes.count == 12, bytes[0] <= 1, hasTime(bytes, at: 5) else { return nil }
    let hours = UInt64(bytes.u32(1)) * 24 + UInt64(bytes[5])
    guard hours <= MariaDBBinaryRow.mostHours else { return nil }
    if bytes[0] == 1 { text.append(0x2D) }
    text.append(hours: hours, of: bytes, at: 5)
    return .text(text.bytes)
  }

  /// Months and days may be zero, and days beyond their month's end: a server can be told to keep such.
  private func hasDate(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == 0 || [4, 7, 11].contains(bytes.count) && bytes.u16(0) <= 9999 && bytes[2] <= 12 && bytes[3] <= 31
  }

  private func hasTime(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
    bytes[start] < 24 && bytes[start + 1] < 60 && bytes[start + 2] < 60
      && (bytes.count == start + 3 || bytes.u32(start + 3) < 1_000_000)
  }

  private func text(_ column: Int) -> Text {
    let start = column * MariaDBBinaryRow.textSize
    return Text(memory: UnsafeMutableRawBufferPointer(rebasing: texts[start..<start + MariaDBBinaryRow.textSize]))
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

    mutating func append(_ byte: UInt8) {
      precondition(count < memory.count, "a text longer than any value of its kind")
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

    mutating func appendMidnight() { for byte in "00:00:00".utf8 { append(byte) } }

    /// Minutes, seconds and, where there are some, microseconds are behind the byte at `start`.
    mutating func append(hours: UInt64, of bytes: UnsafeRawBufferPointer, at start: Int) {
      append(hours, digits: 2)
      append(0x3A)
      append(UInt64(bytes[start + 1]), digits: 2)
      append(0x3A)
      append(UInt64(bytes[start + 2]), digits: 2)
      let microseconds = bytes.count > start + 3 ? bytes.u32(start + 3) : 0
      guard microseconds > 0 else { return }
      append(0x2E)
      append(UInt64(microseconds), digits: 6)
      while memory[count - 1] == 0x30 { count -= 1 }
    }
  }
}
