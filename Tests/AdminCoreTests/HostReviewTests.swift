import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Hosts that were set while nobody could tell whose they are. `alias.test` is a name of production's machine that
/// production never told.
@Suite struct HostReviewTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase
  private let settings: Settings

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
    settings = Settings(database)
    let hosts = try ["192.0.2.77", "mail.prod.example", "mailhub", "prod.example"].map { try #require(HostName($0)) }
    try TestSystem.mark(settings, set: Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(Set(hosts))])
  }

  /// What the review says of the system as it is, with a name server of the test's own.
  private func review(isSilent: Bool = false) throws {
    try HostReview(installation, database) { hosts in
      var answers: [HostName: HostName.Resolution] = [:]
      for host in hosts {
        switch host.description {
        case "alias.test", "alias": answers[host] = .addresses([HostName("64:ff9b::192.0.2.77")].compactMap { $0 })
        case "own.test": answers[host] = .addresses([HostName("127.0.1.1")].compactMap { $0 })
        default:
          answers[host] =
            host.isAddress
            ? .addresses([host]) : isSilent ? .unknown(reason: "silence") : .none(reason: "no such name")
        }
      }
      return answers
    }.check()
  }

  private func expectRefusal(
    _ code: AdminError.Code, at place: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let error = Sample.error(location) { try review() }
    #expect(
      error?.code == code && error?.location.contains(place) == true, "\(String(describing: error))",
      sourceLocation: location)
  }

  @Test(arguments: [
    ("lui.listserv.host", "alias.test"), ("lui.mail.relay-host", "alias.test:25"), ("trk.tracking.host", "192.0.2.77"),
    ("hub.proxy.url", "http://alias.test:3128/"), ("lui.public-url", "https://mail.prod.example/lui"),
    ("site.own.host", "alias.test:25"), ("lui.mail.bounce-address", "bounce@prod.example"),
    ("hub.notifications.recipients", "a@localhost, b@alias.test"), ("site.unknown", "see https://mail.prod.example/"),
    ("site.list", "a.example.org;MAIL.prod.example."), ("site.json", #"{"h":"mail.prod.example"}"#),
    ("lui.mail.relay-host", "mailhub"), ("lui.mail.relay-host", "alias"), ("lui.mail.relay-host", "3221226061"),
    ("lui.mail.relay-host", "2002:c000:24d::1"), ("lui.mail.relay-host", "mail。prod．example"),
  ])
  func aSettingThatIsProductionsKeepsTheOutboxClosed(name: String, value: String) throws {
    try review()
    try settings.store(name, value)
    expectRefusal(.refused, at: name)
  }

  @Test func aSettingThatIsStoredAsBytesIsReadToo() throws {
    try database.execute(
      "INSERT INTO hub_settings(name, value) VALUES ('lui.mail.relay-host', ?)", [.binary(Array("mailhub".utf8))])
    expectRefusal(.refused, at: "lui.mail.relay-host")
  }

  @Test(arguments: [
    "mail.prod.example", "mail.prod.example:993", "x.test;mail.prod.example", "127.0.0.1 mail.prod.example",
    "imaps://mail.prod.example", "[mail.prod.example]:993", "ssl:mail.prod.example",
    "{mail.prod.example:993/imap}INBOX",
    "u@mail.prod.example", "mail%2Eprod.example", "alias.test", "192.0.2.77", "0xc000024d", "mailhub:25",
  ])
  func aServerInATableIsReadInAnySpelling(value: String) throws {
    try database.execute("INSERT INTO lui_mailboxes (id, name, host) VALUES (1, 'm', ?)", [.text(value)])
    expectRefusal(.refused, at: "lui_mailboxes.host")
  }

  @Test(arguments: [
    ("lui_mailboxes", "user_name", "bounces@prod.example"), ("lui_sender_profiles", "bounce_address", "b@prod.example"),
    ("lui_reports", "mail_to", "a@test.example, boss@prod.example"),
    ("lui_sender_profiles", "dkim_domain", "prod.example"),
    ("hub_directories", "url", "ldap://127.0.0.1 ldap://mail.prod.example"),
    ("hub_directories", "base_dn", "ou=people,dc=prod,dc=example"),
    ("hub_database_connections", "url", "jdbc:mysql://127.0.0.1,mail.prod.example/x"),
    ("hub_database_connections", "options", "Server=tcp:mail.prod.example,1433;Pwd=x"),
    ("lui_drop_ins", "url", "http://127.0.0.1/?u=http%3A%2F%2Fmail.prod.example%2F"),
    ("lui_feeds", "url", "//mail.prod.example/feed"), ("hub_web_hooks", "url", "https://alias.test/in"),
  ])
  func everyColumnFromWhichARuleTakesAnAddressIsReviewed(table: String, column: String, value: String) throws {
    try database.execute("INSERT INTO \(table) (id, name, \(column)) VALUES (1, 'x', ?)", [.text(value)])
    expectRefusal(.refused, at: "\(table).\(column)")
  }

  @Test func theSitesOwnRulesCount() throws {
    try database.execute("CREATE TABLE lui_plugin_targets (id INTEGER PRIMARY KEY, endpoint TEXT)", [])
    try database.execute("INSERT INTO lui_plugin_targets VALUES (1, 'mail.prod.example:80')", [])
    try review()
    try Sample.write(
      "rules:\n  - {id: plugin, column: lui_plugin_targets.endpoint, action: unset}\n", to: installation.rulesPath)
    expectRefusal(.refused, at: "lui_plugin_targets.endpoint")
  }

  @Test(arguments: [
    (Component.lui, "trk.host=mail.prod.example"), (.trk, "site.url=https://alias.test/"),
    (.hub, "x=see mail.prod.example"),
    (.hub, "database.url=mariadb://mail.prod.example/x"),
  ])
  func everyKeyOfTheIniFilesIsReviewed(component: Component, line: String) throws {
    let path = installation.iniPath(of: component)
    let key = String(line.prefix { $0 != "=" })
    let kept = try Sample.text(path).split(separator: "\n").filter { !$0.hasPrefix(key + "=") }.joined(separator: "\n")
    try Sample.write("\(kept)\n\(line)\n", to: path)
    expectRefusal(.refused, at: "\(component.iniName): \(key)")
  }

  @Test(arguments: [
    ("lui_mailboxes", "host", "ma!l"), ("lui_drop_ins", "url", "http://${host}/x"), ("lui_reports", "mail_to", "boss@"),
    ("hub_directories", "url", "ldap://a..b"),
  ])
  func whatCannotBeTakenApartIsRefusedAndNotShown(table: String, column: String, value: String) throws {
    try database.execute("INSERT INTO \(table) (id, name, \(column)) VALUES (1, 'x', ?)", [.text(value)])
    expectRefusal(.refused, at: "\(table).\(column)")
    #expect(Sample.error { try review() }?.description.contains(value) == false)
  }

  @Test(arguments: ["lui.listserv.host", "lui.mail.relay-host", "trk.tracking.host", "hub.proxy.url"])
  func aServerThatDoesNotResolveKeepsItClosed(name: String) throws {
    try settings.store(name, name.hasSuffix("url") ? "http://no-such-host.invalid/" : "no-such-host.invalid")
    expectRefusal(.unavailable, at: "no-such-host.invalid")
  }

  @Test func aMailDomainNeedsNoAddressUnlessTheNameServerIsSilent() throws {
    try settings.store("lui.mail.bounce-address", "b@mail-only.test")
    try review()
    #expect(Sample.error { try review(isSilent: true) }?.code == .unavailable)
  }

  @Test func harmlessThingsKeepNothingClosed() throws {
    for (name, value) in [
      ("lui.listserv.host", "own.test"), ("lui.mail.relay-host", "127.0.0.77"), ("trk.tracking.host", "localhost"),
      ("site.template", "report.html"), ("site.words", "Hello, world!"), ("lui.backup.folder", "/srv/backup"),
    ] { try settings.store(name, value) }
    try database.execute(
      "INSERT INTO lui_mailboxes (id, name, host, user_name, password) VALUES (1, 'm', '[::1]:993', 'tester', 'Summer.Rain')",
      [])
    try database.execute(
      "INSERT INTO hub_directories (id, name, base_dn) VALUES (1, 'd', 'ou=x,dc=test,dc=example')", [])
    try review()
  }

  @Test func behindAnOpenOutboxNoHostIsSetThatNobodyCanTell() throws {
    let outbox = Outbox(database)
    let setup = PostRestoreSetup(installation, database)
    // While it is closed a host may be set that does not resolve yet.
    try setup.setListservHost("no-such-host.invalid", .none)
    try settings.set("lui.mail.relay-host", to: "no-such-host.invalid")
    #expect(Sample.error { try outbox.open(installation) }?.code == .unavailable)
    try settings.set("lui.mail.relay-host", to: "")
    try setup.setListservHost("127.0.0.5", .none)
    try outbox.open(installation)
    #expect(Sample.error { try setup.setListservHost("no-such-host.invalid", .none) }?.code == .unavailable)
    #expect(Sample.error { try settings.set("lui.mail.relay-host", to: "no-such-host.invalid") }?.code == .unavailable)
    #expect(Sample.error { try settings.set("lui.mail.relay-host", to: "0xc000024d") }?.code == .refused)
    #expect(try settings.stored("lui.listserv.host") == "127.0.0.5" && settings.stored("lui.mail.relay-host") == nil)
    try outbox.close()
    try settings.set("lui.mail.relay-host", to: "no-such-host.invalid")
  }

  @Test func productionItselfIsNotAsked() throws {
    for name in [TestSystem.setName, TestSystem.restoredName, TestSystem.hostsName] { try settings.store(name, nil) }
    try settings.store("lui.listserv.host", "no-such-host.invalid")
    try review()
    try Outbox(database).open(installation)
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
