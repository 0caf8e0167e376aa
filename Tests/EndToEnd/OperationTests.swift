import Glibc
import Testing

/// Operations beside consoles, short changes and other installations.
@Suite(.waiting) struct OperationTests {
  /// The running operation of an installation.
  private func running(on folder: String) throws -> (name: String, process: pid_t) {
    var found: (String, pid_t)?
    try eventually("an operation runs") {
      let words =
        try python(
          "import json\ns = json.loads(A[0]) or {}\nprint(s.get('name', ''), s.get('processID', 0), s.get('outcome', ''), sep='|')",
          [hubtui("operation", "status", "--json", on: folder).succeeded().output]
        ).split(separator: "\n").first?.split(separator: "|").map(String.init) ?? []
      guard words.count == 3, words[2] == "running", let process = pid_t(words[1]) else { return false }
      found = (words[0], process)
      return true
    }
    guard let found else { throw Failure("nothing runs") }
    return found
  }

  @Test func aPreviewIsCancelledFromAnotherShellAndItsConsoleLives() throws {
    let demo = try Demo("--subscribers", "100000", "--events", "200000")
    let console = try Tmux(Program.command([], on: demo.production))
    try console.wait(for: "Account")
    try console.type("admin")
    try console.press("Tab")
    try console.type("demo-admin")
    try console.press("Enter")
    try console.wait(for: "Global Settings")
    try console.type("GAGT")
    let preview = try running(on: demo.production)
    // Held where it is, so that it surely still runs when it is cancelled.
    kill(preview.process, SIGSTOP)
    #expect(preview.name == "preview of a test-bed backup")
    try hubtui("operation", "cancel", on: demo.production).succeeded()
    kill(preview.process, SIGCONT)
    let screen = try console.wait(for: "cancelled")
    #expect(screen.contains("Create Test-Bed Backup"), "\(screen)")
    #expect(try hubtui("operation", "status", on: demo.production).output.contains(": cancelled 20"))
    // The console goes on: the same preview can be asked for again.
    try console.type("a")
    try console.wait(for: "Nothing uncovered")
  }

  @Test func keysAreAnsweredWhileTheDatabaseIsSilent() throws {
    let folder = try TemporaryFolder()
    let server = folder["server"]
    try run(
      Program.command(["setup", server, "--database", "mariadb", "--password-file", "-"]), input: "demo-admin\n"
    ).succeeded()
    let pid = try #require(
      try names(in: server + "/database/mariadb").first { $0.hasSuffix(".pid") }
        .flatMap { try pid_t(text(of: "\(server)/database/mariadb/\($0)").split(separator: "\n").first ?? "") })
    defer { _ = try? hubtui("database", "stop", "--yes", on: server) }
    let console = try Tmux(Program.command([], on: server))
    try console.wait(for: "Account")
    try console.type("admin")
    try console.press("Tab")
    try console.type("demo-admin")
    try console.press("Enter")
    try console.wait(for: "Global Settings")
    kill(pid, SIGSTOP)
    defer { kill(pid, SIGCONT) }
    for (key, words) in [
      ("G", "Maestro Tracker"), ("M", "LISTSERV Connection"), ("O", "Reading"), ("?", "Menus"), ("q", "Reading"),
      ("Escape", "General Settings"), ("G", "Reading"), ("Escape", "Outbox"),
    ] {
      try console.press(key)
      try console.wait(for: words)
    }
    try console.wait(for: "The system database does not answer")
    kill(pid, SIGCONT)
    try eventually("the console sees that it answers again") {
      try !console.screen().contains("does not answer")
    }
    try console.press("O")
    try console.wait(for: "no job is queued")
  }

  @Test func twoInstallationsWithOneBackupFolderLeaveEachOtherAlone() throws {
    let (first, second) = (try Demo(), try Demo())
    let share = try TemporaryFolder()
    for demo in [first, second] {
      for component in ["hub", "lui", "trk"] {
        try hubtui("settings", "set", "\(component).backup.folder", share.path, on: demo.production).succeeded()
      }
    }
    let large = first.production + "/lui/data/uploads/large.bin"
    try run(["truncate", "-s", "64G", large]).succeeded()
    let slow = try Running(Program.command(["backup", "create"], on: first.production))
    let partials = { try names(in: share.path).filter { $0.hasSuffix(".partial") } }
    try eventually("the first writes") { try !partials().isEmpty }
    let before = try partials()
    let id = try second.backup()
    #expect(try Set(before).isSubset(of: partials()), "what the first writes was taken away")
    #expect(slow.isRunning)
    slow.signal(SIGTERM)
    _ = try slow.wait()
    #expect(try partials() == [])
    try hubtui("backup", "verify", id, on: second.production).succeeded()
    try run(["rm", large]).succeeded()
    try hubtui("backup", "verify", first.backup(), on: first.production).succeeded()
  }

  @Test func aReportIsSavedOnceAndForThisAccountAlone() throws {
    let demo = try Demo()
    let id = try demo.backup()
    let copy = demo.folder["copy.txt"]
    try hubtui("report", "save", id, "--to", copy, on: demo.production).succeeded()
    #expect(try text(of: copy) == text(of: "\(demo.production)/hub/logs/backupReport_\(id).txt"))
    var status = stat()
    #expect(lstat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let again = try hubtui("report", "save", "--to", copy, on: demo.production)
    #expect(again.status == 73 && again.errorLines.count == 1, "\(again.errors)")
  }
}
