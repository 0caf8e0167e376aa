import AdminCore

/// A line of the menus, the same for the console's screens and for the plain mode.
struct MenuEntry: Sendable {
  /// Where a line leads.
  enum Target: Sendable {
    /// To more lines.
    case menu([MenuEntry])
    /// To a place where something is shown or done.
    case place(Place)
  }

  /// The places at the ends of the tree.
  enum Place: Sendable {
    case postRestoreSetup, runningOperation, help
    case createBackup(BackupKind)
    case backups, restore, reports, auditLog, accounts, databaseConnections, componentHosts, outbox
    case form(FormDescription)
  }

  let title: String
  let mnemonic: Character
  let hint: String
  let target: Target

  init(_ title: String, _ mnemonic: Character, hint: String = "", _ place: Place) {
    self.init(title, mnemonic, hint: hint, target: .place(place))
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
