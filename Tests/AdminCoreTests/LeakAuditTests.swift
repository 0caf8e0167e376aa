import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct LeakAuditTests {
  private let folder: TemporaryFolder
  private let sanitizer: Sanitizer

  init() throws {
    folder = try TemporaryFolder()
    let installation = try Sample.installation(folder)
    try Sample.write("harmless:\n  - {column: lui_plugin.note, because: prose}\n", to: installation.rulesPath)
    let database = try installation.openDatabase(.readWrite)
    try database.execute("CREATE TABLE lui_plugin(note TEXT, other TEXT)", [])
    let settings = Settings(database)
    try settings.store("lui.listserv.host", "Listserv.Example.com")
    try settings.store("lui.notifications.recipients", "ops@example.org, two@example.net")
    try settings.store("lui.mail.relay-password", "p\"w\\t/7\tx")
    try settings.store(
      "hub.licence.key", String(repeating: "A", count: 80) + "middle-of-the-key" + String(repeating: "B", count: 80))
    try database.execute("INSERT INTO hub_key_stores(name, content) VALUES('k', ?)", [.binary(Array(200...255))])
    try database.execute(
      "INSERT INTO hub_database_connections(name, url) VALUES('c', 'jdbc:mysql://db-a,db-b:3306/crm')", [])
    sanitizer = Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: true),
      backupID: try Sample.id("20261124213405-AB12"), database: database)
    for table in try database.componentTables() {
      guard let plan = try sanitizer.plan(for: table) else { continue }
      try database.rows(of: table) { _ = plan.apply($0) }
    }
  }

  private func audit() throws -> LeakAudit {
    LeakAudit(sanitizer, tables: SystemSchema.tables + [LeakAuditTests.plugin])
  }

  private static let plugin = TableSchema(
    name: "lui_plugin",
    columns: ["note", "other"].map { .init(name: $0, type: .text, declared: "TEXT") }, primaryKey: [])

  private func scan(_ text: String, _ entry: String, _ table: TableSchema? = nil, _ audit: LeakAudit? = nil) throws
    -> LeakAudit
  {
    let audit = try audit ?? self.audit()
    let inspector = audit.inspector(of: entry, archive: "LUI.zip", table: table)
    try Array(text.utf8).withUnsafeBytes { try inspector.scan($0) }
    try inspector.finish()
    return audit
  }

  private func table(_ name: String) throws -> TableSchema {
    try #require(SystemSchema.tables.first { $0.name == name })
  }

  @Test(arguments: ["ini/lui.ini", "manifest.json", "database/lui_jobs.schema.json"])
  func aLeakInConfigurationFails(entry: String) throws {
    let error = Sample.error { _ = try scan("a=1\nb=LISTSERV.example.COM\n", entry) }
    #expect(
      error?.code == .refused && error?.what.contains("listserv-host") == true && error?.what.contains(entry) == true)
    #expect(error?.description.lowercased().contains("listserv.example") == false, "the message tells the value")
  }

  @Test func aLeakInASettingOrConnectionFails() throws {
    let settings = Sample.error {
      _ = try scan("other.setting\tx listserv.example.com y\n", "e", try table("hub_settings"))
    }
    #expect(settings?.what.contains("column hub_settings.value") == true)
    let connection = Sample.error {
      _ = try scan("1\tname\t\\N\tlistserv.example.com\n", "e", try table("hub_database_connections"))
    }
    #expect(connection?.what.contains("column hub_database_connections.url") == true)
  }

  @Test func inContentItIsCounted() throws {
    let jobs = try table("lui_jobs")
    let subject = jobs.index(of: "subject") ?? 0
    let line = String(repeating: "\\N\t", count: subject) + "from listserv.example.com, listserv.example.com\n"
    let audit = try scan(line, "e", jobs)
    #expect(audit.contentHits == ["listserv-host, column lui_jobs.subject": 2])
    _ = try scan("<a href=https://listserv.example.com>", "data/page.html", nil, audit)
    #expect(audit.contentHits["listserv-host, data/page.html"] == 1)
  }

  /// A report of a hundred thousand lines is none that anybody reads.
  @Test func ofVeryManyFilesTheFirstAreNamed() throws {
    let audit = try scan("x", "ini/x")
    for index in 100..<130 { _ = try scan("listserv.example.com", "data/\(index).html", nil, audit) }
    _ = try scan("listserv.example.com listserv.example.com", "data/100.html", nil, audit)
    _ = try scan("listserv.example.com.html", LeakAudit.fileNames, nil, audit)
    #expect(audit.contentHits.count == 22 && audit.contentHits.values.reduce(0, +) == 33)
    #expect(audit.contentHits["listserv-host, data/100.html"] == 3)
    #expect(audit.contentHits["listserv-host, data/119.html"] == 1)
    #expect(audit.contentHits["listserv-host, data/120.html"] == nil)
    #expect(audit.contentHits["listserv-host, other files in data/"] == 10)
    #expect(audit.contentHits["listserv-host, \(LeakAudit.fileNames)"] == 1)
  }

  @Test func inAnUnknownColumnItFailsUnlessTheSiteSaysHarmless() throws {
    #expect(try scan("listserv.example.com\tx\n", "e", LeakAuditTests.plugin).contentHits.count == 1)
    let error = Sample.error { _ = try scan("x\tlistserv.example.com\n", "e", LeakAuditTests.plugin) }
    #expect(error?.what.contains("column lui_plugin.other") == true)
  }

  @Test(arguments: [
    "ops@example.org", "TWO@example.net", "ops@example.org, two@example.net", "db-a", "db-b", "middle-of-the-key",
    "p\"w\\t/7\tx", "p\"w\\\\t/7\\tx", "p\\\"w\\\\t\\/7\\tx", Digest.hex(Array(200...255)), "\\nlistserv.example.com",
  ])
  func everySpellingIsFound(text: String) {
    let error = Sample.error {
      _ = try scan(
        text == "middle-of-the-key"
          ? String(repeating: "A", count: 80) + text + String(repeating: "B", count: 80) : text, "ini/x")
    }
    #expect(error?.code == .refused)
  }

  @Test(arguments: ["listserv.example.community", "mylistserv.example.com", "example.com", "db-abc", "AAAA"])
  func otherWordsAreNoLeak(text: String) throws { #expect(try scan("x=\(text)\n", "ini/x").contentHits.isEmpty) }

  @Test func commonValuesAreCountedAsSkipped() {
    var needles = NeedleCollection()
    for value in ["localhost", "admin", "123", "x"] { needles.add(value, .secret, rule: "a") }
    needles.add("localhost", .address, rule: "a")
    needles.add("anything", .none, rule: "a")
    needles.add([1, 2, 3], rule: "a")
    #expect(needles.needles.isEmpty && needles.skipped == 6)
  }

  @Test func anAddressThatIsNotMaskedIsRefused() throws {
    let audit = try audit()
    let recipients = try table("lui_recipients")
    #expect(audit.checksMask(of: recipients))
    #expect(try !audit.checksMask(of: table("lui_jobs")))
    func check(_ address: Codec.Value) throws {
      try Codec.withFields([.integer(1), .integer(1), address, .null, .null, .null]) {
        try audit.checkMask($0, of: recipients, archive: "LUI.zip")
      }
    }
    for good: Codec.Value in [.text("r-1@example.invalid"), .text(""), .null] { try check(good) }
    for bad in ["x@example.com", "x@example.invalid.com", "example.invalid"] {
      #expect(Sample.error { try check(.text(bad)) }?.what.contains("lui_recipients.email") == true)
    }
  }
}

/// What a site's rule removes is searched for unless it is a word that stands anywhere.
@Suite struct OrdinaryWordTests {
  private func count(_ text: String, isOfSite: Bool = true) -> Int {
    var needles = NeedleCollection()
    needles.add(text, .secret, rule: "x", isOfSite: isOfSite)
    return needles.needles.count
  }

  @Test(arguments: ["Primary", "Action", "Our lists", "BLUE", "Anna-Lena O'Hara", "Über uns", "a1b2", "12345"])
  func wordsAreNotSearchedFor(text: String) {
    #expect(count(text) == 0)
    #expect(count("Primary", isOfSite: false) > 0)
  }

  @Test(arguments: [
    "hunter22", "mail.example.org", "anna@corp.example", "xQzKpLmN", "correct horse battery staple again",
    "WirtschaftsprüfungsgesellschaftXYZ", "4917055501", "/srv/share/x",
  ])
  func whatTellsIsSearchedFor(text: String) { #expect(count(text) > 0) }
}
