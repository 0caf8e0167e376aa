import Glibc
import Testing

@Suite(.waiting) struct RestoreCancelTests {
  /// A restore that was stopped while it stages; nothing is compared but what a restore may leave unchanged.
  private struct Stopped {
    let server: TestServer
    let before: Tree
    let restore: Running

    /// A production with a set that takes long to restore; nobody runs the program on it again.
    private static let large = Result<(demo: Demo, id: String), any Error> {
      let demo = try Demo()
      try run(["truncate", "-s", "256M", demo.production + "/lui/data/uploads/large.bin"]).succeeded()
      let id = try demo.backup("--test-bed")
      // A static value has no end of life, so its folder goes with the process.
      atexit { try? Stopped.removeLarge() }
      return (demo, id)
    }

    private static func removeLarge() throws { try large.get().demo.folder.remove() }

    init() throws {
      let (demo, id) = try Stopped.large.get()
      server = try TestServer()
      before = try Stopped.tree(server)
      restore = try Running(Program.command(["restore", id, "--yes"] + demo.from, on: server.path))
      let restore = restore
      let server = server
      try eventually("files are staged") {
        guard restore.isRunning else { throw Failure("it ended: \(try restore.wait().errors)") }
        let staged = try names(in: server.path + "/lui").first { $0.hasPrefix(".restore-staged-") }
        return try staged.map { try names(in: server.path + "/lui/" + $0).contains("data") } ?? false
      }
      restore.signal(SIGSTOP)
      #expect(try text(of: server.path + "/hub/restore-journal.json").contains("\"staging\""))
    }

    static func tree(_ server: TestServer) throws -> Tree {
      try Tree(server.path, ignoring: Tree.traces.union(Tree.databaseLogs), times: false)
    }

    /// Nothing of the restore is left, and everything of before is there.
    func expectFormerState() throws {
      #expect(try Stopped.tree(server).differences(to: before) == [])
      try hubtui("settings", "list", on: server.path).succeeded()
    }
  }

  @Test func aRunningRestoreIsShownAndCanBeCancelled() throws {
    let stopped = try Stopped()
    let status = try hubtui("operation", "status", on: stopped.server.path).succeeded()
    #expect(status.output.contains("restore 2"))
    #expect(status.output.contains(": running (process \(stopped.restore.process)), staging files of LUI"))
    let other = try hubtui("settings", "set", "lui.general.language", "fr", on: stopped.server.path)
    #expect(other.status == 75)
    #expect(other.errorLines.count == 1)
    try hubtui("outbox", "list", on: stopped.server.path).succeeded()
    try hubtui("operation", "cancel", on: stopped.server.path).succeeded()
    stopped.restore.signal(SIGCONT)
    let ended = try stopped.restore.wait()
    #expect(ended.status == 130, "\(ended.errors)")
    #expect(ended.errorLines.count == 1)
    try stopped.expectFormerState()
    #expect(try hubtui("operation", "status", on: stopped.server.path).output.contains(": cancelled 20"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aSignalCancelsARestore(signal: Int32) throws {
    let stopped = try Stopped()
    stopped.restore.signal(signal)
    stopped.restore.signal(SIGCONT)
    #expect(try stopped.restore.wait().status == 130)
    try stopped.expectFormerState()
  }

  @Test func aKilledRestoreLeavesTheFormerStateAtTheNextStart() throws {
    let stopped = try Stopped()
    stopped.restore.signal(SIGKILL)
    #expect(try stopped.restore.wait().status == 128 + SIGKILL)
    #expect(try hubtui("operation", "status", on: stopped.server.path).output.contains("failed"))
    try hubtui("settings", "list", on: stopped.server.path).succeeded()
    try stopped.expectFormerState()
    #expect(try hubtui("audit", "show", on: stopped.server.path).output.contains("recovery"))
  }
}
