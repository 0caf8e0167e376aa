import Glibc
import Testing

/// What the process gives away when it crashes, and which files it makes.
@Suite(.waiting) struct ProcessSafetyTests {
  @Test func aCrashLeavesNoCoreAndOpensNoDebugger() throws {
    let server = try TestServer()
    try terminal(
      """
      import resource
      resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
      console = Pty([A[1], '--install-folder', A[0]], SWIFT_BACKTRACE='enable=yes,interactive=yes,timeout=5s')
      console.see('Password')
      limits = [line.split() for line in content(f'/proc/{console.pid}/limits').splitlines()]
      assert ['0', '0'] in [line[4:6] for line in limits if line[:4] == ['Max', 'core', 'file', 'size']], limits
      console.out = b''
      os.kill(console.pid, signal.SIGSEGV)
      status, _ = console.end()
      assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV and not os.WCOREDUMP(status), status
      for word in (b'rash', b'acktrace', b'Thread', b'Press', b'Registers'):
          assert word not in console.out, console.out
      """, [server.path, Program.path])
  }

  @Test(.enabled(if: geteuid() == 0)) func noOtherProgramOfTheAccountLooksIntoTheMemory() throws {
    let server = try OwnedServer()
    try terminal(
      """
      console = Pty(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', A[1], '--install-folder', A[0]])
      console.see('Password')
      assert 'Uid:\\t65534' in content(f'/proc/{console.pid}/status')
      # What cannot be dumped belongs to root there (proc(5)), which keeps ptrace(2) out as well.
      assert os.stat(f'/proc/{console.pid}/environ').st_uid == 0
      # It still finds itself, to start an operation.
      console.login()
      process = console.start_backup(A[0])
      os.kill(process, signal.SIGCONT)
      until('it is over', lambda: operation(A[0])['outcome'] != 'running')
      assert operation(A[0])['outcome'] == 'succeeded', operation(A[0])
      console.hang_up()
      console.end()
      """, [server.path, server.program])
  }

  @Test func filesArePrivateWhateverTheUmask() throws {
    let folder = try TemporaryFolder()
    let (demo, production) = (folder["demo"], folder["demo/production"])
    func open(_ arguments: [String]) throws {
      try run(["sh", "-c", "umask 0; exec \"$@\"", "sh"] + arguments).succeeded()
    }
    try open(Program.command(["demo", demo, "--subscribers", "20", "--events", "20"]))
    try open(Program.command(["backup", "create", "--test-bed"], on: production))
    try open(Program.command(["settings", "set", "lui.general.language", "fr"], on: production))
    try python(
      """
      import stat
      count = 0
      for root, folders, files in os.walk(A[0]):
          if '/data' in root:
              continue
          for name in folders + files:
              path = os.path.join(root, name)
              mode = os.lstat(path).st_mode
              count += 1
              assert stat.S_ISLNK(mode) or not mode & 0o077, (path, oct(mode))
      assert count > 30, count
      """, [folder["demo"]])
  }

  @Test func anOperationOfTheConsoleGetsNothingOfItsEnvironmentButWhatItNeeds() throws {
    let demo = try Demo()
    try terminal(
      """
      console = Pty([A[1], '--install-folder', A[0]], SITE_PASSWORD='hunter2-31337', HUBTUI_THEME='mono')
      console.login()
      process = console.start_backup(A[0])
      with open(f'/proc/{process}/environ', 'rb') as file:
          environment = file.read()
      assert b'31337' not in environment and b'PATH=' in environment, environment
      with open(f'/proc/{process}/cmdline', 'rb') as file:
          assert b'demo-admin' not in file.read()
      os.kill(process, signal.SIGCONT)
      until('it is over', lambda: operation(A[0])['outcome'] != 'running')
      console.hang_up()
      console.end()
      """, [demo.production, Program.path])
  }
}

/// A test server of account 65534, with the program beside it, where that account can run it.
struct OwnedServer {
  private let folder: TemporaryFolder
  var path: String { folder["server"] }
  var program: String { folder["hubtui"] }

  init() throws {
    folder = try TemporaryFolder()
    try run(["cp", "-a", try Shared.get().demo.testServer, path]).succeeded()
    try run(["cp", Program.path, program]).succeeded()
    try run(["chmod", "711", folder.path]).succeeded()
    try run(["chmod", "755", program]).succeeded()
    try run(["chown", "-R", "65534:65534", path]).succeeded()
  }

  /// Runs the program as an account.
  func hubtui(_ arguments: String..., as account: Int) throws -> Run {
    let prefix = account == 0 ? [] : ["setpriv", "--reuid=\(account)", "--regid=\(account)", "--clear-groups"]
    return try run(prefix + [program] + arguments + ["--install-folder", path])
  }
}
