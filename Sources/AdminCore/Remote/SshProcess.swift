import Glibc
import Installation
import Platform
import TestBed

/// The system's own `ssh` with a component's service at its other end.
final class SshProcess {
  /// What it says on its standard output.
  let output: Int32
  /// What goes to its standard input.
  let input: Int32
  private let errors: Int32
  private let pid: pid_t
  private let said = Guarded<[UInt8]>([])
  private let hasSaidAll = Guarded(false)
  private var collector: JoinableThread?
  private var status: Int32?
  private var isOpen = true

  /// More than the longest complaint of `ssh`, and as much as a peer can make this side keep.
  private static let saidLimit = 8 << 10

  /// Starts it.
  ///
  /// - Parameter timeout: seconds for the connection.
  init(_ address: ComponentAddress, _ component: Component, timeout: Int) throws {
    // A peer that goes away must be an error, not a signal.
    signal(SIGPIPE, SIG_IGN)
    let words = ["ssh"] + SshProcess.arguments(address, component, timeout: timeout)
    var pipes: [Int32] = []
    for _ in 0..<3 {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else {
        let error = systemError("cannot make a pipe for", "ssh")
        for end in pipes { Glibc.close(end) }
        throw error
      }
      pipes += ends
    }
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // In a session of its own: no terminal to ask at, and Ctrl-C there is for this program, which ends it in order.
    let (pid, result) = Spawn.start(
      "ssh", words, environment: SshProcess.environment,
      streams: [.descriptor(pipes[0]), .descriptor(pipes[3]), .descriptor(pipes[5])], hasSession: true)
    for end in [pipes[0], pipes[3], pipes[5]] { Glibc.close(end) }
    input = pipes[1]
    output = pipes[2]
    errors = pipes[4]
    self.pid = pid
    guard result == 0 else {
      for end in [pipes[1], pipes[2], pipes[4]] { Glibc.close(end) }
      isOpen = false
      status = 127
      throw AdminError(
        .configuration, "ssh cannot be started (\(String(cString: strerror(result))))", at: "ssh",
        next: "install the OpenSSH client")
    }
    collector = try JoinableThread { [errors, said, isCollecting, hasSaidAll] in
      SshProcess.collect(errors, into: said, while: isCollecting)
      hasSaidAll.withLock { $0 = true }
    }
  }

  deinit { close() }

  /// Which words `ssh` is started with. What decides about safety is said here; all else is the configuration's.
  static func arguments(_ address: ComponentAddress, _ component: Component, timeout: Int) -> [String] {
    var words: [String] = []
    if let file = getenv("HUBTUI_SSH_CONFIG").map({ String(cString: $0) }), !file.isEmpty { words += ["-F", file] }
    words += ["-T", "-a", "-x"]
    let options = [
      "BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=\(timeout)", "ConnectionAttempts=1",
      "ServerAliveInterval=\(max(1, timeout / 3))", "ServerAliveCountMax=3", "ClearAllForwardings=yes",
      // Archives are compressed at their source.
      "Compression=no", "LogLevel=ERROR",
    ]
    for option in options { words += ["-o", option] }
    if let user = address.user { words += ["-l", user] }
    words += ["--", address.host.description, "hubtui", "component", "serve", "--component", component.rawValue]
    if let folder = address.folder { words += ["--install-folder", folder] }
    return words
  }

  // What ssh, its agent and its jump hosts need, and nothing that could make it ask or talk.
  private static var environment: [String] {
    [
      "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "KRB5CCNAME",
    ].compactMap { (name: String) -> String? in getenv(name).map { "\(name)=\(String(cString: $0))" } }
  }

  /// Whether it has ended, and how; 128 and more for a signal.
  func exitStatus(waiting milliseconds: Int) -> Int32? {
    var left = milliseconds
    while status == nil {
      var value: Int32 = 0
      let result = waitpid(pid, &value, WNOHANG)
      if result == pid { status = value & 0x7F == 0 ? value >> 8 & 0xFF : 128 + value & 0x7F }
      if result < 0, errno != EINTR { status = 255 }
      guard status == nil, left > 0 else { break }
      usleep(10_000)
      left -= 10
    }
    return status
  }

  /// What it said on its standard error so far; once it has ended, all of it.
  var complaint: String {
    // The thread that collects may be a moment behind. It is waited for only so long: a process that ssh left behind may
    // keep the pipe open.
    for _ in 0..<100 where status != nil && !hasSaidAll.withLock({ $0 }) { usleep(10_000) }
    return String(decoding: said.withLock { $0 }, as: UTF8.self)
  }

  /// Tells the other side that nothing more comes.
  func closeInput() {
    guard isInputOpen else { return }
    isInputOpen = false
    Glibc.close(input)
  }
  private var isInputOpen = true

  /// Ends it: at once when it does not end by itself.
  ///
  /// - Parameter patience: milliseconds for the other side to clean up.
  func close(patience: Int = 0) {
    guard isOpen else { return }
    isOpen = false
    closeInput()
    if exitStatus(waiting: patience) == nil {
      kill(pid, SIGTERM)
      if exitStatus(waiting: 1000) == nil {
        kill(pid, SIGKILL)
        _ = exitStatus(waiting: 5000)
      }
    }
    Glibc.close(output)
    // A process that ssh left behind may keep the pipe open.
    isCollecting.withLock { $0 = false }
    collector?.join()
    Glibc.close(errors)
  }

  private let isCollecting = Guarded(true)

  private static func collect(_ errors: Int32, into said: Guarded<[UInt8]>, while isCollecting: Guarded<Bool>) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while isCollecting.withLock({ $0 }) {
      var wait = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, 100) > 0 else { continue }
      let count = read(errors, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      // The last words count; the first ones of a flood do not.
      said.withLock { text in
        text += buffer[..<count]
        if text.count > SshProcess.saidLimit { text.removeFirst(text.count - SshProcess.saidLimit) }
      }
    }
  }
}
