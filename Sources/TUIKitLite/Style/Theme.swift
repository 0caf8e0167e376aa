/// A colour twice: for terminals with 256 colours and for those with 16 or 8.
public struct Colour: Hashable, Sendable {
  /// A number of xterm's 256-colour palette; -1 is the terminal's own colour. 16 and up look alike everywhere.
  public let rich: Int16
  /// A number of the 16 ANSI colours; -1 is the terminal's own colour.
  public let plain: Int16

  /// Makes a colour of the two palettes' numbers.
  public init(_ rich: Int16, _ plain: Int16) {
    self.rich = rich
    self.plain = plain
  }

  /// The colour that the terminal uses by itself.
  public static let own = Colour(-1, -1)
}

/// Attributes of a cell.
public struct Attributes: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: Int32

  /// Makes a set of its bits.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Bold.
  public static let bold = Attributes(rawValue: 1)
  /// Underlined.
  public static let underline = Attributes(rawValue: 2)
  /// Foreground and background exchanged.
  public static let reverse = Attributes(rawValue: 4)
  /// Faint.
  public static let dim = Attributes(rawValue: 8)
}

/// How a role looks. Both colours are the terminal's own or neither is: half a pair is unreadable on somebody's screen.
public struct Look: Hashable, Sendable {
  /// The colour of the character.
  public let foreground: Colour
  /// The colour behind it. Its plain number is below 8, since many terminals have no bright backgrounds.
  public let background: Colour
  /// The attributes.
  public let attributes: Attributes

  /// Makes a look of two colours.
  public init(_ foreground: Colour, on background: Colour, _ attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// Makes a look in the terminal's own colours.
  public init(_ attributes: Attributes = []) { self.init(.own, on: .own, attributes) }
}

/// What a terminal is told for a role: palette numbers (-1 the terminal's own) and attributes.
public struct Rendition: Hashable, Sendable {
  /// Palette numbers.
  public let foreground, background: Int16
  /// Attributes.
  public let attributes: Attributes
}

/// A look for every role.
public struct Theme: Sendable, Equatable {
  /// The name for options and settings.
  public let name: String
  private let base: Look
  private let looks: [Style: Look]

  /// Makes a theme; roles that `looks` leaves out look like `base`.
  public init(name: String, base: Look, looks: [Style: Look]) {
    self.name = name
    self.base = base
    self.looks = looks
  }

  /// How `style` looks when colours are plenty.
  public func look(_ style: Style) -> Look { looks[style] ?? base }

  /// What a terminal with so many colours is told for a role; with fewer than 8 it is `mono`'s attributes.
  public func rendition(_ style: Style, colours: Int) -> Rendition {
    guard colours >= 8 else {
      return Rendition(foreground: -1, background: -1, attributes: Theme.mono.look(style).attributes)
    }
    let look = look(style)
    if colours >= 256 {
      return Rendition(
        foreground: look.foreground.rich, background: look.background.rich, attributes: look.attributes)
    }
    var (foreground, attributes) = (look.foreground.plain, look.attributes)
    if colours < 16 {
      // Eight colours and bold make sixteen; bold black would be grey.
      if foreground == 0 { attributes.remove(.bold) }
      if foreground >= 8 {
        foreground -= 8
        attributes.insert(.bold)
      }
    }
    return Rendition(foreground: foreground, background: look.background.plain, attributes: attributes)
  }

  /// The theme of that name.
  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

  /// The theme to use: a command-line flag wins over NO_COLOR, that over a setting, that over what the terminal can.
  /// Names that no theme has are passed over.
  ///
  /// - Parameters:
  ///   - noColour: whether the environment holds a NO_COLOR that is not empty (no-color.org).
  ///   - colours: how many colours the terminal has.
  public static func chosen(flag: String?, noColour: Bool, setting: String?, colours: Int) -> Theme {
    if let theme = flag.flatMap(named) { return theme }
    if noColour { return .mono }
    if let theme = setting.flatMap(named) { return theme }
    return colours >= 8 ? .standard : .mono
  }
}
