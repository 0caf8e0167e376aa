import Testing

/// Nothing that stands in an INI file, a setting, a table, a report, a log, a file name or on the command line reaches a
/// terminal as anything but visible text. The bytes are looked at where a terminal would get them.
@Suite(.waiting) struct TerminalSafetyTests {
  /// Python: the payloads, each with a mark of its own, and what may come to a terminal.
  private static let tools = #"""
    import itertools, unicodedata

    PAYLOADS = [
        '\x1b[31337m', '\x1b[2J', '\x1b[31337;1H', '\x1b]0;31337\x07', '\x1b]2;31337\x1b\\', '\x1b]52;c;MzEzMzc=\x07',
        '\x1b]52;c;MzEzMzc=\x1b\\', '\x1b]8;;http:31337\x1b\\x\x1b]8;;\x1b\\', '\x1b]1337;File=:31337\x07',
        '\x1bP31337q\x1b\\', '\x1bP$q31337\x1b\\', '\x1b_G31337\x1b\\', '\x1b^31337\x1b\\', '\x1bX31337\x1b\\', '\x1bc',
        '\x1b[6n', '\x1b[c', '\x1b[21t', '\x1b[?31337h', '\x1b[5i', '\x1b#8', '\x1b%@', '\x1bN', '\x1b', '\x1b\x1b[A',
        '\x9b31337m', '\x9d0;31337\x9c', '\x90q31337\x9c', '\x9f31337\x9c', '\x85', '\x84', '\x8d', '\x80', '\x07',
        '\x08\x08\x08', '\rforged', '\nforged', '\r\nforged', '\x0b', '\x0c', '\x0e', '\x0f', '\x05', '\x11\x13', '\x18',
        '\x1a', '\x7f', '\t', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069',
        '\u200e', '\u200f', '\u061c', '\u200b', '\u2060', '\u2063', '\ufeff', '\u00ad', '\u200c', '\u200d', '\u034f',
        '\u115f', '\u3164', '\uffa0', '\ufe0f', '\U000e0041', '\U000e0101', '\u2028', '\u2029', '\ue000', '\uffff',
    ]
    assert len(PAYLOADS) >= 40
    if os.environ.get('TORTURE_PAYLOADS'):
        open(os.environ['TORTURE_PAYLOADS'], 'w').write(str(len(PAYLOADS)))
    MARKED = [f'<{n}{p}{n}>' for n, p in enumerate(PAYLOADS)]
    ALL = ''.join(MARKED)
    # Blank or nothing at all on a screen: what is default-ignorable (DerivedCoreProperties.txt) and no format character.
    INVISIBLE = set('\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0') | {
        chr(n) for n in range(0xE0100, 0xE01F0)}
    # What the program itself says to a terminal, and ncurses: no string sequence is among it.
    OWN = re.compile(rb'\x1b(\[[0-?]*[ -/]*[@-~]|[()][0-9A-B]|[=>78M])')

    def check(raw, where, own=False):
        if own:
            for sequence in OWN.finditer(raw):
                assert b'31337' not in sequence[0], (where, sequence[0])
            raw = OWN.sub(b'', raw).replace(b'\b', b'').replace(b'\t', b'')
        else:
            # The one line of progress, and ncurses' look at a terminal that it refuses.
            raw = raw.replace(b'\r\x1b[K', b'').removeprefix(b'\r')
        text = raw.decode()
        text = text.replace('\r\n', '\n') if not own else text.replace('\r', '')
        former = 'x'
        for place, c in enumerate(text):
            bad = c != '\n' and unicodedata.category(c) in ('Cc', 'Cf', 'Zl', 'Zp', 'Co', 'Cn', 'Cs') or c in INVISIBLE
            if c in '\u200c\u200d\ufe0e\ufe0f':
                bad = former.isascii()
            assert not bad, (where, hex(ord(c)), text[max(0, place - 60):place + 60])
            former = c

    def run(arguments, **environment):
        """Runs the program at a terminal; the raw bytes that came to it, and the exit code."""
        pid, fd = pty.fork()
        if pid == 0:
            env = {**os.environ, 'TERM': 'xterm-256color', 'LC_ALL': 'C.UTF-8', **environment}
            os.execve(PROGRAM, [PROGRAM] + arguments, env)
        raw = b''
        while True:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            raw += piece
        os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        check(raw, arguments)
        return raw.decode().replace('\r\n', '\n'), code

    def ends(arguments, *codes, **environment):
        text, code = run(arguments + ['--install-folder', FOLDER], **environment)
        assert code in codes, (arguments[:3], code, text[:300])
        return text

    def marks(text, where, payloads=range(len(PAYLOADS))):
        for n in payloads:
            assert f'<{n}' in text, (where, n)

    def parsed(arguments):
        text, code = run(arguments + ['--json', '--install-folder', FOLDER])
        assert code == 0, (arguments, code, text)
        return text, json.loads(text)

    FOLDER, PROGRAM = A[0], A[1]
    DATABASE = FOLDER + '/database/maestro.sqlite'

    def sql(statement, values):
        c = sqlite3.connect(DATABASE)
        c.executemany(statement, values)
        c.commit()
        c.close()

    """#

  @discardableResult
  private func play(_ code: String, on server: TestServer) throws -> String {
    try terminal(Self.tools + code, [server.path, Program.path])
  }

  private static let plant = #"""
    sql("INSERT INTO hub_settings (name, value) VALUES (?, ?)", [(f'site.{n}{p}', m) for n, (p, m) in enumerate(zip(PAYLOADS, MARKED))])
    sql("UPDATE hub_settings SET value = ? WHERE name = 'lui.listserv.host'", [(ALL,)])
    sql("INSERT INTO hub_settings (name, value) SELECT 'lui.listserv.host', ? WHERE NOT EXISTS (SELECT 1 FROM hub_settings WHERE name = 'lui.listserv.host')", [(ALL,)])
    sql("INSERT INTO hub_accounts (name, full_name, password_hash, is_administrator, is_enabled, last_login_at) VALUES (?, ?, 'x', 0, 1, ?)", [(m, m, m) for m in MARKED])
    sql("INSERT INTO lui_jobs (id, title, state, origin, review_note, scheduled_at) VALUES (?, ?, 'scheduled', ?, ?, ?)", [(9000 + n, m, m, m, '2099') for n, m in enumerate(MARKED)])
    sql("INSERT INTO hub_database_connections (id, name, kind, host, database_name) VALUES (?, ?, ?, ?, ?)", [(9000 + n, m, m, m, m) for n, m in enumerate(MARKED)])
    REPORT = 'testBedBackupReport_20990101000000-ABCD.txt'
    with open(FOLDER + '/hub/logs/' + REPORT, 'wb') as file:
        file.write(('\n'.join(MARKED) + '\n' + ALL.replace('\n', ' ')).encode() + b'\x9b31337m\xff\xfe\n')
    with open(FOLDER + '/hub/logs/audit.jsonl', 'a') as file:
        for m in MARKED:
            file.write(json.dumps(dict(time=m, account=m, source=m, action=m, detail=m, result=m)) + '\n')

    """#

  @Test func noCommandLetsDataDriveTheTerminal() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try play(
      Self.plant + #"""
        for command in (['settings', 'list'], ['account', 'list'], ['outbox', 'list'], ['audit', 'show']):
            text, code = run(command + ['--install-folder', FOLDER])
            assert code == 0, (command, code, text)
            marks(text, command)
            text, value = parsed(command)
            flat = json.dumps(value, ensure_ascii=False)
            for m in MARKED:
                assert json.dumps(m, ensure_ascii=False)[1:-1] in flat, (command, m)
        marks(ends(['report', 'show', '20990101000000-ABCD'], 0), 'report')
        for command in (['report', 'list'], ['post-restore', 'status'], ['settings', 'get', 'lui.listserv.host']):
            text, code = run(command + ['--install-folder', FOLDER])
            assert code == 0, (command, code, text)
            marks(text, command)
        parsed(['report', 'list'])
        parsed(['post-restore', 'status'])
        ends(['audit', 'verify'], 65)
        ends(['backup', 'create', '--test-bed', '--dry-run'], 0, 65, 74, 77, 78)
        # The words on the command line, and the environment.
        for m in MARKED:
            for command, codes in ((['backup', 'verify', m], [64]), (['restore', m], [64]), ([m], [64])):
                ends(command, *codes)
        for command in (
                ['--' + ALL], ['--theme', ALL], ['report', 'show', ALL], ['settings', 'get', ALL], ['settings', 'set', ALL, 'x'],
                ['settings', 'set', 'lui.general.language', ALL], ['settings', 'set', 'lui.mail.relay-host', ALL],
                ['account', 'disable', ALL], ['account', 'enable', ALL], ['outbox', 'revoke', ALL],
                ['post-restore', 'listserv-host', ALL], ['backup', 'list', '--from', '/nowhere/' + ALL], ['audit', 'verify', '--head', ALL]):
            ends(command, 64, 65, 77)
        for folder in ('/nowhere/' + ALL, ALL):
            text, code = run(['settings', 'list', '--install-folder', folder])
            assert code in (74, 78), (code, text)
        ends(['backup', 'verify', os.fsdecode(b'\x9b31337m\xff')], 64)
        ends([], 69, TERM=ALL)
        ends([], 69, HUBTUI_THEME=ALL, TERM='dumb')
        ends(['settings', 'set', 'lui.general.language', 'fr'], 0, SUDO_USER=ALL, SSH_CONNECTION=ALL.replace(' ', ''))
        ends(['audit', 'show'], 0)
        """#, on: server)
  }

  @Test func noIniFileNoFileNameAndNoRuleFileDoes() throws {
    let server = try TestServer()
    try play(
      #"""
      path = FOLDER + '/lui/lui.ini'
      whole = content(path)
      for m in MARKED:
          with open(path, 'w', newline='') as file:
              file.write(whole.replace('component.host=localhost', 'component.host=' + m) + 'x.' + m + '=' + m + '\n')
          for command in (['backup', 'create', '--test-bed', '--dry-run'], ['settings', 'list']):
              run(command + ['--install-folder', FOLDER])
      with open(path, 'w') as file:
          file.write(whole)
      for m in MARKED:
          with open(FOLDER + '/lui/data/' + m + '.pem', 'w') as file:
              file.write('-----BEGIN PRIVATE KEY-----')
          with open(FOLDER + '/lui/data/' + m, 'w') as file:
              file.write('-----BEGIN PRIVATE KEY-----')
      with open(os.fsencode(FOLDER) + b'/lui/data/\x9b31337m.pem', 'w') as file:
          file.write('x')
      run(['backup', 'create', '--test-bed', '--dry-run', '--install-folder', FOLDER])
      run(['backup', 'create', '--test-bed', '--dry-run', '--json', '--install-folder', FOLDER])
      run(['backup', 'create', '--test-bed', '--install-folder', FOLDER])
      run(['report', 'show', '--install-folder', FOLDER])
      with open(FOLDER + '/hub/test-bed-rules.yaml', 'w') as file:
          file.write('rules:\n  - {id: "' + ALL.encode('unicode_escape').decode().replace('"', '') + '", setting: x, action: unset}\n  - ' + ALL)
      run(['backup', 'create', '--test-bed', '--dry-run', '--install-folder', FOLDER])
      """#, on: server)
  }

  @Test func noScreenOfTheConsoleDoes() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try play(
      Self.plant + #"""
        console = Pty([PROGRAM, '--install-folder', FOLDER], columns=200, lines=50)
        console.login()
        def visit(keys, *words):
            for key in keys:
                console.write(key)
                console.read(0.1)
            shown = console.see(*words)
            for _ in range(3):
                console.write('\x1b[6~')
                console.read(0.1)
            return shown
        visit(['G', 'A', 'A'], 'Full name', '<3')
        visit(['\x1b', 'D'], 'Database Connections', '<3')
        visit(['\x1b', 'G', 'L'], 'Audit Log', '<70')
        visit(['\r'], 'account', 'detail')
        visit(['\x1b', '\x1b', 'P'], 'Backup Reports', '<')
        visit(['\r'], 'Report', '<3')
        console.write('/<77\r')
        console.read(0.2)
        visit(['\x1b', '\x1b', '\x1b', '\x1b', 'M', 'O'], 'Outbox', '<3')
        # What is pasted into a field and refused.
        console.write('\x1b')
        console.read(0.4)
        console.write('\x1b[200~' + ALL + '\x1b[201~')
        console.read(0.5)
        check(console.out, 'console', own=True)
        console.hang_up()
        console.end()
        """#, on: server)
  }

  @Test func noLineOfThePlainModeDoes() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try play(
      Self.plant + #"""
        import subprocess
        for keys in ('1 1 1 8', '1 1 2', '1 1 3', '1 2 2'):
            words = ['admin', 'demo-admin'] + keys.split()
            for lead in ('', '0 '):
                text = '\n'.join(words[:2] + (lead + ' '.join(words[2:])).split()) + '\n' * 200
                done = subprocess.run([PROGRAM, '--accessible', '--install-folder', FOLDER], input=text.encode(), capture_output=True)
                check(done.stdout + done.stderr, ('plain', keys))
        """#, on: server)
  }
}
