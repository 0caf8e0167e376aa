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

@Suite struct CatalogTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let id: BackupID
  private let actor = Actor(hubAccount: "tester")

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    id = try BackupRun.create(
      BackupOptions(kind: .normal, level: 1), in: .on(installation, by: actor), with: RemoteComponent.all)
  }

  private func archive(_ component: Component, _ kind: BackupKind = .normal) -> String {
    installation.home(of: component) + "/backup/" + kind.archiveName(component, id)
  }

  private func found() throws -> BackupSet { try BackupCatalog.find(id, installation) }

  /// The set as the list has it, with what is wrong inside of the archives.
  private func listed(_ id: BackupID? = nil) throws -> BackupSet {
    try #require(try BackupCatalog.list(installation).first { $0.id == id ?? self.id })
  }

  private func openError() throws -> AdminError? {
    let set = try found()
    return Sample.error { _ = try BackupSetReader(set, cancellation: Cancellation()) }
  }

  @Test func aGoodSetIsValid() throws {
    let set = try found()
    #expect(set.isValid && set.missing.isEmpty && set.verdict == "valid" && set.size > 0)
    try BackupSetReader(set, cancellation: Cancellation()).verify()
  }

  @Test func whatWasVerifiedIsWhatIsRead() throws {
    let set = try BackupSetReader(found(), cancellation: Cancellation())
    // As somebody else would in a shared folder, after the set was found to be good.
    for component in Component.allCases {
      try FileSystem.remove(archive(component))
      try Sample.write("another archive", to: archive(component))
    }
    try set.verify()
    #expect(try set.reader(.lui).ini()["component.host"] == "localhost")
  }

  @Test func anArchiveThatChangesBetweenOpeningAndDigestIsRefused() throws {
    let reader = try ArchiveReader(path: archive(.lui), cancellation: Cancellation())
    #expect(try reader.digest().count == 64)
    let file = try File(archive(.lui), flags: O_RDWR)
    try Array("x".utf8).withUnsafeBytes { try file.write($0, at: 100) }
    #expect(Sample.error { _ = try reader.digest() }?.what.contains("changed while it was read") == true)
  }

  @Test func aMissingArchiveIsNamed() throws {
    try FileSystem.remove(archive(.trk))
    #expect(try found().problems == [.missing([.trk])] && found().missing == [.trk])
    #expect(try openError()?.what.contains(BackupKind.normal.archiveName(.trk, id)) == true)
  }

  @Test func aReportWithoutTheMarkSpoilsTheSet() throws {
    let report = installation.logFolder + "/" + BackupKind.normal.reportName(id)
    try Sample.write(try Sample.text(report) + "one more line\n", to: report)
    #expect(try !found().isValid && found().verdict.contains("one more line"))
    #expect(try openError()?.code == .dataError)
    try FileSystem.remove(report)
    #expect(try found().problems.isEmpty && !found().isValid && found().verdict == "complete, no report at hand")
  }

  @Test func duplicatesAreNamedAndNotChosenFrom() throws {
    try FileSystem.makeFolder(folder["other"])
    let copy = folder["other"] + "/" + BackupKind.normal.archiveName(.lui, id)
    try FileSystem.replace(copy, with: try FileSystem.read(archive(.lui)))
    let set = try BackupCatalog.find(id, installation, from: [folder["other"]])
    #expect(set.problems.count == 1 && set.problems[0].description.contains(copy))
    #expect(
      Sample.error { _ = try BackupSetReader(set, cancellation: Cancellation()) }?.next.contains("--from") == true)
    #expect(try Command(["ln", "-s", installation.home(of: .lui) + "/backup", folder["link"]]).status == 0)
    #expect(try BackupCatalog.find(id, installation, from: [folder["link"]]).isValid, "the same folder by another name")
  }

  @Test func aRenamedArchiveIsTold() throws {
    let other = try Sample.id("20200101000000-AAAA")
    for component in Component.allCases {
      try FileSystem.rename(
        archive(component),
        installation.home(of: component) + "/backup/" + BackupKind.normal.archiveName(component, other))
    }
    let set = try listed(other)
    #expect(set.problems.count == 3 && set.problems.allSatisfy { $0.description.contains("from backup \(id)") })
    #expect(Sample.error { _ = try BackupCatalog.find(id, installation) }?.what.contains("no archive") == true)
  }

  @Test func anArchiveUnderAnothersNameOrKindIsTold() throws {
    try FileSystem.rename(archive(.lui), archive(.trk))
    #expect(try listed().problems.contains { $0.description.contains("named TRK is LUI's") })
    try FileSystem.rename(archive(.hub), archive(.hub, .testBed))
    let error = Sample.error { _ = try found() }
    #expect(error?.what.contains("both kinds") == true)
    let sets = try BackupCatalog.list(installation)
    #expect(
      sets.contains { $0.kind == .testBed && $0.problems.contains { $0.description.contains("is from a backup") } })
  }

  @Test func aForeignOrBrokenArchiveIsNamed() throws {
    let first = try FileSystem.read(archive(.lui))
    let second = try BackupRun.create(
      BackupOptions(kind: .normal, level: 9), in: .on(installation, by: actor), with: RemoteComponent.all)
    #expect(second > id)
    try FileSystem.replace(archive(.lui), with: Array(first.dropLast(30)))
    #expect(try !listed().isValid && listed().problems.contains { $0.description.hasPrefix("LUI: ") })
    try FileSystem.replace(archive(.lui), with: first + [])
    #expect(try listed().isValid)
  }

  @Test func aDamagedDatabaseDoesNotHideTheBackups() throws {
    try FileSystem.replace(installation.internalDatabasePath, with: Array("no database".utf8))
    #expect(try found().isValid)
  }

  @Test func deletingTakesTheArchivesAndLeavesTheReport() throws {
    try BackupDeletion.delete(id, from: [], in: .on(installation, by: actor))
    #expect(try BackupCatalog.list(installation).isEmpty && BackupReport.list(installation).count == 1)
    #expect(try AuditLog(installation).entries().last?.action == "backup delete")
    #expect(Sample.error { _ = try BackupCatalog.list(installation, from: [folder["nowhere"]]) }?.code == .usage)
  }

  /// A digest that was read before stands only for the very state of the file that was read.
  @Test func aKnownDigestIsNoLongerBelievedAfterAChange() throws {
    let set = try found()
    let young = try BackupSetReader(set, cancellation: Cancellation())
    #expect(young.cachedDigests.isEmpty, "another change might get the same time")
    let opened = try BackupSetReader(set, known: [:], cancellation: Cancellation(), now: Moment.now + 10)
    let known = opened.cachedDigests
    #expect(known.count == 3)
    _ = try BackupSetReader(set, known: known, cancellation: Cancellation())

    // The same name, size and time of the last change, one bit of the content not.
    let path = archive(.lui)
    var status = stat()
    #expect(stat(path, &status) == 0)
    let file = try File(path, flags: O_RDWR)
    let offset = try ArchiveReader(path: path, cancellation: Cancellation()).entry(at: 0).entry.headerOffset + 60
    var byte: [UInt8] = [0]
    _ = try byte.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
    try [byte[0] ^ 1].withUnsafeBytes { try file.write($0, at: offset) }
    #expect(futimens(file.descriptor, [status.st_atim, status.st_mtim]) == 0)
    let error = Sample.error { _ = try BackupSetReader(set, known: known, cancellation: Cancellation()) }
    #expect(error?.what == "the archive is not the one that HUB's manifest names")
  }

  /// Who could not look at an archive must not say that it is damaged.
  @Test func anArchiveThatCannotBeReadIsNotCalledDamaged() throws {
    let path = archive(.lui)
    try FileSystem.remove(path)
    #expect(symlink("/nowhere", path) == 0)
    let problems = try BackupCatalog.list(installation).first?.problems
    #expect(problems?.count == 1)
    #expect(problems?.first?.description.hasPrefix("LUI cannot be examined: cannot open") == true)
    #expect(problems?.first?.description.contains(path) == true, "\(problems ?? [])")
  }
}
