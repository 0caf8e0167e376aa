/// What a piece of the screen means. A theme decides how each role looks.
public enum Style: UInt8, CaseIterable, Hashable, Sendable {
  /// Ordinary text.
  case normal
  /// The heading of a box or a page.
  case title
  /// The line that says where one is, and on which host as whom.
  case breadcrumb
  /// What a key does, in the bottom line.
  case keyBar
  /// The key itself, in the bottom line.
  case keyName
  /// The chosen line of a list, or the focused button.
  case selected
  /// The letter that chooses an item.
  case mnemonic
  /// A form field.
  case field
  /// The form field that takes the keys.
  case focusedField
  /// What cannot be chosen now.
  case disabled
  /// What destroys something or could reach production.
  case danger
  /// What deserves a look.
  case warning
  /// What went well.
  case good
  /// The warning that stands on every screen.
  case banner
  /// What went wrong.
  case error
  /// The part of a progress bar that is done.
  case progressDone
  /// The part of a progress bar that is left.
  case progressRest
  /// Lines and frames.
  case border
  /// The headings of a table's columns.
  case tableHeader
  /// The sign of a marked line.
  case mark
  /// A hit of a search.
  case match
  /// Explanations beside a field or an item.
  case hint
  /// The status line.
  case status

  /// One letter for maps of roles in tests.
  public var letter: Character {
    switch self {
    case .normal: "."
    case .title: "T"
    case .breadcrumb: "b"
    case .keyBar: "k"
    case .keyName: "K"
    case .selected: "S"
    case .mnemonic: "m"
    case .field: "f"
    case .focusedField: "F"
    case .disabled: "d"
    case .danger: "!"
    case .warning: "w"
    case .good: "g"
    case .banner: "B"
    case .error: "E"
    case .progressDone: "P"
    case .progressRest: "p"
    case .border: "+"
    case .tableHeader: "H"
    case .mark: "*"
    case .match: "/"
    case .hint: "i"
    case .status: "s"
    }
  }

  /// A one-cell sign that says the same as the role's colour, for eyes and terminals without colours; a blank for
  /// roles that need none.
  public var marker: Character {
    switch self {
    case .danger: "!"
    case .error: "✗"
    case .warning: "▲"
    case .good: "✓"
    case .mark: "*"
    default: " "
    }
  }
}
