/// Movements in lists and texts.
public enum Movement: Hashable, Sendable {
  /// By one line or column.
  case up, down, left, right
  /// By what the screen shows.
  case pageUp, pageDown
  /// To an end.
  case first, last

  /// The keys that move in lists: arrows, paging keys and hjkl, g, G. Never used in text fields.
  public static let keys = KeyMap<Movement>([
    .init(.up, [.up, .character("k")], help: "up"),
    .init(.down, [.down, .character("j")], help: "down"),
    .init(.left, [.left, .character("h")], help: "left"),
    .init(.right, [.right, .character("l")], help: "right"),
    .init(.pageUp, [.pageUp, .control("b")], help: "a page up"),
    .init(.pageDown, [.pageDown, .control("f")], help: "a page down"),
    .init(.first, [.home, .character("g")], help: "to the first line"),
    .init(.last, [.end, .character("G")], help: "to the last line"),
  ])
}
