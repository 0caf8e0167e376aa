import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Detection
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SanitizerIniTests {
  private let folder: TemporaryFolder
  private let installation: Installation

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
  }

  private func sanitizer(site: String = "", isTestBed: Bool = true) throws -> Sanitizer {
    if !site.isEmpty { try Sample.write(site, to: installation.rulesPath) }
    return Sanitizer(
      isTestBed ? try .testBed(site: installation.rulesPath, maskRecipients: false) : .none,
      backupID: try Sample.id("20261124213405-AB12"), database: try installation.openDatabase(.readOnly))
  }

  private func sanitized(_ text: String, _ sanitizer: Sanitizer, of component: Component = .lui) throws -> String {
    var ini = try IniFile(Array(text.utf8), name: component.iniName)
    sanitizer.sanitize(&ini, of: component)
    return String(decoding: ini.bytes, as: UTF8.self)
  }

  private static let production = """
    # Mail & more\r
    component.host = lui.example.com\r
    component.port=9999
    hub.host=10.1.2.3
    hub.port=18080
    trk.host=
    database.url=mysql://db.example.com/maestro
    database.user=maestro
    database.password=hunter22
    instance.id=LUI-ABC
    tls.keystore=/etc/keys/lui.p12
    tls.keystore.password=changeit
    ui.colour=blue

    """

  @Test func theFileBecomesThatOfASingleServer() throws {
    let sanitizer = try sanitizer()
    let expected = """
      # Mail & more\r
      component.host = localhost\r
      component.port=1809
      hub.host=localhost
      hub.port=1808
      trk.host=
      database.url=internal
      database.user=
      database.password=
      instance.id=
      tls.keystore=
      tls.keystore.password=
      ui.colour=blue

      """
    #expect(try sanitized(SanitizerIniTests.production, sanitizer) == expected)
    let counts = Dictionary(uniqueKeysWithValues: sanitizer.record.rules.map { ($0.id, $0.count) })
    #expect(counts["distribution"] == 4 && counts["system-database"] == 3 && counts["instance-id"] == 1)
    #expect(counts["keys"] == 2 && counts["comments"] == 0 && sanitizer.findings.isEmpty)
    #expect(
      sanitizer.productionHosts.hosts.map(\.description).sorted() == ["10.1.2.3", "db.example.com", "lui.example.com"])
  }

  @Test func aNormalBackupChangesNothing() throws {
    let sanitizer = try sanitizer(isTestBed: false)
    #expect(try sanitized(SanitizerIniTests.production, sanitizer) == SanitizerIniTests.production)
    #expect(sanitizer.record.rules.isEmpty && sanitizer.findings.isEmpty)
  }

  @Test(arguments: [
    "# the old host was mail.example.com", "# password hunter22", "#database.password=hunter22", "#ui.url=x",
    "#component.host=intranet", "# see https://wiki", "## 10.0.0.1", "# ask ops@example.com", "#ui.key=/etc/x",
  ])
  func commentsThatTellAreBlanked(comment: String) throws {
    let sanitizer = try sanitizer()
    let result = try sanitized("a=1\r\n\(comment)\r\n\(comment)", sanitizer)
    #expect(
      result
        == "a=1\r\n# (a comment was removed by the test-bed backup)\r\n# (a comment was removed by the test-bed backup)"
    )
    #expect(sanitizer.record.rules.first { $0.id == "comments" }?.count == 2)
  }

  @Test(arguments: [
    "# plain words", "#ui.colour=red", "#", "# The system database: internal, or a URL", "#component.port=",
  ])
  func otherCommentsStay(comment: String) throws {
    #expect(try sanitized(comment + "\n", try sanitizer()) == comment + "\n" || comment == "#component.port=")
  }

  @Test(arguments: [
    ("ui.mirror-host=intranet", "mirror-host"), ("ui.x=mirror.example.com", "ui.x"), ("ui.secret=a", "ui.secret"),
    ("Database.Password=x", "Database.Password"), ("ui.x\\\n  =mirror\\\n  .example.com", "ui.x"),
    ("ui.\\u0068ost: intranet", "ui.host"), ("ui.host intranet", "ui.host"), ("ui.x=\\u0068ttps\\://x", "ui.x"),
    ("ui.x=b\u{FC}ro.example.com", "ui.x"), ("ui.secret=a\nui.secret=", "ui.secret"),
    ("a\rui.secret\t=a\rb", "ui.secret"),
    ("plugin.url:https://user:hunter22@crm.example.com/?ssl=true", "plugin.url"), ("#x\\\nui.secret=a", "ui.secret"),
    ("ui.x=a\\\n#b.example.com", "ui.x"), ("=https://x", ":"),
  ])
  func anUnknownKeyThatLooksDangerousIsNamed(line: String, key: String) throws {
    let sanitizer = try sanitizer()
    #expect(try sanitized(line + "\n", sanitizer) == line + "\n")
    let error = Sample.error { try sanitizer.refuseFindings(rulesPath: "RULES") }
    #expect(error?.code == .refused && error?.location.contains("ini lui.ini:") == true)
    #expect(error?.location.contains(key) == true && error?.next.contains("RULES") == true)
  }

  @Test(arguments: [
    "https\\://user\\:hunter22@crm.example.com/?ssl=true", "10.1.2.3 = yes", "ops@crm.example.com",
    "a\\=b\\ hunter22@db.example.com=1",
    "#database.password=\\\n#  hunter22", "#database.password=\\\n  hunter22", "!database.password: hunter22",
    "! password hunter22", "# component.host intranet",
  ])
  func whatStandsInThePlaceOfAKeyOrAfterOneGoes(lines: String) throws {
    let sanitizer = try sanitizer()
    let result = try sanitized(lines + "\nui.colour=blue\n", sanitizer)
    let count = lines.split(separator: "\n").count
    #expect(
      result.split(separator: "\n")
        == Array(repeating: "# (a comment was removed by the test-bed backup)", count: count) + ["ui.colour=blue"])
    #expect(sanitizer.findings.isEmpty)
  }

  @Test func aRuleMeetsAKeyInEverySpellingAndEachTimeItIsGiven() throws {
    let sanitizer = try sanitizer()
    let text =
      "database.password = one111\ndatabase\\u002Epassword:two222\ndatabase.pass\\\n  word thr\\\n  ee333\n"
    #expect(
      try sanitized(text, sanitizer) == "database.password = \ndatabase\\u002Epassword:\ndatabase.pass\\\n  word \n")
    let needles = sanitizer.needles.needles.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(["one111", "two222", "three333"].allSatisfy(needles.contains))
    #expect(sanitizer.record.rules.first { $0.id == "system-database" }?.count == 3)
  }

  @Test func whatAPersonSeesIsJudgedToo() throws {
    // In ISO 8859-1 the letters of the host are others, and its end is none of a host's.
    let sanitizer = try sanitizer()
    _ = try sanitized("database.password=gr\u{FC}n-hunter\n", sanitizer)
    let needles = sanitizer.needles.needles.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(needles.contains("gr\u{FC}n-hunter") && needles.contains("gr\u{C3}\u{BC}n-hunter"))
  }

  @Test func anyINIFileOfAHomeFolderIsNamedByItsPath() throws {
    let site = """
      rules: [{id: key, ini: "hub/conf/*.properties:ui.host", set: localhost}, {id: all, ini: "*:crm.token", action: unset}]
      harmless: [{ini: "hub/tomcat.ini:ui.colour-host"}]

      """
    let sanitizer = try sanitizer(site: site)
    func sanitized(_ text: String, _ path: String, of component: Component = .hub) throws -> String {
      var ini = try IniFile(Array(text.utf8), name: FileSystem.name(of: path))
      sanitizer.sanitize(&ini, of: component, path: path)
      return String(decoding: ini.bytes, as: UTF8.self)
    }
    #expect(try sanitized("ui.host=h\ncrm.token=t", "conf/x/a.properties") == "ui.host=localhost\ncrm.token=")
    #expect(try sanitized("database.password=p\ninstance.id: i", "tomcat.ini") == "database.password=\ninstance.id: ")
    #expect(try sanitized("crm.token=t", "lui.ini", of: .lui) == "crm.token=")
    #expect(sanitizer.findings.isEmpty)
    // A component's own host is no other file's.
    _ = try sanitized("component.host=h\nui.colour-host=h", "tomcat.ini")
    _ = try sanitized("ui.colour-host=h", "tomcat.ini", of: .lui)
    #expect(
      sanitizer.findings.map(\.target.description) == [
        "ini hub/tomcat.ini:component.host", "ini lui/tomcat.ini:ui.colour-host",
      ])
  }

  @Test func harmlessSilencesExactlyOne() throws {
    let site = "harmless:\n  - {ini: 'lui.ini:ui.mirror-host', because: a colour}\n"
    let sanitizer = try sanitizer(site: site)
    _ = try sanitized("ui.mirror-host=x\nui.mirror-host2=x\n", sanitizer)
    _ = try sanitized("ui.mirror-host=x\n", sanitizer, of: .hub)
    #expect(
      sanitizer.findings.map(\.target) == [.ini(.lui, key: "ui.mirror-host2"), .ini(.hub, key: "ui.mirror-host")])
  }

  @Test func aSiteRuleIsAppliedAndSearchedFor() throws {
    let sanitizer = try sanitizer(site: "rules:\n  - {id: crm, ini: '*:crm.*', action: unset}\n")
    #expect(try sanitized("crm.token=abcdefg8\ncrm.url=https://crm\n", sanitizer) == "crm.token=\ncrm.url=\n")
    #expect(sanitizer.record.rules.last?.count == 2)
    #expect(sanitizer.needles.needles.contains { $0.bytes == Array("abcdefg8".utf8) })
  }

  @Test func keyFilesAreLeftOutAndPrivateKeysNamed() throws {
    let sanitizer = try sanitizer()
    for path in ["a.p12", "x/y/A.PEM", "tls.KEY", "store.jks"] {
      #expect(try sanitizer.leavesOut(path, of: .hub) { _ in [] })
    }
    #expect(try !sanitizer.leavesOut("logo.png", of: .hub) { _ in [] } && sanitizer.findings.isEmpty)
    func inspect(_ path: String, _ text: String) -> FileFate {
      let inspection = FileInspection(name: path, size: UInt64(text.utf8.count))
      Array(text.utf8).withUnsafeBytes { inspection.scan($0) }
      return sanitizer.judge(inspection.finish(), of: path, .lui)
    }
    #expect(inspect("notes.txt", "nothing here") == .taken)
    _ = inspect("keys/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA")
    #expect(sanitizer.findings.map(\.target) == [.file(.lui, "keys/id_rsa")])
    #expect(sanitizer.findings[0].remedy.contains("leave-out"))
    #expect(sanitizer.record.rules.first { $0.id == "keys" }?.count == 4)
  }
}
