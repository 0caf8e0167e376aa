import Archive
import Platform

/// Turns rows into PostgreSQL COPY text (postgresql.org/docs/current/sql-copy.html, "Text Format"): UTF-8, values parted
/// by tabs, `\N` for NULL, bytes as hex after `\x`. A NUL byte, and a byte of a text that is not UTF-8, becomes an octal
/// escape, so that the file is UTF-8 whatever the database holds and gives back the same bytes.
public struct RowEncoder {
  private let table: TableSchema
  private let types: [ColumnType]
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private let buffer = RowBuffer()
  /// Rows encoded so far.
  public private(set) var rowCount: Int64 = 0

  /// An encoder for rows of `table`, which hands full buffers to `sink`.
  public init(_ table: TableSchema, sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.table = table
    self.sink = sink
    types = table.columns.map(\.type)
  }

  /// Encodes one row.
  ///
  /// - Throws: `AdminError` (`dataError`) when a value cannot be in a column of its type without being changed.
  public mutating func encode(_ row: UnsafeMutableBufferPointer<Field>) throws {
    for column in 0..<row.count {
      if buffer.room < RowEncoder.smallest { try flush() }
      if column > 0 { buffer.append(0x09) }
      let type = types[column]
      switch row[column] {
      case .null:
        buffer.append(0x5C)
        buffer.append(0x4E)
      case .integer(let value):
        if !holdsNumbers(type) { throw offType("number", column) }
        buffer.append(integer: value)
      case .real(let value):
        if !holdsNumbers(type) { throw offType("number", column) }
        append(value, isDecimal: type == .numeric)
      case .number(let digits):
        if !holdsNumbers(type) { throw offType("number", column) }
        try buffer.append(digits, flush: flush)
      case .text(let bytes):
        if type == .binary { throw offType("text", column) }
        try append(text: bytes)
      case .binary(let bytes):
        if type != .binary { throw offType("binary", column) }
        try append(hex: bytes)
      }
    }
    if buffer.room < 1 { try flush() }
    buffer.append(0x0A)
    rowCount += 1
    if buffer.count >= RowEncoder.flushSize { try flush() }
  }

  /// Hands over what is left.
  public func flush() throws {
    if buffer.count > 0 { try sink(buffer.content) }
    buffer.count = 0
  }

  private static let flushSize = 64 << 10
  /// Room for any value but a text or bytes: SQLite's longest double as a decimal number has 400 digits.
  private static let smallest = 512

  // A number among texts would come back as a text, and one among bytes not at all.
  @inline(__always)
  private func holdsNumbers(_ type: ColumnType) -> Bool { type != .text && type != .binary }

  private func offType(_ kind: String, _ column: Int) -> AdminError {
    let name = table.columns[column]
    return AdminError(
      .dataError, "a \(kind) value in a column of type \(name.declared), row \(rowCount + 1)",
      at: "\(table.name).\(name.name)", next: "correct the value in the database; a backup never changes one silently")
  }

  private func append(_ value: Double, isDecimal: Bool) {
    if value.isInfinite {
      for byte in (value < 0 ? "-Infinity" : "Infinity").utf8 { buffer.append(byte) }
    } else if value.isNaN {
      for byte in "NaN".utf8 { buffer.append(byte) }
    } else if isDecimal {
      for byte in DecimalText.withoutExponent(value.description) { buffer.append(byte) }
    } else {
      for byte in value.description.utf8 { buffer.append(byte) }
    }
  }

  private func append(text bytes: UnsafeRawBufferPointer) throws {
    let kinds = ByteKinds(bytes)
    let isText = !kinds.hasHigh || isValidUTF8(bytes)
    if !kinds.hasSpecial, isText { return try buffer.append(bytes, flush: flush) }
    var start = 0
    for index in 0..<bytes.count where RowEncoder.needsEscape(bytes[index], isText) {
      try buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]), flush: flush)
      if buffer.room < 4 { try flush() }
      escape(bytes[index])
      start = index + 1
    }
    try buffer.append(UnsafeRawBufferPointer(rebasing: bytes[start...]), flush: flush)
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8, _ isText: Bool) -> Bool {
    byte <= 0x0D && (byte >= 0x08 || byte == 0) || byte == 0x5C || byte >= 0x80 && !isText
  }

  private func escape(_ byte: UInt8) {
    buffer.append(0x5C)
    switch byte {
    case 0x08: buffer.append(0x62)
    case 0x09: buffer.append(0x74)
    case 0x0A: buffer.append(0x6E)
    case 0x0B: buffer.append(0x76)
    case 0x0C: buffer.append(0x66)
    case 0x0D: buffer.append(0x72)
    case 0x5C: buffer.append(0x5C)
    default:
      buffer.append(0x30 + (byte >> 6))
      buffer.append(0x30 + (byte >> 3 & 7))
      buffer.append(0x30 + (byte & 7))
    }
  }

  private func append(hex bytes: UnsafeRawBufferPointer) throws {
    // The backslash of \x is itself escaped, as COPY does.
    for byte: UInt8 in [0x5C, 0x5C, 0x78] { buffer.append(byte) }
    let digits = Digest.hexDigits
    for byte in bytes {
      if buffer.room < 2 { try flush() }
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    }
  }
}

extension ColumnType {
  /// Whether a value that looks like a number stays text even where a value tells its kind itself.
  var isText: Bool { self == .text || self == .bit || self == .uuid || self == .enumeration }
}

/// A number as the row codec writes it.
enum Number {
  case integer(Int64)
  case real(Double)

  /// Nil for any text that is not exactly a number as the codec writes it.
  init?(_ bytes: UnsafeRawBufferPointer, isDecimal: Bool = false) {
    guard let first = bytes.first, first == 0x2D || (0x30...0x39).contains(first) || first == 0x49 || first == 0x4E
    else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let value = Int64(text), value.description == text {
      self = .integer(value)
    } else if text == "Infinity" || text == "-Infinity" || text == "NaN" {
      self = .real(text == "NaN" ? .nan : text == "Infinity" ? .infinity : -.infinity)
    } else if let value = Double(text), value.isFinite,
      value.description == text || isDecimal && DecimalText.withoutExponent(value.description).elementsEqual(bytes)
    {
      self = .real(value)
    } else {
      return nil
    }
  }
}

/// Whether all bytes are well-formed UTF-8 (Unicode, table 3-7).
func isValidUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  var index = 0
  let count = bytes.count
  func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
    index + offset < count && range.contains(bytes[index + offset])
  }
  while index < count {
    switch bytes[index] {
    case 0...0x7F:
      index += 1
      while index + 8 <= count,
        bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index += 8
      }
    case 0xC2...0xDF:
      guard follows(1) else { return false }
      index += 2
    case 0xE0...0xEF:
      let second: ClosedRange<UInt8> =
        bytes[index] == 0xE0 ? 0xA0...0xBF : bytes[index] == 0xED ? 0x80...0x9F : 0x80...0xBF
      guard follows(1, second), follows(2) else { return false }
      index += 3
    case 0xF0...0xF4:
      let second: ClosedRange<UInt8> =
        bytes[index] == 0xF0 ? 0x90...0xBF : bytes[index] == 0xF4 ? 0x80...0x8F : 0x80...0xBF
      guard follows(1, second), follows(2), follows(3) else { return false }
      index += 4
    default: return false
    }
  }
  return true
}
