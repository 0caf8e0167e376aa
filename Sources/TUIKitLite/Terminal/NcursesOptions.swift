import Glibc

/// How a terminal is opened.
public struct NcursesOptions: Sendable {
  /// The device; /dev/tty is the terminal of this session whatever stdin and stdout are.
  public var device = "/dev/tty"
  /// The terminal's type instead of the environment's TERM.
  public var type: String?
  /// ASCII only, for terminals and fonts without line drawing (`--ascii`).
  public var ascii = false
  /// A theme's name from the command line; it wins over NO_COLOR.
  public var themeFlag: String?
  /// A theme's name from a setting; NO_COLOR wins over it.
  public var themeSetting: String?
  /// What else the operator can do where there is no usable terminal.
  public var otherWay = "use the program's commands, which need no terminal; see --help"
  /// How long the bytes of one key may be apart, in milliseconds, unless ESCDELAY says it. Over SSH they come in one
  /// packet; below 25 slow lines lose arrows, above 100 Esc feels slow.
  public var escapeDelay: Int32 = 50

  /// The defaults.
  public init() {}

  /// The theme for a terminal with so many colours: flag, NO_COLOR, setting, capabilities.
  func theme(colours: Int) -> Theme {
    let noColour = environment("NO_COLOR").map { !$0.isEmpty } ?? false
    return Theme.chosen(flag: themeFlag, noColour: noColour, setting: themeSetting, colours: colours)
  }
}

/// A variable of the environment.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
