import Testing

/// Backups of a production that works meanwhile.
@Suite(.waiting) struct LiveTests {
  @Test func noTrackingEventComesWithoutItsJob() throws {
    let demo = try Demo()
    let writer = try background(
      """
      c = sqlite3.connect(A[0], timeout=60, isolation_level=None)
      assert c.execute('PRAGMA journal_mode').fetchone()[0] == 'wal'
      for job in range(1000, 10 ** 9):
          c.execute("INSERT INTO lui_jobs (id, title, state) VALUES (?, 'live', 'delivered')", (job,))
          for _ in range(3):
              c.execute("INSERT INTO trk_events (job_id, kind) VALUES (?, 'open')", (job,))
          if job % 20 == 0:
              print(job, flush=True)
      """, [demo.database])
    var counts: [Int] = []
    for round in 0..<4 {
      let written = writer.outputSoFar.count
      try eventually("the writer writes on") { writer.outputSoFar.count > written }
      let isTestBed = round != 3
      let id = try isTestBed ? demo.backup("--test-bed") : demo.backup()
      #expect(writer.isRunning)
      let server = try TestServer()
      if isTestBed { try run(Program.command(["restore", id, "--yes"] + demo.from, on: server.path)).succeeded() }
      let count = try python(
        """
        if A[0]:
            c = db(A[0])
            jobs = {r[0] for r in c.execute('SELECT id FROM lui_jobs')}
            events = [r[0] for r in c.execute('SELECT job_id FROM trk_events')]
        else:
            jobs = {int(r['id']) for r in copy_rows(A[1], 'lui_jobs')}
            events = [int(r['job_id']) for r in copy_rows(A[2], 'trk_events')]
        assert not set(events) - jobs, set(events) - jobs
        # One transaction at a time was committed, so at most the newest job lacks some of its events.
        live = {j: events.count(j) for j in jobs if j >= 1000}
        assert all(n == 3 for j, n in live.items() if j != max(live)), live
        print(len(live), end='')
        """, [isTestBed ? server.database : ""] + demo.archives(id, testBed: isTestBed).dropFirst())
      counts.append(Int(count) ?? -1)
    }
    // Every backup was of another moment.
    #expect(counts[0] > 0 && zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }, "\(counts)")
    writer.stop()
  }

  @Test func aLogThatAKilledComponentLeftIsReadAndKept() throws {
    let demo = try Demo()
    let writer = try background(
      """
      c = sqlite3.connect(A[0], isolation_level=None)
      c.execute("INSERT INTO lui_jobs (id, title, state) VALUES (1000, 'in the log', 'draft')")
      print('written', flush=True)
      time.sleep(600)
      """, [demo.database])
    try eventually("the row is written") { writer.outputSoFar.contains("written") }
    writer.stop()
    let log = try Tree(demo.database + "-wal")
    let file = try Tree(demo.database)
    for flags in [["--test-bed"], ["--test-bed", "--dry-run"], []] {
      try run(Program.command(["backup", "create"] + flags, on: demo.production)).succeeded()
      #expect(try Tree(demo.database) == file)
      #expect(try Tree(demo.database + "-wal") == log)
    }
    let id = try demo.backup()
    try python(
      "assert [r for r in copy_rows(A[0], 'lui_jobs') if r['title'] == 'in the log']",
      [demo.archives(id, testBed: false)[1]])
  }

  @Test(arguments: [true, false]) func aLiveDataFolderHangsNothingAndLosesNothingUnsaid(testBed: Bool) throws {
    let demo = try Demo()
    let data = demo.production + "/lui/data"
    let writer = try background(
      """
      os.chdir(A[0])
      os.mkfifo('pipe')
      s = socket.socket(socket.AF_UNIX)
      s.bind('socket')
      os.symlink('/etc/hostname', 'out')
      os.symlink('../../../hub/hub.ini', 'templates/climbs')
      os.symlink('../uploads', 'templates/inside')
      os.truncate(os.open('growing.log', os.O_CREAT | os.O_WRONLY), 96 << 20)
      growing = open('growing.log', 'ab', buffering=0)
      n = 0
      while True:
          n += 1
          growing.write(b'line\\n')
          with open('rewritten.txt', 'w') as f:
              f.write(str(n) * (n % 5000))
          with open('new.tmp', 'w') as f:
              f.write(str(n) * 1000)
          os.rename('new.tmp', 'renamed.txt')
          open(f'vanishing-{n % 50}', 'w').close()
          os.remove(f'vanishing-{(n + 25) % 50}') if os.path.exists(f'vanishing-{(n + 25) % 50}') else None
          if n == 100:
              print('ready', flush=True)
          time.sleep(0.0002)
      """, [data])
    try eventually("the data folder is alive") { writer.outputSoFar.contains("ready") }
    for _ in 0..<2 {
      let id = try testBed ? demo.backup("--test-bed") : demo.backup()
      #expect(writer.isRunning)
      let report = try text(of: demo.reportPath(id, testBed: testBed))
      for note in ["not taken, a FIFO: data/pipe", "not taken, a socket: data/socket"] {
        #expect(report.contains("    \(note)\n"))
      }
      let fate =
        testBed ? "not taken, a link out of the home folder" : "taken as a link, its target outside the home folder not"
      for name in ["data/out", "data/templates/climbs"] { #expect(report.contains("    \(fate): \(name)\n")) }
      #expect(!report.contains("templates/inside"))
      #expect(report.contains("    changed while it was read, taken as read last: data/growing.log\n"))
      try python(
        """
        z = zipfile.ZipFile(A[0])
        assert z.testzip() is None
        names = set(z.namelist())
        for name in ('growing.log', 'rewritten.txt', 'templates/inside'):
            assert 'data/' + name in names, name
        for name in ('pipe', 'socket'):
            assert 'data/' + name not in names, name
        for name in ('out', 'templates/climbs'):
            assert ('data/' + name in names) == (A[1] == 'False'), name
        assert z.read('data/templates/inside') == b'../uploads'
        assert re.fullmatch(b'\\0{100663296}(line\\n)+', z.read('data/growing.log'))
        """, [demo.archives(id, testBed: testBed)[1], testBed ? "True" : "False"])
      try hubtui("backup", "verify", id, on: demo.production).succeeded()
    }
    writer.stop()
  }

  @Test func oddNamesComeBackExactly() throws {
    let demo = try Demo()
    let data = demo.production + "/lui/data"
    try python(
      """
      top = A[0].encode()
      names = [b'new\\nline', b'back\\\\slash', b'per%cent', b'per%0Acent', b'%', b'latin-\\xe9\\xff', b'\\xc3', b'n' * 255,
               '👩‍🚀 emoji'.encode(), b' leading and trailing ', b'-rf', b'quote\\'"', b'tab\\t', b'\\x01\\x7f', b'CON',
               'e\\u0301'.encode(), 'é'.encode(), b'a:b', b'...', b'x\\x1b[31m', ('日' * 85).encode()]
      for name in names:
          with open(top + b'/uploads/' + name, 'wb') as f:
              f.write(name)
      os.makedirs(top + b'/odd\\xfe/in\\nner/' + b'd' * 255)
      with open(top + b'/odd\\xfe/in\\nner/' + b'd' * 255 + b'/file\\xfd', 'wb') as f:
          f.write(b'inside')
      os.symlink(b'to\\xff\\n', top + b'/uploads/link\\xfb')
      assert len(os.listdir(top + b'/uploads')) == len(names) + 6
      """, [data])
    let before = try Tree(data)
    #expect(before.nodes.keys.contains { $0.contains("\\xff") })
    let id = try demo.backup()
    try python(
      "assert all(zipfile.ZipFile(a).testzip() is None for a in A)", demo.archives(id, testBed: false))
    try run(["rm", "-r", data]).succeeded()
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    #expect(try Tree(data).differences(to: before) == [])
    // A test-bed copy has them too.
    let server = try TestServer()
    let copy = try demo.backup("--test-bed")
    try run(Program.command(["restore", copy, "--yes"] + demo.from, on: server.path)).succeeded()
    #expect(
      try Tree(server.path + "/lui/data", times: false).differences(to: Tree(data, times: false)).sorted()
        == ["dkim/news.pem", "keystore.p12", "uploads/contacts-2019.sql"])
  }

  @Test func aFileThatCannotBeReadStopsTheBackupByItsName() throws {
    let demo = try Demo()
    let data = demo.production + "/lui/data"
    try run(["sh", "-ec", "echo x > \"$1/uploads/closed.txt\"; chmod 0 \"$1/uploads/closed.txt\"", "sh", data])
      .succeeded()
    // Root reads everything, so the program runs as nobody, who owns the installation.
    try run(["cp", Program.path, demo.folder["hubtui"]]).succeeded()
    let isRoot = try run(["id", "-u"]).succeeded().output == "0\n"
    if isRoot { try run(["chown", "-R", "-h", "65534:65534", demo.folder.path]).succeeded() }
    let prefix = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    func backup(_ flags: [String]) throws -> Run {
      try run(prefix + [demo.folder["hubtui"], "backup", "create"] + flags + ["--install-folder", demo.production])
    }
    for flags in [[], ["--test-bed"]] {
      let refused = try backup(flags)
      #expect(refused.status == 74, "\(refused.errors)")
      #expect(refused.errorLines.count == 1)
      #expect(refused.errors.contains("\(data)/uploads/closed.txt (Permission denied)"))
    }
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
    for log in try names(in: demo.production + "/hub/logs") where log.contains("ackupReport_") {
      let report = try text(of: demo.production + "/hub/logs/" + log)
      #expect(report.contains("closed.txt"))
      #expect(!report.contains("completed successfully"))
    }
    try run(["chmod", "600", data + "/uploads/closed.txt"]).succeeded()
    try backup([]).succeeded()
  }
}
