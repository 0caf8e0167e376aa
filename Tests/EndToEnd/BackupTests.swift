import Testing

@Suite(.waiting) struct BackupTests {
  @Test func theThreeArchivesCarryOneIDAndTheKindsName() throws {
    let demo = try Demo()
    let run = try hubtui("backup", "create", "--test-bed", on: demo.production).succeeded()
    let id = try #require(run.lines.last)
    #expect(id.wholeMatch(of: /\d{14}-[0-9A-HJKMNP-TV-Z]{4}/) != nil)
    let archives = try demo.backupFolders.flatMap { try names(in: $0) }
    #expect(archives == ["HUB", "LUI", "TRK"].map { "\($0)_TestBedBackup_\(id).zip" })
    let normal = try demo.backup()
    #expect(
      Set(try demo.backupFolders.flatMap { try names(in: $0) }).subtracting(archives)
        == Set(["HUB", "LUI", "TRK"].map { "\($0)_Backup_\(normal).zip" }))
    for archive in demo.archives(id, testBed: true) + demo.archives(normal, testBed: false) {
      #expect(try mode(archive) == "600")
    }
  }

  private func mode(_ path: String) throws -> String {
    try run(["stat", "-c", "%a", path]).succeeded().output.trimmingCharacters("\n")
  }

  @Test(arguments: [true, false]) func ordinaryToolsReadEachArchiveWithoutAWarning(testBed: Bool) throws {
    let shared = try Shared.get()
    for archive in shared.demo.archives(testBed ? shared.testBed : shared.normal, testBed: testBed) {
      let unzip = try run(["unzip", "-t", archive])
      #expect(unzip.status == 0)
      #expect(unzip.errors.isEmpty)
      #expect(unzip.output.contains("No errors detected"))
      #expect(!unzip.output.lowercased().contains("warning"))
      let sevenZip = try run(["7z", "t", archive])
      #expect(sevenZip.status == 0)
      #expect(sevenZip.errors.isEmpty)
      #expect(sevenZip.output.contains("Everything is Ok"))
      #expect(!sevenZip.output.lowercased().contains("warning"))
      let bsdtar = try run(["bsdtar", "-tf", archive])
      #expect(bsdtar.status == 0)
      #expect(bsdtar.errors.isEmpty)
      #expect(bsdtar.lines.last == "manifest.json")
      try python("assert zipfile.ZipFile(A[0]).testzip() is None", [archive])
    }
  }

  @Test func theReportEndsWithTheMarkAndItsHeadSaysThatTheDataDiffers() throws {
    let shared = try Shared.get()
    let report = try text(of: shared.demo.reportPath(shared.testBed, testBed: true))
    #expect(report.hasSuffix("\nThe test-bed-backup was completed successfully\n"))
    let head = report.split(separator: "\n").prefix(5).joined(separator: "\n")
    #expect(head.contains("Backup ID: \(shared.testBed)"))
    #expect(head.contains("ITS DATA DIFFERS FROM THE ORIGINAL"))
    let normal = try text(of: shared.demo.reportPath(shared.normal, testBed: false))
    #expect(normal.hasSuffix("\nThe backup was completed successfully\n"))
    #expect(!normal.contains("DIFFERS"))
  }

  @Test func aDryRunWritesNothingAndShowsNoSecret() throws {
    let demo = try Demo()
    let before = try demo.productionTree(ignoring: ["hub/operation.json", "hub/operation.lock"])
    let run = try hubtui("backup", "create", "--test-bed", "--dry-run", on: demo.production).succeeded()
    let after = try demo.productionTree(ignoring: ["hub/operation.json", "hub/operation.lock"])
    #expect(after.differences(to: before) == [])
    #expect(run.output.contains("listserv.maestro-prod.example → (unset)"))
    #expect(run.output.contains("enabled → disabled"))
    #expect(run.output.contains("127.0.0.11 → localhost"))
    #expect(run.output.contains("•••••••• → (unset)"))
    let json = try hubtui("backup", "create", "--test-bed", "--dry-run", "--json", on: demo.production).succeeded()
    try python(
      collectSecrets + """
        shown = open(A[2]).read()
        assert len(secrets) > 40, len(secrets)
        leaked = sorted(s for s in secrets if s in shown)
        assert not leaked, leaked
        """, [demo.production, demo.database, try saved(run.output + json.output, demo)])
    _ = try python("assert json.load(open(A[0]))['samples']", [try saved(json.output, demo)])
  }

  private func saved(_ output: String, _ demo: Demo) throws -> String {
    try write(output, to: demo.folder["output.txt"])
    return demo.folder["output.txt"]
  }

  @Test func earlierBackupsAreKeptAsTheHistorySays() throws {
    let demo = try Demo()
    for (name, history) in [("hub", "1"), ("lui", "0"), ("trk", "2")] {
      try hubtui("settings", "set", "\(name).backup.history", history, on: demo.production).succeeded()
    }
    let normal = try demo.backup()
    let ids = try (0..<4).map { _ in try demo.backup("--test-bed") }
    #expect(ids == ids.sorted())
    for (folder, kept) in zip(demo.backupFolders, [2, 1, 3]) {
      let found = try names(in: folder)
      #expect(
        found.filter { $0.contains("TestBedBackup") }.map { String($0.suffix(23).prefix(19)) } == ids.suffix(kept))
      #expect(found.filter { $0.contains("_Backup_\(normal)") }.count == 1)
    }
    for id in ids { #expect(try names(in: demo.production + "/hub/logs").contains("testBedBackupReport_\(id).txt")) }
  }
}

extension String {
  func trimmingCharacters(_ characters: String) -> String {
    var text = self[...]
    while let last = text.last, characters.contains(last) { text.removeLast() }
    return String(text)
  }
}
