import Testing

@Suite(.waiting) struct RestoreTests {
  /// Reads the report `A[2]` and compares production, `A[0]` and `A[1]`, with the copy, `A[3]` and `A[4]`.
  static let compare = #"""
    said = {}
    for line in open(A[2]).read().split('Contents')[0].splitlines():
        match = re.fullmatch(r'    (.*): (\d+)', line)
        if match:
            said[match[1]] = said.get(match[1], 0) + int(match[2])
    assert len(said) > 80, said
    seen = {}

    def count(place, number=1):
        if number:
            seen[place] = seen.get(place, 0) + number

    real, copy = db(A[1]), db(A[4])
    assert tables(real) == tables(copy)
    total = 0
    for table in tables(real):
        assert columns(real, table) == columns(copy, table), table
        before, after = rows(real, table), rows(copy, table)
        total += len(before)
        count(f'rows of {table}', len(before.keys() - after.keys()))
        more = after.keys() - before.keys()
        if table == 'hub_settings':
            assert more == {('hub.test-system.set',), ('hub.test-system.restored',),
                            ('hub.test-system.production-hosts',), ('hub.test-system.recipients',)}, more
        else:
            assert not more, (table, more)
        for key in before.keys() & after.keys():
            for column, value in before[key].items():
                new = after[key][column]
                if (type(value), value) != (type(new), new):
                    count(f'setting {key[0]}' if table == 'hub_settings' else f'column {table}.{column}')
    assert total > 1500, total

    for component, name in (('hub', 'hub.ini'), ('lui', 'lui.ini'), ('trk', 'tracker.ini')):
        # The three INI files, and those that a home folder holds beside them.
        machine = {'data', 'logs', 'backup', 'operation.json', 'operation.lock', 'operation.cancel', name}
        others = sorted(set(os.listdir(f'{A[0]}/{component}')) - machine)
        for path in [name] + others:
            shown = name if path == name else f'{component}/{path}'
            left, right = (open(f'{root}/{component}/{path}').read().splitlines() for root in (A[0], A[3]))
            assert len(left) == len(right)
            for old, new in zip(left, right):
                if old != new:
                    count(f'ini {shown} comments' if old.startswith('#') else f'ini {shown}:' + old.split('=')[0].strip())
            if path != name:
                a, b = (os.lstat(f'{root}/{component}/{path}') for root in (A[0], A[3]))
                assert (a.st_mode, a.st_mtime_ns) == (b.st_mode, b.st_mtime_ns), path
        assert component != 'hub' or len(others) == 3, others
        top, other = (f'{root}/{component}/data' for root in (A[0], A[3]))
        def things(root):
            return {os.path.relpath(os.path.join(folder, n), root)
                    for folder, folders, files in os.walk(root) for n in folders + files}
        assert not things(other) - things(top)
        left_out = things(top) - things(other)
        assert all(os.path.isfile(f'{top}/{n}') for n in left_out)
        count(f'files of {component}/data', len(left_out))
        for name in things(other):
            a, b = f'{top}/{name}', f'{other}/{name}'
            assert (os.lstat(a).st_mode, os.lstat(a).st_mtime_ns) == (os.lstat(b).st_mode, os.lstat(b).st_mtime_ns), name
            if os.path.islink(a):
                assert os.readlink(a) == os.readlink(b)
            elif os.path.isfile(a):
                assert open(a, 'rb').read() == open(b, 'rb').read(), name
    # Databases and earlier archives are counted apart.
    for place in [place for place in said if ': ' in place and place.startswith('files of ')]:
        folder = place.split(': ')[0]
        said[folder] = said.get(folder, 0) + said.pop(place)
    assert seen == said, {k: (seen.get(k), said.get(k)) for k in seen.keys() | said.keys() if seen.get(k) != said.get(k)}

    """#

  @Test func theCopyDiffersFromProductionExactlyAsTheReportSays() throws {
    let shared = try Shared.get()
    let server = try TestServer(restored: true)
    try hubtui("post-restore", "status", on: server.path).succeeded()
    try python(
      RestoreTests.compare,
      [
        shared.demo.production, shared.demo.database, shared.demo.reportPath(shared.testBed, testBed: true),
        server.path, server.database,
      ])
  }

  @Test func sendingIsDisabledAndTheQueueIsKept() throws {
    let server = try TestServer(restored: true)
    let list = try hubtui("outbox", "list", on: server.path).succeeded()
    #expect(list.lines.first == "Sending is disabled")
    let shared = try Shared.get()
    try python(
      """
      real, copy = db(A[0]), db(A[1])
      assert rows(real, 'lui_outbox') == rows(copy, 'lui_outbox') and len(rows(copy, 'lui_outbox')) == 9
      origins = {r['origin'] for r in rows(copy, 'lui_jobs').values()}
      assert origins == {A[2]}, origins
      assert not [r for r in rows(copy, 'lui_jobs').values() if r['state'] == 'sending']
      """, [shared.demo.database, server.database, shared.testBed])
  }

  @Test func whatWasClearedFallsBackToNothing() throws {
    let server = try TestServer(restored: true)
    let names = [
      "LISTSERV_HOST", "LUI_LISTSERV_HOST", "TRACKING_HOST", "TRK_TRACKING_HOST", "RELAY_HOST", "SMTP_HOST",
      "DATABASE_URL", "HUBTUI_LISTSERV_HOST", "http_proxy", "MAILHOST",
    ]
    let environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "listserv.maestro-prod.example") })
    for key in [
      "lui.listserv.host", "lui.listserv.port", "lui.listserv.client-name", "lui.listserv.client-password",
      "trk.tracking.host", "trk.tracking.public-url", "lui.mail.relay-host", "lui.mail.relay-port",
      "lui.mail.bounce-address", "lui.public-url", "hub.proxy.url", "hub.licence.key",
      "hub.notifications.recipients", "lui.notifications.recipients", "trk.notifications.recipients",
    ] {
      for variables in [[:], environment] {
        let run = try hubtui("settings", "get", key, on: server.path, environment: variables).succeeded()
        #expect(run.output.isEmpty, "\(key)")
      }
    }
    let status = try hubtui("post-restore", "status", on: server.path, environment: environment).succeeded()
    #expect(!status.output.contains("maestro-prod"))
    #expect(status.output.contains("[ ] LISTSERV host: not set"))
    try python(
      """
      for name in ('hub/hub.ini', 'lui/lui.ini', 'trk/tracker.ini'):
          for key, value in ini(open(A[0] + '/' + name).read()).items():
              if key.endswith('.host'):
                  assert value == 'localhost', (name, key, value)
              if key in ('database.user', 'database.password', 'tls.keystore', 'tls.keystore.password'):
                  assert value == '', (name, key)
              if key == 'database.url':
                  assert value == 'internal'
      """, [server.path])
  }

  @Test func theFirstCommandGeneratesNewInstanceIDs() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    let ids = """
      names = ('hub/hub.ini', 'lui/lui.ini', 'trk/tracker.ini')
      print(*[ini(open(A[0] + '/' + n).read())['instance.id'] for n in names], sep='\\n')
      """
    let empty = try python(ids, [server.path])
    try run(Program.command(["restore", shared.testBed, "--yes"] + shared.demo.from, on: server.path)).succeeded()
    #expect(try python(ids, [server.path]) == "\n\n\n")
    try hubtui("settings", "list", on: server.path).succeeded()
    let new = try python(ids, [server.path]).split(separator: "\n")
    let production = try python(ids, [shared.demo.production]).split(separator: "\n")
    #expect(Set(new).count == 3)
    #expect(Set(new).isDisjoint(with: production))
    #expect(Set(new).isDisjoint(with: empty.split(separator: "\n")))
    // A second command keeps them.
    try hubtui("settings", "list", on: server.path).succeeded()
    #expect(try python(ids, [server.path]).split(separator: "\n") == new)
  }

  @Test func theMarkSaysWhichSet() throws {
    let shared = try Shared.get()
    let server = try TestServer(restored: true)
    let status = try hubtui("post-restore", "status", on: server.path).succeeded()
    #expect(status.lines.first?.hasPrefix("TEST SYSTEM, restored from test-bed backup \(shared.testBed) on 20") == true)
    let empty = try TestServer()
    let none = try hubtui("post-restore", "status", on: empty.path).succeeded()
    #expect(none.lines.first == "This is no restored test system.")
  }

  @Test func productionKeepsEveryByte() throws {
    let demo = try Demo()
    let id = try demo.backup("--test-bed")
    // Even what only a reader leaves would show here: the database's folder is compared with its time.
    let before = try Tree(demo.folder.path, ignoring: ["test-server"])
    try run(Program.command(["restore", id, "--yes"] + demo.from, on: demo.testServer)).succeeded()
    for command in [
      ["post-restore", "status"], ["outbox", "list"], ["settings", "list"], ["backup", "list"] + demo.from,
      ["backup", "verify", id] + demo.from, ["outbox", "revoke", "--all", "--confirm", "REVOKE ALL"],
      ["outbox", "open", "--confirm", "OPEN"], ["backup", "create", "--test-bed"], ["backup", "create"],
      ["settings", "set", "lui.general.language", "fr"], ["restore", "rollback", "--yes"], ["audit", "show"],
    ] {
      try run(Program.command(command, on: demo.testServer)).succeeded()
    }
    #expect(try Tree(demo.folder.path, ignoring: ["test-server"]).differences(to: before) == [])
  }
}
