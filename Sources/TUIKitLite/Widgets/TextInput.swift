/// A line of text that is being edited, with a cursor that steps over whole graphemes.
public struct TextInput: Sendable, Equatable {
  /// The graphemes before and after the cursor.
  private var before: String
  private var after: String
  /// How many graphemes it may have.
  public let limit: Int

  /// Makes a line with the cursor at its end.
  public init(_ text: String = "", limit: Int = 1_000) {
    before = String(Self.oneLine(text).prefix(limit))
    after = ""
    self.limit = limit
  }

  /// The text.
  public var text: String { before + after }

  /// Answers a key; says whether it means something here.
  public mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .paste(let text): insert(Self.oneLine(text))
    case .left: if let last = before.popLast() { after.insert(last, at: after.startIndex) }
    case .right: if let first = after.popFirst() { before.append(first) }
    case .home, .control("a"): (before, after) = ("", text)
    case .end, .control("e"): (before, after) = (text, "")
    case .backspace: _ = before.popLast()
    case .delete, .control("d"): _ = after.popFirst()
    case .control("u"): before = ""
    case .control("k"): after = ""
    case .control("w"):
      while before.last == " " { before.removeLast() }
      while let last = before.last, last != " " { before.removeLast() }
    default: return false
    }
    return true
  }

  /// Draws the line on the first row, scrolled so that the cursor is in sight; with `isSecret` a star a grapheme.
  public func draw(on canvas: inout Canvas, style: Style, isSecret: Bool = false, isFocused: Bool = false) {
    let width = canvas.size.width
    canvas.fill(Rect(0, 0, width, 1), style)
    let shown = isSecret ? String(repeating: "*", count: text.count) : text
    let column = isSecret ? before.count : TextWidth.of(before)
    let scroll = isFocused ? max(0, column - width + 1) : 0
    canvas.write(shown, x: -scroll, y: 0, style)
    if isFocused { canvas.cursor = Point(column - scroll, 0) }
  }

  private mutating func insert(_ addition: String) {
    for character in addition {
      var next = before
      next.append(character)
      // A combining mark joins the grapheme before it and makes the line no longer.
      guard next.count + after.count <= limit else { break }
      before = next
    }
  }

  /// Without line breaks and control characters; a tab is a blank.
  private static func oneLine(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\t" {
        result.append(" ")
      } else if TextWidth.of(scalar) >= 0 {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension String {
  fileprivate mutating func popFirst() -> Character? { isEmpty ? nil : removeFirst() }
}
