import Glibc

/// Starts programs without a shell, with signals as they are by default, and with nothing open but what they are given.
package enum Spawn {
  /// What one of a program's three standard descriptors is.
  package enum Stream {
    /// `/dev/null`.
    case nothing
    /// One that is open here.
    case descriptor(Int32)
    /// A file that takes what is written at its end; made with mode 0600, never through a link.
    case end(of: String)
    /// For the standard error: where the standard output goes.
    case output
  }

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its path, or its name, which is then looked for in `PATH`.
  ///   - words: from its name on.
  ///   - environment: all of it, as `NAME=value`.
  ///   - streams: for 0, 1 and 2.
  ///   - hasSession: whether it has a session of its own: no terminal reaches it, nor its end.
  /// - Returns: the process, and 0 or the `errno` that tells why there is none.
  package static func start(
    _ program: String, _ words: [String], environment: [String], streams: [Stream], hasSession: Bool
  ) -> (process: pid_t, status: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, stream) in zip(Int32(0)..., streams) {
      switch stream {
      case .nothing:
        posix_spawn_file_actions_addopen(&actions, target, "/dev/null", target == 0 ? O_RDONLY : O_WRONLY, 0)
      case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, target)
      case .end(let path):
        posix_spawn_file_actions_addopen(
          &actions, target, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
      case .output: posix_spawn_file_actions_adddup2(&actions, 1, target)
      }
    }
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
    let session = hasSession ? setSession : 0
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session))
    var process = pid_t()
    let argv = words.map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for word in argv + envp { free(word) } }
    let status = posix_spawnp(&process, program, &actions, &attributes, argv, envp)
    return (process, status)
  }

  // POSIX_SPAWN_SETSID of glibc's <spawn.h>, a macro behind a feature test that Swift does not import.
  private static let setSession: Int32 = 0x80
}
