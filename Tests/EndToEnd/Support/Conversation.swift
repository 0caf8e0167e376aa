import Glibc

/// A program that asks on stdout and is answered on stdin, both pipes.
final class Conversation {
  private let process: pid_t
  private let answers: Int32
  private let words: Int32
  private var ended: Int32?
  /// Everything it wrote, each answer on a line that begins with `»`.
  private(set) var transcript = ""
  /// What it wrote since the last answer.
  private(set) var latest = ""

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    // A program that is gone must fail the test, not kill it.
    signal(SIGPIPE, SIG_IGN)
    let (input, output) = (try Pipe(), try Pipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reader, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writer, 1)
    posix_spawn_file_actions_adddup2(&actions, output.writer, 2)
    let line = ["env"] + environment.map { "\($0)=\($1)" } + arguments
    var pointers = line.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let result = posix_spawnp(&process, "env", &actions, nil, &pointers, environ)
    close(input.reader)
    close(output.writer)
    guard result == 0 else { throw Failure("\(arguments[0]): \(String(cString: strerror(result)))") }
    self.process = process
    (answers, words) = (input.writer, output.reader)
  }

  /// A pipe with a name, since only open(2) keeps its ends from programs that other tests start at the same moment: such
  /// a program would hold the input open.
  private struct Pipe {
    let reader: Int32
    let writer: Int32

    init() throws {
      let folder = try TemporaryFolder()
      guard mkfifo(folder["pipe"], 0o600) == 0 else { throw Failure("mkfifo: \(errno)") }
      reader = open(folder["pipe"], O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      writer = open(folder["pipe"], O_WRONLY | O_CLOEXEC)
      guard reader >= 0, writer >= 0, fcntl(reader, F_SETFL, O_RDONLY) == 0 else { throw Failure("pipe: \(errno)") }
    }
  }

  deinit {
    if ended == nil { kill(process, SIGKILL) }
    close(words)
  }

  /// Waits for the question, which may stand anywhere in the last line, and answers it. Pages are turned meanwhile.
  func answer(_ question: String, _ answer: String) throws {
    try wait(for: question)
    try send(answer)
  }

  /// Goes up through the menus to the first one.
  func goUp() throws {
    while true {
      try wait(for: "Number from 1 to ")
      if lastLine.hasSuffix("0 to quit: ") { return }
      try send("0")
    }
  }

  /// Waits for a question.
  func wait(for question: String) throws {
    while true {
      while !lastLine.hasSuffix(": ") {
        guard try listen() else { throw Failure("it ended before it asked \(question): \(transcript)") }
      }
      if lastLine.contains(question) { return }
      guard lastLine.hasPrefix("Enter for more") else { throw Failure("it does not ask \(question): \(transcript)") }
      try send("")
    }
  }

  /// Ends the input and gives the exit code.
  func end() throws -> Int32 {
    close(answers)
    while try listen() {}
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process else { throw Failure("waitpid: \(errno)") }
    ended = status
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  private var lastLine: Substring { latest.split(separator: "\n", omittingEmptySubsequences: false).last ?? "" }

  private func send(_ answer: String) throws {
    let bytes = Array((answer + "\n").utf8)
    guard write(answers, bytes, bytes.count) == bytes.count else { throw Failure("nobody listens: \(transcript)") }
    transcript += "\n»\(answer)"
    latest = ""
  }

  /// Reads what comes next; false at the end. What is silent for minutes hangs.
  private func listen() throws -> Bool {
    var descriptor = pollfd(fd: words, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, 180_000) > 0 else { throw Failure("it hangs: \(transcript)") }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(words, &bytes, bytes.count)
    guard count > 0 else { return false }
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    transcript += text
    latest += text
    return true
  }
}
