import Glibc
import Testing

/// Who may log in and when, and what the audit log tells of it, in the real program.
@Suite(.waiting) struct AccessTests {
  /// One program that is asked to log in with wrong passwords; what it said.
  private func fail(_ server: TestServer, times: Int, name: String = "admin") throws -> String {
    let console = try Conversation(Program.command(["--accessible"], on: server.path))
    for _ in 0..<times {
      try console.answer("Account", name)
      try console.answer("Password", "not this one")
    }
    try console.wait(for: "Account")
    #expect(try console.end() == 0)
    return console.transcript
  }

  @Test func aNewProgramDoesNotShortenTheWait() throws {
    let server = try TestServer()
    #expect(try fail(server, times: 1).contains("the next try waits 1 s"))
    #expect(try fail(server, times: 1).contains("the next try waits 2 s"))
    #expect(try fail(server, times: 1, name: "nobody").contains("the next try waits 1 s"))
    let file = server.path + "/hub/login-delays.json"
    #expect(try run(["stat", "-c", "%a", file]).succeeded().output == "600\n")
    // As after many failures a moment ago; the wait is told, and it is five minutes at the most.
    try python(
      """
      text = json.load(open(A[0]))
      text['account admin']['failures'] = 1000
      with open(A[0], 'w') as file:
          json.dump(text, file)
      """, [file])
    let console = try Conversation(Program.command(["--accessible"], on: server.path))
    try console.answer("Account", "admin")
    try console.answer("Password", "demo-admin")
    try console.wait(for: "Account")
    let seconds = try #require(console.transcript.firstMatch(of: /waits ([0-9]+) s more/).flatMap { Int($0.1) })
    #expect((1...300).contains(seconds), "\(console.transcript)")
    // At a shell of the machine the last administrator is never locked out.
    try hubtui("account", "enable", "admin", on: server.path).succeeded()
    try console.answer("Account", "admin")
    try console.answer("Password", "demo-admin")
    try console.answer("0 to quit", "0")
    #expect(try console.end() == 0)
    #expect(console.transcript.contains("Logged in as admin"))
  }

  @Test func aDisabledAccountIsEnabledAgainAndTheLastAdministratorStays() throws {
    let server = try TestServer()
    try hubtui(
      "account", "add", "eve", "--administrator", "--password-file", "-", on: server.path, input: "long enough\n"
    )
    .succeeded()
    try hubtui("account", "disable", "admin", on: server.path).succeeded()
    try expectRefusal(77, "last administrator", of: ["account", "disable", "eve"], on: server.path, traces: true)
    #expect(try hubtui("account", "enable", "admin", on: server.path).succeeded().output == "Enabled: admin\n")
    try hubtui("account", "disable", "eve", on: server.path).succeeded()
    try expectRefusal(64, "no such account", of: ["account", "enable", "nobody"], on: server.path, traces: true)
    #expect(try hubtui("audit", "show", on: server.path).output.contains("account enable"))
  }

  @Test func aKilledBackupIsInTheAuditLog() throws {
    let demo = try Demo()
    let backup = try Running(Program.command(["backup", "create", "--level", "9"], on: demo.production))
    try eventually("it has begun") {
      let run = try hubtui("audit", "show", on: demo.production)
      return run.output.contains("backup create")
    }
    backup.signal(SIGKILL)
    _ = try backup.wait()
    let shown = try hubtui("audit", "show", on: demo.production).succeeded().lines.last ?? ""
    // It may have been quicker than the test.
    #expect(shown.contains("no outcome") || shown.hasSuffix("done"), "\(shown)")
    try hubtui("audit", "verify", on: demo.production).succeeded()
  }

  @Test func theAuditLogIsVerified() throws {
    let server = try TestServer()
    for language in ["fr", "de", "nl"] {
      try hubtui("settings", "set", "lui.general.language", language, on: server.path).succeeded()
    }
    let log = server.path + "/hub/logs/audit.jsonl"
    let good = try hubtui("audit", "verify", on: server.path).succeeded()
    #expect(good.output.contains("lines, whole and in order"), "\(good.output)")
    let head = try #require(good.lines.last?.split(separator: " ").last).description
    try hubtui("audit", "verify", "--head", head, on: server.path).succeeded()
    let count = try text(of: log).split(separator: "\n").count
    let copy = log + ".good"
    try run(["cp", "-a", log, copy]).succeeded()
    for (script, line) in [
      ("2s/local/fake/", 2), ("3d", 3), ("2{p}", 3), ("$d", count), ("$s/local/fake/", count), ("3{h;d};4{G}", 3),
    ] {
      try run(["cp", "-a", copy, log]).succeeded()
      try run(["sed", "-i", script, log]).succeeded()
      let run = try hubtui("audit", "verify", on: server.path)
      #expect(run.status == 65 && run.errorLines.count == 1, "\(script): \(run.output)")
      #expect(run.errors.contains("line \(line) "), "\(script): \(run.errors)")
    }
    try run(["cp", "-a", copy, log]).succeeded()
    try run(["truncate", "-s", "-20", log]).succeeded()
    #expect(try hubtui("audit", "verify", on: server.path).errors.contains("line \(count) is torn"))
    try run(["cp", "-a", copy, log]).succeeded()
    try hubtui("audit", "verify", on: server.path).succeeded()
    #expect(
      try hubtui("audit", "verify", "--json", on: server.path).succeeded().output.contains("\"head\" : \"\(head)\""))
  }
}
