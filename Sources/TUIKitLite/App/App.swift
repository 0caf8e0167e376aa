/// The loop: shows a stack of screens, gives them events, does what they ask for.
///
/// Nothing runs while nothing happens. A key is answered with a frame at once; frames for messages come ten times a
/// second at the most.
public final class App<Message: Sendable, Effect> {
  /// How a run ended.
  public enum Ending: Sendable, Equatable {
    /// A screen asked for it.
    case quit
    /// The terminal went away.
    case hangUp
  }

  /// Does an effect. What it answers with is done next, so that an effect can show a screen.
  public typealias Performer = (_ effect: Effect, _ mailbox: MessageQueue<Message>) -> Reaction<Message, Effect>

  /// The smallest extent that screens are drawn on; below it the loop says so instead.
  public var minimum = Size(80, 24)
  /// Ten frames a second for messages: the eye sees no more, a slow line carries no more.
  public var messageInterval: Duration = .milliseconds(100)
  /// How long an Esc waits for a digit that would make it a function key, on screens that have function keys. A
  /// person's two strokes are 100 to 200 ms apart.
  public var escapeInterval: Duration = .milliseconds(250)
  /// How long nobody may press a key before `idleScreen` is shown; nil for no limit. Asked again whenever something
  /// happens.
  public var idleLimit: () -> Duration? = { nil }
  /// Makes the screen that is then shown instead of all others.
  public var idleScreen: (() -> any Screen<Message, Effect>)?
  /// The time by which idleness is told.
  public var now: () -> ContinuousClock.Instant = { .now }
  /// Where background work posts.
  public let mailbox: MessageQueue<Message>

  /// Events answered before a frame is due, so that a key held down cannot keep the screen from being drawn.
  private let eventsPerFrame = 32
  private let display: any Display
  private let chrome: () -> Chrome
  private let performer: Performer
  private var screens: [any Screen<Message, Effect>]
  private var ending: Ending?
  private var lastFrame: ContinuousClock.Instant?
  private var lastKey: ContinuousClock.Instant
  private var held: [Event<Never>] = []

  /// Makes a loop.
  ///
  /// - Parameters:
  ///   - root: the first screen.
  ///   - chrome: host, user, banner, status and activity as they are now; the loop adds breadcrumb and keys.
  ///   - performer: does the effects of this program.
  public init(
    display: any Display, root: any Screen<Message, Effect>, chrome: @escaping () -> Chrome = { Chrome() },
    performer: @escaping Performer
  ) {
    self.display = display
    self.chrome = chrome
    self.performer = performer
    mailbox = MessageQueue(waking: display)
    screens = [root]
    lastKey = .now
  }

  /// Runs until a screen quits or the terminal goes away. The display stays open; closing it is the caller's.
  public func run() -> Ending {
    lastKey = now()
    tellSize(from: 0)
    draw()
    var isDue = false
    while ending == nil {
      let wait = [isDue ? untilFrame() : nil, untilIdle()].compactMap { $0 }.min()
      var event = wait == .zero ? nil : nextEvent(timeout: wait)
      var isUrgent = false
      if untilIdle() == .zero {
        // A key that comes too late must not act, not even on a program that was stopped meanwhile.
        if case .key = event { event = nil }
        endIdle()
        isUrgent = true
      }
      if let event {
        isUrgent = true
        answer(event)
        var count = 1
        while ending == nil, count < eventsPerFrame, let more = nextEvent(timeout: .zero) {
          answer(more)
          count += 1
        }
      }
      for message in mailbox.take() where ending == nil {
        isDue = true
        tell(.message(message))
      }
      if ending == nil && (isUrgent || (isDue && untilFrame() == .zero)) {
        draw()
        isDue = false
      }
    }
    return ending ?? .quit
  }

  private func untilFrame() -> Duration {
    guard let lastFrame else { return .zero }
    return max(.zero, messageInterval - lastFrame.duration(to: .now))
  }

  private func untilIdle() -> Duration? {
    guard idleScreen != nil, let limit = idleLimit() else { return nil }
    return max(.zero, limit - lastKey.duration(to: now()))
  }

  private func endIdle() {
    guard let screen = idleScreen?() else { return }
    lastKey = now()
    held = []
    screens = [screen]
    display.forget()
    tellSize(from: 0)
  }

  private func draw() {
    lastFrame = .now
    var canvas = Canvas(display.size)
    let chrome = completeChrome()
    if display.size.holds(minimum) {
      let first = screens.lastIndex { !$0.isOverlay } ?? 0
      chrome.draw(on: &canvas) { content in
        for screen in screens[first...] { screen.draw(on: &content) }
      }
    } else {
      let words = TextWidth.wrapped("needs \(minimum), has \(display.size)", to: display.size.width)
      for (row, line) in words.enumerated() { canvas.write(line, x: 0, y: row, .warning) }
      canvas.write(chrome.activity, x: 0, y: words.count)
      canvas.write("Ctrl-C leaves", x: 0, y: words.count + 1, .hint)
    }
    display.present(canvas)
  }

  private func completeChrome() -> Chrome {
    var chrome = chrome()
    chrome.breadcrumb = screens.map(\.title).filter { !$0.isEmpty }
    chrome.hints = screens.last?.hints ?? []
    return chrome
  }

  /// The next event; where screens have function keys, Esc and a digit are one.
  private func nextEvent(timeout: Duration?) -> Event<Never>? {
    let event = held.isEmpty ? display.nextEvent(timeout: timeout) : held.removeFirst()
    guard event == .key(.escape), hasFunctionKeys else { return event }
    let end = ContinuousClock.now + escapeInterval
    while ContinuousClock.now < end {
      guard let next = display.nextEvent(timeout: ContinuousClock.now.duration(to: end)) else { continue }
      if case .key(.character(let character)) = next, let digit = character.wholeNumberValue, character.isASCII {
        return .key(.function(digit == 0 ? 10 : digit))
      }
      held.append(next)
      break
    }
    return event
  }

  private var hasFunctionKeys: Bool {
    screens.last?.hints.contains { if case .function = $0.key { true } else { false } } ?? false
  }

  private func answer(_ event: Event<Never>) {
    if case .key = event { lastKey = now() }
    switch event {
    case .key(.control("l")): display.forget()
    // What cannot be seen must not be changed.
    case .key(let key) where !display.size.holds(minimum): if key == .control("c") { ending = .quit }
    case .key: tell(event.lifted())
    case .resize: tellSize(from: 0)
    case .resume:
      display.forget()
      tell(.resume)
    case .hangUp:
      tell(.hangUp)
      ending = .hangUp
    }
  }

  private func tellSize(from first: Int) {
    let size = completeChrome().content(in: display.size).size
    for place in screens.indices.dropFirst(first) { tell(.resize(size), at: place) }
  }

  /// Keys go to the topmost screen, all else to every one, since work goes on under a dialog.
  private func tell(_ event: Event<Message>) {
    if case .key = event { return tell(event, at: screens.count - 1) }
    for place in screens.indices where place < screens.count { tell(event, at: place) }
  }

  private func tell(_ event: Event<Message>, at place: Int) {
    let isTop = place == screens.count - 1
    let action = screens[place].handle(event)
    if isTop { return perform(action) }
    // A covered screen may have things done, but the stack belongs to the one on top.
    if case .perform = action { perform(action) }
  }

  private func perform(_ action: Reaction<Message, Effect>) {
    switch action {
    case .none: break
    case .push(let screen):
      screens.append(screen)
      tellSize(from: screens.count - 1)
    case .pop:
      guard screens.count > 1 else { return }
      screens.removeLast()
      uncover()
    case .popToFirst:
      guard screens.count > 1 else { return }
      screens.removeSubrange(1...)
      uncover()
    case .replace(let screen):
      screens[screens.count - 1] = screen
      tellSize(from: screens.count - 1)
    case .quit: ending = .quit
    case .perform(let effect): perform(performer(effect, mailbox))
    case .all(let actions):
      for action in actions where ending == nil { perform(action) }
    }
  }

  private func uncover() {
    tellSize(from: screens.count - 1)
    tell(.resume, at: screens.count - 1)
  }
}
