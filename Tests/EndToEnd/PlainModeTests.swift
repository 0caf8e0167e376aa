import Testing

/// The plain mode from outside: the real program on a dumb terminal's terms, asked and answered over pipes.
@Suite(.waiting) struct PlainModeTests {
  private func console(_ folder: String) throws -> Conversation {
    let console = try Conversation(
      Program.command(["--accessible"], on: folder), environment: ["TERM": "dumb", "LC_ALL": "C.UTF-8"])
    try console.answer("Account", "admin")
    try console.answer("Password", "demo-admin")
    return console
  }

  /// From the first menu to a line of General Administration.
  private func administration(_ console: Conversation, _ line: String) throws {
    try console.goUp()
    let settings = console.latest.contains("1  Post-Restore Setup") ? "2" : "1"
    for number in [settings, "1", "1", line] { try console.answer("Number from 1 to ", number) }
  }

  /// The lines in which an operation told its progress.
  private func progress(_ text: String) -> [Substring] {
    let lines = text.split(separator: "\n")
    let first = lines.firstIndex { $0.hasPrefix("Enter goes back to the menu") }.map { $0 + 1 } ?? lines.endIndex
    let last = lines.firstIndex { $0.hasPrefix("Good: Succeeded: ") } ?? lines.endIndex
    return first <= last ? Array(lines[first..<last]) : []
  }

  private func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
  }

  @Test func theWholeJobLineByLine() throws {
    let demo = try Demo()
    let production = try console(demo.production)
    try administration(production, "2")
    try production.answer("Mask recipients", "")
    try production.wait(for: "Type yes or no")
    #expect(production.transcript.contains("Rule outbox, "))
    #expect(production.transcript.contains("Rule listserv-host, "))
    try production.answer("Type yes or no", "yes")
    try production.goUp()
    #expect(
      production.transcript.contains("Good: Its last line: The test-bed-backup was completed successfully\n"),
      "\(production.transcript)")
    guard let id = production.transcript.firstMatch(of: /Good: Succeeded: test-bed backup (\S{19})\n/)?.1 else {
      throw Failure(production.transcript)
    }
    let told = progress(production.transcript)
    #expect(!told.isEmpty && Set(told).count == told.count, "\(told)")
    #expect(told.allSatisfy { $0.firstMatch(of: /[0-9] %$/) == nil || $0.hasSuffix("0 %") }, "\(told)")
    // The report, and the set among the backups.
    try administration(production, "7")
    try production.answer("Number from 1 to 1", "1")
    try production.answer("Number from 1 to 2", "1")
    try production.answer("Number from 1 to 1", "0")
    #expect(production.transcript.contains("\nThe test-bed-backup was completed successfully\n"))
    try administration(production, "5")
    try production.wait(for: "Number from 1 to 1")
    #expect(production.latest.contains("1  \(id), test-bed, "), "\(production.latest)")
    try production.goUp()
    #expect(try production.end() == 0)
    #expect(production.transcript.hasSuffix("\nThe console is closed.\n"))
    #expect(isPlain(production.transcript))
    try hubtui("backup", "verify", String(id), on: demo.production).succeeded()

    let test = try console(demo.testServer)
    try test.wait(for: "Number")
    #expect(!test.transcript.contains("TEST SYSTEM"))
    try administration(test, "6")
    try test.answer("Number from 1 to 2", "1")
    for folder in demo.backupFolders + [demo.production + "/hub/logs", ""] {
      try test.answer("Another folder with archives", folder)
    }
    try test.wait(for: "Number")
    #expect(test.latest.contains("1  \(id), test-bed, "), "\(test.latest)")
    try test.answer("Number", "1")
    try test.wait(for: "Type RESTORE")
    #expect(test.latest.contains("\nok: report: ends with the validity mark\n"), "\(test.latest)")
    try test.answer("Type RESTORE", "restore")
    try test.wait(for: "Number")
    #expect(test.latest.contains("Not confirmed, nothing was changed.\n"), "\(test.latest)")
    #expect(try names(in: demo.testServer + "/hub").contains("former-state.json") == false)
    try administration(test, "6")
    try test.answer("Number from 1 to 2", "1")
    for folder in demo.backupFolders + [demo.production + "/hub/logs", ""] {
      try test.answer("Another folder with archives", folder)
    }
    try test.answer("Number", "1")
    try test.answer("Type RESTORE", "RESTORE")
    try test.goUp()
    #expect(test.transcript.contains("Good: Succeeded: restore \(id)\n"), "\(test.transcript)")
    #expect(test.latest.contains("Warning: TEST SYSTEM, restored from \(id)"), "\(test.latest)")
    #expect(test.latest.contains("1  Post-Restore Setup, 5 steps to do\n"), "\(test.latest)")
    try setUp(test)
    #expect(try test.end() == 0)
    #expect(isPlain(test.transcript))
    let status = try hubtui("post-restore", "status", on: demo.testServer).succeeded().output
    #expect(!status.contains("[ ]") && status.contains("[x] LISTSERV host: 127.0.0.1:"), "\(status)")
  }

  /// Both hosts, the outbox's review, its opening.
  private func setUp(_ test: Conversation) throws {
    let listener = try Listener()
    try test.answer("Number", "1")
    for host in ["listserv.maestro-prod.example", "127.0.0.1"] {
      try test.answer("Number from 1 to 5", "1")
      try test.answer("Host", host)
      try test.answer("Port", String(listener.port))
      try test.answer("Connection test", "")
      try test.wait(for: "Number from 1 to 5")
      let isSet = host == "127.0.0.1"
      #expect(
        test.latest.contains(isSet ? "Good: LISTSERV host: " : "Error: Host: this is a host of production"),
        "\(test.latest)")
    }
    try test.answer("Number from 1 to 5", "2")
    try test.answer("Host", "localhost")
    try test.answer("Port", String(listener.port))
    try test.answer("Public URL", "")
    try test.answer("Connection test", "")
    try test.wait(for: "Number from 1 to 5")
    #expect(test.latest.contains("Good: Tracking host: localhost:\(listener.port)\n"), "\(test.latest)")
    listener.stop()
    try test.answer("Number from 1 to 5", "3")
    try test.answer("Number from 1 to 2", "1")
    try test.answer("Numbers of the overrides to clear", "all")
    try test.answer("Type yes or no", "yes")
    try test.wait(for: "Number from 1 to 2")
    #expect(test.latest.contains("Good: Cleared: listserv-1 of group Senders, "), "\(test.latest)")
    #expect(test.latest.contains("very group and account has the default"), "\(test.latest)")
    try test.answer("Number from 1 to 2", "0")
    try test.answer("Number from 1 to 4", "3")
    try test.wait(for: "Number from 1 to 4")
    guard let job = test.latest.firstMatch(of: /\nJob (\d+), .*of production/)?.1 else { throw Failure(test.latest) }
    try test.answer("Number from 1 to 4", "3")
    try test.wait(for: "Number from 1 to 4")
    #expect(test.latest.contains(/Error: \d+ of production's jobs are queued/), "\(test.latest)")
    try test.answer("Number from 1 to 4", "2")
    try test.answer("Numbers of the jobs to delete", String(job))
    try test.answer("Type yes or no", "yes")
    try test.answer("Number from 1 to 4", "1")
    try test.answer("Numbers of the jobs to revoke", "all")
    try test.answer("Type REVOKE ALL", "REVOKE ALL")
    try test.wait(for: "Number from 1 to 4")
    #expect(test.latest.contains("No job is queued.\n"), "\(test.latest)")
    try test.answer("Number from 1 to 4", "3")
    try test.answer("Type OPEN", "OPEN")
    try test.wait(for: "Number from 1 to 4")
    #expect(test.latest.contains("Good: Sending is enabled\n"), "\(test.latest)")
    try test.goUp()
    #expect(test.latest.contains("the outbox is OPEN") && test.latest.contains("Post-Restore Setup, done\n"))
  }

  @Test func theEndOfTheInputStopsNoOperation() throws {
    let demo = try Demo()
    let production = try console(demo.production)
    try administration(production, "1")
    try production.answer("Type yes or no", "yes")
    #expect(try production.end() == 0)
    #expect(production.transcript.contains(" goes on without this program; log in again to see it.\n"))
    try eventually("the backup is complete") {
      // The preview before it is an operation as well.
      let status = try hubtui("operation", "status", on: demo.production).output
      return status.hasPrefix("backup ") && status.contains("succeeded")
    }
    let sets = try hubtui("backup", "list", on: demo.production).succeeded()
    #expect(sets.lines.count == 2 && sets.output.contains("valid"), "\(sets.output)")
  }

  @Test func anEmptyLineLeavesAnOperationAndAnotherIsTheNextAnswer() throws {
    let demo = try Demo()
    // Everything is said beforehand: the numbers wait for the menu, which comes when the backup has ended.
    let script = ["admin", "demo-admin", "1", "1", "1", "1", "yes", "1", "yes", "", "0", "0", "0", "0"]
    let run = try run(
      Program.command(["--accessible"], on: demo.production), environment: ["TERM": "dumb"],
      input: script.map { $0 + "\n" }.joined())
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let halves = run.output.split(separator: "The operation goes on; see Running Operation.\n")
    guard halves.count == 2 else { throw Failure(run.output) }
    #expect(halves[0].contains("Good: Its last line: The backup was completed successfully\n"), "\(run.output)")
    #expect(halves[1].contains("The console is closed.\n"))
    try eventually("the second backup is complete") {
      try hubtui("backup", "list", on: demo.production).output.split(separator: "valid").count == 3
    }
  }
}
