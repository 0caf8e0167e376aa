import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct HistoryTests {
  private let folder: TemporaryFolder
  private let installation: Installation

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
  }

  private func id(_ day: Int) throws -> BackupID { try Sample.id("202601\(day < 10 ? "0" : "")\(day)000000-AAAA") }

  /// An archive of each component and a report, as far as file names and the mark go.
  private func fake(_ day: Int, _ kind: BackupKind, isValid: Bool = true, report: Bool = true) throws {
    let id = try id(day)
    for component in Component.allCases {
      try Sample.write("x", to: installation.home(of: component) + "/backup/" + kind.archiveName(component, id))
    }
    let text = isValid ? kind.validityMark + "\n" : "broken\n"
    if report { try Sample.write(text, to: installation.logFolder + "/" + kind.reportName(id)) }
  }

  private func kept(_ component: Component, _ kind: BackupKind) throws -> [Int] {
    try FileSystem.textNames(in: installation.home(of: component) + "/backup").compactMap { name in
      guard let parsed = BackupKind.parse(archiveName: name), parsed.kind == kind else { return nil }
      return Int(parsed.id.description.prefix(8).suffix(2))
    }
  }

  private func trim(_ kind: BackupKind, newest: Int) throws {
    let settings = Settings(try installation.openDatabase(.readOnly))
    try BackupHistory.trim(
      installation, kind, folders: try BackupFolders(installation, settings), newest: try id(newest))
  }

  private func keep(_ component: Component, _ count: String) throws {
    try Settings(try installation.openDatabase(.readWrite)).set("\(component.folderName).backup.history", to: count)
  }

  @Test func eachComponentKeepsItsOwnNumberOfEachKind() throws {
    try keep(.lui, "2")
    try keep(.trk, "0")
    for day in 1...9 { try fake(day, .normal) }
    for day in 1...3 { try fake(day, .testBed) }
    try trim(.normal, newest: 9)
    #expect(try kept(.hub, .normal) == [4, 5, 6, 7, 8, 9])
    #expect(try kept(.lui, .normal) == [7, 8, 9] && kept(.trk, .normal) == [9])
    #expect(try kept(.trk, .testBed) == [1, 2, 3])
  }

  @Test func brokenOnesNeverPushGoodOnesOut() throws {
    try keep(.hub, "2")
    for day in 1...4 { try fake(day, .normal) }
    for day in 5...8 { try fake(day, .normal, isValid: false) }
    try fake(9, .normal, report: false)
    try fake(10, .normal)
    try trim(.normal, newest: 10)
    #expect(try kept(.hub, .normal) == [3, 4, 5, 6, 7, 8, 9, 10])
  }

  @Test func nothingNewerIsTaken() throws {
    try keep(.hub, "0")
    for day in 1...3 { try fake(day, .normal) }
    try trim(.normal, newest: 2)
    #expect(try kept(.hub, .normal) == [2, 3])
  }

  @Test func aRunTrims() throws {
    for component in Component.allCases { try keep(component, "1") }
    let ids = try (0..<3).map { _ in
      try BackupRun.create(BackupOptions(kind: .normal, level: 1), in: .on(installation), with: RemoteComponent.all)
    }
    #expect(ids == ids.sorted() && Set(ids).count == 3)
    #expect(try BackupCatalog.list(installation).map(\.id) == [ids[2], ids[1]])
  }

  @Test func aHistoryThatIsNoNumberIsAConfigurationError() throws {
    let database = try installation.openDatabase(.readWrite)
    try Settings(database).store("lui.backup.history", "many")
    let error = Sample.error { _ = try BackupFolders(installation, Settings(database)) }
    #expect(error?.code == .configuration && error?.location == "lui.backup.history")
  }
}
