import AdminCore
import TUIKitLite

/// The console's menus, which mirror the Hub's own.
package enum MenuTree {
  /// The first menu; the post-restore setup stands first on a system that needs it.
  package static func root(_ context: ConsoleContext) -> any ConsoleScreen {
    MenuScreen("Maestro", context, isRoot: true) {
      var entries: [MenuScreen.Entry] = [
        .init("Global Settings", "G", hint: "backups, accounts, LISTSERV, outbox, tracking") {
          globalSettings(context)
        },
        .init("Running Operation", "R", hint: "progress, cancel") { OperationScreen(context) },
        .init("Help", "H", hint: "keys, words") { HelpScreen(context) },
      ]
      if let open = openSteps(context) {
        let hint = open == 0 ? "done" : open == 1 ? "1 step to do" : "\(open) steps to do"
        let setup = MenuScreen.Entry("Post-Restore Setup", "P", hint: hint) { PostRestoreScreen.make(context) }
        entries.insert(setup, at: open == 0 ? 1 : 0)
      }
      return entries
    }
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

  private static func globalSettings(_ context: ConsoleContext) -> MenuScreen {
    MenuScreen("Global Settings", context) {
      [
        .init("Administration Hub", "A") { administrationHub(context) },
        .init("Maestro User Interface", "M") {
          MenuScreen("Maestro User Interface", context) {
            [
              .init("LISTSERV Connection", "L") { HostScreen.listserv(context) },
              .init("Outbox", "O") { OutboxScreen.make(context) },
              .init("General Settings", "G") { SettingsScreen.general(.lui, context) },
            ]
          }
        },
        .init("Maestro Tracker", "T") {
          MenuScreen("Maestro Tracker", context) {
            [
              .init("Tracking Host", "T") { HostScreen.tracking(context) },
              .init("General Settings", "G") { SettingsScreen.general(.trk, context) },
            ]
          }
        },
      ]
    }
  }

  private static func administrationHub(_ context: ConsoleContext) -> MenuScreen {
    MenuScreen("Administration Hub", context) {
      [
        .init("General Administration", "G") {
          MenuScreen("General Administration", context) {
            [
              .init("Create Backup", "C") { CreateBackupScreen(context, kind: .normal) },
              .init("Create Test-Bed Backup", "T") { CreateBackupScreen(context, kind: .testBed) },
              .init("Daily Backup", "D") { SettingsScreen.dailyBackup(context) },
              .init("Backup Folder and History", "F") { SettingsScreen.backupFolders(context) },
              .init("Backups", "B") { BackupsScreen.make(context) },
              .init("Restore a Backup", "R") { RestoreWizard.make(context) },
              .init("Backup Reports", "P") { ReportsScreen.make(context) },
              .init("Audit Log", "L") { AuditScreen.make(context) },
              .init("General Settings", "S") { SettingsScreen.general(.hub, context) },
            ]
          }
        },
        .init("Accounts", "A") { AccountsScreen.make(context) },
        .init("Database Connections", "D") { DatabaseConnectionsScreen.make(context) },
      ]
    }
  }
}
