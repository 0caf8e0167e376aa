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

/// A backup takes the whole home folder of a component but for what is no part of it, by whatever name that is reached.
@Suite struct HomeFolderTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private var hub: String { installation.home(of: .hub) }

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    for (path, text) in [
      ("accountreg", "admin=1\n"), ("tomcat.ini", "port=8007\n"), ("conf/web/server.xml", "<Server/>"),
      (HomeNames.rules, "rules: []\n"), ("data/letter.txt", "Dear reader"),
    ] {
      try Sample.write(text, to: hub + "/" + path)
    }
  }

  private func backUp(_ kind: BackupKind = .normal) throws -> BackupID {
    try Sample.retryingWhileBusy {
      try BackupRun.create(BackupOptions(kind: kind, level: 1), in: .on(installation), with: RemoteComponent.all)
    }
  }

  private func folder(of component: Component) throws -> String {
    try BackupFolders(installation, Settings(installation.openDatabase(.readOnly)))[component]
  }

  private func names(_ id: BackupID, _ kind: BackupKind = .normal, _ component: Component = .hub) throws -> [String] {
    let reader = try ArchiveReader(
      path: folder(of: component) + "/" + kind.archiveName(component, id), cancellation: Cancellation())
    return try (0..<reader.count).map { try reader.entry(at: $0).name }
  }

  private func files(_ names: [String]) -> [String] { names.filter { $0.hasPrefix("home/") || $0.hasPrefix("data/") } }

  private func report(_ id: BackupID, _ kind: BackupKind = .normal) throws -> String {
    try Sample.text(installation.logFolder + "/" + kind.reportName(id))
  }

  private func set(_ component: Component, backupFolder: String) throws {
    try Settings(try installation.openDatabase(.readWrite)).set(
      "\(component.folderName).backup.folder", to: backupFolder)
  }

  @Test func everythingOfItIsTakenButWhatBelongsToThisMachine() throws {
    try Sample.write("4711", to: hub + "/hub.pid")
    try Sample.write("{}", to: hub + "/login-delays.json")
    try Sample.write("x", to: hub + "/.restore-former-ABCDEFGH/home/old.txt")
    let id = try backUp()
    #expect(
      files(try names(id)) == [
        "home/", "home/accountreg", "home/conf/", "home/conf/web/", "home/conf/web/server.xml",
        "home/test-bed-rules.yaml", "home/tomcat.ini", "data/", "data/letter.txt",
      ])
    let report = try report(id)
    #expect(report.contains(HomeNames.notTakenLine) && !report.contains("operation.lock"))
    #expect(try files(names(id, .normal, .lui)) == ["home/", "data/"])
  }

  @Test func theSitesRulesStayBehindInATestBedBackup() throws {
    let id = try backUp(.testBed)
    #expect(!(try names(id, .testBed)).contains("home/" + HomeNames.rules))
    #expect(try names(id, .testBed).contains("home/accountreg"))
    #expect(try report(id, .testBed).contains("not taken, the site's own rules"))
  }

  @Test(arguments: [BackupKind.normal, .testBed])
  func aBackupFolderIsKnownByDeviceAndInode(kind: BackupKind) throws {
    try FileSystem.makeFolder(hub + "/data/deep/archives")
    #expect(symlink(hub + "/data/deep/archives", folder["link"]) == 0)
    try set(.trk, backupFolder: folder["link"])
    _ = try backUp(kind)
    let id = try backUp(kind)
    #expect(try files(names(id, kind)).filter { $0.contains("archives") } == [])
    #expect(try report(id, kind).contains("not taken, a backup folder: data/deep/archives"))
  }

  @Test func anArchiveWithAnotherNameIsNotTaken() throws {
    let first = try backUp()
    let archive = try folder(of: .hub) + "/" + BackupKind.normal.archiveName(.hub, first)
    #expect(link(archive, hub + "/data/old.bin") == 0 && link(archive, hub + "/conf/copy") == 0)
    try Sample.write("half", to: hub + "/data/.HUB_Backup_\(first).zip.0123456789ab.partial")
    let id = try backUp()
    #expect(files(try names(id)).filter { $0.contains("old") || $0.contains("copy") || $0.contains("partial") } == [])
    let report = try report(id)
    for path in ["data/old.bin", "conf/copy"] {
      #expect(report.contains("not taken, an archive of a backup folder: \(path)"))
    }
    #expect(report.contains("not taken, a partial archive: data/.HUB_Backup"))
  }

  /// The home folder itself, its parent, the data folder: nothing else may drop out, and no archive goes into another.
  @Test(arguments: [".", "install", "data", "./data/", "install/hub", "install/hub/data"])
  func aBackupFolderThatHoldsMoreLosesNothing(setting: String) throws {
    let path = setting.hasPrefix("install") ? folder[setting] : setting
    for component in Component.allCases { try set(component, backupFolder: path) }
    let first = try backUp()
    let id = try backUp()
    #expect(
      files(try names(id)) == [
        "home/", "home/accountreg", "home/conf/", "home/conf/web/", "home/conf/web/server.xml",
        "home/test-bed-rules.yaml", "home/tomcat.ini", "data/", "data/letter.txt",
      ])
    #expect(try names(first) == names(id))
    #expect(try BackupCatalog.list(installation).filter(\.problems.isEmpty).count == 2)
  }

  @Test func theDatabasesOwnFilesAreNotTakenWhereverTheyLie() throws {
    let lui = installation.home(of: .lui)
    #expect(rename(installation.folder + "/database", lui + "/database") == 0)
    #expect(symlink("lui/database", installation.folder + "/database") == 0)
    #expect(link(lui + "/database/maestro.sqlite", lui + "/data/hard-link") == 0)
    try Sample.write("x", to: lui + "/mysql/my.ini")
    try Sample.write("x", to: lui + "/mysql/data/ibdata1")
    let id = try backUp()
    #expect(files(try names(id, .normal, .lui)) == ["home/", "home/mysql/", "home/mysql/my.ini", "data/"])
    let report = try report(id)
    for line in [
      "the system database: database", "the system database: data/hard-link",
      "the files of a database server: mysql/data",
    ] {
      #expect(report.contains("not taken, " + line))
    }
  }

  @Test func anExternalDatabaseFileInAHomeFolderIsNotTaken() throws {
    let path = hub + "/data/db/external.sqlite"
    try FileSystem.makeFolder(FileSystem.folder(of: path))
    #expect(rename(installation.internalDatabasePath, path) == 0)
    for component in Component.allCases {
      var ini = try installation.ini(of: component)
      try ini.set("database.url", "sqlite://" + path)
      try FileSystem.replace(installation.iniPath(of: component), with: ini.bytes)
    }
    try Sample.write("mine", to: hub + "/data/db/notes.txt")
    let id = try backUp()
    #expect(files(try names(id)).filter { $0.contains("db/") } == ["data/db/", "data/db/notes.txt"])
  }

  @Test func aHomeFolderThatIsALinkIsFollowed() throws {
    let lui = installation.home(of: .lui)
    try Sample.write("x", to: lui + "/conf/a")
    #expect(rename(lui, folder["disk"]) == 0 && symlink(folder["disk"], lui) == 0)
    #expect(files(try names(try backUp(), .normal, .lui)) == ["home/", "home/conf/", "home/conf/a", "data/"])
  }

  @Test func aLinkInsideTheHomeFolderStays() throws {
    #expect(symlink("../conf/web", hub + "/data/web") == 0 && symlink("../../lui", hub + "/data/out") == 0)
    #expect(symlink("../other", hub + "/out") == 0)
    let id = try backUp(.testBed)
    #expect(files(try names(id, .testBed)).filter { $0.hasSuffix("web") || $0.hasSuffix("out") } == ["data/web"])
  }

  @Test func theWorkIsEstimatedWithTheWholeHomeFolder() throws {
    let database = try installation.openDatabase(.readOnly)
    let folders = try BackupFolders(installation, Settings(database))
    func estimate() throws -> UInt64 {
      try Operation.run("backup", in: .on(installation)) { operation in
        try ComponentWalk(
          component: .hub, installation: installation,
          sanitizer: Sanitizer(.none, backupID: Sample.id("20261124213405-AB12"), database: database),
          database: database, tables: [], operation: operation,
          exclusions: HomeExclusions(
            installation, .hub, backups: folders.all, databases: [DatabaseLocation(of: installation)], isTestBed: false),
          writer: nil
        ).estimate()
      }
    }
    let before = try estimate()
    try Sample.write(String(repeating: "x", count: 1000), to: hub + "/conf/big")
    #expect(try estimate() == before + 1000)
  }

  @Test func mountPointsAreReadAsTheKernelTellsThem() {
    let info = """
      36 35 98:0 / /srv/lui rw,noatime - ext3 /dev/root rw
      37 35 98:0 /a /srv/lui/data/with\\040blank rw - tmpfs tmpfs rw
      38 35 98:0 /a /srv/lui/data/with\\040blank rw - tmpfs tmpfs rw
      39 35 98:0 / /srv/luise/data rw - tmpfs tmpfs rw
      40 35 98:0 / / rw - ext4 /dev/sda rw

      """
    let points = MountPoints.below("/srv/lui", mountInfo: Array(info.utf8))
    #expect(points.map { String(decoding: $0, as: UTF8.self) } == ["data/with blank"])
  }
}
