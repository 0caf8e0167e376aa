import Archive

/// The notations in which a removed value may stand in another place: a password in a URL's query, a host in base64.
enum NeedleEncodings {
  /// The shortest value that is searched for so: a shorter one's encoding stands in any text.
  private static let shortest = 6

  /// The encodings of a value that differ from it, without regard to case; none of a short value.
  static func all(of bytes: [UInt8]) -> [[UInt8]] {
    guard bytes.count >= shortest else { return [] }
    var found = [percent(bytes, all: false), percent(bytes, all: true), entities(bytes), Array(Digest.hex(bytes).utf8)]
    found += [escapes(bytes), quotedPrintable(bytes), wide(bytes, isLittle: true), wide(bytes, isLittle: false)]
    found += base64(bytes)
    return found.filter { $0 != bytes && !$0.isEmpty }
  }

  private static func percent(_ bytes: [UInt8], all: Bool) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      let isPlain = isAlphanumeric(byte) || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
      return isPlain && !all ? [byte] : [0x25] + Digest.hex([byte]).utf8
    }
  }

  private static func entities(_ bytes: [UInt8]) -> [UInt8] {
    let names: [UInt8: String] = [0x26: "&amp;", 0x3C: "&lt;", 0x3E: "&gt;", 0x22: "&quot;", 0x27: "&#39;"]
    return bytes.flatMap { names[$0].map { Array($0.utf8) } ?? [$0] }
  }

  // As JSON's and Java's writers escape everything that is no letter, digit or common sign.
  private static func escapes(_ bytes: [UInt8]) -> [UInt8] {
    String(decoding: bytes, as: UTF8.self).utf16.flatMap { unit -> [UInt8] in
      let isPlain = unit < 0x80 && (isAlphanumeric(UInt8(unit)) || [0x2D, 0x2E, 0x5F, 0x20].contains(UInt8(unit)))
      return isPlain
        ? [UInt8(unit)] : Array("\\u".utf8) + Digest.hex([UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]).utf8
    }
  }

  private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      (0x21...0x7E).contains(byte) && byte != 0x3D ? [byte] : [0x3D] + Digest.hex([byte]).utf8
    }
  }

  private static func wide(_ bytes: [UInt8], isLittle: Bool) -> [UInt8] {
    let units = String(decoding: bytes, as: UTF8.self).utf16
    let wide = units.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit))
      return isLittle ? [low, high] : [high, low]
    }
    // The zero byte at an end stands in any such text.
    return isLittle ? wide.dropLast() : Array(wide.dropFirst())
  }

  // What stands before a value decides how its bits fall upon the digits: three ways, each without the digits at the ends
  // that hold bits of what stands beside it.
  private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    guard bytes.count >= 8 else { return [] }
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return (0..<3).flatMap { offset -> [[UInt8]] in
      let padded = [UInt8](repeating: 0, count: offset) + bytes
      let firstDigit = (offset * 8 + 5) / 6
      let lastDigit = padded.count * 8 / 6
      guard firstDigit < lastDigit else { return [] }
      let standard = (firstDigit..<lastDigit).map { digit -> UInt8 in
        let bit = digit * 6
        let pair = UInt16(padded[bit / 8]) << 8 | (bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0)
        return digits[Int(pair >> (10 - UInt16(bit % 8)) & 63)]
      }
      // base64url has two other signs.
      let url = standard.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }
      return standard == url ? [standard] : [standard, url]
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }
}
