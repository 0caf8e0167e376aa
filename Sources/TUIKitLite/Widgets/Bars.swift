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

/// A warning across the whole width, with signs so that it is seen without colours.
public struct Banner: Sendable, Equatable {
  /// The warning.
  public let text: String

  /// Makes a banner.
  public init(_ text: String) { self.text = text }

  /// Draws it on the first line of `rect`.
  public func draw(on canvas: inout Canvas, in rect: Rect) {
    canvas.write(
      "!!! " + text + " !!!", x: rect.x, y: rect.y, .testSystemBanner, width: rect.width, alignment: .centre)
  }
}

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
