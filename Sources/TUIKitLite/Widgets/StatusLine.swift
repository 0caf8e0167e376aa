/// The line above the keys: what was just done at the left, what runs at the right.
public struct StatusLine: Sendable, Equatable {
  /// What was done or went wrong.
  public let text: String
  /// The role of the text; its marker stands before it.
  public let style: Style
  /// What runs.
  public let activity: String

  /// Makes a status line.
  public init(_ text: String, _ style: Style = .status, activity: String = "") {
    self.text = text
    self.style = style
    self.activity = activity
  }

  /// Draws it on the first line of `rect`; the activity gives way to the text.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    canvas.fill(Rect(rect.x, rect.y, rect.width, 1), .status)
    var used = 0
    if !text.isEmpty {
      let marked = style.marker == " " ? " " + text : "\(style.marker) \(text)"
      used = min(TextWidth.of(marked) + 1, rect.width)
      canvas.write(marked, x: rect.x, y: rect.y, style, width: used)
    }
    canvas.write(
      activity, x: rect.x + used + 1, y: rect.y, .status, width: rect.width - used - 2, alignment: .right)
  }
}
