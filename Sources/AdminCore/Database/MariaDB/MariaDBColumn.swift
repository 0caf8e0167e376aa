import CMariaDB
import Glibc

/// How a column's values travel between the server and the row format.
struct MariaDBColumn {
  /// What is done with bytes that arrive: numbers, dates and times of day say themselves what they are.
  enum Reader {
    /// Text as it is.
    case text
    /// Bytes as they are.
    case binary
    /// The digits of a number.
    case digits
  }

  package let column: TableSchema.Column

  init(_ column: TableSchema.Column) { self.column = column }

  /// The column in a SELECT. A BIT would come as its bytes.
  var selected: String {
    let name = quoted(column.name)
    switch column.type {
    case .bit where column.size != nil: return "LPAD(BIN(CAST(\(name) AS UNSIGNED)), \(column.size ?? 1), '0')"
    default: return name
    }
  }

  package var reader: Reader {
    switch column.type {
    case .binary: .binary
    case .numeric where column.scale != nil: .digits
    default: .text
    }
  }

  /// A whole number beyond 64 signed bits, or one with leading zeros (ZEROFILL, YEAR).
  package static func integer(_ bytes: UnsafeRawBufferPointer) -> Field {
    if let value = DecimalText.digits(bytes, isNegative: false) { return .integer(value) }
    let start = bytes.firstIndex { $0 != 0x30 } ?? bytes.count - 1
    return .number(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  /// The digits of a number in the row format's spelling.
  package static func number(_ bytes: UnsafeRawBufferPointer) -> Field {
    .number(DecimalText.canonical(withoutLeadingZeros(bytes)))
  }

  // ZEROFILL.
  private static func withoutLeadingZeros(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    while start + 1 < bytes.count, bytes[start] == 0x30, bytes[start + 1] != 0x2E { start += 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start...])
  }

  private static func double(_ bytes: UnsafeRawBufferPointer) -> Field {
    // The client library ends every value with a zero byte.
    guard let start = bytes.baseAddress else { return .text(bytes) }
    return .real(strtod(start.assumingMemoryBound(to: CChar.self), nil))
  }

  /// A value of a small query.
  package static func value(_ bytes: UnsafeRawBufferPointer, _ field: MYSQL_FIELD) -> SQLValue {
    switch field.type {
    case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_INT24, MYSQL_TYPE_YEAR:
      return SQLValue(copying: DecimalText.integer(bytes).map { .integer($0) } ?? integer(bytes))
    case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: return SQLValue(copying: double(bytes))
    case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP, MYSQL_TYPE_TIME:
      return SQLValue(copying: .text(DecimalText.withoutTrailingZeros(bytes)))
    case MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_DECIMAL:
      let text = DecimalText.canonical(bytes)
      return DecimalText.integer(text).map { .integer($0) } ?? SQLValue(copying: .text(text))
    case MYSQL_TYPE_BLOB, MYSQL_TYPE_STRING, MYSQL_TYPE_VAR_STRING:
      // 63 is the character set "binary" (mariadb.com/kb/en/result-set-packets).
      return field.charsetnr == 63 ? .binary([UInt8](bytes)) : SQLValue(copying: .text(bytes))
    default: return SQLValue(copying: .text(bytes))
    }
  }
}
