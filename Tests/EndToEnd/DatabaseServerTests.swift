import Testing

/// A production and a test server on real MariaDB servers.
@Suite(.serialized, .waitingFirst) struct DatabaseServerTests {
  @Test func copyNeedsNothingOfProductionsServer() throws {
    let demo = try MariaDemo()
    try demo.sql("CREATE TABLE notes (a INT); INSERT INTO notes VALUES (1)", on: demo.testSocket)
    let id = try demo.backup("--test-bed")
    try hubtui("database", "stop", "--server-folder", demo.folder["production-database"]).succeeded()
    let trap = try trap(demo.productionSocket)
    let embedded = demo.folder["embedded"]
    try run(Program.command(["setup", embedded, "--password-file", "-"]), input: "demo-admin\n").succeeded()
    for server in [demo.testServer, embedded] {
      try run(Program.command(["restore", id, "--yes"] + demo.from, on: server)).succeeded()
      try hubtui("settings", "list", on: server).succeeded()
      try hubtui("post-restore", "listserv-host", "localhost", "--untested", on: server).succeeded()
      try hubtui("post-restore", "tracking-host", "localhost", "--untested", on: server).succeeded()
      try hubtui("outbox", "revoke", "--all", "--confirm", "REVOKE ALL", on: server).succeeded()
      try hubtui("outbox", "open", "--confirm", "OPEN", on: server).succeeded()
      let copy = try run(Program.command(["backup", "create", "--test-bed"], on: server)).succeeded()
      #expect(copy.lines.last?.count == 19)
      // The database is the internal one, and nothing in the copy tells where production's was.
      for ini in ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"] {
        let lines = try text(of: "\(server)/\(ini)").split(separator: "\n")
        #expect(lines.contains("database.url=internal"))
        #expect(lines.allSatisfy { !$0.contains("mariadb") })
      }
    }
    #expect(!trap.outputSoFar.contains("called"))
    trap.stop()
    #expect(try demo.sql("SELECT a FROM notes", on: demo.testSocket) == "1\n")
  }

  @Test func normalBackupComesBackIntoItsOriginAndCanBeRolledBack() throws {
    let demo = try MariaDemo()
    let before = try demo.dump(demo.productionSocket)
    let id = try demo.backup()
    try demo.sql("DELETE FROM trk_events; CREATE TABLE lui_new (a INT)", on: demo.productionSocket)
    let changed = try demo.dump(demo.productionSocket)
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    try expectSame(demo.dump(demo.productionSocket), before)
    try hubtui("restore", "rollback", "--yes", on: demo.production).succeeded()
    try expectSame(demo.dump(demo.productionSocket), changed)
    try hubtui("restore", "rollback", "--yes", on: demo.production).succeeded()
    try expectSame(demo.dump(demo.productionSocket), before)
    // Two states are there, this one and the one before.
    #expect(try demo.sql("SHOW DATABASES LIKE 'maestro%'", on: demo.productionSocket).split(separator: "\n").count == 2)
  }

  @Test func rollBackNeedsTheFormerTables() throws {
    let demo = try MariaDemo()
    let id = try demo.backup()
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    let former = try demo.sql("SHOW DATABASES LIKE '%former%'", on: demo.productionSocket).split(separator: "\n")
    try demo.sql("DROP DATABASE \(#require(former.first))", on: demo.productionSocket)
    let before = try Tree(demo.production, ignoring: Tree.traces, times: false)
    let refused = try hubtui("restore", "rollback", "--yes", on: demo.production)
    #expect(refused.status == 65 && refused.errors.contains("nothing was changed"), "\(refused.errors)")
    #expect(try Tree(demo.production, ignoring: Tree.traces, times: false).differences(to: before) == [])
  }

  @Test func setOfSQLiteGoesIntoMariaDB() throws {
    let demo = try MariaDemo()
    let shared = try Shared.get()
    try run(Program.command(["restore", shared.testBed, "--yes"] + shared.demo.from, on: demo.testServer)).succeeded()
    let counts = try python(
      "c = db(A[0])\nprint(*[str(len(list(c.execute('SELECT 1 FROM ' + t)))) for t in A[1:]], sep='\\n')",
      [shared.demo.database, "lui_subscribers", "trk_events", "lui_attachments"])
    #expect(
      try demo.sql(
        "SELECT count(*) FROM lui_subscribers; SELECT count(*) FROM trk_events; SELECT count(*) FROM lui_attachments",
        on: demo.testSocket) == counts)
    let outbox = try hubtui("outbox", "list", on: demo.testServer).succeeded()
    #expect(outbox.lines.first == "Sending is disabled")
  }

  @Test(arguments: ["cut", "kill"]) func interruptedBackupLeavesNothing(how: String) throws {
    let demo = try MariaDemo()
    let server = demo.folder["production-database"]
    let proxy = try demo.interrupt(
      demo.productionSocket, after: 300_000, kill: how == "kill" ? demo.pid(of: server) : nil)
    let run = try hubtui("backup", "create", "--test-bed", on: demo.production)
    #expect(proxy.outputSoFar.contains("cut"))
    #expect(run.status == 69, "\(run.errors)")
    #expect(
      run.errorLines.count == 1 && run.errors.contains("connection to the database server was lost"), "\(run.errors)")
    for folder in demo.backupFolders { #expect(try names(in: folder) == []) }
    let reports = try names(in: demo.production + "/hub/logs").filter { $0.hasPrefix("testBed") }
    let report = try text(of: demo.production + "/hub/logs/" + #require(reports.first))
    #expect(!report.hasSuffix("The test-bed-backup was completed successfully"))
    try demo.reconnect(demo.productionSocket, proxy)
    try hubtui("database", "start", "--server-folder", server).succeeded()
    #expect(try demo.backup("--test-bed").count == 19)
  }

  @Test(arguments: ["cut", "kill"]) func interruptedRestoreKeepsTheFormerState(how: String) throws {
    let demo = try MariaDemo()
    let id = try demo.backup("--test-bed")
    let before = try demo.dump(demo.testSocket)
    let settings = try hubtui("settings", "list", on: demo.testServer).succeeded().output
    let server = demo.folder["test-server/database/mariadb"]
    let proxy = try demo.interrupt(demo.testSocket, after: 600_000, kill: how == "kill" ? demo.pid(of: server) : nil)
    let run = try EndToEnd.run(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer))
    #expect(proxy.outputSoFar.contains("cut"))
    #expect(run.status == 69, "\(run.errors)")
    #expect(run.errorLines.count == 1, "\(run.errors)")
    try demo.reconnect(demo.testSocket, proxy)
    try hubtui("database", "start", on: demo.testServer).succeeded()
    #expect(try hubtui("settings", "list", on: demo.testServer).succeeded().output == settings)
    try expectSame(demo.dump(demo.testSocket), before)
    #expect(try demo.sql("SHOW DATABASES LIKE 'maestro%'", on: demo.testSocket) == "maestro\n")
    #expect(try names(in: demo.testServer + "/lui").allSatisfy { !$0.hasPrefix(".restore") })
    let again = try EndToEnd.run(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer))
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test func serverIsNotStoppedUnderAnOperation() throws {
    let demo = try MariaDemo()
    let id = try demo.backup("--test-bed")
    let restore = try Running(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer))
    try eventually("the restore runs") {
      (try? text(of: demo.testServer + "/hub/operation.json"))?.contains("\"phase\":\"loading") == true
    }
    let stop = try hubtui("database", "stop", on: demo.testServer)
    #expect(stop.status == 75, "\(stop.errors)")
    #expect(try restore.wait().status == 0)
  }

  @Test func killedRestoreIsWhollyOldOrWhollyNew() throws {
    let demo = try MariaDemo()
    let id = try demo.backup("--test-bed")
    let old = try demo.dump(demo.testSocket)
    for phase in ["loading trk_events", "verifying", "committing"] {
      let restore = try Running(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer))
      try eventually("it comes to \(phase), or to its end") {
        guard restore.isRunning else { return true }
        let status = try? text(of: demo.testServer + "/hub/operation.json")
        return status?.contains("\"phase\":\"\(phase)") == true && status?.contains("\(restore.process)") == true
      }
      restore.stop()
      try hubtui("outbox", "list", on: demo.testServer).succeeded()
      let now = try demo.dump(demo.testSocket)
      let isNew = try text(of: demo.testServer + "/hub/hub.ini").contains("keystore")
      #expect(isNew ? now != old : now == old, "\(phase)")
      #expect(try !demo.sql("SHOW DATABASES", on: demo.testSocket).contains("staged"), "\(phase)")
      if isNew {
        let rows = try demo.sql(
          "SELECT count(*) FROM trk_events; SELECT count(*) FROM lui_subscribers", on: demo.testSocket)
        #expect(rows == "2000\n500\n", "\(phase)")
      }
      if isNew { try hubtui("restore", "rollback", "--yes", on: demo.testServer).succeeded() }
    }
  }

  @Test func lockedTableAndWrongPasswordHaveTheirExitCodes() throws {
    let demo = try MariaDemo()
    let holder = try Running([
      "mariadb", "--no-defaults", "-u", "root", "-S", demo.productionSocket, "maestro", "-e",
      "LOCK TABLES lui_subscribers WRITE; SELECT SLEEP(300)",
    ])
    try eventually("the table is locked") {
      try demo.sql("SHOW OPEN TABLES WHERE In_use > 0", on: demo.productionSocket).contains("lui_subscribers")
    }
    let locked = try hubtui("backup", "create", on: demo.production)
    #expect(locked.status == 69, "\(locked.errors)")
    #expect(locked.errors.contains("locked by another program") && locked.errorLines.count == 1)
    holder.stop()
    for ini in ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"] {
      try run(["sed", "-i", "s/^database.password=.*/database.password=not-the-password/", "\(demo.production)/\(ini)"])
        .succeeded()
    }
    let refused = try hubtui("backup", "create", on: demo.production)
    #expect(refused.status == 78, "\(refused.errors)")
    #expect(refused.errorLines.count == 1 && !refused.errors.contains("not-the-password"), "\(refused.errors)")
  }

  @Test func fullDiskOfTheServerKeepsTheFormerState() throws {
    let demo = try MariaDemo(events: 60_000)
    let id = try demo.backup("--test-bed")
    let before = try demo.dump(demo.testSocket)
    let server = demo.folder["test-server/database/mariadb"]
    try hubtui("database", "stop", on: demo.testServer).succeeded()
    let size = try run(["du", "-sm", server + "/data"]).succeeded().output.split(separator: "\t").first.flatMap {
      Int($0)
    }
    try run(["mv", server + "/data", server + "/data.disk"]).succeeded()
    try run(["mkdir", server + "/data"]).succeeded()
    try run(["mount", "-t", "tmpfs", "-o", "size=\((size ?? 0) + 24)m,mode=700", "tmpfs", server + "/data"]).succeeded()
    defer { _ = try? run(["umount", "-l", server + "/data"]) }
    try run(["cp", "-a", server + "/data.disk/.", server + "/data"]).succeeded()
    try hubtui("database", "start", on: demo.testServer).succeeded()
    let run = try EndToEnd.run(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer))
    #expect(run.status == 74, "\(run.errors)")
    #expect(run.errorLines.count == 1, "\(run.errors)")
    try expectSame(demo.dump(demo.testSocket), before)
    #expect(try demo.sql("SHOW DATABASES LIKE 'maestro%'", on: demo.testSocket) == "maestro\n")
    try hubtui("database", "stop", on: demo.testServer).succeeded()
  }

  @Test func serverIsStartedAndStoppedByCommands() throws {
    let demo = try MariaDemo()
    #expect(try hubtui("database", "status", on: demo.testServer).status == 0)
    try hubtui("database", "stop", on: demo.testServer).succeeded()
    try hubtui("database", "stop", on: demo.testServer).succeeded()
    let status = try hubtui("database", "status", on: demo.testServer)
    #expect(status.status == 69 && status.errors.contains("hubtui database start"))
    let list = try hubtui("settings", "list", on: demo.testServer)
    #expect(list.status == 69 && list.errors.contains("hubtui database start"), "\(list.errors)")
    try hubtui("database", "start", on: demo.testServer).succeeded()
    try hubtui("settings", "list", on: demo.testServer).succeeded()
    let audit = try hubtui("audit", "show", on: demo.testServer).succeeded().output
    #expect(audit.contains("database start") && audit.contains("database stop"))
    // Nobody else on this machine reaches it, and no network does.
    let listening = try run([
      "sh", "-c", "ls -ld \"$1\" | cut -c1-10", "sh", demo.folder["test-server/database/mariadb"],
    ])
    #expect(listening.output == "drwx------\n")
    #expect(try demo.sql("SHOW VARIABLES LIKE 'skip_networking'", on: demo.testSocket) == "skip_networking\tON\n")
    let embedded = try TestServer()
    #expect(try hubtui("database", "start", on: embedded.path).status == 78)
    // Root would be led elsewhere.
    let folder = demo.folder["test-server/database/mariadb"]
    try hubtui("database", "stop", on: demo.testServer).succeeded()
    try run(["sh", "-c", "mv \"$1\" \"$1.real\" && ln -s \"$1.real\" \"$1\"", "sh", folder]).succeeded()
    let led = try hubtui("database", "start", on: demo.testServer)
    #expect(led.status == 77, "\(led.errors)")
    try run(["sh", "-c", "rm \"$1\" && mv \"$1.real\" \"$1\"", "sh", folder]).succeeded()
  }
}

/// Expects the same dump; tells the first line that differs, not all of them.
private func expectSame(_ dump: [String], _ expected: [String], location: SourceLocation = #_sourceLocation) {
  guard dump != expected else { return }
  let first = zip(dump, expected).first { $0 != $1 }
  Issue.record("\(first?.0.prefix(300) ?? "length") instead of \(first?.1.prefix(300) ?? "")", sourceLocation: location)
}
