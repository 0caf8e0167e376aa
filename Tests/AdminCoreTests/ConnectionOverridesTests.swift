import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// LISTSERV connections and tracking URLs that groups and accounts have instead of the default.
@Suite struct ConnectionOverridesTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase
  private let overrides: ConnectionOverrides

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
    overrides = ConnectionOverrides(database)
    for statement in [
      "INSERT INTO hub_groups(id, name) VALUES(7, 'Senders')",
      "INSERT INTO hub_accounts(id, name) VALUES(8, 'ines')",
      "INSERT INTO lui_listserv_connections(id, group_id) VALUES(1, 7)",
      "INSERT INTO lui_listserv_connections(id, account_id, host, port) VALUES(2, 8, 'own.test', 25)",
      "INSERT INTO trk_tracking_urls(id, name, group_id) VALUES(1, 'Shop', 7)",
      "INSERT INTO trk_tracking_urls(id, name, url) VALUES(2, 'All', 'https://t.test/')",
    ] { try database.execute(statement, []) }
  }

  private func markAsTestSystem() throws {
    try TestSystem.mark(Settings(database), set: try Sample.id("20261124213405-AB12"), hosts: [])
  }

  private func shown() throws -> [String] {
    try overrides.list().map { "\($0.name), \($0.title) of \($0.owner): \($0.value)" }
  }

  private func one(_ name: String) throws -> ConnectionOverrides.Override {
    try #require(try overrides.list().first { $0.name == name })
  }

  @Test func eachIsListedWithItsOwner() throws {
    #expect(
      try shown() == [
        "listserv-1, LISTSERV connection of group Senders: ",
        "listserv-2, LISTSERV connection of account ines: own.test:25",
        "tracking-1, tracking URL of group Senders (Shop): ",
        "tracking-2, tracking URL of everybody (All): https://t.test/",
      ])
  }

  @Test func aSetOfAnEarlierVersionHasNone() throws {
    try database.execute("DROP TABLE lui_listserv_connections", [])
    #expect(try overrides.list().map(\.name) == ["tracking-1", "tracking-2"])
    try database.execute("DROP TABLE trk_tracking_urls", [])
    #expect(try overrides.list().isEmpty)
    #expect(try PostRestoreSetup(installation, database).steps().map(\.kind).contains(.overrides) == false)
  }

  @Test func productionKeepsItsOwn() throws {
    let settings = Settings(database)
    try settings.store("lui.listserv.host", "l.test")
    #expect(Sample.error { try overrides.clear(one("listserv-1")) }?.code == .refused)
    #expect(Sample.error { try overrides.setLikeDefault(one("listserv-1")) }?.code == .refused)
    #expect(try shown().count == 4)
  }

  @Test func aClearedOneIsGoneAndNoOther() throws {
    try markAsTestSystem()
    let gone = try one("listserv-2")
    try overrides.clear(gone)
    try overrides.clear(one("tracking-1"))
    #expect(try overrides.list().map(\.name) == ["listserv-1", "tracking-2"])
    #expect(Sample.error { try overrides.clear(gone) }?.code == .usage)
  }

  @Test func oneIsSetToAllThatTheDefaultHas() throws {
    try markAsTestSystem()
    let settings = Settings(database)
    #expect(Sample.error { try overrides.setLikeDefault(one("listserv-1")) }?.code == .configuration)
    #expect(Sample.error { try overrides.setLikeDefault(one("tracking-1")) }?.code == .configuration)
    for (name, value) in [
      ("lui.listserv.host", "l.test"), ("lui.listserv.port", "2306"), ("lui.listserv.client-address", "m@l.test"),
      ("lui.listserv.client-password", "hunter22"), ("trk.tracking.public-url", "https://t.test/t"),
    ] { try settings.store(name, value) }
    for name in ["listserv-1", "listserv-2", "tracking-1"] { try overrides.setLikeDefault(one(name)) }
    #expect(try overrides.list().map(\.value) == ["l.test:2306", "l.test:2306", "https://t.test/t", "https://t.test/"])
    let rows = try database.query(
      "SELECT client_address, client_password, external_host, bounce_host, bounce_port FROM lui_listserv_connections")
    #expect(rows == Array(repeating: ["m@l.test", "hunter22", .null, .null, .null], count: 2))
  }

  @Test func theChecklistNamesThemUntilAllAreDecided() throws {
    try markAsTestSystem()
    let setup = PostRestoreSetup(installation, database)
    func step() throws -> PostRestoreSetup.Step { try #require(try setup.steps().first { $0.kind == .overrides }) }
    #expect(try !step().isDone && step().detail.contains("2 of 4"))
    try overrides.clear(one("listserv-1"))
    try overrides.clear(one("tracking-1"))
    #expect(try step().isDone)
    try database.execute("DELETE FROM lui_listserv_connections", [])
    try database.execute("DELETE FROM trk_tracking_urls", [])
    #expect(try setup.steps().allSatisfy { $0.kind != .overrides })
  }
}
