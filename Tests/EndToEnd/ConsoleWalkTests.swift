import Testing

/// The whole job by keyboard alone, in real terminals.
@Suite(.waiting) struct ConsoleWalkTests {
  /// A kind of terminal.
  struct Kind: Sendable, CustomTestStringConvertible {
    let term: String
    var locale = "C.UTF-8"
    var testDescription: String { "\(term), \(locale)" }

    static let all =
      ["xterm-256color", "screen-256color", "tmux-256color", "linux", "vt100"].map { Kind(term: $0) } + [
        Kind(term: "xterm-256color", locale: "C")
      ]
  }

  @Test(arguments: Kind.all) func theWholeJobByKeyboard(kind: Kind) throws {
    let environment = ["TERM": kind.term, "LC_ALL": kind.locale]
    let good = kind.locale == "C" ? "+" : "✓"
    let demo = try Demo("--subscribers", "20", "--events", "50")
    let production = try ConsoleDemo(demo.production, environment: environment)
    try production.logIn()
    try production.startBackup()
    try production.tmux.wait(for: "\(good) Succeeded")
    let id = try production.backupID()
    try production.press("Enter", until: "THIS IS A TEST-BED BACKUP")
    let mark = "The test-bed-backup was completed successfully"
    let report = try production.press("G", until: mark)
    #expect(report.split(separator: "\n").contains { $0 == "\(good) \(mark)" }, "\(report)")
    // Where there are colours the mark stands on one of its own.
    let coloured = try production.tmux.colouredScreen().split(separator: "\n").first { $0.contains(mark) }
    #expect(kind.term == "vt100" || coloured?.contains(/\[[0-9;]*4[0-8]/) == true, "\(coloured ?? "")")

    let server = try ConsoleDemo(demo.testServer, environment: environment)
    try restore(id, of: demo, on: server)
    let listener = try Listener()
    try setUp(server, listener.port)
    try production.tmux.press("C-c")
    try checkByCommand(id, demo, listener.port)
  }

  private func restore(_ id: String, of demo: Demo, on server: ConsoleDemo) throws {
    try server.logIn()
    #expect(try !server.tmux.screen().contains("TEST SYSTEM"))
    try server.openGeneralAdministration()
    try server.press("r", until: "Folder 3")
    try server.fill(demo.backupFolders[0], demo.backupFolders[1], demo.backupFolders[2])
    try server.press("Enter", until: id)
    try server.press("Enter", until: "Enter goes on")
    try server.press("Enter", until: "Type RESTORE:")
    // The wrong word starts nothing.
    try server.tmux.type("restore")
    try server.press("Enter", "C-u", until: "Type RESTORE:")
    try server.confirm("RESTORE", until: "Succeeded")
    let screen = try server.tmux.wait(for: "TEST SYSTEM")
    #expect(screen.contains("\(id) ") && screen.contains("Sending is disabled !"), "\(screen)")
  }

  private func setUp(_ server: ConsoleDemo, _ port: Int) throws {
    try server.press("Escape", until: "5 steps to do")
    try server.press("p", until: "Outbox review")
    try server.press("Enter", until: "Connection test")
    try server.fill("127.0.0.1", String(port))
    try server.press("Enter", until: "LISTSERV host: 127.0.0.1:\(port)")
    try server.press("Down", "Enter", until: "Public URL")
    try server.fill("127.0.0.1", String(port))
    try server.press("Enter", until: "Tracking host: 127.0.0.1:\(port)")
    try server.press("Down", "Enter", until: "LISTSERV connection")
    try server.press("g", "Space", "Space", "Space", "Space", "Space", "Space", "c", until: "[ Clear ]")
    try server.press("Tab", "Enter", until: "Cleared: ")
    try server.press("Enter", until: "every group and account has the default")
    try server.press("Escape", until: "Outbox review")
    try server.press("End", "Enter", until: "production")
    // Closed as long as production's jobs are queued.
    try server.press("o", until: "The outbox stays closed")
    try server.press("Enter", until: "Due (UTC)")
    try server.press(
      "g", "Space", "Space", "Space", "Space", "Space", "Space", "Space", "Space", "Space", "r", until: "9 jobs")
    try server.confirm("REVOKE ALL", until: "Revoked: ")
    try server.press("Enter", until: "no job is queued")
    try server.tmux.press("o")
    try server.confirm("OPEN", until: "Sending is enabled")
    // The banner is read by a thread of its own.
    let open = try server.tmux.wait(for: "the outbox is OPEN !")
    #expect(!open.contains("Sending is disabled"), "\(open)")
    try server.press("Enter", until: "no job is queued")
    try server.press("Escape", until: "0 jobs queued")
    try server.press("Escape", until: "done")
    try server.press("q", until: "[ Quit ]")
    try server.tmux.press("Tab", "Enter")
    #expect(try server.tmux.waitForEnd() == 0)
  }

  private func checkByCommand(_ id: String, _ demo: Demo, _ port: Int) throws {
    func setting(_ key: String) throws -> String {
      try hubtui("settings", "get", key, on: demo.testServer).succeeded().output
    }
    #expect(try setting("lui.outbox.sending") == "enabled\n")
    #expect(try setting("lui.listserv.host") == "127.0.0.1\n")
    #expect(try setting("lui.listserv.port") == "\(port)\n")
    #expect(try setting("trk.tracking.host") == "127.0.0.1\n")
    #expect(try hubtui("post-restore", "status", on: demo.testServer).succeeded().output.contains("TEST SYSTEM"))
    try hubtui("backup", "verify", id, on: demo.production).succeeded()
    let made = try audit(demo.production)
    #expect(made.contains("admin|login|done"), "\(made)")
    #expect(made.contains { $0.contains("for Hub account admin|backup create|done") }, "\(made)")
    let restored = try audit(demo.testServer)
    for action in ["login", "post-restore listserv-host", "post-restore tracking-host", "outbox revoke", "outbox open"]
    {
      #expect(restored.contains("admin|\(action)|done"), "\(action): \(restored)")
    }
    #expect(restored.contains { $0.contains("for Hub account admin|restore|done") }, "\(restored)")
    // The console itself gave the copy its own IDs before anything else could happen on it.
    let first = restored.firstIndex { $0.contains("|first start|") }
    let next = restored.firstIndex { $0.contains("|post-restore listserv-host|") }
    #expect(first ?? .max < next ?? 0, "\(restored)")
  }

  /// The audit log, oldest first: account, action, result.
  private func audit(_ folder: String) throws -> [String] {
    try python(
      """
      for line in open(A[0] + '/hub/logs/audit.jsonl'):
          entry = json.loads(line)
          print('|'.join([entry['account'], entry['action'], entry['result']]))
      """, [folder]
    ).split(separator: "\n").map(String.init)
  }

  @Test(arguments: ["dumb", "no-such-terminal"]) func aTerminalWithoutACursorIsRefusedWithAWayOut(term: String) throws {
    let demo = try Shared.get().demo
    let tmux = try Tmux(Program.command([], on: demo.production), environment: ["TERM": term])
    #expect(try tmux.waitForEnd() == 69)
    let words = try tmux.screen().split(separator: "\n").joined()
    #expect(words.contains("TERM=\(term)") && words.contains("hubtui backup, restore"), "\(words)")
  }

  @Test func withoutATerminalItIsRefusedWithAWayOut() throws {
    let run = try hubtui(on: Shared.get().demo.production)
    #expect(run.status == 69)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("hubtui backup, restore"), "\(run.errors)")
  }

  /// What colours say stands there as a sign too: every theme shows the same text.
  @Test func noThemeLosesAnything() throws {
    let server = try TestServer(restored: true)
    var shown: [String: [String]] = [:]
    for theme in ["default", "light", "high-contrast", "mono", "NO_COLOR"] {
      let isPlain = theme == "NO_COLOR"
      let console = try ConsoleDemo(
        server.path, options: isPlain ? [] : ["--theme", theme], environment: isPlain ? ["NO_COLOR": "1"] : [:])
      try console.logIn()
      // The last line is drawn last.
      var screens = [try console.tmux.wait(for: "Enter  Open")]
      try console.press("p", until: "Outbox review")
      screens.append(try console.tmux.wait(for: "▲ Outbox review"))
      try console.press("End", "Enter", until: "production")
      screens.append(try console.tmux.wait(for: " ! "))
      screens.append(try console.press("Space", until: "*! "))
      screens.append(try console.press("d", until: "[ Keep ]"))
      let coloured = try console.tmux.colouredScreen()
      let hasColour = coloured.contains("[38;5;")
      #expect(hasColour == !["mono", "NO_COLOR"].contains(theme), "\(theme): \(coloured)")
      // Without colours the chosen button and the chosen row are reversed.
      #expect(hasColour || coloured.contains("[7m"), "\(theme): \(coloured)")
      shown[theme] = screens
    }
    for (theme, screens) in shown { #expect(screens == shown["default"], "\(theme)") }
  }
}
