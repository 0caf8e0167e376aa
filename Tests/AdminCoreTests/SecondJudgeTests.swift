import Testing

@testable import Database
@testable import Detection
@testable import Installation
@testable import Platform
@testable import TestBed

/// The judge that reads finished archives and knows nothing of what the rules did.
@Suite struct SecondJudgeTests {
  private let archive = "/backups/.LUI_TestBedBackup_20261124213405-AB12.zip.0123456789ab.partial"
  private let unknown = TableSchema(
    name: "lui_plugin",
    columns: [
      .init(name: "id", type: .integer, declared: "INTEGER"), .init(name: "v", type: .text, declared: "TEXT"),
      .init(name: "b", type: .binary, declared: "BLOB"),
    ], primaryKey: ["id"])

  /// What it says of an entry that holds `text`, in one piece and in pieces; nil when everything is explained.
  private func verdict(_ entry: String, _ text: String, _ table: TableSchema? = nil, site: String = "") throws
    -> String?
  {
    let rules = RuleSet.testBed(try SiteRules(yaml: site, path: "rules"), maskRecipients: false)
    func look(_ pieces: [ArraySlice<UInt8>]) throws -> String? {
      let audit = LeakAudit(NeedleCollection(), rules, tables: table.map { [$0] } ?? [])
      let inspector = audit.inspector(of: entry, archive: archive, table: table)
      do {
        for piece in pieces { try Array(piece).withUnsafeBytes { try inspector.scan($0) } }
        try inspector.finish()
      } catch let error as AdminError {
        #expect(error.code == .refused && !error.description.contains("hunter2"))
        return error.what
      }
      return nil
    }
    let bytes = Array(text.utf8)
    let whole = try look([bytes[...]])
    #expect(try look([bytes[..<(bytes.count / 2)], bytes[(bytes.count / 2)...]]) == whole)
    return whole
  }

  @Test func everyCellOfAnUnknownTableIsToBeExplained() throws {
    let entry = "database/lui_plugin.copy"
    #expect(try verdict(entry, "1\tplain words\t\\N\n2\t\\N\t\\\\x00ff\n", unknown) == nil)
    let found = try verdict(entry, "1\tplain\t\\N\n2\tsmtp://u:hunter2@relay.other.example\t\\N\n", unknown)
    #expect(found?.contains("column lui_plugin.v") == true)
    // JSON is escaped once more in a row, and bytes stand there as digits.
    #expect(try verdict(entry, "1\t{\"u\":\"https:\\\\/\\\\/crm.other.example\"}\t\\N\n", unknown) != nil)
    let digits = "password=hunter2".utf8.map { String($0, radix: 16) }.joined()
    #expect(try verdict(entry, "1\t\\N\t\\\\x\(digits)\n", unknown)?.contains("lui_plugin.b") == true)
    let answer = "harmless: [{column: lui_plugin.v}]"
    #expect(try verdict(entry, "2\thttps://relay.other.example\t\\N\n", unknown, site: answer) == nil)
  }

  @Test func aKnownColumnAtWhichNoRuleLooksIsReadToo() throws {
    let table = try #require(SystemSchema.tables.first { $0.name == "lui_mailboxes" })
    let row = table.columns.map { $0.name == "folder" ? "imap://imap9.other.example/INBOX" : "1" }
    #expect(try verdict("database/lui_mailboxes.copy", row.joined(separator: "\t") + "\n", table) != nil)
    let jobs = try #require(SystemSchema.tables.first { $0.name == "lui_jobs" })
    let content = jobs.columns.map { $0.name == "body_html" ? "see https://www.other.example/" : "1" }
    #expect(try verdict("database/lui_jobs.copy", content.joined(separator: "\t") + "\n", jobs) == nil)
  }

  @Test func settingsAreJudgedByTheirOwnNames() throws {
    let table = try #require(SystemSchema.tables.first { $0.name == Settings.table })
    func rows(_ value: String) -> String { "lui.plugin.state\t\(value)\n" }
    let entry = "database/hub_settings.copy"
    #expect(try verdict(entry, rows("on"), table) == nil)
    #expect(try verdict(entry, rows("relay.other.example"), table)?.contains("setting lui.plugin.state") == true)
    #expect(
      try verdict(entry, rows("relay.other.example"), table, site: "harmless: [{setting: lui.plugin.state}]") == nil)
    // What a restore wrote into a copy is nothing of production's.
    let random = String(repeating: "0a1b2c3d", count: 8)
    #expect(try verdict(entry, "hub.test-system.production-hosts\t[{\"salt\":\"\(random)\"}]\n", table) == nil)
  }

  @Test func filesBesideTheDataFolderAreReadAndThoseInItAreTheUsers() throws {
    let text = "smtp.host=relay.other.example\nsmtp.password=hunter2hunter2\n"
    #expect(try verdict("ini/lui.ini", "lui.host=localhost\nlui.port=1809\ndatabase.url=internal\n") == nil)
    #expect(try verdict("ini/lui.ini", text) != nil)
    #expect(try verdict("home/conf/mail.properties", text)?.contains("conf/mail.properties") == true)
    #expect(try verdict("home/conf/mail", text)?.contains("file lui/conf/mail") == true)
    #expect(try verdict("home/conf/mail", text, site: "harmless: [{file: lui/conf/mail}]") == nil)
    #expect(try verdict("data/letters/mail.html", "<p>see https://www.other.example/</p>") == nil)
  }
}
