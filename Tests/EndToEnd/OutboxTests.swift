import Testing

@Suite(.waiting) struct OutboxTests {
  private func started() throws -> TestServer {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    return server
  }

  private func queued(_ server: TestServer) throws -> Int {
    let list = try hubtui("outbox", "list", "--json", on: server.path).succeeded().output
    try write(list, to: server.folder["list.json"])
    return Int(
      try python("print(len(json.load(open(A[0]))['jobs']), end='')", [server.folder["list.json"]])) ?? -1
  }

  @Test func itStaysClosedWhileProductionsJobsAreQueued() throws {
    let server = try started()
    for input in ["", "OPEN\n"] {
      try expectRefusal(77, "9 of production's jobs", of: ["outbox", "open"], on: server.path, input: input)
    }
    try expectRefusal(77, "9 of production's jobs", of: ["outbox", "open", "--confirm", "OPEN"], on: server.path)
    // All but one are decided: still closed.
    for job in ["3", "4", "5", "6", "7"] { try hubtui("outbox", "revoke", job, on: server.path).succeeded() }
    try hubtui("outbox", "delete", "8", "9", "10", on: server.path).succeeded()
    try expectRefusal(77, "1 of production's jobs", of: ["outbox", "open", "--confirm", "OPEN"], on: server.path)
    #expect(try hubtui("outbox", "list", on: server.path).lines.first == "Sending is disabled")
    try python(
      """
      jobs = rows(db(A[0]), 'lui_jobs')
      assert [jobs[(n,)]['state'] for n in range(3, 8)] == ['revoked'] * 5
      assert not [n for n in (8, 9, 10) if (n,) in jobs]
      assert not [r for t in ('trk_urls', 'trk_events') for r in rows(db(A[0]), t).values() if r['job_id'] in (8, 9, 10)]
      """, [server.database])
  }

  @Test func allAtOnceNeedsATypedWord() throws {
    let server = try started()
    for verb in ["revoke", "delete"] {
      for input in ["", "\n", "y\n", "yes\n", "\(verb) all\n", "ALL\n", "\(verb.uppercased()) ALL \n"] {
        let before = try Tree(server.path, ignoring: Tree.databaseLogs)
        let run = try hubtui("outbox", verb, "--all", on: server.path, input: input)
        #expect(run.status == 77)
        #expect(run.errors.contains("nothing was changed"))
        #expect(try Tree(server.path, ignoring: Tree.databaseLogs).differences(to: before) == [])
      }
    }
    #expect(try queued(server) == 9)
    try hubtui("outbox", "revoke", "--all", on: server.path, input: "REVOKE ALL\n").succeeded()
    #expect(try queued(server) == 0)
  }

  @Test func afterTheReviewItOpensByATypedWord() throws {
    let server = try started()
    try hubtui("outbox", "revoke", "--all", "--confirm", "REVOKE ALL", on: server.path).succeeded()
    for input in ["", "open\n", "yes\n"] {
      #expect(try hubtui("outbox", "open", on: server.path, input: input).status == 77)
    }
    #expect(try hubtui("settings", "get", "lui.outbox.sending", on: server.path).output == "disabled\n")
    try hubtui("outbox", "open", on: server.path, input: "OPEN\n").succeeded()
    #expect(try hubtui("settings", "get", "lui.outbox.sending", on: server.path).output == "enabled\n")
    #expect(try hubtui("post-restore", "status", on: server.path).output.contains("[x] Outbox: Sending is enabled"))
    #expect(try hubtui("audit", "show", on: server.path).output.contains("outbox open"))
    try hubtui("outbox", "close", on: server.path).succeeded()
    #expect(try hubtui("outbox", "list", on: server.path).lines.first == "Sending is disabled")
  }

  @Test func overdueJobsOfThisSystemKeepItClosed() throws {
    let server = try started()
    try hubtui("outbox", "delete", "--all", "--confirm", "DELETE ALL", on: server.path).succeeded()
    let insert = """
      import datetime
      c = sqlite3.connect(A[0])
      due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=int(A[2]))
      due = due.strftime('%Y-%m-%d %H:%M:%S')
      c.execute("INSERT INTO lui_jobs (id, title, state, scheduled_at) VALUES (?, 'local', 'scheduled', ?)", (A[1], due))
      c.execute("INSERT INTO lui_outbox (job_id, due_at) VALUES (?, ?)", (A[1], due))
      c.commit()
      c.close()
      """
    try python(insert, [server.database, "901", "2"])
    try python(insert, [server.database, "902", "-1"])
    try expectRefusal(
      77, "1 jobs are overdue and would be sent at once, first job 902", of: ["outbox", "open", "--confirm", "OPEN"],
      on: server.path)
    try hubtui("outbox", "revoke", "902", on: server.path).succeeded()
    // One of this system that is due in two days may wait in an open outbox.
    try hubtui("outbox", "open", "--confirm", "OPEN", on: server.path).succeeded()
    #expect(try queued(server) == 1)
  }

  @Test func aJobThatIsNotThereChangesNothing() throws {
    let server = try started()
    for arguments in [["outbox", "revoke", "3", "777"], ["outbox", "delete", "4", "1"]] {
      try expectRefusal(64, "no such job", of: arguments, on: server.path, traces: true)
    }
    try expectRefusal(64, of: ["outbox", "revoke"], on: server.path)
    try expectRefusal(64, of: ["outbox", "revoke", "3", "--all"], on: server.path)
    #expect(try queued(server) == 9)
  }
}
