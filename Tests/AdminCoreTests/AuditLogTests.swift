import Testing

@testable import AdminCore

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
    #expect(try Sample.text(log.path).split(separator: "\n").count == 2)
    #expect(try FileSystem.status(log.path).map { $0.st_mode & 0o777 } == 0o600)
  }

  @Test func linesAreOnlyEverAppended() throws {
    try log.append("a", "", by: actor)
    let before = try FileSystem.read(log.path)
    try log.append("b", "", by: actor)
    #expect(try FileSystem.read(log.path).starts(with: before))
  }

  @Test func aDamagedLineIsNamed() throws {
    try log.append("a", "", by: actor)
    try FileSystem.replace(log.path, with: try FileSystem.read(log.path) + Array("{\n".utf8))
    #expect(Sample.error { _ = try log.entries() }?.what.contains("line 2") == true)
  }

  @Test func aLogThatCannotBeWrittenIsTold() throws {
    try FileSystem.makeFolder(FileSystem.folder(of: log.path))
    #expect(try Command(["ln", "-s", folder["elsewhere"], log.path]).status == 0)
    #expect(Sample.error { try log.record("a", "", by: actor) {} }?.place == log.path)
    let both = Sample.error { try log.record("a", "", by: actor) { throw AdminError(.dataError, "first", next: "n") } }
    #expect(both?.code == .dataError && both?.what == "first" && both?.next.contains("audit log") == true)
    #expect(try !FileSystem.exists(folder["elsewhere"]))
  }
}
