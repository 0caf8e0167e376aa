import AdminCore

/// A line of the menus, the same for the console's screens and for the plain mode.
struct MenuEntry: Sendable {
  /// Where a line leads.
  enum Target: Sendable {
    /// To more lines.
    case menu([MenuEntry])
    /// To a place where something is shown or done.
    case destination(Destination)
  }

  let title: String
  let mnemonic: Character
  let hint: String
  let target: Target

  init(_ title: String, _ mnemonic: Character, hint: String = "", _ destination: Destination) {
    self.init(title, mnemonic, hint: hint, target: .destination(destination))
  }

  init(_ title: String, _ mnemonic: Character, hint: String = "", _ entries: [MenuEntry]) {
    self.init(title, mnemonic, hint: hint, target: .menu(entries))
  }

  private init(_ title: String, _ mnemonic: Character, hint: String, target: Target) {
    self.title = title
    self.mnemonic = mnemonic
    self.hint = hint
    self.target = target
  }
}
