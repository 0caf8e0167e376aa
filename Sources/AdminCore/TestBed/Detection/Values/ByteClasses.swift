/// What a byte can be a part of. A value is judged by the classes of its runs first, so that plain words and numbers cost
/// one look at a table for each byte.
struct ByteClass: OptionSet {
  let rawValue: UInt32
  static let lower = ByteClass(rawValue: 1 << 0)
  static let upper = ByteClass(rawValue: 1 << 1)
  static let digit = ByteClass(rawValue: 1 << 2)
  static let high = ByteClass(rawValue: 1 << 3)
  static let dot = ByteClass(rawValue: 1 << 4)
  static let colon = ByteClass(rawValue: 1 << 5)
  static let at = ByteClass(rawValue: 1 << 6)
  static let slash = ByteClass(rawValue: 1 << 7)
  static let backslash = ByteClass(rawValue: 1 << 8)
  static let percent = ByteClass(rawValue: 1 << 9)
  static let plus = ByteClass(rawValue: 1 << 10)
  static let hyphen = ByteClass(rawValue: 1 << 11)
  static let underscore = ByteClass(rawValue: 1 << 12)
  /// What parts runs from each other.
  static let delimiter = ByteClass(rawValue: 1 << 13)
  static let blank = ByteClass(rawValue: 1 << 14)
  static let line = ByteClass(rawValue: 1 << 15)
  static let quote = ByteClass(rawValue: 1 << 16)
  static let equals = ByteClass(rawValue: 1 << 17)
  static let greater = ByteClass(rawValue: 1 << 18)
  static let less = ByteClass(rawValue: 1 << 19)
  static let comma = ByteClass(rawValue: 1 << 20)
  static let semicolon = ByteClass(rawValue: 1 << 21)
  static let ampersand = ByteClass(rawValue: 1 << 22)
  static let dollar = ByteClass(rawValue: 1 << 23)
  /// Bytes that no text has.
  static let control = ByteClass(rawValue: 1 << 24)
  static let nul = ByteClass(rawValue: 1 << 25)
  static let bar = ByteClass(rawValue: 1 << 26)

  static let letters: ByteClass = [.lower, .upper, .high]
  /// Nothing but these makes a plain word.
  static let plainWord: ByteClass = [.lower, .upper, .high, .hyphen]
  /// Nothing but these makes a number, a date or a time.
  static let numeric: ByteClass = [.digit, .dot, .colon, .hyphen, .plus]

  /// The class of one byte.
  init(of byte: UInt8) {
    switch byte {
    case 0x61...0x7A: self = .lower
    case 0x41...0x5A: self = .upper
    case 0x30...0x39: self = .digit
    case 0x80...: self = .high
    case UInt8(ascii: "."): self = .dot
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: "@"): self = .at
    case UInt8(ascii: "/"): self = .slash
    case UInt8(ascii: "\\"): self = .backslash
    case UInt8(ascii: "%"): self = .percent
    case UInt8(ascii: "+"): self = .plus
    case UInt8(ascii: "-"): self = .hyphen
    case UInt8(ascii: "_"): self = .underscore
    case 0x20, 0x09: self = [.delimiter, .blank]
    case 0x0A, 0x0D, 0x0C, 0x0B: self = [.delimiter, .line]
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): self = [.delimiter, .quote]
    case UInt8(ascii: "="): self = [.delimiter, .equals]
    case UInt8(ascii: ">"): self = [.delimiter, .greater]
    case UInt8(ascii: "<"): self = [.delimiter, .less]
    case UInt8(ascii: ","): self = [.delimiter, .comma]
    case UInt8(ascii: ";"): self = [.delimiter, .semicolon]
    case UInt8(ascii: "&"): self = [.delimiter, .ampersand]
    case UInt8(ascii: "$"): self = [.delimiter, .dollar]
    case UInt8(ascii: "|"): self = [.delimiter, .bar]
    case 0: self = [.delimiter, .nul, .control]
    case 0x01...0x1F, 0x7F: self = [.delimiter, .control]
    default: self = .delimiter
    }
  }

  init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The classes of all bytes as a table.
struct ByteClasses {
  private let table: [UInt32] = (0...255).map { ByteClass(of: UInt8($0)).rawValue }

  /// Calls with the table, whose index is the byte.
  func with<Result>(_ body: (UnsafePointer<UInt32>) throws -> Result) rethrows -> Result {
    try table.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a table without an entry") }
      return try body(base)
    }
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
  var isASCIILetter: Bool { (0x41...0x5A).contains(self & 0xDF) }
  var isASCIIUpper: Bool { (0x41...0x5A).contains(self) }
  var isASCIILower: Bool { (0x61...0x7A).contains(self) }
  var isASCIIBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  var isWordByte: Bool { isASCIIDigit || isASCIILetter || self >= 0x80 || self == 0x5F }
  /// Lower case for ASCII letters.
  var lowered: UInt8 { isASCIIUpper ? self | 0x20 : self }
  /// Its value as a hexadecimal digit.
  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x61...0x66: self - 0x57
    case 0x41...0x46: self - 0x37
    default: nil
    }
  }
}

/// Bytes of a value, not owned.
typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
  /// The text of a range, bytes that are not UTF-8 replaced.
  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: self[range]), as: UTF8.self)
  }

  /// Whether `word` (lower case ASCII) stands at `position`, in any case.
  func has(_ word: StaticString, at position: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    guard position >= 0, position + count <= self.count else { return false }
    for offset in 0..<count where self[position + offset].lowered != word.utf8Start[offset] { return false }
    return true
  }
}
