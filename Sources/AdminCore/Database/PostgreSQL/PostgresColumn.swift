import Archive
import Glibc

/// How a column's values travel from COPY's text to the row format.
struct PostgresColumn {
  /// What is done with a value that arrives.
  enum Reader {
    case text, binary, integer, boolean, numeric, decimal, real, instant
  }

  package let column: TableSchema.Column

  init(_ column: TableSchema.Column) { self.column = column }

  /// The column in a SELECT. A float4 as a double: it is one number, whatever its own shortest text is.
  var selected: String {
    column.type == .real && column.size == 32 ? "\(quoted(column.name))::float8" : quoted(column.name)
  }

  package var reader: Reader {
    switch column.type {
    case .binary: .binary
    case .integer: .integer
    case .boolean: .boolean
    // Without a fixed scale the zeros at the end are part of the value.
    case .numeric: column.scale == nil ? .decimal : .numeric
    case .real: .real
    case .instant: .instant
    case .text, .bit, .date, .time, .timestamp, .json, .uuid, .enumeration: .text
    }
  }

  /// A value in the row format's spelling. Unescapes in place; nothing else of the row is touched.
  ///
  /// - Parameter raw: a value as COPY escapes it, with a byte behind it that is no part of a number.
  package static func field(_ raw: UnsafeMutableRawBufferPointer, _ reader: Reader) -> Field {
    if raw.count == 2, raw[0] == 0x5C, raw[1] == 0x4E { return .null }
    switch reader {
    case .text: return .text(unescaped(raw))
    case .binary: return .binary(bytes(raw))
    case .integer: return DecimalText.integer(UnsafeRawBufferPointer(raw)).map { .integer($0) } ?? .number(.init(raw))
    case .boolean:
      // In a table of another engine's set it is a smallint.
      return .integer(DecimalText.integer(UnsafeRawBufferPointer(raw)) ?? (raw[0] == 0x74 ? 1 : 0))
    case .numeric: return number(UnsafeRawBufferPointer(raw), isFixed: true)
    case .decimal: return number(UnsafeRawBufferPointer(raw), isFixed: false)
    case .real: return real(UnsafeRawBufferPointer(raw))
    case .instant: return .text(withoutZone(unescaped(raw)))
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, isFixed: Bool) -> Field {
    guard DecimalText.isNumber(bytes) else { return real(bytes) }
    return .number(isFixed ? DecimalText.canonical(bytes) : bytes)
  }

  // Not by strtod: the decimal point of the program's locale may be a comma.
  private static func real(_ bytes: UnsafeRawBufferPointer) -> Field {
    Double(String(decoding: bytes, as: UTF8.self)).map { .real($0) } ?? .text(bytes)
  }

  /// An instant that the server spells in UTC: `2026-11-24 21:34:05+00`, or with ` BC` behind.
  private static func withoutZone(_ bytes: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let plus = bytes.lastIndex(of: 0x2B), plus + 3 <= bytes.count else { return UnsafeRawBufferPointer(bytes) }
    for index in plus + 3..<bytes.count { bytes[index - 3] = bytes[index] }
    return UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 3)])
  }

  private static func withoutZone(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    withoutZone(UnsafeMutableRawBufferPointer(mutating: bytes))
  }

  private static func bytes(_ raw: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    // COPY escapes the backslash of \x.
    let count = max(0, (raw.count - 3) / 2)
    for index in 0..<count {
      raw[index] = hexValue(raw[3 + 2 * index]) << 4 | hexValue(raw[4 + 2 * index])
    }
    return UnsafeRawBufferPointer(rebasing: raw[..<count])
  }

  @inline(__always)
  private static func hexValue(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit &- 0x30 : digit &- 0x57 }

  private static func unescaped(_ raw: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let start = raw.baseAddress, let first = memchr(start, 0x5C, raw.count) else {
      return UnsafeRawBufferPointer(raw)
    }
    var index = UnsafeRawPointer(first) - UnsafeRawPointer(start)
    var count = index
    while index < raw.count {
      var byte = raw[index]
      index += 1
      if byte == 0x5C, index < raw.count {
        // The server writes these escapes and no others (postgresql.org/docs/current/sql-copy.html).
        switch raw[index] {
        case 0x62: byte = 0x08
        case 0x66: byte = 0x0C
        case 0x6E: byte = 0x0A
        case 0x72: byte = 0x0D
        case 0x74: byte = 0x09
        case 0x76: byte = 0x0B
        default: byte = raw[index]
        }
        index += 1
      }
      raw[count] = byte
      count += 1
    }
    return UnsafeRawBufferPointer(rebasing: raw[..<count])
  }

  /// A value of a small query, by its type's number (`SELECT oid FROM pg_type`, fixed for ever).
  package static func value(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> SQLValue {
    switch type {
    case boolean: return .integer(bytes.first == 0x74 ? 1 : 0)
    case 20, 21, 23, 26: return DecimalText.integer(bytes).map { .integer($0) } ?? SQLValue(copying: .text(bytes))
    case 700, 701: return SQLValue(copying: real(bytes))
    case 1700:
      guard DecimalText.isNumber(bytes) else { return SQLValue(copying: .text(bytes)) }
      let text = DecimalText.canonical(bytes)
      return DecimalText.integer(text).map { .integer($0) } ?? SQLValue(copying: .text(text))
    case binary:
      // Its text is \x and hex.
      return .binary(Digest.bytes(hex: String(decoding: bytes.dropFirst(2), as: UTF8.self)) ?? [])
    case 1184:
      return .text(String(decoding: bytes, as: UTF8.self).replacing("+00", with: ""))
    default: return SQLValue(copying: .text(bytes))
    }
  }

  /// A value as the text of an argument of this type; nil is NULL.
  package static func argument(_ value: SQLValue, type: UInt32) -> String? {
    switch value {
    case .null: nil
    case .integer(let number):
      type == boolean && (number == 0 || number == 1) ? (number == 1 ? "t" : "f") : String(number)
    case .real(let number):
      number.isNaN ? "NaN" : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : String(number)
    case .text(let text): type == binary ? "\\x\(Digest.hex(Array(text.utf8)))" : text
    case .binary(let bytes): "\\x\(Digest.hex(bytes))"
    }
  }

  private static let boolean: UInt32 = 16
  private static let binary: UInt32 = 17
}
