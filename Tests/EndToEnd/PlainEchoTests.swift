import Glibc
import Testing

/// Passwords in the plain mode at a real terminal.
@Suite(.waiting) struct PlainEchoTests {
  /// Runs `--accessible` at a pseudo-terminal up to the password's question, does something, and says whether the terminal
  /// shows what is typed: at the question, and after the program.
  private func echo(_ then: String) throws -> (output: String, states: [String]) {
    let server = try TestServer()
    let lines = try python(
      """
      import pty, termios, signal
      master, slave = pty.openpty()
      def echo(): return 'on' if termios.tcgetattr(slave)[3] & termios.ECHO else 'off'
      child = os.fork()
      if child == 0:
          os.setsid()
          fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
          for fd in (0, 1, 2): os.dup2(slave, fd)
          os.environ['TERM'] = 'dumb'
          os.execv(A[0], A[:1] + ['--accessible', '--install-folder', A[1]])
      seen = b''
      def wait(word):
          global seen
          while word not in seen: seen += os.read(master, 4096)
      wait(b'Account')
      os.write(master, b'admin\\n')
      wait(b'Password: ')
      while echo() == 'on': pass
      at = echo()
      \(then)
      os.waitpid(child, 0)
      print('STATES', at, echo())
      print(seen.decode())
      """, [Program.path, server.path])
    guard let states = lines.firstMatch(of: /STATES (\w+) (\w+)/) else { throw Failure(lines) }
    return (lines, [String(states.1), String(states.2)])
  }

  @Test func aPasswordIsNotShown() throws {
    let (output, states) = try echo(
      "os.write(master, b'demo-admin\\n'); wait(b'0 to quit: '); os.write(master, b'0\\n'); wait(b'is closed.')")
    #expect(states == ["off", "on"])
    #expect(output.contains("Logged in as admin") && !output.contains("demo-admin"), "\(output)")
  }

  @Test(arguments: ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
  func aSignalPutsTheTerminalBack(signal: String) throws {
    #expect(try echo("os.kill(child, signal.\(signal))").states == ["off", "on"])
  }

  @Test func controlCPutsTheTerminalBack() throws {
    #expect(try echo("os.write(master, b'\\x03')").states == ["off", "on"])
  }
}
