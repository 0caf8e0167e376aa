import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SanitizerTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
  }

  private func sanitizer(site: String = "") throws -> Sanitizer {
    if !site.isEmpty { try Sample.write(site, to: installation.rulesPath) }
    return Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: false),
      backupID: try Sample.id("20261124213405-AB12"), database: database)
  }

  /// The rows of a table as a copy would have them, by column name.
  private func copy(_ table: String, _ sanitizer: Sanitizer) throws -> [[String: SQLValue]] {
    let schema = try #require(try database.componentTables().first { $0.name == table })
    let plan = try sanitizer.plan(for: schema)
    var rows: [[String: SQLValue]] = []
    try database.rows(of: schema) { row in
      if let plan, !plan.apply(row) { return }
      rows.append(
        Dictionary(uniqueKeysWithValues: zip(schema.columns, row).map { ($0.name, SQLValue(copying: $1)) }))
    }
    return rows
  }

  private func count(_ rule: String, _ sanitizer: Sanitizer) -> Int {
    sanitizer.record.rules.first { $0.id == rule }?.count ?? -1
  }

  private static let settings: [(rule: String, name: String, value: String, after: String?)] = [
    ("distribution", "lui.public-url", "https://lui.example.com", nil),
    ("listserv-host", "lui.listserv.host", "listserv", nil), ("listserv-host", "lui.listserv.port", "2306", nil),
    ("listserv-host", "lui.listserv.client-name", "maestro", nil),
    ("listserv-host", "lui.listserv.client-password", "pw", nil),
    ("tracking-host", "trk.tracking.host", "trk.example.com", nil),
    ("tracking-host", "trk.tracking.public-url", "https://trk.example.com", nil),
    ("outbox", "lui.outbox.sending", "enabled", "disabled"), ("schedule", "hub.backup.daily.enabled", "true", "false"),
    ("schedule", "lui.reports.scheduled", "true", "false"),
    ("notifications", "hub.notifications.recipients", "a@example.com", nil),
    ("notifications", "lui.notifications.recipients", "a@example.com", nil),
    ("notifications", "trk.notifications.recipients", "a@example.com", nil),
    ("mail-identity", "lui.mail.bounce-address", "b@example.com", nil),
    ("mail-identity", "lui.mail.relay-host", "relay", nil), ("mail-identity", "lui.mail.relay-port", "25", nil),
    ("mail-identity", "lui.mail.relay-user", "u", nil), ("mail-identity", "lui.mail.relay-password", "p", nil),
    ("content-fetch", "hub.proxy.url", "http://proxy:3128", nil), ("keys", "hub.licence.key", "L", nil),
    ("backup-folder", "hub.backup.folder", "/mnt/share", "backup"),
    ("backup-folder", "lui.backup.folder", "../../../mnt/share", "backup"),
  ]

  @Test func everySettingBecomesSafeAndIsCounted() throws {
    let store = Settings(database)
    for setting in SanitizerTests.settings { try store.store(setting.name, setting.value) }
    for (name, value) in [
      ("trk.backup.folder", "archive/own"), ("hub.backup.history", "7"), ("lui.general.language", "de"),
    ] {
      try store.store(name, value)
    }
    let sanitizer = try sanitizer()
    let rows = try copy("hub_settings", sanitizer)
    func value(_ name: String) -> SQLValue? { rows.first { $0["name"] == .text(name) }?["value"] }
    for setting in SanitizerTests.settings {
      #expect(value(setting.name) == SQLValue(setting.after), "\(setting.name)")
    }
    #expect(value("trk.backup.folder") == "archive/own" && value("hub.backup.history") == "7")
    #expect(value("lui.general.language") == "de" && sanitizer.findings.isEmpty)
    for rule in Set(SanitizerTests.settings.map(\.rule)) {
      #expect(count(rule, sanitizer) == SanitizerTests.settings.count { $0.rule == rule }, "\(rule)")
    }
    let hosts = Set(sanitizer.productionHosts.hosts.map(\.description))
    #expect(hosts.isSuperset(of: ["listserv", "trk.example.com", "lui.example.com", "relay", "proxy"]))
  }

  @Test func anUnsetSettingHasNoDefaultThatReachesAnything() {
    for definition in SettingCatalogue.definitions {
      switch definition.kind {
      case .host, .url, .addresses, .secret: #expect(definition.defaultValue == nil, "\(definition.name)")
      default: break
      }
    }
    #expect(SettingCatalogue["lui.outbox.sending"]?.defaultValue == "disabled")
  }

  @Test func jobsWaitForAReview() throws {
    for statement in [
      "INSERT INTO hub_database_connections(id, name) VALUES(1, 'crm')",
      "INSERT INTO lui_recipient_lists(id, name, connection_id) VALUES(1, 'ext', 1), (2, 'own', NULL)",
      "INSERT INTO lui_jobs(id, title, state) VALUES(1, 'a', 'sending'), (2, 'b', 'draft'), (3, 'c', 'scheduled')",
      "INSERT INTO lui_jobs(id, title, state, repeat_rule) VALUES(4, 'd', 'authorised', 'daily'), (5, 'e', 'sending', '')",
      "INSERT INTO lui_jobs(id, title, state, trigger_event) VALUES(6, 'f', 'authorised', 'join')",
      "INSERT INTO lui_jobs(id, title, state, date_field) VALUES(7, 'g', 'authorised', 'birthday')",
      "INSERT INTO lui_jobs(id, title, state, recipient_list_id) VALUES(8, 'h', 'draft', 1), (9, 'i', 'draft', 2)",
      "INSERT INTO lui_jobs(id, title, state, connection_id, origin) VALUES(10, 'j', 'delivered', 1, 'older')",
    ] { try database.execute(statement, []) }
    let sanitizer = try sanitizer()
    let jobs = try copy("lui_jobs", sanitizer)
    func ids(_ column: String, _ value: SQLValue) -> [Int64?] {
      jobs.filter { $0[column] == value }.map { $0["id"]?.integer }
    }
    #expect(ids("state", "sending") == [] && ids("state", "scheduled") == [1, 3, 5])
    #expect(ids("is_suspended", 1) == [1, 4, 5, 6, 7])
    #expect(ids("review_note", .text(BuiltInRules.selectsExternally)) == [8, 10])
    #expect(ids("origin", "20261124213405-AB12").count == 10)
    #expect(count("sending-in-progress", sanitizer) == 4 && count("auto-repeat", sanitizer) == 3)
    #expect(count("outbox", sanitizer) == 10)
  }

  private static let connections:
    [(rule: String, insert: String, table: String, after: [String: SQLValue], count: Int)] = [
      (
        "recipient-databases",
        "INSERT INTO hub_database_connections(name,kind,url,host,port,database_name,user_name,password,options) VALUES('n','mysql','jdbc:x','h',3306,'d','u','p','o=1')",
        "hub_database_connections",
        [
          "url": .null, "host": .null, "port": .null, "database_name": .null, "user_name": .null, "password": .null,
          "options": .null, "is_enabled": 0, "name": "n", "kind": "mysql",
        ], 8
      ),
      (
        "incoming-mail",
        "INSERT INTO lui_mailboxes(name,protocol,host,port,user_name,password) VALUES('n','imap','h',993,'u','p')",
        "lui_mailboxes",
        ["host": .null, "port": .null, "user_name": .null, "password": .null, "is_enabled": 0, "protocol": "imap"], 5
      ),
      (
        "mail-identity",
        "INSERT INTO lui_sender_profiles(name,from_address,bounce_address,relay_host,relay_user,relay_password,dkim_domain,dkim_selector,dkim_private_key) VALUES('n','f@x.org','b@x.org','r','u','p','x.org','sel','k')",
        "lui_sender_profiles",
        [
          "from_address": "f@x.org", "bounce_address": .null, "relay_host": .null, "relay_user": .null,
          "relay_password": .null, "dkim_domain": .null, "dkim_selector": .null, "dkim_private_key": .null,
        ], 7
      ),
      (
        "directory",
        "INSERT INTO hub_directories(name,url,bind_dn,bind_password,client_secret,base_dn) VALUES('n','ldap://x','cn','p','s','dc')",
        "hub_directories",
        [
          "url": .null, "bind_dn": .null, "bind_password": .null, "client_secret": .null, "base_dn": .null,
          "is_enabled": 0,
        ], 6
      ),
      (
        "content-fetch", "INSERT INTO lui_feeds(name,url,authorization_header) VALUES('n','https://x','Basic x')",
        "lui_feeds", ["url": .null, "authorization_header": .null, "is_enabled": 0], 3
      ),
      (
        "content-fetch",
        "INSERT INTO lui_drop_ins(name,content,url,user_name,password) VALUES('n','c','https://x','u','p')",
        "lui_drop_ins", ["url": .null, "user_name": .null, "password": .null, "is_enabled": 0, "content": "c"], 4
      ),
      (
        "content-fetch", "INSERT INTO lui_drop_ins(name,content) VALUES('n','c')", "lui_drop_ins",
        ["is_enabled": 1, "content": "c"], 0
      ),
      (
        "content-fetch", "INSERT INTO hub_web_hooks(name,event,url,secret) VALUES('n','e','https://x','s')",
        "hub_web_hooks", ["url": .null, "secret": .null, "is_enabled": 0, "event": "e"], 3
      ),
      (
        "content-fetch", "INSERT INTO hub_api_keys(name,secret) VALUES('n','s')", "hub_api_keys",
        ["secret": .null, "is_enabled": 0], 2
      ),
      (
        "keys", "INSERT INTO hub_key_stores(name,content,password) VALUES('n',x'feedfeed00000002','p')",
        "hub_key_stores", ["content": .null, "password": .null, "name": "n"], 2
      ),
      (
        "schedule", "INSERT INTO lui_reports(name,is_scheduled,schedule_rule) VALUES('n',1,'weekly')",
        "lui_reports", ["is_scheduled": 0, "schedule_rule": "weekly"], 1
      ),
      (
        "notifications", "INSERT INTO lui_reports(name,mail_to) VALUES('n','a@x.org')", "lui_reports",
        ["mail_to": .null], 1
      ),
    ]

  @Test(arguments: SanitizerTests.connections.indices)
  func connectionsLoseTheMeansAndThePermission(index: Int) throws {
    let one = SanitizerTests.connections[index]
    try database.execute(one.insert, [])
    let sanitizer = try sanitizer()
    let row = try #require(try copy(one.table, sanitizer).first)
    for (column, value) in one.after { #expect(row[column] == value, "\(column)") }
    #expect(count(one.rule, sanitizer) == one.count && sanitizer.findings.isEmpty)
    #expect(sanitizer.samples.allSatisfy { !["p", "s", "k", "Basic x"].contains($0.before) }, "a secret is shown")
  }

  @Test func sessionsAndTokensAreLeftOut() throws {
    try database.execute("INSERT INTO hub_sessions(token) VALUES('a'), ('b')", [])
    try database.execute("INSERT INTO hub_one_time_tokens(token) VALUES('c')", [])
    let sanitizer = try sanitizer()
    #expect(try copy("hub_sessions", sanitizer).isEmpty && copy("hub_one_time_tokens", sanitizer).isEmpty)
    #expect(count("keys", sanitizer) == 3)
  }

  @Test func whatIsAlreadySafeIsNotCounted() throws {
    try Settings(database).store("lui.outbox.sending", "disabled")
    try database.execute("INSERT INTO lui_mailboxes(name, is_enabled) VALUES('n', 0)", [])
    let sanitizer = try sanitizer()
    for table in try database.componentTables() { _ = try copy(table.name, sanitizer) }
    #expect(sanitizer.record.rules.allSatisfy { $0.count == 0 })
  }

  @Test func columnsThatMustHaveAValueGetTheEmptyOne() throws {
    try database.execute(
      "CREATE TABLE lui_plugin(t TEXT NOT NULL, b BLOB NOT NULL, i INT NOT NULL, n TEXT, k INT NOT NULL) STRICT", [])
    try database.execute("INSERT INTO lui_plugin VALUES('secret', x'0102', 77, 'x', 0)", [])
    let rules = ["t", "b", "i", "n", "k"].map { "  - {id: p-\($0), column: lui_plugin.\($0), action: unset}\n" }
    let sanitizer = try sanitizer(site: "rules:\n" + rules.joined())
    #expect(try copy("lui_plugin", sanitizer) == [["t": "", "b": .binary([]), "i": 0, "n": .null, "k": 0]])
    #expect(sanitizer.record.rules.filter { $0.id.hasPrefix("p-") }.map(\.count) == [1, 1, 1, 1, 0])
  }

  @Test func aSiteSetsNumbersInColumnsOfNumbers() throws {
    try database.execute("CREATE TABLE lui_plugin(a BOOLEAN, r REAL, t TEXT)", [])
    try database.execute("INSERT INTO lui_plugin VALUES(1, 9.5, 'on')", [])
    let sanitizer = try sanitizer(
      site: "rules:\n"
        + [("a", "0"), ("r", "1.5"), ("t", "0")].map {
          "  - {id: p-\($0), column: lui_plugin.\($0), set: '\($1)'}\n"
        }.joined())
    #expect(try copy("lui_plugin", sanitizer) == [["a": 0, "r": .real(1.5), "t": "0"]])
  }
}
