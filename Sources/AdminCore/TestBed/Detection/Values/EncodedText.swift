import Glibc

/// Decodes what stands for other bytes: base64, hexadecimal digits, UTF-16 and UTF-32, texts inside binary data.
enum EncodedText {
  /// The bytes that base64 or base64url stand for, with or without padding and line ends; nil for what is neither.
  ///
  /// - Parameter isHead: whether more follows, so that the last digits may be cut.
  static func base64(_ text: Bytes, isHead: Bool = false) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      let value: UInt32
      switch byte {
      case 0x41...0x5A: value = UInt32(byte - 0x41)
      case 0x61...0x7A: value = UInt32(byte - 0x61 + 26)
      case 0x30...0x39: value = UInt32(byte - 0x30 + 52)
      case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
      case 0x0A, 0x0D, 0x20, 0x09, UInt8(ascii: "="): continue
      default: return nil
      }
      bits = bits << 6 | value
      count += 1
      if count % 4 == 0 {
        out.append(UInt8(truncatingIfNeeded: bits >> 16))
        out.append(UInt8(truncatingIfNeeded: bits >> 8))
        out.append(UInt8(truncatingIfNeeded: bits))
        bits = 0
      }
    }
    switch count % 4 {
    case 1: if !isHead { return nil }
    case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
    case 3:
      out.append(UInt8(truncatingIfNeeded: bits >> 10))
      out.append(UInt8(truncatingIfNeeded: bits >> 2))
    default: break
    }
    return out
  }

  /// The bytes that hexadecimal digits stand for, with or without `0x`, colons, hyphens or blanks between them; nil for
  /// what is none.
  static func hex(_ text: Bytes) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 2)
    var index = text.has("0x", at: 0) ? 2 : 0
    while index < text.count {
      if text[index] == UInt8(ascii: ":") || text[index] == UInt8(ascii: "-") || text[index] == 0x20 {
        index += 1
        continue
      }
      guard let high = text[index].hexValue, index + 1 < text.count, let low = text[index + 1].hexValue else {
        return nil
      }
      out.append(high << 4 | low)
      index += 2
    }
    return out.isEmpty ? nil : out
  }

  /// Whether bytes read as a text: no control characters but line ends and tabs, valid UTF-8 or nearly all of it ASCII.
  static func isText(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return false }
    var high = 0
    for byte in bytes {
      if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return false }
      if byte == 0x7F { return false }
      if byte >= 0x80 { high += 1 }
    }
    return high == 0 || String(validating: bytes, as: UTF8.self) != nil
  }

  /// What Java's ObjectOutputStream begins with (Java Object Serialization Specification, section 6.4.2).
  static let javaSerialised: [UInt8] = [0xAC, 0xED, 0x00, 0x05]

  /// Whether bytes are no text: a zero byte, or many control characters, near the beginning.
  static func isBinary(_ bytes: Bytes) -> Bool {
    var controls = 0
    let sample = min(bytes.count, 512)
    for index in 0..<sample {
      let byte = bytes[index]
      if byte == 0 { return true }
      if byte < 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { controls += 1 }
    }
    return controls * 16 > sample
  }

  /// A text in UTF-16 or UTF-32, with or without a byte order mark, as UTF-8; nil for other bytes.
  static func wide(_ bytes: Bytes) -> (text: [UInt8], notation: Notation)? {
    guard bytes.count >= 4 else { return nil }
    let mark = (bytes[0], bytes[1], bytes[2], bytes[3])
    switch mark {
    case (0xFF, 0xFE, 0, 0): return wide(bytes, from: 4, width: 4, isLittle: true)
    case (0, 0, 0xFE, 0xFF): return wide(bytes, from: 4, width: 4, isLittle: false)
    case (0xFF, 0xFE, _, _): return wide(bytes, from: 2, width: 2, isLittle: true)
    case (0xFE, 0xFF, _, _): return wide(bytes, from: 2, width: 2, isLittle: false)
    default: break
    }
    // Without a mark: ASCII text has its zero bytes at fixed places.
    let sample = min(bytes.count, 512)
    var zeros = [0, 0, 0, 0]
    for index in 0..<sample where bytes[index] == 0 { zeros[index & 3] += 1 }
    let quarter = sample / 4
    guard quarter > 0 else { return nil }
    func isFull(_ index: Int) -> Bool { zeros[index] * 10 >= quarter * 8 }
    func isEmpty(_ index: Int) -> Bool { zeros[index] * 10 <= quarter }
    if isFull(1), isFull(2), isFull(3), isEmpty(0) { return wide(bytes, from: 0, width: 4, isLittle: true) }
    if isFull(0), isFull(1), isFull(2), isEmpty(3) { return wide(bytes, from: 0, width: 4, isLittle: false) }
    if isFull(1), isFull(3), isEmpty(0), isEmpty(2) { return wide(bytes, from: 0, width: 2, isLittle: true) }
    if isFull(0), isFull(2), isEmpty(1), isEmpty(3) { return wide(bytes, from: 0, width: 2, isLittle: false) }
    return nil
  }

  private static func wide(_ bytes: Bytes, from start: Int, width: Int, isLittle: Bool) -> (
    text: [UInt8], notation: Notation
  )? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = start
    var high: UInt32 = 0
    while index + width <= bytes.count {
      var unit: UInt32 = 0
      for offset in 0..<width { unit = unit << 8 | UInt32(bytes[index + (isLittle ? width - 1 - offset : offset)]) }
      index += width
      if width == 2, (0xD800..<0xDC00).contains(unit) {
        high = unit
        continue
      }
      if width == 2, (0xDC00..<0xE000).contains(unit), high != 0 {
        unit = 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00)
      }
      high = 0
      out += UTF8.encode(Unicode.Scalar(unit) ?? "\u{FFFD}").map(Array.init) ?? []
    }
    return out.isEmpty ? nil : (out, width == 2 ? .utf16 : .utf32)
  }

  /// The texts inside binary data, each with a zero byte behind it: runs of at least `least` characters. A length before
  /// a text, as Java's serialisation and many others write it, parts it from what stands before.
  static func strings(_ bytes: Bytes, least: Int) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    func isPrintable(_ byte: UInt8) -> Bool {
      (0x20..<0x7F).contains(byte) || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
    while index < bytes.count {
      guard isPrintable(bytes[index]) else {
        index += 1
        continue
      }
      var start = index
      while index < bytes.count, isPrintable(bytes[index]) { index += 1 }
      if start >= 2, bytes[start - 2] == 0, bytes[start - 1] > 0, start + Int(bytes[start - 1]) < index {
        index = start + Int(bytes[start - 1])
      } else if start >= 1, bytes[start - 1] == 0, bytes[start] >= 0x20, start + 1 + Int(bytes[start]) <= index {
        // The length itself looks like a character.
        index = start + 1 + Int(bytes[start])
        start += 1
      }
      if index - start >= least {
        out.append(contentsOf: bytes[start..<index])
        out.append(0)
      }
    }
    return out
  }
}
