import AdminCore
import TUIKitLite

/// The menus, which mirror the Hub's own.
package enum MenuTree {
  /// The name of the first menu.
  static let title = "Maestro"

  /// The first menu.
  package static func root(_ context: ConsoleContext) -> any ConsoleScreen {
    MenuScreen(title, context, isRoot: true) { entries(context).map { entry($0, context) } }
  }

  /// The lines of the first menu as they are now; the post-restore setup stands first on a system that needs it.
  static func entries(_ context: ConsoleContext) -> [MenuEntry] {
    var entries: [MenuEntry] = [
      .init("Global Settings", "G", hint: "backups, accounts, LISTSERV, outbox, tracking", globalSettings),
      .init("Running Operation", "R", hint: "progress, cancel", .runningOperation),
      .init("Help", "H", hint: "keys, words", .help),
    ]
    if let open = context.system.facts.openSteps {
      let hint = open == 0 ? "done" : open == 1 ? "1 step to do" : "\(open) steps to do"
      entries.insert(
        .init("Post-Restore Setup", "P", hint: hint, .listing(PostRestoreActions.list)), at: open == 0 ? 1 : 0)
    }
    return entries
  }

  private static let globalSettings: [MenuEntry] = [
    .init("Administration Hub", "A", administrationHub),
    .init(
      "Maestro User Interface", "M",
      [
        .init("LISTSERV Connection", "L", .form(HostForms.listserv)),
        .init("Outbox", "O", .listing(OutboxActions.list)),
        .init("General Settings", "G", .form(SettingActions.general(.lui))),
      ]),
    .init(
      "Maestro Tracker", "T",
      [
        .init("Tracking Host", "T", .form(HostForms.tracking)),
        .init("General Settings", "G", .form(SettingActions.general(.trk))),
      ]),
  ]

  private static let administrationHub: [MenuEntry] = [
    .init(
      "General Administration", "G",
      [
        .init("Create Backup", "C", .createBackup(.normal)),
        .init("Create Test-Bed Backup", "T", .createBackup(.testBed)),
        .init("Daily Backup", "D", .form(SettingActions.dailyBackup)),
        .init("Backup Folder and History", "F", .form(SettingActions.backupFolders)),
        .init("Backups", "B", .listing(BackupActions.list())),
        .init("Restore a Backup", "R", .restore),
        .init("Backup Reports", "P", .listing(ReportActions.list)),
        .init("Audit Log", "L", .listing(AuditActions.list)),
        .init("General Settings", "S", .form(SettingActions.general(.hub))),
        .init("Component Hosts", "H", .listing(ComponentActions.list)),
        .init("Internal Database", "I", .listing(DatabaseServerActions.list)),
        .init("Test-Bed Rules", "U", .listing(RuleActions.list)),
      ]),
    .init("Accounts", "A", .listing(AccountActions.list)),
    .init("Database Connections", "D", .listing(ConnectionActions.list)),
    .init("All Settings", "S", .listing(SettingActions.list)),
  ]

  private static func entry(_ entry: MenuEntry, _ context: ConsoleContext) -> MenuScreen.Entry {
    .init(entry.title, entry.mnemonic, hint: entry.hint) {
      switch entry.target {
      case .menu(let entries):
        MenuScreen(entry.title, context) { entries.map { self.entry($0, context) } }
      case .destination(let destination): Places.screen(destination, context)
      }
    }
  }
}
