/// The line that says where one is; when it is too long the outer names go first.
public struct Breadcrumb: Sendable, Equatable {
  /// The names, outermost first.
  public let names: [String]

  /// Makes a breadcrumb.
  public init(_ names: [String]) { self.names = names }

  /// Draws it on the first line of `rect`.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    var text = names.joined(separator: " › ")
    var rest = names[...]
    while TextWidth.of(text) + 2 > rect.width && rest.count > 1 {
      rest.removeFirst()
      text = "… › " + rest.joined(separator: " › ")
    }
    canvas.write(" " + text, x: rect.x, y: rect.y, .breadcrumb, width: rect.width)
  }
}
