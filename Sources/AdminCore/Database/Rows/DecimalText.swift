/// Numbers as text, in the one spelling that the row format has for each: `-`, digits without leading zeros, and after a
/// point digits without trailing zeros.
enum DecimalText {
  /// The whole number that `bytes` spell so, nil for any other text or one beyond 64 bits.
  @inline(__always)
  package static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
    let isNegative = bytes[0] == 0x2D
    let start = isNegative ? 1 : 0
    guard start < bytes.count else { return nil }
    if bytes[start] == 0x30, bytes.count > 1 { return nil }
    return digits(UnsafeRawBufferPointer(rebasing: bytes[start...]), isNegative: isNegative)
  }

  /// The whole number that decimal digits are, leading zeros or not; nil when it is beyond 64 bits.
  @inline(__always)
  package static func digits(_ bytes: UnsafeRawBufferPointer, isNegative: Bool) -> Int64? {
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte &- 0x30)
      let (sum, carry) =
        isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// Whether `bytes` are a decimal number without exponent, however many digits it has.
  package static func isNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var digits = 0
    var points = 0
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x30...0x39: digits += 1
      case 0x2D where index == 0: break
      case 0x2E where points == 0 && digits > 0 && index < bytes.count - 1: points = 1
      default: return false
      }
    }
    return digits > 0
  }

  /// The canonical part of a number that has a fixed scale: trailing zeros of the fraction are the scale's, not the
  /// value's. The bytes may have no leading zeros.
  static func canonical(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let point = bytes.firstIndex(of: 0x2E) else { return bytes }
    var end = bytes.count
    while end > point + 1, bytes[end - 1] == 0x30 { end -= 1 }
    if end == point + 1 { end = point }
    if end == 2, bytes[0] == 0x2D, bytes[1] == 0x30 { return UnsafeRawBufferPointer(rebasing: bytes[1..<2]) }
    return UnsafeRawBufferPointer(rebasing: bytes[..<end])
  }

  /// A moment or time of day without trailing zeros of its second's fraction.
  @inline(__always)
  static func withoutTrailingZeros(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    bytes.count > 7 && bytes[bytes.count - 1] == 0x30 ? canonicalFraction(bytes) : bytes
  }

  private static func canonicalFraction(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let point = bytes.lastIndex(of: 0x2E) else { return bytes }
    var end = bytes.count
    while end > point + 1, bytes[end - 1] == 0x30 { end -= 1 }
    if end == point + 1 { end = point }
    return UnsafeRawBufferPointer(rebasing: bytes[..<end])
  }

  /// The digits of a finite double's shortest text, which may have an exponent: `1e-05` is `0.00001`, `2.0` is `2`.
  static func withoutExponent(_ text: String) -> [UInt8] {
    let parts = text.utf8.split(separator: 0x65, maxSplits: 1)
    guard let mantissa = parts.first else { return Array(text.utf8) }
    let exponent = parts.count == 2 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    var digits = mantissa.filter { $0 != 0x2D }
    let isNegative = mantissa.first == 0x2D
    let point = digits.firstIndex(of: 0x2E) ?? digits.count
    digits.removeAll { $0 == 0x2E }
    var position = point + exponent
    if position <= 0 {
      digits = Array(repeating: 0x30, count: 1 - position) + digits
      position = 1
    }
    if position > digits.count { digits += Array(repeating: 0x30, count: position - digits.count) }
    var whole = Array(digits[..<position].drop { $0 == 0x30 })
    if whole.isEmpty { whole = [0x30] }
    var fraction = digits[position...]
    while fraction.last == 0x30 { fraction = fraction.dropLast() }
    let number = whole + (fraction.isEmpty ? [] : [0x2E] + fraction)
    return isNegative && number != [0x30] ? [0x2D] + number : number
  }
}

extension ColumnType {
  /// Whether the kind's values are numbers.
  package var isNumber: Bool { self == .integer || self == .numeric || self == .real || self == .boolean }
}
