import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct AuditLogTests {
  private let folder: TemporaryFolder
  private let log: AuditLog
  private let actor = Actor(hubAccount: "ann")

  init() throws {
    folder = try TemporaryFolder()
    log = AuditLog(Installation(folder: folder.path))
  }

  @Test func everyActionIsALineWithHowItWent() throws {
    #expect(try log.entries().isEmpty)
    #expect(try log.record("outbox revoke", "1\n2", by: actor) { 7 } == 7)
    let error = Sample.error {
      try log.record("settings set", "x", by: actor) { throw AdminError(.refused, "no", at: "x", next: "stop") }
    }
    #expect(error == AdminError(.refused, "no", at: "x", next: "stop"))
    let entries = try log.entries()
    #expect(entries.map(\.action) == ["outbox revoke", "settings set"])
    #expect(
      entries.map(\.result) == ["done", "no: x; stop"] && entries[0].detail == "1\n2" && entries[0].account == "ann")
    #expect(entries.allSatisfy { Moment.parse($0.time) != nil })
    #expect(entries.allSatisfy { $0.ended.flatMap { Moment.parse($0) } != nil })
    #expect(try Sample.text(log.path).split(separator: "\n").count == 4, "what begins has a line before it begins")
    #expect(try FileSystem.status(log.path).map { $0.st_mode & 0o777 } == 0o600)
  }

  @Test func linesAreOnlyEverAppended() throws {
    try log.append("a", "", by: actor)
    let before = try FileSystem.read(log.path)
    try log.append("b", "", by: actor)
    #expect(try FileSystem.read(log.path).starts(with: before))
  }

  @Test func whatIsKilledHasALineAllTheSame() throws {
    try log.record("restore", "A", by: actor) {
      // What a kill leaves is what stands there while it works.
      let entries = try log.entries()
      #expect(
        entries.map(\.action) == ["restore"] && entries[0].result == AuditLog.noOutcome && entries[0].ended == nil)
      try log.record("settings set", "x", by: actor) {}
      #expect(try log.entries().map(\.result) == [AuditLog.noOutcome, "done"])
    }
    #expect(try log.entries().map(\.result) == ["done", "done"])
  }

  @Test func aDamagedLineHidesNoOther() throws {
    try log.append("a", "", by: actor)
    try FileSystem.replace(log.path, with: try FileSystem.read(log.path) + Array("{\n".utf8))
    try log.append("b", "", by: actor)
    let entries = try log.entries()
    #expect(entries.map(\.action) == ["a", "?", "b"])
    #expect(entries[1].result.contains("line 2") && entries[1].result.contains("damaged"))
  }

  @Test func whatCannotBeLoggedDoesNotBegin() throws {
    try FileSystem.makeFolder(FileSystem.folder(of: log.path))
    #expect(try Command(["ln", "-s", folder["elsewhere"], log.path]).status == 0)
    var hasRun = false
    #expect(Sample.error { try log.record("a", "", by: actor) { hasRun = true } }?.location == log.path)
    #expect(try !hasRun && !FileSystem.exists(folder["elsewhere"]))
  }

  @Test func anOutcomeThatCannotBeLoggedIsTold() throws {
    let log = log
    let error = Sample.error {
      try log.record("a", "", by: actor) {
        try FileSystem.remove(log.path)
        #expect(try Command(["ln", "-s", folder["elsewhere"], log.path]).status == 0)
        throw AdminError(.dataError, "first", next: "n")
      }
    }
    #expect(error?.code == .dataError && error?.what == "first" && error?.next.contains("audit log") == true)
    #expect(try !FileSystem.exists(folder["elsewhere"]))
  }

  @Test func aPipeInItsPlaceIsRefusedAtOnce() throws {
    try FileSystem.makeFolder(FileSystem.folder(of: log.path))
    #expect(try Command(["mkfifo", log.path]).status == 0)
    #expect(Sample.error { try log.append("a", "", by: actor) }?.code == .dataError)
    #expect(Sample.error { _ = try log.entries() }?.code == .dataError)
  }
}
