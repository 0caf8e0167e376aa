import Glibc
import Testing

/// The console and its terminal, byte by byte.
@Suite(.waiting) struct ConsoleTerminalTests {
  /// A production whose backup takes long enough to be seen, for it must read a large file of zeros.
  private func slowDemo(gigabytes: Double) throws -> Demo {
    let demo = try Demo()
    try run(["truncate", "-s", String(Int(gigabytes * 1_073_741_824)), demo.production + "/lui/data/uploads/large.bin"])
      .succeeded()
    return demo
  }

  private func command(_ demo: Demo) -> [String] { Program.command([], on: demo.production) }

  /// A console of its own: who logs in is written down, and others compare the shared production with its copy.
  private func console(_ script: String, _ arguments: [String] = []) throws {
    let demo = try Demo()
    try withExtendedLifetime(demo) { _ = try terminal(script, arguments + command(demo)) }
  }

  @Test func aSmallTerminalIsToldAndAlive() throws {
    try console(
      """
      t = Pty(A)
      t.login()
      t.resize(20, 5)
      t.see('80×24,', '20×5')
      t.write('g')
      t.see('80×24,', '20×5')
      t.resize(80, 24)
      shown = t.see('Running Operation')
      # The key that was pressed without seeing anything did nothing.
      assert 'Maestro Tracker' not in shown, shown
      t.resize(132, 43)
      t.write('g')
      t.see('Maestro Tracker')
      t.resize(1, 1)
      t.write('\\x03')
      assert t.end()[0] == 0
      """)
  }

  @Test func redrawingSendsTheWholeScreenAndIdlingNothing() throws {
    try console(
      """
      t = Pty(A)
      t.login()
      t.read(0.3)
      t.write('\\f')
      whole = t.text(t.read(0.3))
      assert 'Global Settings' in whole and 'Running Operation' in whole and 'Quit' in whole, whole
      before = t.modes()
      assert not t.read(3.0, 3.0)
      assert t.modes() == before
      """)
  }

  @Test func aHugeReportOpensAndHidesNoOther() throws {
    let demo = try Demo("--subscribers", "20", "--events", "50")
    let id = try demo.backup()
    let huge = demo.production + "/hub/logs/backupReport_20260101000000-0000.txt"
    try run(["truncate", "-s", "200M", huge]).succeeded()
    try python("open(A[0], 'a').write('\\nThe backup was completed successfully\\n')", [huge])
    let console = try ConsoleDemo(demo.production)
    try console.logIn()
    try console.openGeneralAdministration()
    let list = try console.press("p", until: "20260101000000-0000")
    #expect(list.contains(id), "\(list)")
    try console.press("End", "Enter", "G", until: "✓ The backup was completed successfully")
  }

  @Test func ctrlZStopsItAndFgBringsItBack() throws {
    try console(
      """
      t = Pty(['bash', '--norc', '--noprofile', '-i'], PS1='shell> ')
      t.wait_raw(b'shell> ')
      before = t.modes()
      t.write(' '.join(A) + '\\n')
      t.see('Password')
      t.write('admin\\tdemo-admin\\r')
      t.see('Running Operation')
      t.out = b''
      t.write('\\x1a')
      t.wait_raw(b'Stopped')
      t.wait_raw(b'shell> ')
      assert b'\\x1b[?1049l' in t.out and b'\\x1b[?2004l' in t.out, t.out
      t.write("stty -a; echo o'v'er\\n")
      t.wait_raw(b'over')
      modes = t.out.split()
      assert b'icanon' in modes and b'echo' in modes and b'isig' in modes, t.out
      t.out = b''
      t.write('fg\\n')
      t.wait_raw(b'\\x1b[?1049h')
      t.see('Running Operation')
      t.write('q')
      t.see('Leave the console?')
      t.write('\\t\\r')
      t.wait_raw(b'\\x1b[?1049l')
      t.write('echo ended $?\\n')
      t.wait_raw(b'ended 0')
      t.write('exit\\n')
      t.end()
      """)
  }

  @Test func aPasteOfSeveralLinesStaysInItsField() throws {
    try console(
      """
      t = Pty(A)
      t.see('Password')
      # In pieces, with the marks torn: a slow line.
      for piece in ('\\x1b[20', '0~ad\\nm', 'in\\r', '\\n\\x1b[2', '01~'):
          t.write(piece)
          time.sleep(0.01)
      shown = t.see('admin')
      assert 'Checking' not in shown and 'wrong' not in shown, shown
      t.write('\\t\\x1b[200~demo-admin\\n\\x1b[201~')
      assert 'Global Settings' not in t.see('**')
      t.write('\\r')
      t.see('Global Settings')
      """)
  }

  @Test func tornSequencesAreStillKeys() throws {
    try console(
      """
      t = Pty(A)
      t.login()
      for first, second in (('\\x1b', '[B'), ('\\x1b[', 'B'), ('\\x1bO', 'B')):
          t.write(first)
          time.sleep(0.02)
          t.write(second)
          t.see('▸ Running Operation')
          t.write('\\x1b[A')
          t.see('▸ Global Settings')
      # A sequence that nobody knows does nothing, least of all what its last letter would.
      for strange in ('\\x1b[99;5q', '\\x1b[1;2Q', '\\x1b[?1;2c'):
          t.write(strange)
      assert 'Leave the console?' not in t.see('▸ Global Settings')
      # A character in pieces.
      t.write('r')
      t.see('Running Operation')
      t.write('\\x1b')
      t.see('▸ Running Operation')
      """)
  }

  /// The console ends at once when its line drops, asked to by a signal or not; its backup does not.
  @Test(arguments: [true, false]) func aHangUpEndsTheConsoleAndNotItsBackup(ignored: Bool) throws {
    let demo = try slowDemo(gigabytes: 0.2)
    let id = try terminal(
      """
      t = Pty(A[1:], ignoring=[signal.SIGHUP] if \(ignored ? "True" : "False") else [])
      t.login()
      process = t.start_backup(A[0])
      t.hang_up()
      ended, used = t.end()
      assert ended == (129 << 8 if \(ignored ? "True" : "False") else signal.SIGHUP), ended
      # Half a second at login for the password's hash in a slow build; a spinning console would need seconds.
      assert used < 5, used
      os.kill(process, signal.SIGCONT)
      status = until('it is over', lambda: operation(A[0])['outcome'] != 'running' and operation(A[0]))
      assert status['outcome'] == 'succeeded', status
      print(status['backupID'], end='')
      """, [demo.production] + command(demo))
    try hubtui("backup", "verify", id, on: demo.production).succeeded()
    #expect(try text(of: demo.reportPath(id, testBed: true)).hasSuffix("completed successfully\n"))
    let next = try ConsoleDemo(demo.production)
    try next.logIn()
    try next.press("r", until: "✓ Succeeded")
    #expect(try next.backupID() == id)
  }

  /// Whatever ends the console, the shell after it finds its terminal as it was.
  @Test(arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT]) func aKilledConsoleLeavesTheTerminalAsItWas(signal: Int32)
    throws
  {
    try console(
      """
      t = Pty(['sh', '-c', 'ulimit -c 0; "$@"; echo "ended $?"; read line', 'sh'] + A[1:], SWIFT_BACKTRACE='enable=no')
      before = t.modes()
      t.login()
      assert t.modes() != before
      t.out = b''
      child = int(content(f'/proc/{t.pid}/task/{t.pid}/children').split()[0])
      os.kill(child, int(A[0]))
      t.wait_raw(b'ended %d' % (128 + int(A[0])))
      for sequence in (b'\\x1b[?2004l', b'\\x1b[?1049l', b'\\x1b[?1l'):
          assert sequence in t.out, (sequence, t.out)
      # The cursor is visible: the last word about it is on.
      assert t.out.rfind(b'\\x1b[?25l') < max(t.out.rfind(b'\\x1b[?25h'), t.out.rfind(b'\\x1b[?12l\\x1b[?25h')), t.out
      assert t.modes() == before
      t.write('\\n')
      t.end()
      """, [String(signal)])
  }

  /// The operation is a process of its own: no terminal, no session, no descriptor of the console's, no thread left.
  @Test func anOperationHasNothingOfItsConsole() throws {
    let demo = try slowDemo(gigabytes: 64)
    try terminal(
      """
      t = Pty(A[1:])
      t.login()
      process = t.start_backup(A[0])
      fields = content(f'/proc/{process}/stat').rsplit(')', 1)[1].split()
      session, terminal_number = int(fields[3]), int(fields[4])
      assert session == process and terminal_number == 0, fields
      # All it has is its own: files of the installation, a pipe for its error line, and what it asks name servers with.
      asking = {f'socket:[{line.split()[9]}]' for kind in ('udp', 'udp6')
                for line in content(f'/proc/{process}/net/{kind}').splitlines()[1:]}
      own = {n: os.readlink(f'/proc/{process}/fd/{n}') for n in os.listdir(f'/proc/{process}/fd')}
      assert own['0'] == '/dev/null' and own['1'].startswith('pipe:') and own['2'].startswith('pipe:'), own
      strange = [name for n, name in own.items() if int(n) > 2
                 and name not in asking and not name.startswith(os.path.dirname(A[0]) + '/')]
      assert not strange, strange
      os.kill(process, signal.SIGCONT)
      # Leaving and coming back many times leaves no thread behind.
      def threads():
          return len(os.listdir(f'/proc/{t.pid}/task'))
      t.write('\\x1b')
      t.see('Create Backup')
      t.read(0.3)
      # The console's own, the two that watch, and the one that waits for the operation.
      before = until('work is over', lambda: threads() <= 4 and threads())
      for _ in range(10):
          t.write('b')
          t.see('Backup ID')
          t.write('\\x1b')
          t.see('Daily Backup')
      until('no thread is left', lambda: threads() <= before)
      # A second console sees it, and a command follows it.
      other = Pty(A[1:])
      other.login()
      other.see('test-bed backup: ')
      other.write('r')
      other.see('Now: writing LUI', operation(A[0])['backupID'])
      follower = Pty(A[1:2] + ['operation', 'attach', '--install-folder', A[0]])
      follower.wait_raw(b'LUI')
      # The first one leaves; the operation does not.
      for _ in range(3):
          t.write('\\x1b')
          t.read(0.4)
      t.write('q')
      t.see('A running operation goes on')
      t.write('\\t\\r')
      assert t.end()[0] == 0
      assert operation(A[0])['outcome'] == 'running'
      os.kill(process, 0)
      # The other one stops it, and both that look on see the end.
      other.write('c')
      other.see('Stop it')
      other.write('\\t\\r')
      other.see('Cancelled')
      assert follower.end()[0] == 130 << 8
      assert b'cancelled' in follower.out, follower.out
      """, [demo.production] + command(demo))
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
  }
}
