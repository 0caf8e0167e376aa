import AdminCore
import TUIKitLite
import Testing

extension ConsoleTests {
  /// Forms and lists of settings, the outbox, accounts, connections.
  @Suite struct SettingsFrames {
    @Test func formsOfProduction() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGD"), .sees("daily"), .frame("daily-backup"), .key(.escape), .types("F"), .sees("How many"),
        .frame("backup-folders"), .key(.escape), .types("S"), .sees("Licence"), .frame("settings-hub"), .key(.escape),
        .key(.escape), .key(.escape), .types("MG"), .sees("Character set"), .frame("settings-lui"), .key(.escape),
        .types("L"), .sees("Connection test"), .frame("listserv-connection"), .key(.escape), .key(.escape),
        .types("TG"),
        .sees("Whether opens"), .frame("settings-trk"), .key(.escape), .types("T"), .sees("Public URL"),
        .frame("tracking-host"),
      ])
    }

    @Test func wrongEntriesStandBesideTheirFields() throws {
      let (hub, scratch) = try Stage.freshServer()
      try Visit(hub: hub, scratch: scratch).run([
        .types("GMG"), .sees("Character set"), .key(.control("u")), .key(.tab), .types("much too long a language"),
        .keys([.tab, .tab, .tab]), .types("no mail address"), .key(.tab), .types("-relay-"), .key(.tab),
        .types("70000"),
        .key(.enter), .frame("settings-lui-wrong"),
      ])
    }

    @Test func aTestSystemRefusesProductionsHosts() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      try Visit(hub: hub, scratch: scratch).run([
        .types("GML"), .sees("Connection test"), .frame("listserv-connection-test-system"),
        .types("LISTSERV.Maestro-Prod.example"), .key(.enter), .sees("production, which"),
        .frame("listserv-production"),
        .key(.control("u")), .types("127.0.0.1"), .key(.tab), .key(.control("u")), .types("1"), .key(.enter),
        .sees("does not answer"), .frame("listserv-silent"),
      ])
    }

    @Test func accounts() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAA"), .sees("ines"), .frame("accounts"), .types("a"), .sees("Again"), .frame("account-new"),
        .types("ann e"), .key(.tab),
        .key(.tab), .key(.tab), .types("short"), .key(.enter), .frame("account-new-wrong"), .key(.escape), .key(.tab),
        .key(.enter), .sees("ines"), .key(.enter), .sees("Again"), .frame("account-password"), .key(.escape),
        .types("d"), .frame("account-disable"),
      ])
    }

    @Test func databaseConnections() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAD"), .sees("Customers"), .frame("database-connections"), .types("d"),
        .frame("database-connection-disable"),
      ])
      try Visit(hub: Stage.shared.testSystem).run([
        .types("GAD"), .sees("Customers"), .frame("database-connections-test-system"),
      ])
    }

    // Free space is another one everywhere, so there is no frame to compare.
    @Test func componentHosts() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GAGH"), .sees("this machine"), .types("t"), .sees("on this machine"), .key(.enter), .types("e"),
        .sees("LUI's machine for ssh"),
      ])
    }

    @Test func outboxOfATestSystem() throws {
      try Visit(hub: Stage.shared.testSystem).run([
        .types("GMO"), .sees("Weekly news"), .frame("outbox"), .key(.enter), .sees("Origin"), .frame("outbox-job"),
        .key(.escape), .types("r"), .frame("outbox-revoke"), .key(.escape), .types("  "), .frame("outbox-marked"),
        .types("d"), .frame("outbox-delete"), .types("x"), .key(.enter), .frame("outbox-delete-wrong-word"),
        .key(.escape),
        .types("o"), .sees("stays closed"), .frame("outbox-stays-closed"),
      ])
    }

    @Test func outboxOfProduction() throws {
      try Visit(hub: Stage.shared.production).run([
        .types("GMO"), .sees("Weekly news"), .frame("outbox-production"), .types("o"), .sees("stays closed"),
        .frame("outbox-overdue"),
      ])
    }

    @Test func emptyOutbox() throws {
      let (hub, scratch) = try Stage.freshServer()
      try Visit(hub: hub, scratch: scratch).run([
        .types("GMO"), .sees("no job is queued"), .frame("outbox-empty"), .types("o"), .sees("Type OPEN"),
        .frame("outbox-open"), .types("OPEN"), .key(.enter), .sees("Sending is enabled"), .frame("outbox-opened"),
        .key(.enter), .types("c"), .sees("Sending is disabled"), .frame("outbox-closed"),
      ])
    }
  }
}
