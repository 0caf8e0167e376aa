/// A row as it is drawn: its role, and the hits of the last search in it.
package struct PagerLine {
  private let text: String
  private let style: Style
  private let hits: [Range<Int>]

  init(_ text: String, _ style: Style, needle: String, ignoringCase: Bool) {
    self.text = text
    self.style = style
    hits = Self.hits(of: needle, in: text, ignoringCase: ignoringCase)
  }

  /// Draws from the cell `offset` of the row on.
  func draw(on canvas: inout Canvas, from offset: Int) {
    canvas.write(text, x: -offset, y: 0, style)
    for hit in hits { canvas.restyle(Rect(hit.lowerBound - offset, 0, hit.count, 1), .match) }
  }

  /// The cells of each hit in `text`.
  static func hits(of needle: String, in text: String, ignoringCase: Bool) -> [Range<Int>] {
    let needle = Array((ignoringCase ? needle.asciiLowercased : needle).utf8)
    guard let first = needle.first else { return [] }
    let bytes = Array((ignoringCase ? text.asciiLowercased : text).utf8)
    var hits: [Range<Int>] = []
    var (place, measured, column) = (0, 0, 0)
    while place + needle.count <= bytes.count {
      guard bytes[place] == first, bytes[place..<(place + needle.count)].elementsEqual(needle) else {
        place += 1
        continue
      }
      let start = column + width(of: bytes[measured..<place])
      place += needle.count
      column = start + width(of: bytes[(place - needle.count)..<place])
      measured = place
      hits.append(start..<column)
    }
    return hits
  }

  /// The cells at which the lines of `text` begin when it is broken to lines of `width` cells: after a blank where there
  /// is one, within a word only when it is longer than a line; a wide character goes whole to the next line. At least one.
  package static func starts(of text: String, width: Int) -> [Int] {
    var starts = [0]
    var column = 0
    // Where the line could be broken: after its last blank, but not within its indentation.
    var afterBlank: Int?
    var isIndentation = true
    for glyph in Glyphs(text) {
      if column + glyph.width - starts[starts.count - 1] > width, column > starts[starts.count - 1] {
        starts.append(afterBlank ?? column)
        afterBlank = nil
      }
      column += glyph.width
      if glyph.text != " " { isIndentation = false } else if !isIndentation { afterBlank = column }
    }
    return starts
  }

  private static func width(of bytes: ArraySlice<UInt8>) -> Int { TextWidth.of(String(decoding: bytes, as: UTF8.self)) }
}
