import Foundation
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct FindingTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
  }

  private func findings(site: String = "") throws -> [String] {
    if !site.isEmpty { try Sample.write(site, to: installation.rulesPath) }
    let sanitizer = Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: false),
      backupID: try Sample.id("20261124213405-AB12"), database: database)
    try sanitizer.checkSettings(Settings(database))
    for table in try database.componentTables() {
      guard let plan = try sanitizer.plan(for: table) else { continue }
      try database.rows(of: table) { _ = plan.apply($0) }
    }
    return sanitizer.findings.map(\.target.description)
  }

  @Test func aFreshInstallationHasNone() throws { #expect(try findings().isEmpty) }

  @Test func unknownSettingsAreNamedOnce() throws {
    let store = Settings(database)
    for (name, value) in [
      ("lui.plugin.host", "intranet"), ("lui.plugin.colour", "web.example.com"), ("lui.plugin.size", "5"),
      ("lui.plugin.password", "x"), ("lui.plugin.server", ""), ("lui.general.charset", "db.example.com"),
    ] { try store.store(name, value) }
    #expect(
      try findings().sorted() == [
        "setting lui.general.charset", "setting lui.plugin.colour", "setting lui.plugin.host",
        "setting lui.plugin.password",
      ])
    let site = "harmless: [{setting: lui.plugin.host}]\nrules: [{id: s, setting: lui.plugin.password, action: unset}]"
    #expect(try findings(site: site).sorted() == ["setting lui.general.charset", "setting lui.plugin.colour"])
  }

  @Test func unknownColumnsAreLookedAtByNameAndValue() throws {
    for statement in [
      "ALTER TABLE lui_jobs ADD COLUMN mirror_host TEXT", "ALTER TABLE lui_jobs ADD COLUMN shade TEXT",
      "INSERT INTO lui_jobs(title, state, mirror_host, shade) VALUES('t', 'draft', 'intranet', 'blue')",
      "CREATE TABLE trk_plugin(id INTEGER PRIMARY KEY, a TEXT, b BLOB, c INT, d BLOB, api_key TEXT, note TEXT, e REAL)",
      "INSERT INTO trk_plugin(a) VALUES('fine')",
      "INSERT INTO trk_plugin VALUES(2, 'https://x', x'feedfeed000000020000', 5, cast('mail.example.com' AS BLOB), 'k', NULL, 1.5)",
    ] { try database.execute(statement, []) }
    let all = ["lui_jobs.mirror_host", "trk_plugin.a", "trk_plugin.api_key", "trk_plugin.b", "trk_plugin.d"]
    #expect(try findings().sorted() == all.map { "column \($0)" })
    let site =
      "harmless: [{column: trk_plugin.a, because: x}]\nrules: [{id: s, column: lui_jobs.mirror_host, action: unset}]"
    #expect(
      try findings(site: site).sorted()
        == ["trk_plugin.api_key", "trk_plugin.b", "trk_plugin.d"].map { "column \($0)" })
    #expect(
      try findings(site: "rules: [{id: s, rows: trk_plugin, action: leave-out}]") == ["column lui_jobs.mirror_host"])
  }

  @Test func whatUsersWroteIsNoOffence() throws {
    try database.execute(
      "INSERT INTO lui_jobs(title, state, body_html) VALUES('mail.example.com', 'draft', 'see https://example.com')", []
    )
    #expect(try findings().isEmpty)
  }

  @Test func theMessageNamesAllAndTheWayOut() throws {
    let store = Settings(database)
    for name in ["lui.a.password", "lui.b.password"] { try store.store(name, "hunter22") }
    let sanitizer = Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: false),
      backupID: try Sample.id("20261124213405-AB12"), database: database)
    try sanitizer.checkSettings(store)
    let message = Sample.error { try sanitizer.refuseFindings(rulesPath: "R.yaml") }?.description ?? ""
    #expect(message.contains("lui.a.password") && message.contains("lui.b.password") && message.contains("R.yaml"))
    #expect(!message.contains("hunter22"))
    // Each of the lines is a whole text; all of them, one under the other, are one file.
    let pasted = sanitizer.findings.map { $0.remedy.components(separatedBy: " or harmless: ")[0] }
    #expect(pasted.allSatisfy { $0.hasPrefix("rules: [{id: site-") })
    let site = try SiteRules(yaml: pasted.joined(separator: "\n"), path: "R.yaml")
    #expect(site.rules.map(\.matches[0].target) == sanitizer.findings.map(\.target))
    #expect(Set(site.rules.map(\.id)).count == 2)
  }

  @Test func aRowOfNamesAndValuesIsAnsweredAlone() throws {
    for statement in [
      "CREATE TABLE lui_options(name TEXT, value TEXT)",
      "INSERT INTO lui_options VALUES('blogname', 'Our lists'), ('Mail_Host', 'mail.example.org'), ('ftp', 'ftp.example.org'), (NULL, 'x.example.org')",
    ] { try database.execute(statement, []) }
    #expect(try findings() == ["column lui_options.value"])
    let mail = "rules: [{id: m, column: lui_options.value, when: {name: mail_*}, action: unset}]\n"
    #expect(try findings(site: mail) == ["column lui_options.value"])
    let ftp = "harmless: [{column: lui_options.value, when: {name: FTP}}]\n"
    #expect(try findings(site: mail + ftp) == ["column lui_options.value"])
    let rest = "rules: [{id: r, rows: lui_options, when: {value: x.*}, action: leave-out}]\n"
    #expect(try findings(site: mail + ftp + rest).isEmpty)
    // What a rule set is its answer, even when it looks dangerous.
    let set = "rules: [{id: m, column: lui_options.value, when: {name: mail_*}, set: mail.test.example}]\n"
    #expect(try findings(site: set + ftp + rest).isEmpty)
  }

  @Test func aRuleForAColumnThatIsNotThereIsNamed() throws {
    try database.execute("CREATE TABLE lui_options(name TEXT, value TEXT)", [])
    let error = Sample.error {
      _ = try findings(site: "rules: [{id: m, column: lui_options.value, when: {nmae: x}, action: unset}]")
    }
    #expect(error?.what.contains("nmae") == true && error?.next.contains("test-bed-rules.yaml") == true)
  }
}
