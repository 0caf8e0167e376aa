/// Takes escapes out of a text: those of programming languages, of XML and HTML, of URLs, of mails.
enum Escapes {
  /// The text without the escapes of every kind that it has; nil when it has none. They are taken out one kind after the
  /// other, so that a percent-encoded URL in a JSON text is read in one go.
  static func decoded(_ text: Bytes, below origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    var layer: Layer?
    for step in steps {
      let next =
        layer.map { current in
          current.bytes.withUnsafeBufferPointer { step.decode($0, current.origin, current.notations + [step.notation]) }
        } ?? step.decode(text, origin, notations + [step.notation])
      if let next { layer = next }
    }
    return layer
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
  ]

  private static func percent(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, mark: UInt8(ascii: "%")) { text, index, out in
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

  private static func quotedPrintable(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    // An equals sign before two hex digits is common; only `=3D` or a soft line break tells the notation.
    var isQuoted = false
    for index in text.indices where text[index] == UInt8(ascii: "=") {
      if text.has("=3d", at: index) || (index + 1 < text.count && (text[index + 1] == 0x0A || text[index + 1] == 0x0D))
      {
        isQuoted = true
        break
      }
    }
    guard isQuoted else { return nil }
    return decode(text, origin, notations, mark: UInt8(ascii: "=")) { text, index, out in
      if index + 1 < text.count, text[index + 1] == 0x0A { return 2 }
      if index + 2 < text.count, text[index + 1] == 0x0D, text[index + 2] == 0x0A { return 3 }
      guard let byte = hex(text, index + 1, 2) else { return 0 }
      out.add(UInt8(byte), at: index)
      return 3
    }
  }

  private static func entities(_ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) -> Layer? {
    decode(text, origin, notations, mark: UInt8(ascii: "&")) { text, index, out in
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
    decode(text, origin, notations, mark: UInt8(ascii: "\\")) { text, index, out in
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
    _ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation], mark: UInt8,
    _ take: (Bytes, Int, inout LayerBuilder) -> Int
  ) -> Layer? {
    guard text.contains(mark) else { return nil }
    var out = LayerBuilder(capacity: text.count)
    var isEscaped = false
    var index = 0
    while index < text.count {
      let taken = text[index] == mark ? take(text, index, &out) : 0
      if taken > 0 {
        index += taken
        isEscaped = true
      } else {
        out.add(text[index], at: index)
        index += 1
      }
    }
    return isEscaped ? out.layer(end: text.count, below: origin, notations) : nil
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
