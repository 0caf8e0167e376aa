import Glibc

/// Reads stdin line by line over read(2), so that poll(2) tells the truth about whether something waits, which stdio's own
/// buffer would hide.
final class LineInput {
  /// Longer lines are cut: nobody types them.
  private static let limit = 64 << 10

  private var buffer: [UInt8] = []
  private var isOver = false
  /// Whether stdin is a terminal, which shows what is typed.
  let isTerminal = isatty(STDIN_FILENO) == 1

  /// How long to wait for the next piece of a line; nil for as long as it takes.
  var idleLimit: () -> Duration? = { nil }
  /// Whether nothing came for so long; what was typed of a line until then is dropped.
  var isIdle = false

  /// The next line without its end; nil at the end of the input, or when nothing came for too long.
  func line() -> String? {
    while true {
      if let newline = buffer.firstIndex(of: 0x0A) {
        var line = buffer[..<newline]
        if line.last == 0x0D { line = line.dropLast() }
        let text = String(decoding: line.prefix(Self.limit), as: UTF8.self)
        buffer.removeFirst(newline + 1)
        return text
      }
      guard isFilledInTime() else {
        if isIdle { buffer = [] }
        // A last line without its end counts.
        guard !buffer.isEmpty else { return nil }
        defer { buffer = [] }
        return String(decoding: buffer.prefix(Self.limit), as: UTF8.self)
      }
    }
  }

  /// A line that is not shown while it is typed at a terminal; the terminal shows what is typed again whatever ends the
  /// program meanwhile.
  func secretLine() -> String? {
    guard isTerminal, let silence = Silence() else { return line() }
    defer { silence.end() }
    return line()
  }

  /// Waits until a line or the end of the input is there; false when neither came in time.
  func waits(milliseconds: Int) -> Bool {
    if isOver || buffer.contains(0x0A) { return true }
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, Int32(milliseconds)) > 0 else { return false }
    return !fill() || buffer.contains(0x0A)
  }

  private func isFilledInTime() -> Bool {
    guard !isOver, let limit = idleLimit() else { return fill() }
    let end = ContinuousClock.now + limit
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while true {
      // A program that was stopped meanwhile was idle as well.
      let rest = (ContinuousClock.now.duration(to: end) / .milliseconds(1)).rounded(.up)
      guard rest > 0 else { break }
      if poll(&descriptor, 1, Int32(min(rest, 60_000))) > 0 { return fill() }
    }
    isIdle = true
    // Half a line that somebody left typed is not the beginning of the next one's answer.
    if isTerminal { tcflush(STDIN_FILENO, TCIFLUSH) }
    return false
  }

  /// Reads what is there; false at the end of the input.
  private func fill() -> Bool {
    guard !isOver else { return false }
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count > 0 {
        // The rest of a line beyond the limit is read and dropped; its end is kept.
        let isFull = buffer.count > 2 * Self.limit && !buffer.contains(0x0A)
        buffer += isFull ? chunk[..<count].drop { $0 != 0x0A } : chunk[..<count]
        return true
      }
      if count < 0, errno == EINTR { continue }
      isOver = true
      return false
    }
  }
}

/// A terminal that does not show what is typed, until this ends; a signal that ends or stops the program meanwhile first
/// puts the terminal back.
private struct Silence {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
  // A signal handler reads them, which can take no lock: they are set before the handler is installed, and never while it is.
  nonisolated(unsafe) private static var former = termios()
  nonisolated(unsafe) private static var silent = termios()
  nonisolated(unsafe) private static var action = sigaction()

  private let handlers: [sigaction]

  init?() {
    guard tcgetattr(STDIN_FILENO, &Self.former) == 0 else { return nil }
    Self.silent = Self.former
    Self.silent.c_lflag &= ~tcflag_t(ECHO)
    Self.action.__sigaction_handler.sa_handler = Self.putBack
    handlers = Self.signals.map { number in
      var old = sigaction()
      sigaction(number, &Self.action, &old)
      return old
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &Self.silent)
  }

  // Only what is safe in a handler (signal-safety(7)).
  private static let putBack: @convention(c) (Int32) -> Void = { number in
    tcsetattr(STDIN_FILENO, TCSANOW, &Silence.former)
    signal(number, SIG_DFL)
    var one = sigset_t()
    sigemptyset(&one)
    sigaddset(&one, number)
    pthread_sigmask(SIG_UNBLOCK, &one, nil)
    raise(number)
    // Here it goes on after a stop.
    sigaction(number, &Silence.action, nil)
    tcsetattr(STDIN_FILENO, TCSANOW, &Silence.silent)
  }

  func end() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &Self.former)
    for (number, handler) in zip(Self.signals, handlers) {
      var handler = handler
      sigaction(number, &handler, nil)
    }
  }
}
