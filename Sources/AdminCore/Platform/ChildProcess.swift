import Glibc

/// Another program that this one starts, without a shell, with its words going to a log file.
struct ChildProcess {
  private let pid: pid_t
  private let program: String

  /// Starts `program`.
  ///
  /// - Parameters:
  ///   - log: a file that takes what it says, at its end.
  ///   - isDetached: in a session of its own, so that it outlives this terminal.
  init(_ program: String, _ arguments: [String], log: String, isDetached: Bool = false) throws {
    self.program = program
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    InheritedDescriptors.keepFromChildren()
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    // <spawn.h>: POSIX_SPAWN_SETSID, a macro behind a feature test that Swift does not import.
    if isDetached { flags |= 0x80 }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    // Nothing of this program's environment: it may hold what is nobody else's business.
    var environment: [UnsafeMutablePointer<CChar>?] =
      ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"].map { (word: String) in strdup(word) } + [nil]
    defer { for word in environment { free(word) } }
    var pid = pid_t()
    let status = posix_spawn(&pid, program, &actions, &attributes, &words, &environment)
    guard status == 0 else {
      throw AdminError(
        .inputOutput, "cannot start (\(String(cString: strerror(status))))", at: program,
        next: "check that it is installed")
    }
    self.pid = pid
  }

  /// Waits for its end and gives its exit status; 128 and more for a signal.
  func wait() throws -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw systemError("cannot wait for", program) }
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// Whether it has ended; to be asked no more after it has.
  func hasEnded() throws -> Bool {
    var status: Int32 = 0
    let result = waitpid(pid, &status, WNOHANG)
    guard result >= 0 || errno == EINTR else { throw systemError("cannot wait for", program) }
    return result == pid
  }

  /// The words that started a process.
  static func commandLine(of pid: Int32) throws -> [String] {
    let file = try File("/proc/\(pid)/cmdline")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    defer { buffer.deallocate() }
    let count = try file.read(into: buffer)
    return buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
