/// The shapes that an unknown setting or INI key may have without an answer: a number, a switch, a time, a colour, a word
/// or two. Whatever else it is, somebody who knows the plug-in says once whether it may travel.
package enum PlainShape {
  /// What a report says of a value that has none of these shapes.
  package static let reason = "no number, switch, time, colour, word or two"

  /// Whether a value has one of the shapes.
  package static func fits(_ text: String) -> Bool {
    var value = text
    return value.withUTF8 { fits(bytes: $0) }
  }

  private static func fits(bytes: Bytes) -> Bool {
    var range = bytes.startIndex..<bytes.endIndex
    while let first = range.first, bytes[first].isASCIIBlank { range = first + 1..<range.upperBound }
    while let last = range.last, bytes[last].isASCIIBlank { range = range.lowerBound..<last }
    if range.isEmpty { return true }
    guard range.count <= 64 else { return false }
    return isNumber(bytes, range) || isTime(bytes, range) || isColour(bytes, range) || areWords(bytes, range)
  }

  // Whole or with a fraction, with a sign, with a unit or a per cent sign behind it, or a version of up to three parts.
  private static func isNumber(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    if bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
    var digits = 0
    var points = 0
    while index < range.upperBound, bytes[index].isASCIIDigit || bytes[index] == 0x2E || bytes[index] == 0x2C {
      if bytes[index].isASCIIDigit { digits += 1 } else { points += 1 }
      index += 1
    }
    guard (1...12).contains(digits), points <= 2 else { return false }
    while index < range.upperBound, bytes[index] == 0x20 { index += 1 }
    let unit = index..<range.upperBound
    return unit.count <= 5
      && unit.allSatisfy { bytes[$0].isASCIILetter || bytes[$0] == UInt8(ascii: "%") || bytes[$0] == UInt8(ascii: "/") }
  }

  // `21:30`, `2026-11-24`, both, with or without seconds and a zone.
  private static func isTime(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count <= 35, bytes[range.lowerBound].isASCIIDigit else { return false }
    let digits = range.count { bytes[$0].isASCIIDigit }
    let colons = range.count { bytes[$0] == 0x3A }
    let hyphens = range.count { bytes[$0] == 0x2D }
    return (3...20).contains(digits) && colons <= 3 && (colons >= 1 || hyphens == 2)
      && range.allSatisfy { bytes[$0].isASCIIDigit || ":-T.+Z ".utf8.contains(bytes[$0]) }
  }

  private static func isColour(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    bytes[range.lowerBound] == UInt8(ascii: "#") && [4, 5, 7, 9].contains(range.count)
      && range.dropFirst().allSatisfy { bytes[$0].hexValue != nil }
  }

  // Words of letters: of one case, or with a capital first; `UTF-8`, `en_GB`, `text/html`, `Europe/Berlin`, `ISO-8859-1`.
  private static func areWords(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    var words = 0
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound {
      guard index == range.upperBound || bytes[index] == 0x20 else { continue }
      if index > start {
        var word = start..<index
        if let last = word.last, [0x2C, 0x2E, 0x3B, 0x21, 0x3F].contains(bytes[last]) { word = word.lowerBound..<last }
        guard isWord(bytes, word) else { return false }
        words += 1
      }
      start = index + 1
    }
    return (1...2).contains(words)
  }

  private static func isWord(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    guard (1...32).contains(range.count) else { return false }
    var parts = 0
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound {
      guard index == range.upperBound || "-_/'".utf8.contains(bytes[index]) else { continue }
      let part = start..<index
      // A number may follow a word as a part of its own: `ISO-8859-1`.
      let isNumber = parts > 0 && part.count <= 4 && part.allSatisfy { bytes[$0].isASCIIDigit }
      guard !part.isEmpty, isNumber || isLetters(bytes, part) else { return false }
      parts += 1
      start = index + 1
    }
    return parts <= 3
  }

  private static func isLetters(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count <= 24, range.allSatisfy({ bytes[$0].isASCIILetter || bytes[$0] >= 0x80 }) else { return false }
    // A capital behind a small letter is no word of a language.
    return !range.dropFirst().contains { bytes[$0].isASCIIUpper && bytes[$0 - 1].isASCIILower }
  }
}
