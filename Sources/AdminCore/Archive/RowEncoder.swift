/// Turns rows into PostgreSQL COPY text (postgresql.org/docs/current/sql-copy.html, "Text Format"): UTF-8, values parted
/// by tabs, `\N` for NULL, bytes as hex after `\x`. A NUL byte, and a byte of a text that is not UTF-8, becomes an octal
/// escape, so that the file is UTF-8 whatever the database holds and gives back the same bytes.
public struct RowEncoder {
  private let table: TableSchema
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private var buffer: [UInt8] = []
  /// Rows encoded so far.
  public private(set) var rowCount: Int64 = 0

  private static let flushSize = 64 << 10

  /// An encoder for rows of `table`, which hands full buffers to `sink`.
  public init(_ table: TableSchema, sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.table = table
    self.sink = sink
    buffer.reserveCapacity(RowEncoder.flushSize * 2)
  }

  /// Encodes one row.
  ///
  /// - Throws: `AdminError` (`dataError`) when a value cannot be in a column of its type without being changed.
  public mutating func encode(_ row: UnsafeMutableBufferPointer<Field>) throws {
    for column in 0..<row.count {
      if column > 0 { buffer.append(0x09) }
      switch row[column] {
      case .null:
        buffer.append(0x5C)
        buffer.append(0x4E)
      case .integer(let value):
        if !holdsNumbers(column) { throw offType("number", column) }
        append(value)
      case .real(let value):
        if !holdsNumbers(column) { throw offType("number", column) }
        append(value, isDecimal: table.columns[column].type == .numeric)
      case .number(let digits):
        if !holdsNumbers(column) { throw offType("number", column) }
        buffer.append(contentsOf: digits)
      case .text(let bytes):
        if isOffType(text: true, column) { throw offType("text", column) }
        append(text: bytes)
        if buffer.count >= RowEncoder.flushSize { try flush() }
      case .binary(let bytes):
        if isOffType(text: false, column) { throw offType("binary", column) }
        append(hex: bytes)
        if buffer.count >= RowEncoder.flushSize { try flush() }
      }
    }
    buffer.append(0x0A)
    rowCount += 1
    if buffer.count >= RowEncoder.flushSize { try flush() }
  }

  /// Hands over what is left.
  public mutating func flush() throws {
    try buffer.withUnsafeBytes { if !$0.isEmpty { try sink($0) } }
    buffer.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private func isOffType(text: Bool, _ column: Int) -> Bool { (table.columns[column].type == .binary) == text }

  // A number among texts would come back as a text, and one among bytes not at all.
  @inline(__always)
  private func holdsNumbers(_ column: Int) -> Bool {
    let type = table.columns[column].type
    return type != .text && type != .binary
  }

  private func offType(_ kind: String, _ column: Int) -> AdminError {
    let name = table.columns[column]
    return AdminError(
      .dataError, "a \(kind) value in a column of type \(name.declared), row \(rowCount + 1)",
      at: "\(table.name).\(name.name)", next: "mend the value in the database; a backup never changes one silently")
  }

  private mutating func append(_ value: Int64) {
    var magnitude = value.magnitude
    if value < 0 { buffer.append(0x2D) }
    if magnitude < 10 { return buffer.append(0x30 + UInt8(magnitude)) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = 20
      while magnitude > 0 {
        start -= 1
        digits[start] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
        magnitude /= 10
      }
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
    }
  }

  private mutating func append(_ value: Double, isDecimal: Bool) {
    if value.isInfinite {
      buffer.append(contentsOf: (value < 0 ? "-Infinity" : "Infinity").utf8)
    } else if value.isNaN {
      buffer.append(contentsOf: "NaN".utf8)
    } else {
      let text = value.description
      buffer.append(contentsOf: isDecimal ? DecimalText.withoutExponent(text) : Array(text.utf8))
    }
  }

  private mutating func append(text bytes: UnsafeRawBufferPointer) {
    guard bytes.contains(where: { RowEncoder.isSpecial($0) }) else {
      buffer.append(contentsOf: bytes)
      return
    }
    let isText = isValidUTF8(bytes)
    for byte in bytes {
      switch byte {
      case 0x08: escape("b")
      case 0x09: escape("t")
      case 0x0A: escape("n")
      case 0x0B: escape("v")
      case 0x0C: escape("f")
      case 0x0D: escape("r")
      case 0x5C: escape("\\")
      case 0x00: octal(byte)
      case 0x80... where !isText: octal(byte)
      default: buffer.append(byte)
      }
    }
  }

  private mutating func append(hex bytes: UnsafeRawBufferPointer) {
    // The backslash of \x is itself escaped, as COPY does.
    buffer.append(contentsOf: [0x5C, 0x5C, 0x78])
    for byte in bytes {
      buffer.append(Digest.hexDigits[Int(byte >> 4)])
      buffer.append(Digest.hexDigits[Int(byte & 15)])
    }
  }

  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == 0x5C || byte <= 0x0D && (byte >= 0x08 || byte == 0)
  }

  private mutating func escape(_ letter: Unicode.Scalar) {
    buffer.append(0x5C)
    buffer.append(UInt8(truncatingIfNeeded: letter.value))
  }

  private mutating func octal(_ byte: UInt8) {
    buffer.append(0x5C)
    buffer.append(0x30 + (byte >> 6))
    buffer.append(0x30 + (byte >> 3 & 7))
    buffer.append(0x30 + (byte & 7))
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
    case 0...0x7F: index += 1
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
