import Crypto
import Database
import Installation

extension Masker {
  /// A value in place of `old` for a key that is unset: another one for another value, and the same for the same.
  /// It is valid until the next `startRow()`.
  func invent(for old: Field, _ form: InventedForm) -> Field {
    switch (form.kind, old) {
    case (_, .null): return .null
    case (.integer(let bits), .integer(let value)): return .integer(shuffled(value, below: 1 << UInt64(bits)))
    case (.digits(let count), .integer(let value)): return .integer(shuffled(value, below: Self.power(of: 10, count)))
    case (.asItIs, .integer(let value)): return .integer(shuffled(value, below: 1 << 63))
    case (.uuid, .text(let bytes)): return .text(store(uuid(hash(bytes, "uuid"))))
    case (.date, .text(let bytes)): return .text(store(date(bytes)))
    case (.text(let limit), .text(let bytes)), (.asItIs(let limit), .text(let bytes)):
      return .text(text(bytes, limit, form.comparison))
    case (.bytes(let count), .binary(let bytes)): return .binary(store(Array(hash(bytes, "bytes").prefix(count))))
    case (.asItIs, .binary(let bytes)): return .binary(store(Array(hash(bytes, "bytes").prefix(16))))
    case (_, .number(let bytes)), (_, .text(let bytes)), (_, .binary(let bytes)):
      return .integer(Int64(Self.number(hash(bytes, "number")) >> 2))
    case (_, .real(let value)): return .integer(shuffled(Int64(bitPattern: value.bitPattern), below: 1 << 62))
    case (_, .integer(let value)): return .integer(shuffled(value, below: 1 << 62))
    }
  }

  /// Whether a text has the form of an invention of this type: not a proof, but production has no reason for it.
  package static func isInvention(_ text: String) -> Bool {
    func are(_ rest: Substring, _ count: Int) -> Bool {
      rest.utf8.count == count && rest.utf8.allSatisfy(letters.contains)
    }
    if text.hasPrefix("removed-") { return are(text.dropFirst(8), 13) }
    if text.hasPrefix("text-") { return are(text.dropFirst(5), 12) }
    if text.hasPrefix("r-"), text.hasSuffix("@example.invalid") {
      let inner = text.dropFirst(2).dropLast("@example.invalid".count)
      return inner.utf8.count == addressLetters && inner.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) }
    }
    if text.utf8.count == 36, Array(text.utf8).withUnsafeBytes(isUUID) { return Array(text.utf8)[14] == 0x38 }
    return text.hasPrefix("Name ") && are(text.dropFirst(5), 8)
  }

  // MARK: - Texts

  private func text(
    _ bytes: UnsafeRawBufferPointer, _ limit: Int, _ comparison: InventedForm.Comparison
  ) -> UnsafeRawBufferPointer {
    let value = Self.comparable(bytes, comparison)
    return value.withUnsafeBytes { value in
      // A mail address stays one, and that of a person is the same here and where recipients are masked.
      if limit >= Masker.addressLength, value.contains(0x40) { return mask(value, as: .email) }
      let hash = hash(value, "text")
      if limit >= 36, Self.isUUID(value) { return store(uuid(hash)) }
      if limit >= 21 { return store(Array("removed-".utf8) + Self.spelled(hash, 13)) }
      return store(Self.spelled(hash, min(limit, 13)))
    }
  }

  /// What the database compares of a text, so that two spellings of one key get one value.
  private static func comparable(_ bytes: UnsafeRawBufferPointer, _ comparison: InventedForm.Comparison) -> [UInt8] {
    var result = Array(bytes)
    switch comparison {
    case .exact: return result
    case .asciiCase: return result.map(foldedCase)
    case .blanks: break
    case .caseAndBlanks: result = Array(String(decoding: result, as: UTF8.self).lowercased().utf8)
    }
    while result.last == 0x20 { result.removeLast() }
    return result
  }

  private static func isUUID(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == 36
      && bytes.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index)
          ? byte == 0x2D : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      }
  }

  // Version 8 of RFC 9562: a UUID whose bits mean what its maker says.
  private func uuid(_ hash: [UInt8]) -> [UInt8] {
    var bytes = Array(hash.prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(0x2D) }
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return text
  }

  // MARK: - Numbers and dates

  /// Another whole number of the same sign below a bound: each is taken once, so that distinct ones stay distinct even
  /// where there are few.
  private func shuffled(_ value: Int64, below bound: UInt64) -> Int64 {
    if value < 0 { return -1 - Int64(clamping: shuffled(UInt64(-1 - value), below: bound)) }
    return Int64(clamping: shuffled(UInt64(value), below: bound))
  }

  private func shuffled(_ value: UInt64, below bound: UInt64) -> UInt64 {
    guard value < bound else { return Self.number(hash(value, round: 0xFF)) % bound }
    // A Feistel network over twice `half` bits permutes more numbers than are wanted; whoever lands outside goes on.
    let half = max(1, (UInt64.bitWidth - (bound - 1).leadingZeroBitCount + 1) / 2)
    let mask: UInt64 = (1 << UInt64(half)) - 1
    var result = value
    repeat {
      var (left, right) = (result >> UInt64(half), result & mask)
      for round in 0..<8 {
        (left, right) = (right, left ^ (Self.number(hash(right, round: UInt8(round))) & mask))
      }
      result = left << UInt64(half) | right
    } while result >= bound
    return result
  }

  private func hash(_ value: UInt64, round: UInt8) -> [UInt8] {
    var input = [round]
    for shift in stride(from: 0, to: 64, by: 8) { input.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    return input.withUnsafeBytes { hash($0, "number") }
  }

  private static func number(_ hash: [UInt8]) -> UInt64 { hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  private static func power(of base: UInt64, _ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }

  /// Years of 365 days and months of 28: each of these dates is one in every calendar.
  private static let days: UInt64 = 9000 * 12 * 28

  private func date(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "-").compactMap { UInt64($0) }
    var number = Self.number(hash(bytes, "date")) % Self.days
    // Days after the 28th, and years before 1000, are so few among keys that chance keeps them apart.
    if parts.count == 3, (1000...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...28).contains(parts[2]) {
      number = shuffled((parts[0] - 1000) * 336 + (parts[1] - 1) * 28 + parts[2] - 1, below: Self.days)
    }
    func padded(_ value: UInt64, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let year = padded(1000 + number / 336, 4)
    return Array("\(year)-\(padded(number % 336 / 28 + 1, 2))-\(padded(number % 28 + 1, 2))".utf8)
  }
}
