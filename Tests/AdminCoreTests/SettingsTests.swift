import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SettingsTests {
  private let folder: TemporaryFolder
  private let settings: Settings

  init() throws {
    folder = try TemporaryFolder()
    settings = Settings(try Sample.installation(folder).openDatabase(.readWrite))
  }

  @Test(arguments: [
    ("hub.backup.history", ["0", "5", "99"], ["-1", "100", "five", "1.5", "+5", "05", " 5", "0x5"]),
    (
      "hub.backup.daily.time", ["00:00", "23:59"],
      ["24:00", "12:60", "1:00", "+1:00", "-0:00", "12:0", "1200", "12:00:00"]
    ),
    ("hub.backup.daily.enabled", ["true", "false"], ["True", "yes", "1"]),
    (
      "lui.mail.relay-host", ["relay", "10.0.0.1", "[::1]", "mail.example.com."],
      ["a b", "a_b!", "http://x", "1.2.3", "-a"]
    ),
    (
      "hub.proxy.url", ["http://proxy:3128", "https://x/y"],
      ["ftp://x", "http://", "https://a b", "proxy", "http:///x"]
    ),
    ("hub.backup.folder", ["backup", "/mnt/x", "a..b"], ["..", "../x", "/a/../b"]),
    (
      "hub.notifications.recipients", ["a@x.org", "a@x.org, b@y.org"],
      ["a", "@x.org", "a@", "a@b@c.org", "a@x.org,", "a@x y"]
    ),
    ("lui.general.language", ["en", "1234567890"], ["12345678901", "e\nn", "e\u{1B}"]),
  ])
  func valuesAreJudgedByKind(name: String, good: [String], bad: [String]) throws {
    for value in good {
      try settings.set(name, to: value)
      #expect(try settings.value(name) == value)
    }
    for value in bad {
      #expect(Sample.error { try settings.set(name, to: value) }?.code == .usage, "\(value)")
    }
    #expect(try settings.value(name) == good.last)
    try settings.set(name, to: "")
    #expect(try settings.stored(name) == nil && settings.value(name) == SettingCatalogue[name]?.defaultValue)
  }

  @Test(arguments: SettingCatalogue.definitions.filter { $0.access != .none }.map(\.name))
  func guardedSettingsAreRefused(name: String) throws {
    #expect(Sample.error { try settings.set(name, to: "enabled") }?.code == .refused)
    #expect(Sample.error { try settings.set(name, to: "") }?.code == .refused)
    #expect(try settings.stored(name) == nil)
  }

  @Test func anUnknownNameIsRefused() { #expect(Sample.error { try settings.set("lui.x", to: "1") }?.code == .usage) }

  @Test func secretsAreShownAsDots() throws {
    try settings.set("lui.mail.relay-password", to: "hunter22")
    try settings.store("lui.plugin.token", "hunter23")
    let list = try settings.list()
    #expect(!list.contains { $0.shownValue?.contains("hunter") == true })
    #expect(list.map(\.name) == list.map(\.name).sorted() && list.count == SettingCatalogue.definitions.count + 1)
    #expect(list.first { $0.name == "hub.backup.folder" }?.isDefault == true)
  }

  @Test func aTestSystemRefusesProductionsHosts() throws {
    let hosts = try ["mail.example.com", "mailhub", "192.0.2.9"].map { try #require(HostName($0)) }
    try TestSystem.mark(
      settings, set: try Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(Set(hosts))])
    for (name, value) in [
      ("lui.mail.relay-host", "mailhub"), ("lui.mail.relay-host", "MAIL.Example.com."),
      ("lui.mail.relay-host", "192.0.2.9"),
      ("lui.mail.relay-host", "::ffff:192.0.2.9"), ("hub.proxy.url", "http://u:p@Mail.example.com:80/x"),
      ("lui.mail.bounce-address", "x@mail.example.com"), ("hub.notifications.recipients", "a@localhost,b@mailhub"),
      ("lui.mail.relay-host", "0xc0000209"),
    ] {
      let error = Sample.error { try settings.set(name, to: value) }
      #expect(error?.code == .refused, "\(name) \(value)")
      #expect(try settings.stored(name) == nil)
    }
    try settings.set("lui.mail.relay-host", to: "127.0.0.8")
    try settings.set("lui.general.language", to: "de")
    #expect(try settings.value("lui.mail.relay-host") == "127.0.0.8")
    #expect(try settings.stored(TestSystem.hostsName)?.contains("mailhub") == false)
  }

  @Test func aDamagedMarkIsToldAndAbsentIsNone() throws {
    #expect(try TestSystem(settings) == nil)
    try settings.store(TestSystem.setName, "20261124213405-AB12")
    #expect(Sample.error { _ = try TestSystem(settings) }?.code == .configuration)
    try settings.store(TestSystem.hostsName, "[1]")
    #expect(Sample.error { _ = try TestSystem(settings) }?.code == .configuration)
    #expect(Sample.error { try settings.set("lui.mail.relay-host", to: "x") }?.code == .configuration)
  }
}
