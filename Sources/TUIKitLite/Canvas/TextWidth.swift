import CNcurses.Bytes
import Glibc

/// Widths in cells, as ncurses will draw the text: the sum of wcwidth(3) over its scalars in a UTF-8 locale, plus the
/// cells of what is made visible (`^[` for an escape, `<U+202E>` for an override).
public enum TextWidth {
  // A locale_t is a pointer to what nobody changes once it is made (newlocale(3)).
  nonisolated(unsafe) private static let locale = tkl_utf8_locale()

  /// The cells of one scalar: 0, 1 or 2; -1 when it must not reach a terminal.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value >= 0x20 && scalar.value < 0x7F { return 1 }
    if scalar.value < 0xA0 { return -1 }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      // Joiners belong to several scripts; they move no cursor and hide no text.
      return scalar.value == 0x200D || scalar.value == 0x200C ? 0 : -1
    default:
      // Invisible ones hide text as well as those above; variation selectors do not.
      if scalar.properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F).contains(scalar.value) { return -1 }
      return Int(tkl_width(scalar.value, locale))
    }
  }

  /// The cells that `text` takes on a canvas.
  public static func of(_ text: String) -> Int {
    Glyphs(text).reduce(0) { $0 + $1.width }
  }

  /// `text` made visible and, if it is wider than `width` cells, cut with `…` as its last cell.
  public static func truncated(_ text: String, to width: Int) -> String {
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    var fitting = ""
    for glyph in Glyphs(text) {
      used += glyph.width
      if used > width { return fitting + "…" }
      result += glyph.text
      // The longest start that leaves a cell for the ellipsis.
      if used < width { fitting = result }
    }
    return result
  }

  /// `text` in lines of at most `width` cells, broken at spaces and line feeds, within a word only when it is longer
  /// than a line. At least one line.
  public static func wrapped(_ text: String, to width: Int) -> [String] {
    let width = max(1, width)
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      var used = 0
      for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
        let cells = of(String(word))
        if used > 0 && used + 1 + cells > width {
          lines.append(line)
          (line, used) = ("", 0)
        } else if used > 0 || !line.isEmpty {
          line += " "
          used += 1
        }
        for glyph in Glyphs(word) {
          if used + glyph.width > width && used > 0 {
            lines.append(line)
            (line, used) = ("", 0)
          }
          line += glyph.text
          used += glyph.width
        }
      }
      lines.append(line)
    }
    return lines
  }
}
