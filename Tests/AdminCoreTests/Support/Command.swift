import Glibc

/// A program run to its end, with what it said.
struct Command {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `arguments`, the first looked up on PATH; the status is the exit code, or 128 + the signal.
  init(_ arguments: [String]) throws {
    let output = try Temporary()
    let errors = try Temporary()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.descriptor, 2)
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let result = posix_spawnp(&process, arguments[0], &actions, nil, &words, environ)
    guard result == 0 else { throw Failure(what: "\(arguments[0]): \(String(cString: strerror(result)))") }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    self.status = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    self.output = output.text()
    self.errors = errors.text()
  }

  struct Failure: Error { let what: String }

  /// An unlinked file: unlike a pipe it never fills up, so that one thread is enough.
  private struct Temporary {
    let descriptor: Int32

    init() throws {
      var template = Array("/tmp/hubtui-command-XXXXXX".utf8CString)
      descriptor = mkstemp(&template)
      guard descriptor >= 0 else { throw Failure(what: "mkstemp") }
      unlink(template)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    func text() -> String {
      defer { close(descriptor) }
      let size = Int(lseek(descriptor, 0, SEEK_END))
      var bytes = [UInt8](repeating: 0, count: max(0, size))
      let count = pread(descriptor, &bytes, bytes.count, 0)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }
}

/// A folder that is removed when the test ends.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/hubtui-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Command.Failure(what: "mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove() }

  func remove() { _ = try? Command(["rm", "-rf", path]) }

  subscript(_ name: String) -> String { path + "/" + name }
}
