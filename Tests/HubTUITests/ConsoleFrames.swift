import AdminCore
import FrameFiles
import TUIKitLite
import Testing

/// All tests of the console, one after the other: an installation has one operation at a time.
@Suite(.serialized) enum ConsoleTests {}

extension ConsoleTests {
  /// Menus, login, help: what is there before anything is done.
  @Suite struct MenuFrames {
    @Test func login() throws {
      for size in Visit.sizes {
        // Each of its own: a failure is remembered.
        let (hub, scratch) = try Stage.freshServer()
        try Visit(hub: hub, isLoggedIn: false, scratch: scratch, sizes: [size]).run([
          .frame("login"), .key(.enter), .frame("login-nothing-typed"), .types("admin"), .key(.tab),
          .types("not this one"),
          .key(.enter), .sees("wrong"), .frame("login-wrong"),
        ])
      }
    }

    @Test func menusOfProduction() throws {
      try Visit(hub: Stage.shared.production).run([
        .frame("menu"), .types("G"), .frame("menu-global-settings"), .types("A"), .frame("menu-administration-hub"),
        .types("G"), .frame("menu-general-administration"), .key(.escape), .key(.escape), .types("M"),
        .frame("menu-user-interface"), .key(.escape), .types("T"), .frame("menu-tracker"), .key(.escape), .key(.escape),
        .types("q"), .frame("quit"),
      ])
    }

    @Test func theFirstMenuOfATestSystemLeadsWithItsSetup() throws {
      try Visit(hub: Stage.shared.testSystem).run([
        .frame("menu-test-system"), .key(.enter), .sees("Outbox review"), .frame("post-restore-setup"), .types("jj"),
        .key(.enter), .sees("LISTSERV connection"), .frame("overrides"), .types("s"), .sees("Set like default"),
        .frame("overrides-default"),
      ])
    }

    @Test func aSetupThatIsDone() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      try hub.change("a test", "") { database in
        let setup = PostRestoreSetup(hub.installation, database)
        try setup.setListservHost("127.0.0.1", .none)
        try setup.setTrackingHost("127.0.0.1", publicURL: nil, .none)
      }
      try Visit(hub: hub, scratch: scratch).run([
        .frame("menu-test-system-half-done"), .key(.enter), .sees("127.0.0.1"), .frame("post-restore-setup-half-done"),
      ])
      try hub.change("a test", "") { database in
        let outbox = Outbox(database)
        try outbox.delete(try outbox.jobs().map(\.id))
        let overrides = ConnectionOverrides(database)
        for one in try overrides.list() { try overrides.clear(one) }
        try outbox.open(hub.installation)
      }
      try Visit(hub: hub, scratch: scratch).run([
        .frame("menu-test-system-done"), .types("P"), .sees("127.0.0.1"), .frame("post-restore-setup-done"),
      ])
    }

    @Test func help() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("H"), .frame("help"), .types("G"), .frame("help-end"),
      ])
    }

    @Test func aTerminalThatIsTooSmall() throws {
      var visit = try Visit(hub: Stage.shared.production)
      visit.sizes = [Size(79, 24), Size(60, 15)]
      try visit.run([.frame("too-small")])
    }
  }

  /// Making, looking at, verifying and deleting backups.
  @Suite struct BackupFrames {
    @Test func createBackup() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGC"), .sees("Everything is taken"), .frame("create-backup"), .types("s"),
        .frame("create-backup-confirm"),
      ])
    }

    @Test func createTestBedBackup() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGT"), .sees("Nothing uncovered"), .frame("create-test-bed-backup"), .key(.enter), .sees("Dry run"),
        .frame("preview"), .types("G"), .frame("preview-end"), .key(.escape), .types("m"), .misses("Looking"),
        .sees("Keep recipients"), .frame("create-test-bed-backup-masked"), .types("s"),
        .frame("create-test-bed-backup-confirm"),
      ])
    }

    @Test func whatNoRuleCoversStopsATestBedBackup() throws {
      for size in Visit.sizes {
        // Each of its own: an answer is remembered.
        let (hub, scratch) = try Stage.freshServer()
        let path = hub.installation.iniPath(of: .lui)
        let lines = "plugin.crm.host=crm.example\nplugin.crm.token=Zx81-abcDEF-778899-qqWW\n"
        try FileSystem.replace(path, with: try FileSystem.read(path) + Array(lines.utf8))
        try Visit(hub: hub, scratch: scratch, sizes: [size]).run([
          .types("GAGT"), .sees("no backup can start"), .frame("create-test-bed-backup-findings"), .key(.enter),
          .sees("test-bed-rules.yaml"), .frame("preview-findings"), .key(.escape), .types("f"),
          .sees("0 of 2 answered"), .frame("findings"), .types("r"), .sees("Answered: remove"), .key(.enter),
          .sees("1 of 2 answered"), .key(.down), .types("h"), .sees("Because"), .frame("finding-harmless"),
          .types("a colour"), .key(.enter), .key(.enter), .sees("2 of 2 answered"), .frame("findings-answered"),
          .key(.escape), .sees("Nothing uncovered"),
        ])
        let rules = String(decoding: try FileSystem.read(hub.installation.rulesPath), as: UTF8.self)
        #expect(rules.contains("rules: [{id: site-") && rules.contains("because: \"a colour\""))
      }
    }

    @Test func backups() throws {
      let stage = try Stage.shared
      try Visit(hub: stage.production).run([
        .types("GAGB"), .sees("incomplete"), .frame("backups"), .key(.enter), .frame("backup-details"), .key(.escape),
        .types("G"), .key(.enter), .frame("backup-details-unmarked"), .key(.escape), .types("gv"), .sees("is whole"),
        .frame("backup-verify"), .key(.enter), .types("jjjv"), .sees("✗"), .frame("backup-verify-mismatched"),
        .key(.enter), .types("gd"), .frame("backup-delete"), .types("delete"), .key(.enter),
        .frame("backup-delete-wrong-word"),
      ])
    }

    @Test func noBackups() throws {
      let (hub, scratch) = try Stage.freshServer()
      try Visit(hub: hub, scratch: scratch).run([
        .types("GAGB"), .sees("no backup"), .frame("backups-empty"), .key(.escape), .types("P"), .sees("no report"),
        .frame("reports-empty"), .key(.escape), .types("L"), .sees("Audit"), .misses("Reading"), .frame("audit-empty"),
      ])
    }

    @Test func reports() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGP"), .sees("completed"), .frame("reports"), .key(.enter), .sees("Backup ID"), .frame("report"),
        .types("G"), .frame("report-end"), .types("s"), .sees("New file"), .frame("save-as"), .key(.escape),
        .key(.escape),
        .types("G"), .key(.enter), .sees("Backup ID"), .frame("report-unmarked"),
      ])
    }

    @Test func auditLog() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGL"), .sees("backup create"), .frame("audit"), .key(.enter), .frame("audit-entry"),
      ])
    }
  }
}
