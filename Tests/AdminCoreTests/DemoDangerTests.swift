import AdminCore
import Testing

/// The demo production is what the rules are for: everything dangerous in it is covered, and every rule finds something.
@Suite struct DemoDangerTests {
  @Test func everyRuleFindsSomethingAndNothingDangerousIsUncovered() throws {
    let sample = try DemoSample()
    let preview = try BackupRun.preview(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    #expect(preview.findings.map(\.target.description) == [])
    for rule in preview.rules { #expect(rule.count > 0, "\(rule.id)") }
    #expect(preview.rules.count >= BuiltInRules.all.count)
    #expect(preview.notes == ["LUI: not taken, a database: data/uploads/contacts-2019.sql"])
  }

  @Test func noSecretOfItIsInATestBedBackup() throws {
    let sample = try DemoSample()
    let id = try BackupRun.create(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    let found = try secretsInArchives(sample, .testBed, id)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func theHubsOwnFilesTravelWithTheirAccountsAndWithoutProduction() throws {
    let sample = try DemoSample()
    let home = sample.installation.home(of: .hub)
    let id = try BackupRun.create(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    func lines(_ name: String) throws -> (before: Set<Substring>, after: Set<Substring>) {
      let archive = home + "/backup/" + BackupKind.testBed.archiveName(.hub, id)
      let text = try Command(["unzip", "-p", archive, "home/" + name]).output
      return (Set(try Sample.text(home + "/" + name).split(separator: "\n")), Set(text.split(separator: "\n")))
    }
    let accounts = try lines("accountreg")
    #expect(
      accounts.before.subtracting(accounts.after).allSatisfy { $0.contains(".email=") || $0.hasPrefix("directory.") })
    #expect(accounts.after.filter { $0.contains(".password-hash=$scrypt$") }.count == 3)
    #expect(accounts.after.contains("account.2.name=ines") && accounts.after.contains("directory.bind-password="))
    let components = try lines("hubreg").after
    #expect(components.contains("component.1.host=localhost") && components.contains("component.1.instance-id="))
    #expect(components.contains("component.2.registration-key=") && components.contains("component.2.kind=TRK"))
    let container = try lines("tomcat.ini").after
    #expect(container.contains("RemoteAdminPassword=") && container.contains("connector.https.keystore-password="))
    #expect(container.contains("connector.https.port=443"))
    for text in accounts.after.union(components).union(container) {
      #expect(!text.contains("maestro-prod") && !text.contains("127.0.0.1"))
    }
  }

  @Test(arguments: ["maestro-members@maestro-prod.example", "maestro@maestro-prod.example"])
  func aClientAddressIsSearchedFor(address: String) throws {
    let sample = try DemoSample()
    let database = try sample.installation.openDatabase(.readWrite)
    try database.execute("UPDATE lui_mailboxes SET folder = ? WHERE name = 'Bounces'", [.text(address)])
    let error = #expect(throws: AdminError.self) {
      try BackupRun.create(BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    }
    #expect(error?.code == .refused)
    let words = (error?.what ?? "") + (error?.location ?? "")
    #expect(words.contains("lui_mailboxes.folder"))
  }

  @Test func aPasswordOfRemoteAdministrationIsInNoINIFile() throws {
    let sample = try DemoSample()
    let preview = try BackupRun.preview(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    let places = preview.rules.first { $0.id == "remote-administration" }?.record.places.map(\.place)
    #expect(
      places == [
        "ini hub.ini:RemoteAdminPassword", "ini hub/tomcat.ini:RemoteAdminPassword", "ini lui.ini:RemoteAdminPassword",
        "ini tracker.ini:RemoteAdminPassword",
      ])
  }

  /// The same search finds them in a normal backup: it can fail.
  @Test func itsSecretsAreInANormalBackup() throws {
    let sample = try DemoSample()
    let id = try BackupRun.create(BackupOptions(kind: .normal), in: .on(sample.installation), with: RemoteComponent.all)
    let found = try secretsInArchives(sample, .normal, id)
    #expect(try found == sample.secrets())
  }

  @Test func theDryRunShowsNoSecret() throws {
    let sample = try DemoSample()
    let preview = try BackupRun.preview(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    #expect(preview.samples.count > 40)
    for change in preview.samples {
      #expect(!change.before.contains("-secret-") && !change.after.contains("-secret-"), "\(change)")
    }
  }

  @Test func thePasswordInsideARemovedURLIsSearchedForByItself() throws {
    let sample = try DemoSample()
    let url = try sample.query("SELECT url FROM lui_drop_ins WHERE name = 'Weather'")
    let password = try #require(url.split { ":@".contains($0) }.first { $0.contains("-secret-") })
    let database = try sample.installation.openDatabase(.readWrite)
    try database.execute("UPDATE lui_drop_ins SET name = ? WHERE name = 'Signature'", [.text(String(password))])
    let error = #expect(throws: AdminError.self) {
      try BackupRun.create(BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    }
    #expect(error?.code == .refused)
    #expect(try #require(error).description.contains("lui_drop_ins.name"))
  }

  private func secretsInArchives(_ sample: DemoSample, _ kind: BackupKind, _ id: BackupID) throws -> Set<String> {
    let folders: [Component: String] = [
      .hub: sample.installation.home(of: .hub) + "/backup", .lui: sample.folder["demo/share/lui-backup"],
      .trk: sample.installation.home(of: .trk) + "/backup",
    ]
    var found: Set<String> = []
    for (component, folder) in folders {
      let text = try Command(["unzip", "-p", folder + "/" + kind.archiveName(component, id)]).output
      #expect(text.utf8.count > 1000)
      found.formUnion(try sample.secrets().filter(text.contains))
    }
    return found
  }
}
