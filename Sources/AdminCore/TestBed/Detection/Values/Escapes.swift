/// Takes escapes out of a text: those of programming languages, of XML and HTML, of URLs, of mails.
enum Escapes {
  /// The text without the escapes of one kind, the first that it has; nil when it has none. What comes out is looked at,
  /// and asked again.
  static func decoded(_ text: Bytes, below origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    for step in steps {
      if let layer = step.decode(text, origin, notations + [step.notation]) { return layer }
    }
    return nil
  }

  private struct Step: Sendable {
    let notation: Notation
    let decode: @Sendable (Bytes, Layer.Origin, [Notation]) -> Layer?
  }

  private static let steps = [
    Step(notation: .quotedPrintable) { text, origin, notations in quotedPrintable(text, origin, notations) },
    Step(notation: .escapes) { text, origin, notations in backslashes(text, origin, notations) },
    Step(notation: .entities) { text, origin, notations in entities(text, origin, notations) },
    Step(notation: .percent) { text, origin, notations in percent(text, origin, notations) },
    Step(notation: .wideForms) { text, origin, notations in wideForms(text, origin, notations) },
  ]

  private static func percent(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, isMark: { $0 == UInt8(ascii: "%") }) { text, index, out in
      guard index + 2 < text.count else { return 0 }
      // `%u0041` is what older browsers made of it.
      if text[index + 1].lowered == UInt8(ascii: "u"), let scalar = hex(text, index + 2, 4) {
        out.add(scalar: scalar, at: index)
        return 6
      }
      guard let byte = hex(text, index + 1, 2) else { return 0 }
      out.add(UInt8(byte), at: index)
      return 3
    }
  }

  // Full-width letters, digits and signs, and the full stops of Chinese and Japanese: IDNA takes them for the ASCII ones
  // (RFC 3490, section 3.1; UTS #46).
  private static func wideForms(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, isMark: { $0 >= 0xE3 && $0 <= 0xEF }) { text, index, out in
      guard text[index] >= 0xE3, index + 2 < text.count else { return 0 }
      switch (text[index], text[index + 1], text[index + 2]) {
      case (0xE3, 0x80, 0x82), (0xEF, 0xBD, 0xA1): out.add(UInt8(ascii: "."), at: index)
      case (0xEF, 0xBC, let low) where (0x81...0xBF).contains(low): out.add(low - 0x60, at: index)
      case (0xEF, 0xBD, let low) where (0x80...0x9E).contains(low): out.add(low - 0x20, at: index)
      default: return 0
      }
      return 3
    }
  }

  private static func quotedPrintable(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    // Two capital hexadecimal digits behind an equals sign, or a line that ends in one.
    var isQuoted = false
    for index in text.indices where text[index] == UInt8(ascii: "=") {
      guard index + 1 < text.count else { break }
      let next = text[index + 1]
      let isLineEnd = next == 0x0A || next == 0x0D
      let isCode =
        index + 2 < text.count && !next.isASCIILower && !text[index + 2].isASCIILower && hex(text, index + 1, 2) != nil
      if isLineEnd || isCode {
        isQuoted = true
        break
      }
    }
    guard isQuoted else { return nil }
    return decode(text, origin, notations, isMark: { $0 == UInt8(ascii: "=") }) { text, index, out in
      if index + 1 < text.count, text[index + 1] == 0x0A { return 2 }
      if index + 2 < text.count, text[index + 1] == 0x0D, text[index + 2] == 0x0A { return 3 }
      guard let byte = hex(text, index + 1, 2) else { return 0 }
      out.add(UInt8(byte), at: index)
      return 3
    }
  }

  private static func entities(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, isMark: { $0 == UInt8(ascii: "&") }) { text, index, out in
      if index + 2 < text.count, text[index + 1] == UInt8(ascii: "#") {
        let isHex = text[index + 2].lowered == UInt8(ascii: "x")
        var end = index + (isHex ? 3 : 2)
        var value: UInt32 = 0
        let first = end
        while end < text.count, end - first < 8, let digit = text[end].hexValue, isHex || digit < 10 {
          value = value * (isHex ? 16 : 10) + UInt32(digit)
          end += 1
        }
        guard end > first else { return 0 }
        out.add(scalar: value, at: index)
        return end - index + (end < text.count && text[end] == UInt8(ascii: ";") ? 1 : 0)
      }
      for (name, byte) in names where text.has(name, at: index) {
        out.add(byte, at: index)
        return name.utf8CodeUnitCount
      }
      return 0
    }
  }

  private static let names: [(StaticString, UInt8)] = [
    ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
    ("&quot;", UInt8(ascii: "\"")), ("&apos;", UInt8(ascii: "'")), ("&nbsp;", 0x20), ("&colon;", UInt8(ascii: ":")),
    ("&sol;", UInt8(ascii: "/")), ("&commat;", UInt8(ascii: "@")), ("&period;", UInt8(ascii: ".")),
    ("&equals;", UInt8(ascii: "=")), ("&num;", UInt8(ascii: "#")), ("&percnt;", UInt8(ascii: "%")),
    ("&hyphen;", UInt8(ascii: "-")), ("&lowbar;", UInt8(ascii: "_")), ("&bsol;", UInt8(ascii: "\\")),
    ("&newline;", 0x0A), ("&tab;", 0x09), ("&shy;", 0x20),
  ]

  private static func backslashes(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, isMark: { $0 == UInt8(ascii: "\\") }) { text, index, out in
      guard index + 1 < text.count else { return 0 }
      let next = text[index + 1]
      switch next {
      case UInt8(ascii: "u"), UInt8(ascii: "U"):
        // `\u{1F600}`, `\U0001F600` and `\u0041`; two of the last may make one character.
        if index + 2 < text.count, text[index + 2] == UInt8(ascii: "{") {
          var end = index + 3
          var value: UInt32 = 0
          while end < text.count, end - index < 10, let digit = text[end].hexValue {
            value = value << 4 | UInt32(digit)
            end += 1
          }
          guard end > index + 3, end < text.count, text[end] == UInt8(ascii: "}") else { return 0 }
          out.add(scalar: value, at: index)
          return end + 1 - index
        }
        if next == UInt8(ascii: "U"), let scalar = hex(text, index + 2, 8) {
          out.add(scalar: scalar, at: index)
          return 10
        }
        // Java takes any number of u's.
        var digits = index + 2
        while digits < text.count, digits < index + 10, text[digits] == UInt8(ascii: "u") { digits += 1 }
        guard let unit = hex(text, digits, 4) else { return 0 }
        if (0xD800..<0xDC00).contains(unit), text.has("\\u", at: digits + 4), let low = hex(text, digits + 6, 4),
          (0xDC00..<0xE000).contains(low)
        {
          out.add(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), at: index)
          return digits + 10 - index
        }
        out.add(scalar: unit, at: index)
        return digits + 4 - index
      case UInt8(ascii: "x"):
        guard let byte = hex(text, index + 2, 2) else { return 0 }
        out.add(UInt8(byte), at: index)
        return 4
      case 0x30...0x37:
        var end = index + 1
        var value: UInt32 = 0
        while end < text.count, end < index + 4, (0x30...0x37).contains(text[end]) {
          value = value << 3 | UInt32(text[end] - 0x30)
          end += 1
        }
        out.add(UInt8(truncatingIfNeeded: value), at: index)
        return end - index
      case UInt8(ascii: "n"), UInt8(ascii: "r"): out.add(0x0A, at: index)
      case UInt8(ascii: "t"): out.add(0x09, at: index)
      case UInt8(ascii: "b"), UInt8(ascii: "f"): out.add(0x20, at: index)
      case 0x0A: return continuation(text, index + 2) - index
      case 0x0D: return continuation(text, index + (text.has("\n", at: index + 2) ? 3 : 2)) - index
      default:
        guard !next.isWordByte else { return 0 }
        out.add(next, at: index)
      }
      return 2
    }
  }

  // The blanks at the beginning of a continued line are none of the value's.
  private static func continuation(_ text: Bytes, _ start: Int) -> Int {
    var index = start
    while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
    return index
  }

  /// - Parameter take: decodes the escape at an index and tells how many bytes it took; 0 for none.
  private static func decode(
    _ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation], isMark: (UInt8) -> Bool,
    _ take: (Bytes, Int, inout LayerBuilder) -> Int
  ) -> Layer? {
    // Most texts have the mark without an escape: nothing is copied before the first one.
    var probe = LayerBuilder(capacity: 8)
    guard
      let first = text.indices.first(where: { index in
        isMark(text[index]) && take(text, index, &probe) > 0
      })
    else { return nil }
    var out = LayerBuilder(capacity: text.count)
    for index in 0..<first { out.add(text[index], at: index) }
    var index = first
    while index < text.count {
      let taken = isMark(text[index]) ? take(text, index, &out) : 0
      if taken > 0 {
        index += taken
      } else {
        out.add(text[index], at: index)
        index += 1
      }
    }
    return out.layer(end: text.count, below: origin, notations)
  }

  private static func hex(_ text: Bytes, _ start: Int, _ count: Int) -> UInt32? {
    guard start + count <= text.count else { return nil }
    var value: UInt32 = 0
    for index in start..<start + count {
      guard let digit = text[index].hexValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
