import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Hosts that were set while nobody could tell whose they are. `0x7f00004d` is a name that every resolver knows without a
/// name server: 127.0.0.77.
@Suite struct HostReviewTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase
  private let settings: Settings
  private let outbox: Outbox

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
    settings = Settings(database)
    outbox = Outbox(database)
    let hosts = try ["127.0.0.77", "mail.prod.example"].map { try #require(HostName($0)) }
    try TestSystem.mark(settings, set: Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(Set(hosts))])
  }

  @Test func theNameResolvesWithoutANameServer() throws {
    #expect(try HostName("0x7f00004d")?.resolve().map(\.description) == ["127.0.0.77"])
    #expect(HostName("0x7f00004d")?.isAddress == false)
  }

  @Test(arguments: [
    ("lui.listserv.host", "0x7f00004d"), ("lui.mail.relay-host", "0x7f00004d"), ("trk.tracking.host", "0x7f00004d"),
    ("hub.proxy.url", "http://0x7f00004d:3128/"), ("lui.public-url", "https://mail.prod.example/lui"),
    ("site.own.host", "0x7f00004d:25"), ("lui.mail.bounce-address", "bounce@0x7f00004d"),
  ])
  func aHostThatTurnedOutToBeProductionsKeepsTheOutboxClosed(name: String, value: String) throws {
    try settings.store(name, value)
    let error = Sample.error { try outbox.open() }
    #expect(error?.code == .refused && error?.location.contains(name) == true, "\(String(describing: error))")
    #expect(try !outbox.isOpen())
    try settings.store(name, nil)
    try outbox.open()
  }

  @Test(arguments: ["lui.listserv.host", "lui.mail.relay-host", "trk.tracking.host"])
  func aHostThatDoesNotResolveKeepsItClosed(name: String) throws {
    try settings.store(name, "no-such-host.invalid")
    let error = Sample.error { try outbox.open() }
    #expect(error?.code == .unavailable && error?.location.contains("no-such-host.invalid") == true)
    #expect(try !outbox.isOpen())
    try settings.store(name, "127.0.0.5")
    try outbox.open()
  }

  @Test func addressesInTheTablesAreReviewedToo() throws {
    try database.execute("INSERT INTO lui_sender_profiles (id, name, relay_host) VALUES (1, 'p', '0x7f00004d')", [])
    #expect(Sample.error { try outbox.open() }?.location.contains("lui_sender_profiles.relay_host") == true)
    try database.execute("DELETE FROM lui_sender_profiles", [])
    try database.execute(
      "INSERT INTO lui_drop_ins (id, name, url) VALUES (1, 'd', 'http://no-such-host.invalid/x')", [])
    #expect(Sample.error { try outbox.open() }?.code == .unavailable)
    try database.execute("DELETE FROM lui_drop_ins", [])
    try outbox.open()
  }

  @Test func behindAnOpenOutboxNoHostIsSetThatNobodyCanTell() throws {
    let setup = PostRestoreSetup(installation, database)
    // While it is closed a host may be set that does not resolve yet.
    try setup.setListservHost("no-such-host.invalid", .none)
    try settings.set("lui.mail.relay-host", to: "no-such-host.invalid")
    #expect(Sample.error { try outbox.open() }?.code == .unavailable)
    try settings.set("lui.mail.relay-host", to: "")
    try setup.setListservHost("127.0.0.5", .none)
    try outbox.open()
    #expect(Sample.error { try setup.setListservHost("no-such-host.invalid", .none) }?.code == .unavailable)
    #expect(Sample.error { try settings.set("lui.mail.relay-host", to: "no-such-host.invalid") }?.code == .unavailable)
    #expect(Sample.error { try settings.set("lui.mail.relay-host", to: "0x7f00004d") }?.code == .refused)
    #expect(try settings.stored("lui.listserv.host") == "127.0.0.5" && settings.stored("lui.mail.relay-host") == nil)
    try outbox.close()
    try settings.set("lui.mail.relay-host", to: "no-such-host.invalid")
  }

  @Test func productionItselfIsNotAsked() throws {
    for name in [TestSystem.setName, TestSystem.restoredName, TestSystem.hostsName] { try settings.store(name, nil) }
    try settings.store("lui.listserv.host", "no-such-host.invalid")
    try outbox.open()
  }

  @Test func aComponentWhoseHostDoesNotResolveDoesNotPassForStopped() throws {
    try Sample.write(
      try Sample.text(installation.iniPath(of: .lui)).replacing(
        "component.host=localhost", with: "component.host=no-such-host.invalid"), to: installation.iniPath(of: .lui))
    let error = Sample.error { _ = try installation.runningEvidence(of: .lui) }
    #expect(error?.code == .unavailable && error?.what.contains("LUI") == true)
    #expect(try installation.runningEvidence(of: .trk) == nil)
  }
}
