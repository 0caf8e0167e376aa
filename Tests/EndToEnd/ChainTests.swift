import Testing

/// Copies of copies, and what they still know.
@Suite(.waiting) struct ChainTests {
  @Test func aCopyOfACopyRefusesProductionsHostsToo() throws {
    let first = try TestServer(restored: true)
    let listener = try Listener()
    try hubtui("post-restore", "listserv-host", "127.0.0.1:\(listener.port)", on: first.path).succeeded()
    try hubtui("post-restore", "tracking-host", "track.copy.example", "--untested", on: first.path).succeeded()
    let id = try #require(try hubtui("backup", "create", "--test-bed", on: first.path).succeeded().lines.last)
    let second = try TestServer()
    let folders = ["hub", "lui", "trk"].flatMap { ["--from", "\(first.path)/\($0)/backup"] }
    try run(Program.command(["restore", id, "--yes"] + folders, on: second.path)).succeeded()
    let status = try hubtui("post-restore", "status", on: second.path).succeeded()
    #expect(status.lines.first?.contains(id) == true)
    #expect(status.output.contains("[ ] LISTSERV host: not set"))
    for host in ["listserv.maestro-prod.example", "track.copy.example", "192.0.2.44"] {
      try expectRefusal(
        77, "a host of production", of: ["post-restore", "listserv-host", host, "--untested"], on: second.path,
        traces: true)
    }
    try python(
      "origins = {r['origin'] for r in rows(db(A[0]), 'lui_jobs').values()}; assert origins == {A[1]}, origins",
      [second.database, id])
  }

  @Test func aTestSystemsOwnBackupKeepsTheMark() throws {
    let server = try TestServer(restored: true)
    let before = try hubtui("post-restore", "status", on: server.path).succeeded().output
    let id = try #require(try hubtui("backup", "create", on: server.path).succeeded().lines.last)
    try hubtui("outbox", "revoke", "--all", "--confirm", "REVOKE ALL", on: server.path).succeeded()
    try hubtui("restore", id, "--yes", on: server.path).succeeded()
    #expect(try hubtui("post-restore", "status", on: server.path).succeeded().output == before)
    try expectRefusal(77, "9 of production's jobs", of: ["outbox", "open", "--confirm", "OPEN"], on: server.path)
  }

  @Test func aRestoredTestSystemTakesTheNextSet() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    for id in [shared.testBed, shared.otherTestBed] {
      try run(Program.command(["restore", id, "--yes"] + shared.demo.from, on: server.path)).succeeded()
      #expect(try hubtui("post-restore", "status", on: server.path).output.contains(id))
    }
    // One former state is kept, not two.
    #expect(try names(in: server.path + "/lui").filter { $0.hasPrefix(".restore-") }.count == 1)
    for id in [shared.testBed, shared.otherTestBed, shared.testBed] {
      try hubtui("restore", "rollback", "--yes", on: server.path).succeeded()
      #expect(try hubtui("post-restore", "status", on: server.path).output.contains(id))
    }
  }

  @Test func aCopiedInstallationNeverTouchesTheOneItCameFrom() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    try run(Program.command(["restore", shared.testBed, "--yes"] + shared.demo.from, on: server.path)).succeeded()
    let copy = server.folder["copy"]
    try run(["cp", "-a", server.path, copy]).succeeded()
    let before = try Tree(server.path)
    let rollback = try hubtui("restore", "rollback", "--yes", on: copy)
    #expect(rollback.status == 65)
    #expect(rollback.errorLines.count == 1)
    try run(Program.command(["restore", shared.otherTestBed, "--yes"] + shared.demo.from, on: copy)).succeeded()
    try hubtui("restore", "rollback", "--yes", on: copy).succeeded()
    #expect(try Tree(server.path).differences(to: before) == [])
  }
}
