import Glibc

/// What keeps a test from being run at all.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A program run to its end.
struct Run {
  /// The exit code, or 128 + the signal.
  let status: Int32
  let output: String
  let errors: String

  var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  /// Throws unless the program ended well.
  @discardableResult func succeeded() throws -> Run {
    guard status == 0 else { throw Failure("exit code \(status): \(errors)\(output)") }
    return self
  }
}

/// A program that runs.
final class Running {
  let process: pid_t
  private let output: Temporary
  private let errors: Temporary
  private var ended: Int32?

  /// Starts `arguments`, the first looked up on PATH, in a session of its own: without a terminal.
  init(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws {
    output = try Temporary()
    errors = try Temporary()
    let source = try Temporary()
    try source.fill(input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, source.descriptor, 0)
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.descriptor, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The test's own thread may have signals blocked; a child must not inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | 0x80))
    var words = arguments.map { strdup($0) } + [nil]
    var variables = Running.merged(environment).map { strdup($0) } + [nil]
    defer { for word in words + variables { free(word) } }
    var process = pid_t()
    let result = posix_spawnp(&process, arguments[0], &actions, &attributes, &words, &variables)
    guard result == 0 else { throw Failure("\(arguments[0]): \(String(cString: strerror(result)))") }
    self.process = process
    source.close()
  }

  deinit { if ended == nil { stop() } }

  private static func merged(_ more: [String: String]) -> [String] {
    var result: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      let name = text.prefix { $0 != "=" }
      if more[String(name)] == nil { result.append(text) }
      next += 1
    }
    return result + more.map { "\($0)=\($1)" }
  }

  var isRunning: Bool {
    guard ended == nil else { return false }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return true }
    ended = status
    return false
  }

  func signal(_ number: Int32) { if isRunning { kill(process, number) } }

  /// Kills it, for a helper that would run for ever.
  func stop() {
    signal(SIGKILL)
    while isRunning { usleep(1000) }
  }

  /// What it wrote so far.
  var outputSoFar: String { output.text() }

  /// Waits for its end; what hangs for minutes is killed, and the test fails.
  func wait(seconds: Int = 180) throws -> Run {
    var pauses = Pauses()
    while isRunning {
      guard pauses.next(within: seconds) else {
        stop()
        throw Failure("still running after \(seconds) s: \(output.text())\(errors.text())")
      }
    }
    let status = ended ?? -1
    return Run(
      status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, output: output.text(),
      errors: errors.text())
  }

  /// An unlinked file: unlike a pipe it never fills up.
  private final class Temporary {
    private(set) var descriptor: Int32

    init() throws {
      var template = Array("/tmp/hubtui-run-XXXXXX".utf8CString)
      descriptor = mkstemp(&template)
      guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw Failure("mkstemp: \(errno)") }
      unlink(template)
    }

    deinit { close() }

    func close() {
      if descriptor >= 0 { Glibc.close(descriptor) }
      descriptor = -1
    }

    func fill(_ text: String) throws {
      let bytes = Array(text.utf8)
      guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { throw Failure("pwrite: \(errno)") }
    }

    func text() -> String {
      var status = stat()
      fstat(descriptor, &status)
      var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
      let count = pread(descriptor, &bytes, bytes.count, 0)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }
}

/// Runs a program to its end.
@discardableResult
func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Run {
  try Running(arguments, environment: environment, input: input).wait()
}

/// Runs the built program.
@discardableResult
func hubtui(_ arguments: String..., on folder: String? = nil, environment: [String: String] = [:], input: String = "")
  throws -> Run
{
  try run(Program.command(arguments, on: folder), environment: environment, input: input)
}

/// The built program, beside the test bundle.
enum Program {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/hubtui"
  }()

  /// The command line for an installation.
  static func command(_ arguments: [String], on folder: String? = nil) -> [String] {
    [path] + arguments + (folder.map { ["--install-folder", $0] } ?? [])
  }
}

/// Waits until something is so, which it may be for a moment only; throws after three minutes.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  for _ in 0..<90_000 {
    if try condition() { return }
    usleep(2000)
  }
  throw Failure("it never came to this: \(what)")
}

/// Pauses between looks at something that goes on by itself: short ones at first, and none so long that it matters
/// beside what was waited already. Many tests look side by side, and each look costs.
struct Pauses {
  private let begin = ContinuousClock.now
  private var pause: useconds_t = 1000
  private let longest: useconds_t

  init(longest: useconds_t = 20_000) { self.longest = longest }

  /// Pauses; false when the time is over.
  mutating func next(within seconds: Int) -> Bool {
    guard ContinuousClock.now - begin < .seconds(seconds) else { return false }
    usleep(pause)
    pause = min(longest, pause + pause / 8)
    return true
  }
}
