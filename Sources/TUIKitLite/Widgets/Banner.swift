/// A warning across the whole width, with signs so that it is seen without colours.
public struct Banner: Sendable, Equatable {
  /// The warning.
  public let text: String

  /// Makes a banner.
  public init(_ text: String) { self.text = text }

  /// Draws it on the first line of `rect`.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    // Fewer signs before words are lost: the last word may be the one that matters.
    let signs = String(repeating: "!", count: min(3, max(1, (rect.width - TextWidth.of(text) - 2) / 2)))
    canvas.write(
      "\(signs) \(text) \(signs)", x: rect.x, y: rect.y, .banner, width: rect.width, alignment: .centre)
  }
}
