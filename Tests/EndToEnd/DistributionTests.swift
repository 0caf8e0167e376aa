import Testing

/// A production on three machines: one snapshot, one set, gathered and restored.
@Suite(.waiting) struct DistributionTests {
  @Test func aSetOfThreeMachinesRestoresIntoASingleServer() throws {
    let three = try Distribution()
    // The operator reaches the HUB's machine by ssh as well; the Hub reaches the others from there.
    let run = try run(
      ["ssh", "-T", "-F", three.folder["ssh/config"], "127.0.0.11", "backup"], environment: three.environment)
    try run.succeeded()
    let id = try #require(run.lines.last)
    // Each component has its own archive in its own folder, and the Hub says where.
    #expect(try names(in: three.backups("lui")) == ["LUI_TestBedBackup_\(id).zip"])
    #expect(try names(in: three.backups("trk")) == ["TRK_TestBedBackup_\(id).zip"])
    #expect(try names(in: three.production + "/hub/backup") == ["HUB_TestBedBackup_\(id).zip"])
    let report = try text(of: three.production + "/hub/logs/testBedBackupReport_\(id).txt")
    #expect(report.hasSuffix("The test-bed-backup was completed successfully\n"))
    for words in [
      "Mark: ", "LUI on 127.0.0.12: its view of the database began", "TRK on 127.0.0.13: files and rows were read from",
      "    on 127.0.0.12 in \(three.backups("lui"))",
    ] { #expect(report.contains(words)) }
    let list = try three.hubtui("backup", "list").succeeded().output
    #expect(list.contains("distributed") && list.contains("to be collected: LUI on 127.0.0.12, TRK on 127.0.0.13"))
    let verify = try three.hubtui("backup", "verify", id)
    #expect(verify.status == 65 && verify.errors.contains("hubtui backup collect \(id)"), "\(verify.errors)")
    let target = three.folder["gathered"]
    try three.hubtui("backup", "collect", id, "--to", target).succeeded()
    #expect(
      try names(in: target).sorted() == [
        "HUB_TestBedBackup_\(id).zip", "LUI_TestBedBackup_\(id).zip", "TRK_TestBedBackup_\(id).zip",
        "testBedBackupReport_\(id).txt",
      ])
    #expect(try EndToEnd.run(["find", target, "-perm", "/077"]).output == "")
    // A second time finds all there.
    try three.hubtui("backup", "collect", id, "--to", target).succeeded()
    try three.hubtui("backup", "verify", id, "--from", target).succeeded()
    try EndToEnd.hubtui("backup", "verify", id, "--from", target, on: three.testServer).succeeded()
    try EndToEnd.hubtui("restore", id, "--from", target, "--yes", on: three.testServer).succeeded()
    try python(
      """
      c = db(A[0] + '/database/maestro.sqlite')
      settings = dict(c.execute('SELECT name, value FROM hub_settings'))
      assert not any(v for k, v in settings.items() if '.ssh.' in k), settings
      for name in ('hub/hub.ini', 'lui/lui.ini', 'trk/tracker.ini'):
          values = ini(open(A[0] + '/' + name).read())
          assert all(v == 'localhost' for k, v in values.items() if k.endswith('.host')), values
          assert values['database.url'] == 'internal'
      for path in glob.glob(A[1] + '/*.zip'):
          for needle in ('127.0.0.11', '127.0.0.12', '127.0.0.13'):
              with zipfile.ZipFile(path) as z:
                  for entry in z.namelist():
                      if not entry.startswith('data/'):
                          assert needle.encode() not in z.read(entry), (needle, path, entry)
      """, [three.testServer, target])
    #expect(try three.leftovers("lui") == [] && three.leftovers("trk") == [])
    // Deleting reaches the other machines too.
    try three.hubtui("backup", "delete", id, "--yes").succeeded()
    #expect(try three.published() == [])
  }

  @Test(arguments: [false, true]) func allSeeOneMoment(mariadb: Bool) throws {
    let three = try Distribution(mariadb: mariadb)
    // Each transaction adds one row of LUI and one of TRK: a view has as many of both, or it is no view of one moment.
    let writer = try background(
      """
      import subprocess
      if A[1] == 'mariadb':
          process = subprocess.Popen(['mariadb', '--no-defaults', '-u', 'root', '-S', A[0], 'maestro'], stdin=subprocess.PIPE, text=True)
          def both(i):
              process.stdin.write("START TRANSACTION; INSERT INTO lui_drop_ins (name, content) VALUES ('w%d', ''); "
                                  "INSERT INTO trk_urls (job_id, url) VALUES (1, 'w%d'); COMMIT;\\n" % (i, i))
              process.stdin.flush()
      else:
          c = sqlite3.connect(A[0], timeout=30, isolation_level=None)
          def both(i):
              c.execute('BEGIN IMMEDIATE')
              c.execute("INSERT INTO lui_drop_ins (name, content) VALUES (?, '')", ('w%d' % i,))
              c.execute("INSERT INTO trk_urls (job_id, url) VALUES (1, ?)", ('w%d' % i,))
              c.execute('COMMIT')
      for i in range(10 ** 9):
          both(i)
          if i == 20:
              print('ready', flush=True)
          time.sleep(0.001)
      """,
      [mariadb ? three.folder["production-database/mariadb.sock"] : three.database, mariadb ? "mariadb" : "sqlite"])
    try eventually("the writer writes") { writer.outputSoFar.contains("ready") }
    let ids = [try three.backup(), try three.backup("--test-bed")]
    writer.stop()
    for (id, kind) in zip(ids, ["Backup", "TestBedBackup"]) {
      try python(
        """
        lui = [r for r in copy_rows(A[0], 'lui_drop_ins') if r['name'].startswith('w')]
        trk = [r for r in copy_rows(A[1], 'trk_urls') if r['url'].startswith('w')]
        assert len(lui) == len(trk) >= 20, (len(lui), len(trk))
        """,
        [
          three.backups("lui") + "/LUI_\(kind)_\(id).zip", three.backups("trk") + "/TRK_\(kind)_\(id).zip",
        ])
    }
  }

  @Test func anotherDatabaseIsRefused() throws {
    let three = try Distribution()
    // A copy has the same tables and the same settings, and is not the one that the Hub holds.
    try run(["cp", three.database, three.folder["copy.sqlite"]]).succeeded()
    try run(
      [
        "sed", "-i", "s|^database.url=.*|database.url=sqlite://\(three.folder["copy.sqlite"])|",
        three.machine("trk") + "/trk/tracker.ini",
      ]
    ).succeeded()
    let run = try three.hubtui("backup", "create", "--test-bed")
    #expect(run.status == 78 && run.errors.contains("do not see one system database"), "\(run.errors)")
    #expect(run.errors.contains("TRK on 127.0.0.13"))
    #expect(try three.published() == [])
    let test = try three.hubtui("component", "test")
    #expect(test.status == 78 && test.output.contains("FAIL one system database"), "\(test.output)")
  }

  @Test func theHostsAndTheirStateAreListed() throws {
    let three = try Distribution()
    let id = try three.backup("--test-bed")
    let states = try three.hubtui("component", "list", "--json").succeeded().output
    try python(
      """
      states = {s['component']: s for s in json.loads(A[0])}
      assert states['HUB'].get('host') is None and states['LUI']['host'] == '127.0.0.12'
      assert all(s['lastBackup'].startswith(A[1]) and s['freeSpace'] > 0 for s in states.values()), states
      assert states['TRK']['state'] == 'reachable' and states['HUB']['state'] == 'here'
      """, [states, id])
    let test = try three.hubtui("component", "test").succeeded()
    #expect(test.lines.allSatisfy { $0.hasPrefix("ok  ") }, "\(test.output)")
    kill(try three.sshd("trk"))
    let list = try three.hubtui("component", "list").succeeded().output
    #expect(list.contains("does not answer"), "\(list)")
    let failed = try three.hubtui("component", "test", "TRK")
    #expect(failed.status == 69 && failed.output.contains("FAIL TRK on 127.0.0.13: ssh"), "\(failed.output)")
    let backup = try three.hubtui("backup", "create")
    #expect(backup.status == 69 && backup.errors.contains("TRK on 127.0.0.13"), "\(backup.errors)")
  }

  @Test func aDryRunTellsWhatIsNewAndDangerousElsewhere() throws {
    let three = try Distribution()
    _ = try three.backup("--test-bed")
    let ini = three.machine("trk") + "/trk/tracker.ini"
    try run(["sh", "-c", "printf '\\ncrm.colour=blue\\n' >> \"$1\"", "sh", ini]).succeeded()
    let preview = try three.hubtui("backup", "create", "--test-bed", "--dry-run").succeeded().output
    #expect(preview.contains("INI key tracker.ini:crm.colour"), "\(preview)")
    #expect(preview.contains("ini lui.ini:tls.keystore") || preview.contains("lui.ini"), "\(preview)")
    try run(["sh", "-c", "printf '\\ncrm.token=Zz81kdkdkk2kd9Qw7rTt\\n' >> \"$1\"", "sh", ini]).succeeded()
    let refused = try three.hubtui("backup", "create", "--test-bed")
    #expect(refused.status == 77 && refused.errors.contains("ini tracker.ini:crm.token"), "\(refused.errors)")
    #expect(!refused.errors.contains("Zz81"))
    let rules = three.production + "/hub/test-bed-rules.yaml"
    try write("rules:\n  - {id: crm, ini: \"tracker.ini:crm.token\", action: unset}\n", to: rules)
    let id = try three.backup("--test-bed")
    let report = try text(of: three.production + "/hub/logs/testBedBackupReport_\(id).txt")
    #expect(report.contains("  crm: 1 ("))
    // What one machine's rules removed is searched for in the archives of the others.
    try write("token Zz81kdkdkk2kd9Qw7rTt", to: three.machine("lui") + "/lui/data/uploads/note.txt")
    try run([
      "sh", "-c", "printf '\\nlui.colour=x-Zz81kdkdkk2kd9Qw7rTt\\n' >> \"$1\"", "sh",
      three.machine("lui") + "/lui/lui.ini",
    ])
    .succeeded()
    try write(
      "rules:\n  - {id: crm, ini: \"tracker.ini:crm.token\", action: unset}\nharmless:\n  - {ini: \"lui.ini:lui.colour\"}\n",
      to: rules)
    let leak = try three.hubtui("backup", "create", "--test-bed")
    #expect(
      leak.status == 77 && leak.errors.contains("a value that rule crm removed is still in ini/lui.ini"),
      "\(leak.errors)")
    #expect(leak.errors.contains("LUI on 127.0.0.12"))
  }

  @Test func maskedPeopleAreTheSameOnAllMachines() throws {
    let three = try Distribution()
    let id = try three.backup("--test-bed", "--mask-recipients")
    try python(
      """
      lui = {r['email'] for r in copy_rows(A[0], 'lui_subscribers')}
      trk = {r['email'] for r in copy_rows(A[1], 'trk_events') if r['email']}
      assert all(e.endswith('@example.invalid') for e in lui | trk)
      assert trk and len(trk & lui) > len(trk) / 2, (len(trk), len(lui), len(trk & lui))
      """,
      [three.backups("lui") + "/LUI_TestBedBackup_\(id).zip", three.backups("trk") + "/TRK_TestBedBackup_\(id).zip"])
  }

  @Test func settingsTakeNoOptionsAndNoShellWords() throws {
    let three = try Distribution()
    for (name, value) in [
      ("lui.ssh.host", "-oProxyCommand=touch"), ("lui.ssh.host", "a b"), ("lui.ssh.host", "a;b"),
      ("lui.ssh.user", "-lroot"), ("lui.ssh.user", "a b"), ("lui.ssh.user", "$(id)"), ("lui.ssh.folder", "relative"),
      ("lui.ssh.folder", "/opt/$(id)"), ("lui.ssh.folder", "/opt/a b"), ("lui.ssh.folder", "/opt/../etc"),
      ("trk.ssh.folder", "/opt;id"), ("trk.ssh.folder", "/opt/`id`"),
    ] {
      let run = try EndToEnd.run(
        Program.command(["settings", "set", name, "--"], on: nil) + [value],
        environment: three.environment.merging(["HUBTUI_INSTALL_FOLDER": three.production]) { $1 })
      #expect(run.status == 64, "\(name) \(value): \(run.errors)")
    }
  }
}
