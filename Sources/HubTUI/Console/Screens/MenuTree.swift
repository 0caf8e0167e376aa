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
    if let open = openSteps(context) {
      let hint = open == 0 ? "done" : open == 1 ? "1 step to do" : "\(open) steps to do"
      entries.insert(.init("Post-Restore Setup", "P", hint: hint, .postRestoreSetup), at: open == 0 ? 1 : 0)
    }
    return entries
  }

  // Nil on a system that is no restored copy. A database that cannot be read now shows the step list's own error there.
  private static func openSteps(_ context: ConsoleContext) -> Int? {
    do {
      return try context.hub.read { database in
        let setup = PostRestoreSetup(context.hub.installation, database)
        return try setup.testSystem() == nil ? nil : setup.steps(now: context.now()).filter { !$0.isDone }.count
      }
    } catch {
      return nil
    }
  }

  private static let globalSettings: [MenuEntry] = [
    .init("Administration Hub", "A", administrationHub),
    .init(
      "Maestro User Interface", "M",
      [
        .init("LISTSERV Connection", "L", .form(HostScreen.listserv)),
        .init("Outbox", "O", .outbox),
        .init("General Settings", "G", .form(SettingsScreen.general(.lui))),
      ]),
    .init(
      "Maestro Tracker", "T",
      [
        .init("Tracking Host", "T", .form(HostScreen.tracking)),
        .init("General Settings", "G", .form(SettingsScreen.general(.trk))),
      ]),
  ]

  private static let administrationHub: [MenuEntry] = [
    .init(
      "General Administration", "G",
      [
        .init("Create Backup", "C", .createBackup(.normal)),
        .init("Create Test-Bed Backup", "T", .createBackup(.testBed)),
        .init("Daily Backup", "D", .form(SettingsScreen.dailyBackup)),
        .init("Backup Folder and History", "F", .form(SettingsScreen.backupFolders)),
        .init("Backups", "B", .backups),
        .init("Restore a Backup", "R", .restore),
        .init("Backup Reports", "P", .reports),
        .init("Audit Log", "L", .auditLog),
        .init("General Settings", "S", .form(SettingsScreen.general(.hub))),
        .init("Component Hosts", "H", .componentHosts),
      ]),
    .init("Accounts", "A", .accounts),
    .init("Database Connections", "D", .databaseConnections),
  ]

  private static func entry(_ entry: MenuEntry, _ context: ConsoleContext) -> MenuScreen.Entry {
    .init(entry.title, entry.mnemonic, hint: entry.hint) {
      switch entry.target {
      case .menu(let entries):
        MenuScreen(entry.title, context) { entries.map { self.entry($0, context) } }
      case .place(let place): screen(place, context)
      }
    }
  }

  private static func screen(_ place: MenuEntry.Place, _ context: ConsoleContext) -> any ConsoleScreen {
    switch place {
    case .postRestoreSetup: PostRestoreScreen.make(context)
    case .runningOperation: OperationScreen(context)
    case .help: HelpScreen(context)
    case .createBackup(let kind): CreateBackupScreen(context, kind: kind)
    case .backups: BackupsScreen.make(context)
    case .restore: RestoreWizard.make(context)
    case .reports: ReportsScreen.make(context)
    case .auditLog: AuditScreen.make(context)
    case .accounts: AccountsScreen.make(context)
    case .componentHosts: ComponentHostsScreen.make(context)
    case .databaseConnections: DatabaseConnectionsScreen.make(context)
    case .outbox: OutboxScreen.make(context)
    case .form(let form): FormScreen(form, context)
    }
  }
}
