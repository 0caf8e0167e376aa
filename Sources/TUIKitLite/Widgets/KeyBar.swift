/// The bottom line: the keys that work now. Hints that do not fit are left out whole; never the last one, the way out.
public struct KeyBar: Sendable, Equatable {
  /// The keys, the most important ones first, the way out last.
  public let hints: [KeyHint]

  /// Makes a key bar.
  public init(_ hints: [KeyHint]) { self.hints = hints }

  /// Draws it on the first line of `rect`.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    canvas.fill(Rect(rect.x, rect.y, rect.width, 1), .keyBar)
    var column = rect.x
    func width(_ hint: KeyHint) -> Int { TextWidth.of(hint.key.name) + TextWidth.of(hint.label) + 4 }
    let reserved = hints.last.map(width) ?? 0
    for (index, hint) in hints.enumerated() {
      // Without colours the brackets say it.
      let (key, label) = (hint.isPossible ? " \(hint.key.name) " : "(\(hint.key.name))", " \(hint.label) ")
      let after = index == hints.count - 1 ? 0 : reserved
      guard column + width(hint) + after <= rect.maxX else { continue }
      column += canvas.write(key, x: column, y: rect.y, hint.isPossible ? .keyName : .disabled)
      column += canvas.write(label, x: column, y: rect.y, hint.isPossible ? .keyBar : .disabled)
    }
  }
}
