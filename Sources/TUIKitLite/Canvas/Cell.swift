/// One cell of a canvas: a character and the role it plays.
public struct Cell: Hashable, Sendable {
  /// The character with its combining marks; empty in the right half of a wide one.
  public internal(set) var text: String
  /// The role, which a theme turns into colours and attributes.
  public internal(set) var style: Style
  /// 1, 2 for a wide character, 0 for the right half of one.
  public internal(set) var width: Int8

  /// An empty cell of role `style`.
  public static func blank(_ style: Style = .normal) -> Cell { Cell(text: " ", style: style, width: 1) }
}

/// Where text stands in the width it is given.
public enum Alignment: Sendable {
  /// At the left, the middle or the right.
  case left, centre, right
}
