/// Text for terminals that show ASCII only: lines become `+-|`, known signs a like character, all else `?`.
package enum Transliteration {
  private static let signs: [Unicode.Scalar: Character] = [
    "─": "-", "━": "-", "═": "=", "│": "|", "┃": "|", "║": "|", "█": "#", "░": ".", "▒": ":", "▓": "#", "…": "~",
    "✓": "+", "✗": "x", "▲": "*", "▸": ">", "›": ">", "‹": "<", "•": "*", "·": "-", "–": "-", "—": "-", "×": "x",
    "“": "\"", "”": "\"", "„": "\"", "‘": "'", "’": "'", "→": ">", "←": "<", "↑": "^", "↓": "v", "\u{A0}": " ",
  ]

  /// As many ASCII characters as `glyph` has cells.
  package static func ascii(_ glyph: Glyph) -> String {
    guard let scalar = glyph.text.unicodeScalars.first, !scalar.isASCII else {
      return glyph.text.unicodeScalars.first.map { String(Character($0)) } ?? ""
    }
    // Corners, tees and crosses of box drawing.
    let isCorner = (0x250C...0x254B).contains(scalar.value) || (0x2552...0x257F).contains(scalar.value)
    let character = signs[scalar] ?? (isCorner ? "+" : "?")
    return String(repeating: character, count: glyph.width)
  }
}

/// A terminfo string without its padding (`$<5>`, terminfo(5)), which only hardware of the past needs.
package func withoutPadding(_ capability: String) -> String {
  let parts = capability.split(separator: "$<", omittingEmptySubsequences: false)
  return parts.enumerated().map { place, part in
    place == 0 ? String(part) : part.split(separator: ">", maxSplits: 1).dropFirst().joined()
  }.joined()
}
