/// One character as a terminal draws it: a spacing scalar with its combining marks, one or two cells wide.
package struct Glyph: Equatable {
  package let text: String
  package let width: Int
}

/// Splits text into glyphs the way ncurses fills its cells, and makes visible whatever would drive a terminal.
///
/// A grapheme with several spacing scalars (a family joined by ZWJ) is several glyphs: ncurses counts it so. The joiner
/// and the emoji variation selector are left out there, since a terminal that obeys them would draw fewer or more
/// cells than ncurses believes and the rest of the line would stand in the wrong place.
package struct Glyphs: Sequence, IteratorProtocol {
  /// ncurses keeps CCHARW_MAX (5) scalars a cell: one that spaces and four marks.
  private static let marksLimit = 4

  private var scalars: Substring.UnicodeScalarView.Iterator
  private var held: Unicode.Scalar?
  private var visible: Substring = ""

  package init(_ text: Substring) { scalars = text.unicodeScalars.makeIterator() }

  package init(_ text: String) { self.init(text[...]) }

  package mutating func next() -> Glyph? {
    if let character = visible.popFirst() { return Glyph(text: String(character), width: 1) }
    guard let base = held ?? scalars.next() else { return nil }
    held = nil
    let width = TextWidth.of(base)
    guard width >= 0 else {
      visible = Self.visibleForm(of: base)[...]
      return next()
    }
    var text = String.UnicodeScalarView()
    // A mark with nothing before it needs a cell to stand on.
    if width == 0 { text.append(" ") }
    if width > 0 || !Self.misleads(base, after: 1) { text.append(base) }
    var marks = 0
    while let scalar = scalars.next() {
      if base.isASCII, Self.isInvisible(scalar) {
        // After an ASCII character a joiner only makes a word look like another one.
        visible = Self.visibleForm(of: scalar)[...]
        break
      }
      guard TextWidth.of(scalar) == 0 else {
        held = scalar
        break
      }
      if marks < Self.marksLimit && !Self.misleads(scalar, after: width) {
        text.append(scalar)
        marks += 1
      }
    }
    return Glyph(text: String(text), width: Swift.max(1, width))
  }

  private static func misleads(_ scalar: Unicode.Scalar, after width: Int) -> Bool {
    scalar.value == 0xFE0F || (scalar.value == 0x200D && width == 2)
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    [0x200C, 0x200D, 0xFE0E, 0xFE0F].contains(scalar.value)
  }

  private static func visibleForm(of scalar: Unicode.Scalar) -> String {
    if scalar.value < 0x20 { return "^" + String(UnicodeScalar(UInt8(scalar.value) + 0x40)) }
    if scalar.value == 0x7F { return "^?" }
    return "<U+" + String(scalar.value, radix: 16, uppercase: true) + ">"
  }
}
