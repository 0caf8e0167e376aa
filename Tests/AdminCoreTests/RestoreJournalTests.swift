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

@Suite struct RestoreJournalTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let id: BackupID

  init() throws {
    folder = try TemporaryFolder()
    installation = Installation(folder: folder["install"])
    id = try Sample.id("20261124213405-AB12")
  }

  private var database: String { installation.internalDatabasePath }

  /// A live state named `old`, with write-ahead files, and a staged one named `new`, in which TRK has no data folder.
  private func prepare(_ token: String = "NEWTOKEN") throws -> RestoreJournal {
    try FileSystem.remove(installation.folder)
    let paths = RestorePaths(installation, token)
    for component in Component.allCases {
      for (place, state) in [(installation.home(of: component), "old"), (paths.stagedFolder(of: component), "new")] {
        try Sample.write(state, to: place + "/" + component.iniName)
        if state == "old" || component != .trk { try Sample.write(state, to: place + "/data/\(state).txt") }
      }
      try Sample.write("keep", to: installation.home(of: component) + "/logs/log.txt")
    }
    for suffix in ["", "-wal", "-shm"] { try Sample.write("old", to: database + suffix) }
    try Sample.write("new", to: paths.stagedDatabase(database))
    return RestoreJournal(
      phase: .staging, id: id, token: token, items: items(paths, hasData: [.hub, .lui]))
  }

  private func items(_ paths: RestorePaths, hasData: Set<Component>) -> [RestoreJournal.Item] {
    Component.allCases.map { paths.item(Array("data".utf8), of: $0, hasStaged: hasData.contains($0)) }
      + paths.iniItems() + paths.databaseItems(database, suffixes: FileEngine.sqlite.suffixes)
  }

  /// What a running system would see: `old`, `new`, or a mixture, which must never be at rest.
  private func live() throws -> String {
    var seen: [String] = []
    for component in Component.allCases {
      seen.append(try Sample.text(installation.iniPath(of: component)))
      let names = try FileSystem.textNames(in: installation.dataFolder(of: component))
      seen.append(component == .trk && names.isEmpty ? "new" : names.joined().replacing(".txt", ""))
      #expect(try Sample.text(installation.home(of: component) + "/logs/log.txt") == "keep")
    }
    seen.append(try Sample.text(database))
    let hasLog = try FileSystem.exists(database + "-wal")
    #expect(try FileSystem.exists(database + "-shm") == hasLog)
    seen.append(hasLog ? "old" : "new")
    return Set(seen).sorted().joined(separator: "+")
  }

  private func leftovers() throws -> [String] {
    try Command(["find", installation.folder, "-name", "*restore*"]).output.split(separator: "\n").map(String.init)
      .sorted()
  }

  /// The renames that carry a journal out, in order, as the journal's own words say them.
  private func renames(_ journal: RestoreJournal) throws -> [(from: String, to: String)] {
    try journal.items.flatMap { item -> [(String, String)] in
      (try FileSystem.exists(item.live) ? [(item.live, item.former)] : [])
        + (item.hasStaged ? [(item.staged, item.live)] : [])
    }
  }

  @Test func fromEveryIntermediateStateTheNewStateIsReached() throws {
    let steps = try renames(try prepare()).count
    #expect(steps == 15)
    for crash in 0...steps {
      var journal = try prepare()
      let renames = try renames(journal)
      journal.phase = .committing
      try journal.write(to: RestoreJournal.path(installation))
      for step in renames.prefix(crash) {
        try FileSystem.makeFolder(FileSystem.folder(of: step.to))
        #expect(rename(step.from, step.to) == 0)
      }
      #expect(try RestoreCommit.recover(installation) != nil)
      #expect(try live() == "new", "after \(crash) renames")
      #expect(try RestoreCommit.recover(installation) == nil && RestoreJournal.read(installation) == nil)
      #expect(try FormerState.read(installation)?.token == "NEWTOKEN")
      #expect(try !leftovers().contains { $0.contains("staged") })
    }
  }

  @Test func aStagingJournalEndsInTheOldState() throws {
    let journal = try prepare()
    try journal.write(to: RestoreJournal.path(installation))
    #expect(try RestoreCommit.recover(installation) != nil)
    #expect(try live() == "old" && leftovers().isEmpty && FormerState.read(installation) == nil)
  }

  @Test func aCrashAfterTheRenamesButBeforeTheEndIsFinished() throws {
    var journal = try prepare()
    journal.phase = .committing
    try journal.write(to: RestoreJournal.path(installation))
    try journal.rollForward(installation)
    try journal.write(to: FormerState.path(installation))
    #expect(try RestoreCommit.recover(installation) != nil)
    #expect(try live() == "new")
    try journal.rollForward(installation)
    #expect(try live() == "new", "a walk that is repeated changes nothing")
  }

  @Test func rollingBackTwiceIsIdentity() throws {
    try RestoreCommit.commit(try prepare(), installation)
    #expect(try live() == "new")
    // The INI files of this test are no INI files, so a running component could not be told.
    for component in Component.allCases { #expect(try FileSystem.exists(installation.iniPath(of: component))) }
    for expected in ["old", "new", "old"] {
      try rollBack()
      #expect(try live() == expected)
      #expect(try RestoreJournal.read(installation) == nil)
    }
    #expect(try leftovers().count { $0.contains("former-") && $0.contains("NEWTOKEN") } == 0)
  }

  private func rollBack() throws {
    for component in Component.allCases {
      // As comments they are good INI files and say the same to this test.
      let path = installation.iniPath(of: component)
      try Sample.write("#" + Sample.text(path), to: path)
    }
    _ = try RestoreRun.rollBack(in: .on(installation))
    for component in Component.allCases {
      let path = installation.iniPath(of: component)
      try Sample.write(Sample.text(path).replacing("#", ""), to: path)
    }
  }

  @Test func theStateBeforeTheLastIsGivenUpOnlyThen() throws {
    try RestoreCommit.commit(try prepare("FIRST000"), installation)
    let paths = RestorePaths(installation, "SECOND00")
    for component in Component.allCases {
      try Sample.write("newer", to: paths.stagedFolder(of: component) + "/" + component.iniName)
      try Sample.write("newer", to: paths.stagedFolder(of: component) + "/data/newer.txt")
    }
    try Sample.write("newer", to: paths.stagedDatabase(database))
    let journal = RestoreJournal(
      phase: .staging, id: id, token: "SECOND00",
      items: items(paths, hasData: Set(Component.allCases)))
    try RestoreCommit.commit(journal, installation)
    #expect(try Sample.text(database) == "newer")
    #expect(try leftovers().allSatisfy { !$0.contains("FIRST000") } && leftovers().contains { $0.contains("SECOND00") })
  }

  @Test func aDamagedJournalIsNotGuessedAt() throws {
    try Sample.write("{", to: RestoreJournal.path(installation))
    #expect(Sample.error { _ = try RestoreCommit.recover(installation) }?.code == .dataError)
    #expect(try FileSystem.exists(RestoreJournal.path(installation)))
  }

  @Test func nothingOfAStagedDatabaseIsLeftWhenItIsDiscarded() throws {
    let journal = try prepare()
    try journal.write(to: RestoreJournal.path(installation))
    for suffix in ["-wal", "-shm", "-journal"] {
      try Sample.write("x", to: RestorePaths(installation, "NEWTOKEN").stagedDatabase(database) + suffix)
    }
    #expect(try RestoreCommit.recover(installation) != nil)
    #expect(try live() == "old")
    #expect(try leftovers() == [])
  }

  /// A rollback journal that stays behind is rolled back into whatever database comes to lie beside it.
  @Test func aRollbackJournalGoesWhereItsDatabaseGoes() throws {
    let journal = try prepare()
    try Sample.write("old", to: database + "-journal")
    try RestoreCommit.commit(journal, installation)
    #expect(try !FileSystem.exists(database + "-journal"))
    #expect(try Sample.text("\(database).restore-former-NEWTOKEN-journal") == "old")
  }

  @Test func anOperationFirstBringsTheRestoreOfAKilledProcessToItsEnd() throws {
    for isShort in [true, false] {
      var journal = try prepare()
      journal.phase = .committing
      try journal.write(to: RestoreJournal.path(installation))
      for step in try renames(journal).prefix(5) {
        try FileSystem.makeFolder(FileSystem.folder(of: step.to))
        #expect(rename(step.from, step.to) == 0)
      }
      func look() throws {
        #expect(try live() == "new")
        #expect(try RestoreJournal.read(installation) == nil)
      }
      if isShort {
        try Operation.change("settings set", in: .on(installation), look)
      } else {
        try Operation.run("backup", in: .on(installation)) { _ in try look() }
      }
      #expect(try AuditLog(installation).entries().contains { $0.action == "recovery" })
    }
  }

  @Test func theNextRestoreRemovesWhatAnEarlierOneStagedAndCouldNotReach() throws {
    _ = try prepare("GONE0000")
    try RestorePaths(installation, "NEXT0000").removeStrays(databaseFile: database)
    #expect(try leftovers() == [])
    #expect(try live() == "old")
  }

  @Test func aFolderThatIsGoneDoesNotCountAsExchanged() throws {
    var journal = try prepare()
    journal.phase = .committing
    try journal.write(to: RestoreJournal.path(installation))
    let home = installation.home(of: .lui)
    #expect(rename(home, folder["away"]) == 0 && mkdir(home, 0o700) == 0)
    #expect(Sample.error { _ = try RestoreCommit.recover(installation) }?.code == .inputOutput)
    #expect(try RestoreJournal.read(installation) != nil)
    #expect(rmdir(home) == 0 && rename(folder["away"], home) == 0)
    #expect(try RestoreCommit.recover(installation) != nil)
    #expect(try live() == "new")
  }
}
