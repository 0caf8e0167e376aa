import Glibc
import Testing

/// Targets into which a set must not go, and moments at which it must not.
@Suite(.waiting) struct RefusalTests {
  private func restore(_ id: String) throws -> [String] { ["restore", id, "--yes"] + (try Shared.get()).demo.from }

  @Test func aTestBedSetIntoItsOrigin() throws {
    let demo = try Demo()
    let id = try demo.backup("--test-bed")
    let before = try demo.productionTree()
    try expectRefusal(77, of: ["restore", id, "--yes"], on: demo.production)
    #expect(try demo.productionTree().differences(to: before) == [])
    // A single server with the internal database: nothing but being the origin speaks against it.
    let server = try TestServer()
    let own = try hubtui("backup", "create", "--test-bed", on: server.path).succeeded().lines.last ?? ""
    try expectRefusal(
      77, "made on this very system", of: ["restore", own, "--yes"], on: server.path)
  }

  @Test func aNormalSetIntoAnotherSystem() throws {
    let shared = try Shared.get()
    let used = try TestServer(restored: true)
    try hubtui("settings", "list", on: used.path).succeeded()
    try expectRefusal(77, "its jobs would be sent twice", of: try restore(shared.normal), on: used.path)
    // An empty one, while the database that the set names is still there.
    let empty = try TestServer()
    try expectRefusal(77, "the origin is not lost", of: try restore(shared.normal), on: empty.path)
  }

  @Test func aNormalSetIntoAnEmptySystemNeedsATerminal() throws {
    let demo = try Demo()
    let id = try demo.backup()
    try run(["mv", demo.folder["production-database"], demo.folder["away"]]).succeeded()
    try expectRefusal(
      77, "must be confirmed at a terminal", of: ["restore", id, "--yes"] + demo.from, on: demo.testServer,
      input: "REBUILD \(id)\n")
  }

  @Test(arguments: ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"])
  func aTestBedSetIntoADistributedTarget(ini: String) throws {
    let shared = try Shared.get()
    for host in ["component.host", ini == "hub/hub.ini" ? "lui.host" : "hub.host"] {
      for value in ["127.0.0.2", "192.0.2.7", "lui.test.example"] {
        let server = try TestServer()
        try server.edit(ini, "s/^\(host)=localhost$/\(host)=\(value)/")
        try expectRefusal(77, "the target is distributed", of: try restore(shared.testBed), on: server.path)
      }
    }
  }

  @Test func aTestBedSetIntoATargetWithAnExternalDatabase() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    try run(["cp", server.database, server.folder["external.sqlite"]]).succeeded()
    for ini in ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"] {
      try server.edit(ini, "s|^database.url=internal$|database.url=sqlite://\(server.folder["external.sqlite"])|")
    }
    let before = try text(of: server.folder["external.sqlite"])
    try expectRefusal(77, "external database", of: try restore(shared.testBed), on: server.path)
    #expect(try text(of: server.folder["external.sqlite"]) == before)
  }

  @Test(arguments: ["hub", "lui", "trk"]) func aComponentRunsByItsPidFile(component: String) throws {
    let shared = try Shared.get()
    let server = try TestServer()
    let sleeper = try Running(["sleep", "600"])
    try write("\(sleeper.process)\n", to: "\(server.path)/\(component)/\(component).pid")
    try expectRefusal(
      77, "component \(component.uppercased()) is running", of: try restore(shared.testBed), on: server.path)
    sleeper.stop()
    // The file of a process that is gone is no evidence.
    try run(Program.command(try restore(shared.testBed), on: server.path)).succeeded()
    try hubtui("settings", "list", on: server.path).succeeded()
    let again = try Running(["sleep", "600"])
    try write("\(again.process)\n", to: "\(server.path)/\(component)/\(component).pid")
    try expectRefusal(77, "is running", of: ["restore", "rollback", "--yes"], on: server.path, traces: true)
  }

  @Test(arguments: ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"])
  func aComponentRunsByItsPort(ini: String) throws {
    let shared = try Shared.get()
    let server = try TestServer()
    let listener = try Listener()
    try server.edit(ini, "s/^component.port=.*$/component.port=\(listener.port)/")
    try expectRefusal(77, "port \(listener.port) answers", of: try restore(shared.testBed), on: server.path)
    listener.stop()
    try run(Program.command(try restore(shared.testBed), on: server.path)).succeeded()
  }

  @Test func aSecondOperationWhileOneRuns() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    let holder = try background(
      """
      f = open(A[0], 'w')
      fcntl.lockf(f, fcntl.LOCK_EX)
      print('held', flush=True)
      time.sleep(600)
      """, [server.path + "/hub/operation.lock"])
    try eventually("the lock is held") { holder.outputSoFar.contains("held") }
    let words = "another operation runs (process \(holder.process))"
    for arguments in [
      try restore(shared.testBed), ["restore", "rollback", "--yes"], ["backup", "create"],
      ["backup", "create", "--test-bed"], ["backup", "create", "--dry-run"],
      ["settings", "set", "lui.general.language", "fr"], ["outbox", "close"], ["account", "disable", "admin"],
      ["backup", "delete", shared.testBed, "--yes"] + shared.demo.from,
    ] {
      try expectRefusal(75, words, of: arguments, on: server.path)
    }
    holder.stop()
    try run(Program.command(try restore(shared.testBed), on: server.path)).succeeded()
  }

  /// Runs with a limit to the size of files, which ends writing in the middle as a full disk does.
  private func limited(_ arguments: [String], on folder: String, bytes: Int) throws -> Run {
    try run(
      [
        "python3", "-c",
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (\(bytes),) * 2); os.execv(sys.argv[1], sys.argv[1:])",
      ] + Program.command(arguments, on: folder))
  }

  @Test(arguments: ["limit", "disk"]) func aFullDiskDuringABackup(kind: String) throws {
    let demo = try Demo()
    let disk = kind == "disk" ? try SmallDisk(at: demo.share, bytes: 64 << 10) : nil
    defer { disk?.unmount() }
    let ignoring = Tree.traces.union(["hub/logs"])
    let before = try demo.productionTree(ignoring: ignoring)
    for flags in [["--test-bed"], []] {
      let run = try limited(
        ["backup", "create"] + flags, on: demo.production, bytes: disk?.isMounted == true ? 1 << 30 : 64 << 10)
      #expect(run.status == 74, "\(run.errors)")
      #expect(run.errorLines.count == 1, "\(run.errors)")
      #expect(run.output.isEmpty)
    }
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
    let after = try demo.productionTree(ignoring: ignoring)
    // Archives were begun and removed in these folders.
    let touched = ["production/hub/backup", "production/trk/backup", "share/lui-backup"]
    #expect(after.differences(to: before).filter { !touched.contains($0) } == [])
    let logs = try names(in: demo.production + "/hub/logs").filter { $0.contains("ackupReport_") }
    #expect(logs.count == 2)
    for log in logs {
      #expect(!(try text(of: demo.production + "/hub/logs/" + log)).contains("completed successfully"))
    }
  }

  @Test(arguments: ["limit", "disk"]) func aFullDiskDuringARestore(kind: String) throws {
    let shared = try Shared.get()
    let source = try TestServer()
    let folder = try TemporaryFolder()
    let disk = kind == "disk" ? try SmallDisk(at: folder.path, bytes: 3 << 18) : nil
    defer { disk?.unmount() }
    try run(["cp", "-a", source.path, folder["server"]]).succeeded()
    let ignoring = Tree.traces.union(Tree.databaseLogs)
    let before = try Tree(folder["server"], ignoring: ignoring, times: false)
    let run = try limited(
      try restore(shared.testBed), on: folder["server"], bytes: disk?.isMounted == true ? 1 << 30 : 256 << 10)
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errorLines.count == 1, "\(run.errors)")
    #expect(try Tree(folder["server"], ignoring: ignoring, times: false).differences(to: before) == [])
    let rollback = try hubtui("restore", "rollback", "--yes", on: folder["server"])
    #expect(rollback.status == 65)
  }
}

/// A small file system of its own where that can be mounted; else the limit alone must do.
private struct SmallDisk {
  let isMounted: Bool
  private let path: String

  init(at path: String, bytes: Int) throws {
    self.path = path
    isMounted = try run(["mount", "-t", "tmpfs", "-o", "size=\(bytes),mode=700", "tmpfs", path]).status == 0
  }

  /// Before the folder that holds it is removed.
  func unmount() { if isMounted { _ = try? run(["umount", "-l", path]) } }
}
