import Glibc

/// Patterns of fnmatch(3), in which a backslash takes the next character as it is.
package enum Pattern {
  private static let special: Set<Character> = ["*", "?", "[", "\\"]

  /// The pattern that matches this text alone.
  ///
  /// - Parameter separators: characters that end a part of a place's name, so they need a backslash as well.
  package static func literal(_ text: String, escaping separators: String = "") -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let character = Character(scalar)
      // A byte order mark at the beginning is lost by whoever reads the text next.
      if special.contains(character) || separators.contains(character) || scalar.value == 0xFEFF { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// The one text that a pattern matches; nil when it may match several.
  static func text(of pattern: String) -> String? {
    var result = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped || !special.contains(Character(scalar)) {
        result.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        return nil
      }
    }
    if isEscaped { result.append("\\") }
    return String(result)
  }

  /// The parts of a text before and after the first separator that no backslash is before; nil when there is none.
  static func halves(of text: String, at separator: Unicode.Scalar) -> (before: String, after: String)? {
    let scalars = text.unicodeScalars
    var isEscaped = false
    for index in scalars.indices {
      let scalar = scalars[index]
      if !isEscaped, scalar == separator {
        return (String(scalars[..<index]), String(scalars[scalars.index(after: index)...]))
      }
      isEscaped = !isEscaped && scalar == "\\"
    }
    return nil
  }

  /// A text without blanks at its ends; one with a backslash before it is kept.
  static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
    while let last = scalars.last, last == " " || last == "\t" {
      let backslashes = scalars.dropLast().reversed().prefix { $0 == "\\" }.count
      if backslashes % 2 == 1 { break }
      scalars.removeLast()
    }
    return String(scalars)
  }

  /// In lower case for ASCII letters, for a comparison that takes no heed of it.
  package static func folded(_ text: String) -> String {
    String(decoding: text.utf8.map(foldedCase), as: UTF8.self)
  }
}

/// Whether a name matches a pattern of fnmatch(3).
package func matchesPattern(_ name: String, _ pattern: String) -> Bool {
  guard pattern.utf8.contains(where: { [0x2A, 0x3F, 0x5B, 0x5C].contains($0) }) else { return pattern == name }
  return fnmatch(pattern, name, 0) == 0
}
