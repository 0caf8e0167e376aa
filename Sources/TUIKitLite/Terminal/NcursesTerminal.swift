import CNcurses.Curses
import Glibc

/// A real terminal: the only door to ncurses. At most one is open at a time, and one thread uses it.
///
/// ncurses finds out what changed between frames. Lines are drawn with their Unicode characters and never through the
/// alternate character set, which is what NCURSES_NO_UTF8_ACS asks for; without a UTF-8 locale they become ASCII.
public final class NcursesTerminal: Display {
  /// The wake-up pipe.
  public let wakePipe: WakePipe
  /// How many colours the terminal has; 0 for none.
  public let colours: Int
  /// The theme; a change shows at the next frame.
  public var theme: Theme {
    didSet { if theme != oldValue { applyTheme() } }
  }

  private typealias Stream = UnsafeMutablePointer<FILE>

  private let isASCII: Bool
  private let descriptor: Int32
  private let input: Stream
  private let output: Stream
  private let screen: OpaquePointer
  /// Keys are read through a pad: reading through a window would also refresh it.
  private let pad: UnsafeMutablePointer<WINDOW>?
  private let formerModes: termios
  private var attributes: [Int32] = []
  private var decoder = KeyDecoder()
  private var events: [Event<Never>] = []
  private var last: Canvas?
  private var isOpen = true
  private var isHungUp = false

  private static let pasteOn = "\u{1B}[?2004h"
  private static let pasteOff = "\u{1B}[?2004l"
  // Above ncurses' own numbers, which end at KEY_MAX (0777) and below those it gives to unnamed keys at run time.
  private static let pasteBegins: Int32 = 2000
  /// What terminals send when terminfo expects something else: the other cursor mode, and xterm's variants.
  private static let variants: [(String, Int32)] = [
    ("\u{1B}[A", KEY_UP), ("\u{1B}[B", KEY_DOWN), ("\u{1B}[C", KEY_RIGHT), ("\u{1B}[D", KEY_LEFT),
    ("\u{1B}OA", KEY_UP), ("\u{1B}OB", KEY_DOWN), ("\u{1B}OC", KEY_RIGHT), ("\u{1B}OD", KEY_LEFT),
    ("\u{1B}[H", KEY_HOME), ("\u{1B}[F", KEY_END), ("\u{1B}OH", KEY_HOME), ("\u{1B}OF", KEY_END),
    ("\u{1B}[1~", KEY_HOME), ("\u{1B}[4~", KEY_END), ("\u{1B}[Z", KEY_BTAB),
    ("\u{1B}OP", tkl_function_key(1)), ("\u{1B}OQ", tkl_function_key(2)),
    ("\u{1B}OR", tkl_function_key(3)), ("\u{1B}OS", tkl_function_key(4)),
  ]

  /// Opens the terminal and takes over its screen.
  /// - Throws: `TerminalError` when there is none or it cannot place its cursor.
  public init(_ options: NcursesOptions = NcursesOptions()) throws(TerminalError) {
    let next = options.otherWay
    wakePipe = try WakePipe()
    // Characters alone: a decimal comma would change how numbers of a database are read.
    setlocale(LC_CTYPE, "")
    let type = options.type ?? environment("TERM") ?? ""
    descriptor = open(options.device, O_RDWR | O_NOCTTY | O_CLOEXEC)
    var modes = termios()
    guard descriptor >= 0, tcgetattr(descriptor, &modes) == 0 else {
      Glibc.close(descriptor)
      throw TerminalError("\(options.device) is no terminal", next: next)
    }
    formerModes = modes
    let second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard let input = fdopen(descriptor, "r"), let output = fdopen(second, "w") else {
      throw TerminalError("cannot open \(options.device)", next: next)
    }
    (self.input, self.output) = (input, output)
    // Before newterm, which installs its own handlers only where it finds none.
    tkl_guard(descriptor, wakePipe.writeEnd, &modes)
    guard let screen = newterm(type, output, input) else {
      Self.abandon(input, output, modes)
      throw TerminalError("the terminal type TERM=\(type) is unknown", next: "set TERM, or " + next)
    }
    self.screen = screen
    guard Self.capability("cup") != nil else {
      endwin()
      delscreen(screen)
      Self.abandon(input, output, modes)
      throw TerminalError("the terminal type TERM=\(type) cannot place its cursor", next: "set TERM, or " + next)
    }
    if has_colors() {
      start_color()
      use_default_colors()
    }
    colours = Int(tkl_colours())
    isASCII = options.ascii || tkl_is_utf8() == 0
    pad = newpad(1, 1)
    theme = options.theme(colours: colours)
    var farewell = Self.pasteOff
    for name in ["rmkx", "op", "sgr0", "cnorm", "rmcup"] { farewell += withoutPadding(Self.capability(name) ?? "") }
    tkl_set_farewell(farewell, farewell.utf8.count)
    setUp(escapeDelay: options.escapeDelay)
  }

  deinit { close() }

  private func setUp(escapeDelay: Int32) {
    raw()
    noecho()
    nonl()
    if environment("ESCDELAY") == nil { set_escdelay(escapeDelay) }
    nodelay(pad, true)
    keypad(pad, true)
    for (sequence, key) in Self.variants where key_defined(sequence) == 0 { define_key(sequence, key) }
    define_key("\u{1B}[200~", Self.pasteBegins)
    adoptSize()
    applyTheme()
    send(Self.pasteOn)
  }

  /// The extent of the screen.
  public var size: Size { Size(Int(tkl_columns()), Int(tkl_lines())) }

  /// Draws a frame; ncurses sends the difference.
  public func present(_ canvas: Canvas) {
    guard isOpen, !isHungUp, canvas != last else { return }
    let isFirst = last == nil
    last = canvas
    erase()
    for y in 0..<min(canvas.size.height, size.height) {
      for x in 0..<min(canvas.size.width, size.width) {
        // A wide character in the last column would go to the next line.
        if let cell = canvas[x, y], cell.width > 0, x + Int(cell.width) <= size.width { put(cell, x, y) }
      }
    }
    if let cursor = canvas.cursor { move(Int32(cursor.y), Int32(cursor.x)) }
    curs_set(canvas.cursor == nil ? 0 : 1)
    if isFirst { clearok(tkl_screen(), true) }
    wnoutrefresh(tkl_screen())
    doupdate()
  }

  /// Makes the next frame a drawing from nothing.
  public func forget() { last = nil }

  private func put(_ cell: Cell, _ x: Int, _ y: Int) {
    let text = isASCII ? Transliteration.ascii(Glyph(text: cell.text, width: Int(cell.width))) : cell.text
    let role = Int(cell.style.rawValue)
    let pair = colours >= 8 ? Int32(role + 1) : 0
    if isASCII && cell.width == 2 {
      for (offset, scalar) in text.unicodeScalars.enumerated() {
        tkl_put(Int32(y), Int32(x + offset), [wchar_t(bitPattern: scalar.value), 0], attributes[role], pair)
      }
    } else {
      let scalars = text.unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0]
      tkl_put(Int32(y), Int32(x), scalars, attributes[role], pair)
    }
  }

  private func applyTheme() {
    let renditions = Style.allCases.map { theme.rendition($0, colours: colours) }
    attributes = renditions.map(\.attributes.rawValue)
    if colours >= 8 {
      for (role, look) in renditions.enumerated() { init_pair(Int16(role + 1), look.foreground, look.background) }
      bkgd(chtype(COLOR_PAIR(1)))
    }
    forget()
  }

  /// The next event; see `Display`.
  public func nextEvent(timeout: Duration?) -> Event<Never>? {
    let end = timeout.map { ContinuousClock.now + $0 }
    var isFirst = true
    while true {
      if !events.isEmpty { return events.removeFirst() }
      if isHungUp || !isOpen { return .hangUp }
      let rest = end.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
      if !isFirst && rest == .zero { return nil }
      isFirst = false
      if wait(rest) && events.isEmpty { return nil }
    }
  }

  /// Waits for keys, signals or the pipe and gathers events; says whether the pipe was written to.
  private func wait(_ timeout: Duration?) -> Bool {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakePipe.readEnd, events: Int16(POLLIN), revents: 0),
    ]
    // Rounded up, or the last part of a millisecond would be spent in a loop.
    let milliseconds = timeout.map { Int32(clamping: Int64(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
    guard poll(&descriptors, 2, milliseconds) > 0 else { return false }
    let isWoken = descriptors[1].revents != 0
    if isWoken { wakePipe.drain() }
    let flags = tkl_take_flags()
    if flags & Int32(TKL_RESIZED) != 0 { noticeSize() }
    if flags & Int32(TKL_STOP) != 0 { stop() } else if flags & Int32(TKL_CONTINUED) != 0 { goOn() }
    let state = Int32(descriptors[0].revents)
    if state != 0 { readKeys(isBroken: state & (POLLHUP | POLLERR | POLLNVAL) != 0) }
    return isWoken
  }

  private func readKeys(isBroken: Bool) {
    // Readable with nothing to read is the end of the terminal; asking again and again would spin.
    if isBroken || tkl_waiting(descriptor) == 0 {
      isHungUp = true
      return events.append(.hangUp)
    }
    while !decoder.isPasting {
      let code = wgetch(pad)
      guard code != ERR else { break }
      if code == Self.pasteBegins {
        decoder.beginPaste()
      } else if code < 0x100 {
        decoder.byte(UInt8(truncatingIfNeeded: code))
      } else if let key = Self.key(code) {
        decoder.named(key)
      }
    }
    decoder.pause()
    while decoder.isPasting && tkl_waiting(descriptor) > 0 {
      var bytes = [UInt8](repeating: 0, count: decoder.pasteRoom)
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { break }
      decoder.paste(bytes[..<count])
    }
    for key in decoder.take() {
      if key == .control("z") { stop() } else { events.append(.key(key)) }
    }
  }

  private static func key(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP: return .up
    case KEY_DOWN: return .down
    case KEY_LEFT: return .left
    case KEY_RIGHT: return .right
    case KEY_PPAGE: return .pageUp
    case KEY_NPAGE: return .pageDown
    case KEY_HOME: return .home
    case KEY_END: return .end
    case KEY_IC: return .insert
    case KEY_DC: return .delete
    case KEY_BACKSPACE: return .backspace
    case KEY_BTAB: return .backTab
    case KEY_ENTER: return .enter
    default: return (1...12).first { tkl_function_key(Int32($0)) == code }.map { .function($0) }
    }
  }

  private func noticeSize() {
    let former = size
    adoptSize()
    guard size != former else { return }
    forget()
    events.append(.resize(size))
  }

  private func adoptSize() {
    var (width, height): (Int32, Int32) = (0, 0)
    guard tkl_size(descriptor, &width, &height) != 0 else { return }
    if Size(Int(width), Int(height)) != size { resizeterm(height, width) }
  }

  private func stop() {
    leaveScreen()
    tkl_stop()
    goOn()
  }

  private func goOn() {
    _ = tkl_take_flags()
    reset_prog_mode()
    send(Self.pasteOn)
    forget()
    events.append(.resume)
    noticeSize()
  }

  private func leaveScreen() {
    send(Self.pasteOff)
    curs_set(1)
    endwin()
    var modes = formerModes
    tcsetattr(descriptor, TCSADRAIN, &modes)
  }

  /// Gives the terminal back; a second call does nothing.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    if !isHungUp { leaveScreen() }
    tkl_unguard()
    if let pad { delwin(pad) }
    delscreen(screen)
    fclose(input)
    fclose(output)
  }

  private static func abandon(_ input: Stream, _ output: Stream, _ former: termios) {
    var modes = former
    tcsetattr(fileno(input), TCSADRAIN, &modes)
    tkl_unguard()
    fclose(input)
    fclose(output)
  }

  private func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  /// A terminfo string; nil when the terminal has none.
  private static func capability(_ name: String) -> String? { tkl_capability(name).map { String(cString: $0) } }
}
