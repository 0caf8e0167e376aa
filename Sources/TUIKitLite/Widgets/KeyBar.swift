/// The bottom line: the keys that work now. Hints that do not fit are left out whole.
public struct KeyBar: Sendable, Equatable {
  /// The keys, the most important ones first.
  public let hints: [KeyHint]

  /// Makes a key bar.
  public init(_ hints: [KeyHint]) { self.hints = hints }

  /// Draws it on the first line of `rect`.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    canvas.fill(Rect(rect.x, rect.y, rect.width, 1), .keyBar)
    var column = rect.x
    for hint in hints {
      let (key, label) = (" \(hint.key.name) ", " \(hint.label) ")
      guard column + TextWidth.of(key) + TextWidth.of(label) <= rect.maxX else { break }
      column += canvas.write(key, x: column, y: rect.y, .keyName)
      column += canvas.write(label, x: column, y: rect.y, .keyBar)
    }
  }
}
