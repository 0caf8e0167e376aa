import Glibc
import TUIKitLite
import Testing

/// A pseudo-terminal: the test is the terminal emulator.
private final class PseudoTerminal {
  let master: Int32
  let path: String
  /// Held open, so that the device keeps its modes and the master sees no hang-up before it should.
  let slave: Int32

  init(_ size: Size = Size(80, 24)) {
    // `import Glibc` has no posix_openpt; these are the requests behind unlockpt and ptsname (asm-generic/ioctls.h).
    let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    master = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (lock, number): (Int32, Int32) = (0, -1)
    _ = ioctl(master, setLock, &lock)
    _ = ioctl(master, getNumber, &number)
    path = "/dev/pts/\(number)"
    slave = Glibc.open(path, O_RDWR | O_NOCTTY)
    resize(size)
  }

  deinit {
    close(slave)
    close(master)
  }

  func resize(_ size: Size) {
    var window = winsize(ws_row: UInt16(size.height), ws_col: UInt16(size.width), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &window)
  }

  func type(_ bytes: String) { _ = write(master, bytes, bytes.utf8.count) }

  /// What the program has sent and is not read yet.
  func received() -> String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var all: [UInt8] = []
    while true {
      var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&descriptor, 1, 0) > 0, descriptor.revents & Int16(POLLIN) != 0 else { break }
      let count = read(master, &bytes, bytes.count)
      guard count > 0 else { break }
      all += bytes[..<count]
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// The modes of the device, as bytes to compare.
  var modes: [UInt8] {
    var modes = termios()
    tcgetattr(slave, &modes)
    return withUnsafeBytes(of: &modes) { Array($0) }
  }

  func open(
    _ type: String = "xterm-256color", _ change: (inout NcursesOptions) -> Void = { _ in }
  ) throws -> NcursesTerminal {
    var options = NcursesOptions()
    options.device = path
    options.type = type
    change(&options)
    return try NcursesTerminal(options)
  }
}

/// One at a time: ncurses and signal handlers are the process's.
@Suite(.serialized) struct NcursesTerminalTests {
  private let pseudo = PseudoTerminal()

  init() { setenv("LC_ALL", "C.UTF-8", 1) }

  private func events(_ terminal: NcursesTerminal, _ count: Int) -> [Event<Never>] {
    (0..<count).compactMap { _ in terminal.nextEvent(timeout: .seconds(20)) }
  }

  @Test func terminalsThatCannotServeAreRefusedWithAWayOut() throws {
    let modes = pseudo.modes
    for type in ["no-such-terminal", "dumb", ""] {
      do {
        _ = try pseudo.open(type)
        Issue.record("\(type) was taken")
      } catch let error as TerminalError {
        #expect(error.description.contains("TERM=\(type)") && error.next.contains("commands"))
      }
    }
    #expect(throws: TerminalError.self) { try pseudo.open { $0.device = "/dev/null" } }
    #expect(throws: TerminalError.self) { try pseudo.open { $0.device = "/nonexistent" } }
    #expect(pseudo.modes == modes)
  }

  @Test func theTerminalIsGivenBackAsItWas() throws {
    let modes = pseudo.modes
    let terminal = try pseudo.open()
    terminal.present(Canvas(terminal.size))
    #expect(pseudo.modes != modes)
    let start = pseudo.received()
    #expect(start.contains("\u{1B}[?1049h") && start.contains("\u{1B}[?2004h") && !start.contains("\u{1B}[?1000h"))
    terminal.close()
    terminal.close()
    #expect(pseudo.modes == modes)
    let end = pseudo.received()
    #expect(end.contains("\u{1B}[?2004l") && end.contains("\u{1B}[?1049l"))
    #expect(terminal.nextEvent(timeout: nil) == .hangUp)
  }

  @Test func onlyDifferencesAreSent() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    var canvas = Canvas(terminal.size)
    canvas.write("Größe 漢字 ┌─┐ e\u{301}", x: 0, y: 0)
    canvas.cursor = Point(3, 0)
    terminal.present(canvas)
    #expect(pseudo.received().contains("Größe 漢字 ┌─┐ e\u{301}"))
    terminal.present(canvas)
    #expect(terminal.nextEvent(timeout: .zero) == nil)
    #expect(pseudo.received() == "")
    canvas.write("X", x: 40, y: 12)
    terminal.present(canvas)
    let change = pseudo.received()
    #expect(change.contains("X") && change.utf8.count < 40)
    terminal.forget()
    terminal.present(canvas)
    #expect(pseudo.received().contains("Größe"))
  }

  @Test func withoutUTF8LinesAreASCII() throws {
    let terminal = try pseudo.open { $0.ascii = true }
    terminal.present(drawn(80, 24) { $0.write("┌─┐ 漢 ✓ Ö!", x: 0, y: 0) })
    #expect(pseudo.received().contains("+-+ ?? + ?!"))
    terminal.close()
    setenv("LC_ALL", "C", 1)
    let plain = try pseudo.open()
    plain.present(drawn(80, 24) { $0.write("│漢│", x: 0, y: 0) })
    let sent = pseudo.received()
    #expect(sent.contains("|??|") && sent.utf8.allSatisfy { $0 < 0x80 })
    plain.close()
  }

  @Test func keysArriveWhateverModeTheTerminalIsIn() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    pseudo.type("a\r\u{1B}OA\u{1B}[B\u{1B}[5~\u{1B}[H\u{1B}OF\u{1B}[Z\u{1B}OP\u{1B}[15~\u{1B}[3~\u{7F}\u{C}é漢\u{1B}5")
    let expected: [Key] = [
      .character("a"), .enter, .up, .down, .pageUp, .home, .end, .backTab, .function(1), .function(5), .delete,
      .backspace, .control("l"), .character("é"), .character("漢"), .function(5),
    ]
    #expect(events(terminal, expected.count) == expected.map { .key($0) })
    pseudo.type("\u{1B}")
    #expect(events(terminal, 1) == [.key(.escape)])
  }

  @Test func pastesAreLiteral() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    pseudo.type("\u{1B}[200~one\ntwo\u{1B}[Aq\u{1B}[201~x")
    #expect(events(terminal, 2) == [.key(.paste("one\ntwo\u{1B}[Aq")), .key(.character("x"))])
    pseudo.type("\u{1B}[200~first ")
    #expect(terminal.nextEvent(timeout: .milliseconds(5)) == nil)
    pseudo.type("second\u{1B}[20")
    #expect(terminal.nextEvent(timeout: .milliseconds(5)) == nil)
    pseudo.type("1~")
    #expect(events(terminal, 1) == [.key(.paste("first second"))])
  }

  @Test func aResizeIsTold() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    #expect(terminal.size == Size(80, 24))
    pseudo.resize(Size(100, 30))
    kill(getpid(), SIGWINCH)
    #expect(events(terminal, 1) == [.resize(Size(100, 30))])
    #expect(terminal.size == Size(100, 30))
    terminal.present(drawn(100, 30) { $0.write("corner", x: 94, y: 29) })
    #expect(pseudo.received().contains("corne"))
  }

  @Test func theProgramGoesOnAfterAStop() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    terminal.present(drawn(80, 24) { $0.write("hello", x: 0, y: 0) })
    _ = pseudo.received()
    kill(getpid(), SIGCONT)
    #expect(events(terminal, 1) == [.resume])
    terminal.present(drawn(80, 24) { $0.write("hello", x: 0, y: 0) })
    #expect(pseudo.received().contains("hello"))
  }

  @Test func anotherThreadWakesIt() throws {
    let terminal = try pseudo.open()
    defer { terminal.close() }
    let pipe = terminal.wakePipe
    Task.detached { pipe.wake() }
    #expect(terminal.nextEvent(timeout: nil) == nil)
  }

  @Test func aLostTerminalEndsAtOnce() throws {
    let lost = PseudoTerminal()
    let terminal = try lost.open()
    close(lost.slave)
    close(lost.master)
    #expect(terminal.nextEvent(timeout: nil) == .hangUp)
    #expect(terminal.nextEvent(timeout: nil) == .hangUp)
    terminal.present(drawn(80, 24) { $0.write("into the void", x: 0, y: 0) })
    terminal.close()
  }

  @Test func coloursFollowThemeAndTerminal() throws {
    setenv("NO_COLOR", "", 1)
    let terminal = try pseudo.open { $0.themeFlag = "default" }
    #expect(terminal.colours == 256)
    let canvas = drawn(80, 24) { $0.write("danger", x: 0, y: 0, .danger) }
    terminal.present(canvas)
    #expect(pseudo.received().contains("48;5;124m"))
    terminal.theme = .mono
    terminal.present(canvas)
    let mono = pseudo.received()
    #expect(mono.contains("danger") && !mono.contains("48;5"))
    terminal.close()
    setenv("NO_COLOR", "1", 1)
    let plain = try pseudo.open()
    #expect(plain.theme == .mono)
    plain.close()
    unsetenv("NO_COLOR")
    let old = try pseudo.open("vt100")
    #expect(old.colours == 0 && old.theme == .mono)
    old.close()
  }
}
