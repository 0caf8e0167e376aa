import Glibc
import Testing

@Suite(.waiting) struct CancelTests {
  enum Way: String, CaseIterable, Sendable { case command, interrupt, termination }

  /// A demo whose backup takes long, for it must read a large file of zeros.
  private func slowDemo(gigabytes: Double) throws -> Demo {
    let demo = try Demo()
    try run(["truncate", "-s", String(Int(gigabytes * 1_073_741_824)), demo.production + "/lui/data/uploads/large.bin"])
      .succeeded()
    return demo
  }

  /// Starts a backup and waits until it writes.
  private func start(_ demo: Demo, _ flags: String...) throws -> Running {
    let backup = try Running(Program.command(["backup", "create"] + flags, on: demo.production))
    try eventually("an archive is being written") {
      guard backup.isRunning else { throw Failure("it ended: \(try backup.wait().errors)") }
      return try names(in: demo.share).contains { $0.hasSuffix(".partial") }
    }
    return backup
  }

  @Test(arguments: Way.allCases, [true, false]) func aCancelledBackupLeavesNothing(way: Way, testBed: Bool) throws {
    let demo = try slowDemo(gigabytes: 64)
    let backup = try testBed ? start(demo, "--test-bed") : start(demo)
    let running = try hubtui("operation", "status", on: demo.production).succeeded()
    #expect(running.output.contains(": running (process \(backup.process)), writing LUI"))
    #expect(running.lines.first?.hasPrefix(testBed ? "test-bed backup 2" : "backup 2") == true)
    switch way {
    case .command: try hubtui("operation", "cancel", on: demo.production).succeeded()
    case .interrupt: backup.signal(SIGINT)
    case .termination: backup.signal(SIGTERM)
    }
    let ended = try backup.wait()
    #expect(ended.status == 130)
    #expect(ended.output.isEmpty)
    #expect(ended.errorLines.count == 1)
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
    let log = try #require(try names(in: demo.production + "/hub/logs").first { $0.contains("ackupReport_") })
    let lines = try text(of: demo.production + "/hub/logs/" + log).split(separator: "\n")
    #expect(lines.last?.contains("not usable for a restore") == true)
    let status = try hubtui("operation", "status", on: demo.production).succeeded()
    #expect(status.lines.first?.contains(": cancelled 20") == true)
    let none = try hubtui("operation", "cancel", on: demo.production)
    #expect(none.status == 69)
    #expect(none.errorLines.count == 1)
    // What was cancelled can be had at once.
    try run(["rm", demo.production + "/lui/data/uploads/large.bin"]).succeeded()
    _ = try demo.backup("--test-bed")
  }

  @Test func aLostLineDoesNotStopABackup() throws {
    let demo = try slowDemo(gigabytes: 0.5)
    let backup = try start(demo, "--test-bed")
    // Stopped while it surely still writes, so that the hang-up surely comes before its end.
    backup.signal(SIGSTOP)
    #expect(try names(in: demo.share).contains { $0.hasSuffix(".partial") })
    backup.signal(SIGHUP)
    backup.signal(SIGCONT)
    let ended = try backup.wait()
    #expect(ended.status == 0, "\(ended.errors)")
    let id = try #require(ended.lines.last)
    #expect(
      try text(of: demo.reportPath(id, testBed: true)).hasSuffix("The test-bed-backup was completed successfully\n"))
    let status = try hubtui("operation", "status", on: demo.production).succeeded()
    #expect(status.lines.first?.contains(": succeeded 20") == true)
    let attach = try hubtui("operation", "attach", on: demo.production).succeeded()
    #expect(attach.lines.last?.contains(id) == true)
  }

  @Test func aSecondBackupIsRefusedAndTheFirstGoesOn() throws {
    let demo = try slowDemo(gigabytes: 64)
    let backup = try start(demo)
    for arguments in [["backup", "create"], ["backup", "create", "--test-bed"], ["outbox", "close"]] {
      let second = try run(Program.command(arguments, on: demo.production))
      #expect(second.status == 75)
      #expect(second.errorLines.count == 1)
      #expect(second.errors.contains("process \(backup.process)"))
    }
    #expect(backup.isRunning)
    #expect(try names(in: demo.share).count == 1)
    backup.signal(SIGTERM)
    #expect(try backup.wait().status == 130)
  }

  @Test func aKilledBackupIsToldAndItsRemainsAreRemovedByTheNext() throws {
    let demo = try slowDemo(gigabytes: 64)
    let backup = try start(demo)
    backup.signal(SIGKILL)
    #expect(try backup.wait().status == 128 + SIGKILL)
    let status = try hubtui("operation", "status", on: demo.production).succeeded()
    #expect(status.output.contains("failed"))
    #expect(try hubtui("backup", "list", on: demo.production).succeeded().lines.count == 1)
    try run(["rm", demo.production + "/lui/data/uploads/large.bin"]).succeeded()
    let id = try demo.backup()
    #expect(try demo.backupFolders.flatMap { try names(in: $0) }.allSatisfy { $0.hasSuffix("_\(id).zip") })
  }
}
