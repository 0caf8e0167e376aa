import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A restore exchanges what the set has of a home folder, and never moves what is no part of a backup.
@Suite struct HomeRestoreTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private var hub: String { installation.home(of: .hub) }

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    try Sample.write("old", to: hub + "/accountreg")
    try Sample.write("old", to: hub + "/conf/a/server.xml")
    try Sample.write("old", to: hub + "/data/letter.txt")
    #expect(chmod(hub + "/accountreg", 0o640) == 0 && chmod(hub + "/conf", 0o750) == 0)
  }

  private func backUp() throws -> BackupID {
    try Sample.retryingWhileBusy {
      try BackupRun.create(BackupOptions(kind: .normal, level: 1), in: .on(installation), with: RemoteComponent.all)
    }
  }

  private func restore(_ id: BackupID, from folders: [String] = []) throws {
    try Sample.retryingWhileBusy { try RestoreRun.restore(id, from: folders, in: .on(installation)) }
  }

  private func rollBack() throws {
    _ = try Sample.retryingWhileBusy { try RestoreRun.rollBack(in: .on(installation)) }
  }

  private func set(_ component: Component, backupFolder: String) throws {
    try Settings(try installation.openDatabase(.readWrite)).set(
      "\(component.folderName).backup.folder", to: backupFolder)
  }

  private func change() throws {
    try Sample.write("new", to: hub + "/accountreg")
    try FileSystem.remove(hub + "/conf/a")
    try Sample.write("new", to: hub + "/conf/added.xml")
    try Sample.write("new", to: hub + "/data/letter.txt")
    try Sample.write("mine", to: hub + "/later.ini")
    #expect(chmod(hub + "/conf", 0o700) == 0)
  }

  /// What the components see: `old`, `new`, or a mixture. A folder that is exchanged piece by piece keeps its mode.
  private func live(inPieces: Bool = false) throws -> String {
    let hasOld = try FileSystem.exists(hub + "/conf/a/server.xml")
    let hasNew = try FileSystem.exists(hub + "/conf/added.xml")
    #expect(try Sample.text(hub + "/later.ini") == "mine")
    let mode = try #require(try FileSystem.status(hub + "/conf")).st_mode & 0o7777
    return Set([
      try Sample.text(hub + "/accountreg"), try Sample.text(hub + "/data/letter.txt"),
      hasOld && !hasNew ? "old" : hasNew && !hasOld ? "new" : "both",
      mode == 0o750 || inPieces ? "old" : "new",
    ]).sorted().joined(separator: "+")
  }

  @Test func everythingComesBackWithItsModeAndARollBackBringsBackWhatWasThere() throws {
    let id = try backUp()
    try change()
    #expect(try live() == "new")
    try restore(id)
    #expect(try live() == "old")
    #expect(try FileSystem.status(hub + "/accountreg")?.st_mode == S_IFREG | 0o640)
    for expected in ["new", "old", "new"] {
      try rollBack()
      #expect(try live() == expected)
    }
    // The next restore gives the former state up, with the folders that held it.
    try restore(id)
    let former = try FileSystem.textNames(in: hub).filter { $0.hasPrefix(".restore-") }
    #expect(former.count == 1)
  }

  @Test func aNameOfAnyBytesComesBack() throws {
    let name = BytePath(hub).appending([0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72])
    #expect(mkdir(name.cString, 0o700) == 0 && mkdir(name.appending([0xE9]).cString, 0o700) == 0)
    let id = try backUp()
    try name.remove()
    try restore(id)
    #expect(try name.appending([0xE9]).exists())
    try rollBack()
    #expect(try !name.exists())
    try rollBack()
    #expect(try name.appending([0xE9]).exists())
    // Both former states are removed in their turn.
    for _ in 0..<2 { try restore(id) }
    #expect(try name.appending([0xE9]).exists())
  }

  @Test(arguments: ["data/archives", "data/a/b/archives", "conf/archives", "link"])
  func backupFoldersStayThroughRestoresAndRollBacks(setting: String) throws {
    if setting == "link" {
      try FileSystem.makeFolder(hub + "/data/behind")
      #expect(symlink(hub + "/data/behind", folder["link"]) == 0)
    }
    for component in Component.allCases {
      try set(component, backupFolder: setting == "link" ? folder["link"] : setting)
    }
    let first = try backUp()
    let second = try backUp()
    try change()
    for step in 0..<3 {
      try restore(second)
      #expect(try live(inPieces: setting.hasPrefix("conf")) == "old")
      #expect(try BackupCatalog.list(installation).filter(\.problems.isEmpty).map(\.id) == [second, first], "\(step)")
    }
    try rollBack()
    try rollBack()
    #expect(try live(inPieces: setting.hasPrefix("conf")) == "old")
    #expect(try BackupCatalog.list(installation).filter(\.problems.isEmpty).count == 2)
  }

  @Test func aBackupFolderThatCameLaterIsNotRolledAway() throws {
    let id = try backUp()
    try restore(id)
    try set(.hub, backupFolder: "data/archives")
    let later = try backUp()
    let error = Sample.error { try rollBack() }
    #expect(error?.code == .refused && error?.what.contains("a backup folder") == true)
    #expect(try BackupCatalog.find(later, installation).problems.isEmpty)
  }

  @Test func aSetWithSomethingWhereABackupFolderIsIsRefused() throws {
    let id = try backUp()
    for component in Component.allCases { try set(component, backupFolder: hub + "/conf/a") }
    let later = try backUp()
    let error = Sample.error {
      try restore(
        id,
        from: [hub + "/backup", "lui", "trk"].map { name in
          name.hasPrefix("/") ? name : installation.folder + "/\(name)/backup"
        })
    }
    #expect(error?.code == .refused, "\(String(describing: error))")
    #expect(try BackupCatalog.find(later, installation).problems.isEmpty)
    #expect(try Sample.text(hub + "/conf/a/server.xml") == "old")
    #expect(try RestoreJournal.read(installation) == nil)
  }

  @Test func theBackupFolderThatIsTheDataFolderIsNotCarriedAway() throws {
    for component in Component.allCases { try set(component, backupFolder: "data") }
    let id = try backUp()
    try change()
    for _ in 0..<3 {
      try restore(id)
      #expect(try live() == "old")
    }
    try rollBack()
    #expect(try BackupCatalog.find(id, installation).problems.isEmpty)
  }

  @Test func tooManyThingsAroundABackupFolderAreRefusedBeforeAnythingMoves() throws {
    try set(.hub, backupFolder: "data/archives")
    for number in 0...10_000 {
      let descriptor = open(hub + "/data/\(number)", O_WRONLY | O_CREAT, 0o600)
      #expect(descriptor >= 0 && close(descriptor) == 0)
    }
    let id = try backUp()
    try change()
    #expect(Sample.error { try restore(id) }?.code == .refused)
    #expect(try live() == "new" && RestoreJournal.read(installation) == nil)
    #expect(try FileSystem.textNames(in: hub).filter { $0.hasPrefix(".restore-") } == [])
  }

  @Test func logsBehindALinkIntoDataStay() throws {
    #expect(rename(hub + "/logs", hub + "/data/logs") == 0 && symlink("data/logs", hub + "/logs") == 0)
    let id = try backUp()
    try change()
    for _ in 0..<2 { try restore(id) }
    #expect(try live() == "old")
    #expect(try FileSystem.exists(hub + "/data/logs/" + BackupKind.normal.reportName(id)))
    #expect(try AuditLog(installation).entries().count { $0.action == "restore" } == 2)
  }

  @Test func theFolderOfASetThatWasNamedStays() throws {
    let id = try backUp()
    let inside = hub + "/data/in"
    try FileSystem.makeFolder(inside)
    for component in Component.allCases {
      let name = BackupKind.normal.archiveName(component, id)
      try FileSystem.rename(installation.home(of: component) + "/backup/" + name, inside + "/" + name)
    }
    for _ in 0..<2 { try restore(id, from: [inside]) }
    #expect(try FileSystem.textNames(in: inside).count == 3)
  }

  @Test func aDatabaseBesideOtherFilesStaysAndTheyComeBack() throws {
    let lui = installation.home(of: .lui)
    #expect(rename(installation.internalDatabasePath, lui + "/data/maestro.sqlite") == 0)
    for component in Component.allCases {
      var ini = try installation.ini(of: component)
      try ini.set("database.url", "sqlite://\(lui)/data/maestro.sqlite")
      try FileSystem.replace(installation.iniPath(of: component), with: ini.bytes)
    }
    try Sample.write("old", to: lui + "/data/notes.txt")
    let id = try backUp()
    for text in ["new", "newer"] {
      try Sample.write(text, to: lui + "/data/notes.txt")
      try restore(id)
      #expect(try Sample.text(lui + "/data/notes.txt") == "old")
      #expect(try installation.openDatabase(.readOnly).componentTables().isEmpty == false)
    }
    try rollBack()
    #expect(try Sample.text(lui + "/data/notes.txt") == "newer")
  }

  /// From every point between two renames the new state is reached, with pieces around a backup folder too.
  @Test(arguments: [false, true]) func aCrashBetweenTwoRenamesIsFinished(inPieces: Bool) throws {
    if inPieces { try set(.hub, backupFolder: "data/archives") }
    let id = try backUp()
    let reader = try ArchiveReader(
      path: BackupFolders(installation, Settings(installation.openDatabase(.readOnly)))[.hub] + "/"
        + BackupKind.normal.archiveName(.hub, id), cancellation: Cancellation())
    try Sample.write("old", to: hub + "/data/other.txt")
    try change()
    #expect(try Command(["cp", "-a", installation.folder, folder["before"]]).status == 0)
    var crash = 0
    while true {
      try FileSystem.remove(installation.folder)
      #expect(try Command(["cp", "-a", folder["before"], installation.folder]).status == 0)
      let paths = RestorePaths(installation, "NEWTOKEN")
      for component in Component.allCases {
        try Sample.write(
          Sample.text(installation.iniPath(of: component)),
          to: paths.stagedFolder(of: component) + "/" + component.iniName)
      }
      let items = try Operation.run("restore", in: .on(installation)) { operation in
        try FileStager(
          component: .hub, home: hub, folder: paths.stagedFolder(of: .hub), operation: operation, isNormal: true
        ).stage(from: reader)
        return try ExchangePlan.items(
          of: .hub, paths, from: reader,
          StayingThings(installation, .hub, databases: [DatabaseLocation(of: installation)], folders: []))
      }
      #expect(items.contains { $0.live == hub + "/data" } == !inPieces)
      let journal = RestoreJournal(phase: .committing, id: id, token: "NEWTOKEN", items: items + paths.iniItems())
      try journal.write(to: RestoreJournal.path(installation))
      let renames = try journal.items.flatMap { item -> [(String, String)] in
        (try FileSystem.exists(item.live) ? [(item.live, item.former)] : [])
          + (item.hasStaged ? [(item.staged, item.live)] : [])
      }
      for step in renames.prefix(crash) {
        try FileSystem.makeFolder(FileSystem.folder(of: step.1))
        #expect(rename(step.0, step.1) == 0)
      }
      #expect(try RestoreCommit.recover(installation) != nil)
      #expect(try live() == "old", "after \(crash) renames")
      #expect(try !FileSystem.exists(hub + "/data/other.txt") && FormerState.read(installation) != nil)
      if inPieces { #expect(try FileSystem.textNames(in: hub + "/data/archives").count == 1) }
      guard crash < renames.count else { break }
      crash += 1
    }
    #expect(crash > 6)
  }

  /// The same set as a program wrote it that knew of data folders alone.
  private func older(_ id: BackupID, keepsHome: Bool = false) throws -> String {
    let path = folder["older"]
    try FileSystem.makeFolder(path)
    var digests: [String: String] = [:]
    for component in [Component.lui, .trk, .hub] {
      let name = BackupKind.normal.archiveName(component, id)
      let reader = try ArchiveReader(
        path: installation.home(of: component) + "/backup/" + name, cancellation: Cancellation())
      let writer = try ZipWriter(path: path + "/" + name, level: 1, threads: 1, cancellation: Cancellation())
      for index in 0..<reader.count {
        let entry = try reader.entry(at: index)
        guard keepsHome || !entry.name.hasPrefix("home/") else { continue }
        try writer.beginEntry(
          entry.name, mode: entry.mode, modifiedSeconds: entry.modified.seconds,
          nanoseconds: entry.modified.nanoseconds)
        try reader.read(entry) { try writer.write($0) }
        try writer.endEntry(rows: entry.rows)
      }
      try writer.drain()
      var manifest = reader.manifest
      manifest.formatVersion = 1
      manifest.otherArchives = component == .hub ? digests : nil
      var text: [UInt8] = []
      let entries = EntryTable.Window(writer.entries)
      try ManifestText.write(manifest, entries: writer.entries.count) {
        try Manifest.Entry(entries[$0])
      } to: {
        text += $0
      }
      try writer.addEntry(Manifest.entryName, mode: 0o100600, modifiedSeconds: 0, bytes: text)
      try writer.finish()
      digests[component.rawValue] = Digest.hex(
        try Digest.sha256(ofFile: path + "/" + name, cancellation: Cancellation()))
      try FileSystem.remove(installation.home(of: component) + "/backup/" + name)
    }
    try FileSystem.remove(installation.logFolder + "/" + BackupKind.normal.reportName(id))
    return path
  }

  @Test func aSetOfTheFormerFormatComesBackAndTouchesNothingBesideData() throws {
    let id = try backUp()
    let path = try older(id)
    try change()
    try restore(id, from: [path])
    #expect(try Sample.text(hub + "/data/letter.txt") == "old")
    #expect(try Sample.text(hub + "/accountreg") == "new" && FileSystem.exists(hub + "/conf/added.xml"))
    try rollBack()
    #expect(try live() == "new")
  }

  @Test func theFormerFormatHasNoHomeFolder() throws {
    let id = try backUp()
    let path = try older(id, keepsHome: true)
    #expect(Sample.error { try restore(id, from: [path]) }?.code == .dataError)
    #expect(try Sample.text(hub + "/accountreg") == "old")
  }

  @Test func aNameThatBelongsToThisMachineIsRefusedInAnArchive() throws {
    for name in ["home/restore-journal.json", "home/logs/", "home/data/", "home/backup/", "home/.restore-former-A/"] {
      #expect(HomeNames.owners(ofEntry: name) == Component.allCases, "\(name)")
    }
    #expect(HomeNames.owners(ofEntry: "home/hub.ini") == [.hub] && HomeNames.owners(ofEntry: "home/lui.pid") == [.lui])
    for name in ["home/accountreg", "home/conf/logs/", "home/", "data/logs/", "home/operation.locks"] {
      #expect(HomeNames.owners(ofEntry: name) == [], "\(name)")
    }
  }
}
