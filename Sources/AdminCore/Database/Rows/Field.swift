/// One value of a row while it travels from the database to the archive, or back. Text and bytes are borrowed: they
/// are valid until the next row, so a row costs no allocation.
public enum Field {
  /// NULL.
  case null
  /// A whole number.
  case integer(Int64)
  /// A double.
  case real(Double)
  /// An exact number that is neither, as its digits.
  case number(UnsafeRawBufferPointer)
  /// Text in UTF-8; bytes that are not UTF-8 may come from a careless database.
  case text(UnsafeRawBufferPointer)
  /// Bytes.
  case binary(UnsafeRawBufferPointer)
}

extension Field {
  /// The value's text, whatever its type; nil for NULL and for bytes that are no UTF-8.
  package var plainText: String? {
    switch self {
    case .null: nil
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .number(let bytes), .text(let bytes): String(decoding: bytes, as: UTF8.self)
    case .binary(let bytes): String(validating: bytes, as: UTF8.self)
    }
  }
}

/// One value that owns its memory, for settings, accounts and the outbox: few rows at a time.
public enum SQLValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  /// NULL.
  case null
  /// A whole number.
  case integer(Int64)
  /// A double.
  case real(Double)
  /// Text.
  case text(String)
  /// Bytes.
  case binary([UInt8])

  /// Text as a literal.
  public init(stringLiteral value: String) { self = .text(value) }

  /// A whole number as a literal.
  public init(integerLiteral value: Int64) { self = .integer(value) }

  /// Text, or NULL for nil.
  public init(_ text: String?) { self = text.map { .text($0) } ?? .null }

  /// The text, nil for any other kind.
  public var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The whole number, nil for any other kind.
  public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
}
