import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A key that a rule unsets keeps what makes it a key: each row has a value of its own, the same where it is referred to.
@Suite struct KeyColumnTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
  }

  private func rows(
    _ tables: [String], site: String, key: [UInt8] = Array(repeating: 7, count: 32), masks: Bool = false
  ) throws -> [String: [[String: SQLValue]]] {
    let all = try database.componentTables()
    let sanitizer = Sanitizer(
      RuleSet.testBed(try SiteRules(yaml: site, path: "R"), maskRecipients: masks).fitted(to: all),
      backupID: try Sample.id("20261124213405-AB12"), database: database, masker: Masker(key: key))
    var result: [String: [[String: SQLValue]]] = [:]
    for table in all where tables.contains(table.name) {
      let plan = try sanitizer.plan(for: table)
      try database.rows(of: table) { row in
        if let plan, !plan.apply(row) { return }
        result[table.name, default: []].append(
          Dictionary(uniqueKeysWithValues: zip(table.columns, row).map { ($0.name, SQLValue(copying: $1)) }))
      }
    }
    return result
  }

  private func run(_ statements: [String]) throws { for text in statements { try database.execute(text, []) } }

  @Test func tokensAndAddressesBecomeOthersAndStayJoined() throws {
    try run([
      "CREATE TABLE lui_users(id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, nick TEXT UNIQUE)",
      "INSERT INTO lui_users VALUES(1, 'anna@corp.example', 'a'), (2, 'ben@corp.example', NULL), (3, '', 'c')",
      "CREATE TABLE lui_tokens(token TEXT PRIMARY KEY, guid TEXT NOT NULL UNIQUE)",
      "INSERT INTO lui_tokens VALUES('q1f9c1d07be24aK9', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'), ('q2f9c1d07be24bL8', '6ba7b811-9dad-11d1-80b4-00c04fd430c8')",
      "CREATE TABLE lui_uses(token TEXT REFERENCES lui_tokens(token), note TEXT)",
      "INSERT INTO lui_uses VALUES('q1f9c1d07be24aK9', 'x'), (NULL, 'y')",
      "CREATE TABLE lui_uses_of_uses(token TEXT NOT NULL REFERENCES lui_tokens, at TEXT)",
      "INSERT INTO lui_uses_of_uses VALUES('q2f9c1d07be24bL8', 'z')",
    ])
    let site = """
      rules: [{id: a, column: lui_users.login, action: unset}, {id: n, column: lui_users.nick, action: unset}]
      rules: [{id: t, column: lui_tokens.token, action: unset}, {id: g, column: lui_tokens.guid, action: unset}]
      """
    let tables = ["lui_users", "lui_tokens", "lui_uses", "lui_uses_of_uses"]
    let made = try rows(tables, site: site)
    let logins = try #require(made["lui_users"]).compactMap { $0["login"]?.text }
    #expect(
      Set(logins).count == 3 && logins[2] == "" && logins.prefix(2).allSatisfy { $0.hasSuffix("@example.invalid") })
    // Where nothing must be there nothing is.
    #expect(try #require(made["lui_users"]).allSatisfy { $0["nick"] == .null })
    let tokens = try #require(made["lui_tokens"])
    #expect(tokens[0]["token"] != tokens[1]["token"] && tokens[0]["token"]?.text?.hasPrefix("removed-") == true)
    #expect(tokens.allSatisfy { $0["guid"]?.text?.utf8.count == 36 } && tokens[0]["guid"] != tokens[1]["guid"])
    // What refers to a key follows it, named by a rule or not.
    #expect(made["lui_uses"]?.map { $0["token"] } == [tokens[0]["token"], .null])
    #expect(made["lui_uses_of_uses"]?.first?["token"] == tokens[1]["token"])
    // Another machine of the same run invents the same, another run others.
    #expect(try rows(tables, site: site) == made)
    let other = try rows(tables, site: site, key: Array(repeating: 8, count: 32))
    #expect(other["lui_tokens"]?[0]["token"] != tokens[0]["token"])
    for text in logins.prefix(2) + tokens.compactMap({ $0["token"]?.text }) { #expect(Masker.isInvention(text)) }
  }

  @Test func numbersAndBytesStayApart() throws {
    try run([
      "CREATE TABLE lui_calls(msisdn BIGINT NOT NULL UNIQUE, mac BLOB NOT NULL UNIQUE, day DATE NOT NULL UNIQUE)",
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO lui_calls SELECT 4917055500000 + i, randomblob(8), 'd' || i FROM n",
    ])
    let site = ["msisdn", "mac", "day"].map { "rules: [{id: \($0), column: lui_calls.\($0), action: unset}]" }
    let made = try #require(try rows(["lui_calls"], site: site.joined(separator: "\n"))["lui_calls"])
    #expect(Set(made.compactMap { $0["msisdn"]?.integer }).count == 1000)
    #expect(made.allSatisfy { !(4_917_055_500_000..<4_917_055_501_000).contains($0["msisdn"]?.integer ?? 0) })
    #expect(Set(made.map { "\($0["mac"] ?? .null)" }).count == 1000)
    #expect(Set(made.map { "\($0["day"] ?? .null)" }).count == 1000)
  }

  @Test func aFewNumbersAreShuffledWithoutAClash() {
    let masker = Masker()
    func made(_ values: some Sequence<Int64>, _ kind: InventedForm.Kind) -> [Int64] {
      values.compactMap { value in
        masker.startRow()
        let form = InventedForm(kind: kind)
        return SQLValue(copying: masker.invent(for: .integer(value), form)).integer
      }
    }
    #expect(Set(made(0..<128, .integer(bits: 7))) == Set(0..<128))
    #expect(Set(made(-128..<0, .integer(bits: 7))) == Set(-128..<0))
    #expect(Set(made(0..<1000, .digits(3))) == Set(0..<1000) && made(0..<1000, .digits(3)) != Array(0..<1000))
  }

  @Test func datesStayDatesAndApart() {
    let masker = Masker()
    let form = InventedForm(kind: .date)
    var made: Set<String> = []
    for year in 1900..<1930 {
      for month in 1...12 {
        let text = "\(year)-\(month < 10 ? "0" : "")\(month)-28"
        masker.startRow()
        let new = Array(text.utf8).withUnsafeBytes { SQLValue(copying: masker.invent(for: .text($0), form)).text ?? "" }
        #expect(new.wholeMatch(of: /[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])/) != nil, "\(new)")
        made.insert(new)
      }
    }
    #expect(made.count == 360)
  }

  @Test(arguments: [
    ("CREATE TABLE lui_t(code VARCHAR(4) PRIMARY KEY)", "lui_t.code", "room for 4 characters"),
    ("CREATE TABLE lui_t(id INTEGER PRIMARY KEY AUTOINCREMENT)", "lui_t.id", "counts the table's rows"),
    (
      "CREATE TABLE lui_p(k TEXT PRIMARY KEY); CREATE TABLE lui_t(k TEXT NOT NULL REFERENCES lui_p(k))", "lui_t.k",
      "refers to lui_p.k"
    ),
  ])
  func whatCannotBeInventedIsSaidBeforeAnythingIsWritten(tables: String, column: String, what: String) throws {
    try run(tables.split(separator: ";").map(String.init))
    let error = Sample.error {
      _ = try rows(["lui_t"], site: "rules: [{id: own, column: \(column), action: unset}]")
    }
    #expect(error?.code == .refused && error?.what.contains(what) == true, "\(error?.description ?? "nothing")")
    #expect(error?.location == column && error?.what.contains("own") == true)
  }

  @Test func aReferenceThatMayBeNullBecomesNull() throws {
    try run([
      "CREATE TABLE lui_p(k TEXT PRIMARY KEY)", "CREATE TABLE lui_t(k TEXT REFERENCES lui_p(k))",
      "INSERT INTO lui_p VALUES('x')", "INSERT INTO lui_t VALUES('x')",
    ])
    let made = try rows(["lui_p", "lui_t"], site: "rules: [{id: a, column: lui_t.k, action: unset}]")
    #expect(made["lui_t"]?.first?["k"] == .null && made["lui_p"]?.first?["k"] == "x")
  }

  @Test func someRowsOfAKeyThatOthersReferToAreRefused() throws {
    try run(["CREATE TABLE lui_p(k TEXT PRIMARY KEY)", "CREATE TABLE lui_t(k TEXT REFERENCES lui_p(k))"])
    let site = "rules: [{id: a, column: lui_p.k, when: {k: x*}, action: unset}]"
    #expect(Sample.error { _ = try rows(["lui_p"], site: site) }?.what.contains("some rows only") == true)
  }

  @Test func keysThatDifferInCaseFollowTheirDatabase() throws {
    let masker = Masker()
    func made(_ text: String, _ comparison: InventedForm.Comparison) -> String? {
      masker.startRow()
      let form = InventedForm(kind: .text(limit: 40), comparison: comparison)
      return Array(text.utf8).withUnsafeBytes { SQLValue(copying: masker.invent(for: .text($0), form)).text }
    }
    #expect(made("Token", .exact) != made("token", .exact) && made("Token", .asciiCase) == made("token", .asciiCase))
    #expect(made("Ökey ", .caseAndBlanks) == made("ökey", .caseAndBlanks) && made("a ", .exact) != made("a", .exact))
    for limit in [12, 20, 21, 36, 100] {
      masker.startRow()
      let text = Array("abc".utf8).withUnsafeBytes {
        SQLValue(copying: masker.invent(for: .text($0), InventedForm(kind: .text(limit: limit)))).text ?? ""
      }
      #expect((12...limit).contains(text.utf8.count))
    }
  }

  // MARK: - Masking

  @Test func unknownColumnsOfPersonsArePersonal() throws {
    try run([
      "ALTER TABLE lui_subscribers ADD COLUMN phone TEXT", "ALTER TABLE lui_subscribers ADD COLUMN born DATE",
      "ALTER TABLE lui_subscribers ADD COLUMN shoe INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE lui_subscribers ADD COLUMN tier TEXT",
      "INSERT INTO lui_subscribers(id, email, phone, born, shoe, tier) VALUES(1, 'a@b.example', '+49 170 5550199', '1970-02-03', 43, 'gold')",
      "CREATE TABLE lui_streets(id INTEGER PRIMARY KEY, who INTEGER REFERENCES lui_subscribers(id), street TEXT)",
      "INSERT INTO lui_streets VALUES(7, 1, 'Lindenallee 7')",
      "CREATE TABLE trk_calls(id INTEGER PRIMARY KEY, mobile INTEGER, remark TEXT, mail TEXT)",
      "INSERT INTO trk_calls VALUES(1, 491705550199, 'called twice', 'A@B.example')",
      "CREATE TABLE lui_colours(id INTEGER PRIMARY KEY, mailing_id INTEGER, colour TEXT, mail_host TEXT)",
      "INSERT INTO lui_colours VALUES(1, 5, 'blue', '')",
    ])
    let tables = ["lui_subscribers", "lui_streets", "trk_calls", "lui_colours"]
    let made = try rows(tables, site: "harmless: [{column: lui_subscribers.tier}]", masks: true)
    let person = try #require(made["lui_subscribers"]?.first)
    #expect(person["phone"]?.text?.hasPrefix("text-") == true && person["born"] == .null && person["shoe"] == 0)
    #expect(person["tier"] == "gold" && person["id"] == 1)
    #expect(made["lui_streets"]?.first?["street"]?.text?.hasPrefix("text-") == true)
    #expect(made["lui_streets"]?.first?["who"] == 1 && made["lui_streets"]?.first?["id"] == 7)
    #expect(made["trk_calls"]?.first?["mobile"] == .null)
    #expect(made["trk_calls"]?.first?["mail"]?.text?.lowercased() == person["email"]?.text)
    #expect(made["lui_colours"]?.first?["colour"] == "blue" && made["lui_colours"]?.first?["mailing_id"] == 5)
    // Without the masking they are as they were, or a finding.
    #expect(try rows(tables, site: "")["lui_streets"]?.first?["street"] == "Lindenallee 7")
  }

  @Test func aMaskedTextThatIsReferredToIsTheSameThere() throws {
    try run([
      "CREATE TABLE lui_people(phone VARCHAR(10) PRIMARY KEY, name TEXT)",
      "CREATE TABLE lui_orders(nr TEXT PRIMARY KEY, buyer VARCHAR(10) REFERENCES lui_people(phone))",
      "CREATE TABLE lui_items(nr TEXT REFERENCES lui_orders(nr), goods TEXT)",
      "INSERT INTO lui_people VALUES('0170555', 'Ann')", "INSERT INTO lui_orders VALUES('o-1', '0170555')",
      "INSERT INTO lui_items VALUES('o-1', 'book')",
    ])
    let made = try rows(["lui_people", "lui_orders", "lui_items"], site: "", masks: true)
    let order = try #require(made["lui_orders"]?.first)
    #expect(order["buyer"] == made["lui_people"]?.first?["phone"] && order["buyer"]?.text?.utf8.count == 10)
    #expect(order["nr"] == made["lui_items"]?.first?["nr"] && order["nr"] != "o-1")
    #expect(made["lui_items"]?.first?["goods"] == "book")
  }
}
