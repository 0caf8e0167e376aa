import Testing

/// Sessions that nobody uses, in the real program; the shortest limit is a minute.
@Suite(.waiting) struct IdleSessionTests {
  @Test func theConsoleGoesBackToTheLoginAndTheBackupGoesOn() throws {
    let demo = try Demo()
    try hubtui("settings", "set", "hub.session.idle-minutes", "1", on: demo.production).succeeded()
    try terminal(
      """
      console = Pty([A[1], '--install-folder', A[0]])
      console.login()
      process = console.start_backup(A[0])
      console.out = b''
      until('the session ends', lambda: console.read(0.2, 0.5) is None or b'idle minutes' in console.out)
      console.see('Password', 'Log In')
      assert operation(A[0])['outcome'] == 'running'
      os.kill(process, signal.SIGCONT)
      until('it is over', lambda: operation(A[0])['outcome'] != 'running')
      assert operation(A[0])['outcome'] == 'succeeded', operation(A[0])
      console.login()
      console.write('q')
      console.see('Leave the console?')
      console.write('\\t\\r')
      assert console.end()[0] == 0
      """, [demo.production, Program.path])
  }

  @Test func thePlainModeAsksWhoIsThere() throws {
    let server = try TestServer()
    try hubtui("settings", "set", "hub.session.idle-minutes", "1", on: server.path).succeeded()
    try terminal(
      """
      console = Pty([A[1], '--accessible', '--install-folder', A[0]])
      def answer(question, text):
          console.wait_raw(question)
          if question == b'Password: ':
              # What is typed before the echo is off is dropped with it.
              until('nothing is shown', lambda: not console.modes()[3] & termios.ECHO)
          console.out = b''
          console.write(text + '\\n')
      answer(b'Account', 'admin')
      answer(b'Password: ', 'demo-admin')
      console.wait_raw(b'0 to quit: ')
      console.write('1')
      console.out = b''
      until('the session ends', lambda: console.read(0.2, 0.5) is None or b'ended after 1 idle' in console.out)
      console.wait_raw(b'Account')
      answer(b'Account', 'admin')
      answer(b'Password: ', 'demo-admin')
      answer(b'0 to quit: ', '0')
      console.wait_raw(b'is closed')
      assert console.end()[0] == 0
      """, [server.path, Program.path])
  }
}
