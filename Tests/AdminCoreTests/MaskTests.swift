import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct MaskTests {
  private func masked(_ text: String, _ mask: SystemSchema.Mask, _ masker: Masker) -> String {
    masker.startRow()
    return Array(text.utf8).withUnsafeBytes { String(decoding: masker.mask($0, as: mask), as: UTF8.self) }
  }

  @Test func thePersonIsTheSameEverywhere() throws {
    let folder = try TemporaryFolder()
    let installation = try Sample.installation(folder)
    let database = try installation.openDatabase(.readWrite)
    for statement in [
      "INSERT INTO lui_recipient_lists(id, name) VALUES(1, 'l')",
      "INSERT INTO lui_jobs(id, title, state) VALUES(1, 't', 'draft')",
      "INSERT INTO lui_recipients(list_id, email, name, field_1) VALUES(1, 'Ann@Example.com', 'Ann', 'blue'), (1, 'bob@example.com', NULL, '')",
      "INSERT INTO lui_subscribers(email, first_name, notes, photo) VALUES('ann@example.COM', 'Ann', 'blue', x'ffd8')",
      "INSERT INTO trk_events(job_id, email, kind, ip_address) VALUES(1, 'ANN@EXAMPLE.COM', 'open', '10.0.0.1'), (1, NULL, 'open', NULL)",
    ] { try database.execute(statement, []) }
    let sanitizer = Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: true), backupID: try Sample.id("20261124213405-AB12"),
      database: database)
    var rows: [String: [[String: SQLValue]]] = [:]
    for table in try database.componentTables() {
      let plan = try sanitizer.plan(for: table)
      try database.rows(of: table) { row in
        if let plan, !plan.apply(row) { return }
        let values = zip(table.columns, row).map { ($0.name, SQLValue(copying: $1)) }
        rows[table.name, default: []].append(Dictionary(uniqueKeysWithValues: values))
      }
    }
    let recipients = try #require(rows["lui_recipients"])
    let subscriber = try #require(rows["lui_subscribers"]?.first)
    let events = try #require(rows["trk_events"])
    let ann = try #require(recipients[0]["email"]?.text)
    #expect(ann.hasSuffix("@example.invalid") && !ann.lowercased().contains("ann"))
    // Whoever compares without regard to case finds the same person, and whoever does not still has three spellings.
    let spellings = [recipients[0], subscriber, events[0]].compactMap { $0["email"]?.text }
    #expect(Set(spellings.map { $0.lowercased() }).count == 1 && Set(spellings).count == 3)
    #expect(recipients[1]["email"] != .text(ann))
    #expect(recipients[0]["name"] == subscriber["first_name"] && recipients[0]["name"] != "Ann")
    #expect(recipients[0]["field_1"] == subscriber["notes"] && recipients[0]["field_1"] != "blue")
    #expect(recipients[1]["name"] == .null && recipients[1]["field_1"] == "" && events[1]["email"] == .null)
    #expect(subscriber["photo"] == .null && events[0]["ip_address"] == .null)
    #expect(sanitizer.record.rules.last?.id == "mask-recipients" && sanitizer.record.rules.last?.count == 10)
  }

  @Test func addressesThatDifferInCaseOnlyStayTwo() {
    let masker = Masker()
    for (first, second) in [("Bob@example.org", "bob@example.org"), ("bob@EXAMPLE.org", "bob@example.org")] {
      let (a, b) = (masked(first, .email, masker), masked(second, .email, masker))
      #expect(a != b && a.lowercased() == b.lowercased() && a == masked(first, .email, masker))
    }
    // Whichever letters are capitals: eleven letters, and each spelling is another one.
    let spellings = (0..<2048).map { bits in
      String("bobexampleorg".prefix(11).enumerated().map { bits >> $0 & 1 == 1 ? Character($1.uppercased()) : $1 })
    }
    #expect(Set(spellings.map { masked($0 + "@x.example", .email, masker) }).count > 2030)
  }

  @Test func aRowWithHundredsOfPersonalValuesKeepsThemAll() {
    let masker = Masker()
    masker.startRow()
    let values = (0..<500).map { "person\($0)@example.com" }
    let made = values.map { value in Array(value.utf8).withUnsafeBytes { masker.mask($0, as: .email) } }
    let texts = made.map { String(decoding: $0, as: UTF8.self) }
    #expect(Set(texts).count == 500)
    for (value, text) in zip(values, texts) { #expect(masked(value, .email, masker) == text) }
  }

  @Test func anInventionHasRoomInItsColumn() {
    let masker = Masker()
    masker.startRow()
    let text = Array("+49 170 5550199".utf8).withUnsafeBytes { masker.mask($0, as: .text, limit: 9) }
    #expect(text.count == 9)
  }

  @Test func inventionsAreUnique() {
    let masker = Masker()
    let made = Set((0..<2000).map { masked("user\($0)@example.com", .email, masker) })
    #expect(made.count == 2000 && made.allSatisfy { $0.hasSuffix("@example.invalid") && $0.utf8.count <= 64 })
  }

  @Test func anotherRunInventsOthers() {
    #expect(masked("a@example.com", .email, Masker()) != masked("a@example.com", .email, Masker()))
  }

  @Test func namesAndTextsAreNotAddresses() {
    let masker = Masker()
    #expect(masked("Ann", .name, masker).hasPrefix("Name ") && masked("Ann", .text, masker).hasPrefix("text-"))
    #expect(masked("Ann", .name, masker) != masked("ann", .name, masker))
  }
}
