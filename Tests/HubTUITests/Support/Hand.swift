import AdminCore
import Dispatch
import HubTUI
import Synchronization
import TUIKitLite

/// Drives screens without a loop and without waiting: work is done where it is asked for, so that many keys can be tried
/// in little time.
final class Hand {
  private let hub: Hub
  private let now: Int64
  /// What would have been started, but for what only reads, which is run.
  private(set) var launched: [[String]] = []
  private(set) var hasQuit = false
  private(set) var status = ""
  private var screens: [any ConsoleScreen] = []
  private let size = Size(80, 20)
  private let system: KnownSystem
  private let launcher = OperationLauncher(program: ReadingProgram.path)

  init(_ hub: Hub, now: Int64 = Stage.now) {
    self.hub = hub
    self.now = now
    system = KnownSystem(SystemFacts.read(hub, now: now))
    perform(.push(MenuTree.root(ConsoleContext(hub: hub, system: system, now: { now }))))
  }

  var depth: Int { screens.count }
  var top: any ConsoleScreen { screens[screens.count - 1] }

  /// What the topmost screens show.
  var frame: Canvas {
    var canvas = Canvas(size)
    let first = screens.lastIndex { !$0.isOverlay } ?? 0
    for screen in screens[first...] { screen.draw(on: &canvas) }
    return canvas
  }

  var text: String { frame.text }

  /// A second hand at the same place, to try a key with.
  func copy() -> Hand {
    let copy = Hand(hub, now: now)
    copy.screens = screens
    return copy
  }

  func press(_ keys: Key...) { for key in keys { tell(.key(key), at: screens.count - 1) } }

  func type(_ text: String) { for character in text { press(.character(character)) } }

  /// Goes to the field with this label, as an operator would.
  func focus(_ label: String) -> Bool {
    for _ in 0..<30 {
      let lines = frame.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if let row = lines.firstIndex(where: { $0.hasPrefix("  \(label)  ") || $0 == "  \(label)" }),
        frame[2, row]?.style == .title
      {
        return true
      }
      press(.tab)
    }
    return false
  }

  /// Puts an answer into the field that has the focus.
  func fill(_ text: String) {
    press(.end, .control("u"))
    if !text.isEmpty { press(.paste(text)) }
  }

  private func tell(_ event: ConsoleEvent, at index: Int) {
    let action = screens[index].handle(event)
    if index == screens.count - 1 { perform(action) } else if case .perform = action { perform(action) }
  }

  private func perform(_ action: ConsoleAction) {
    switch action {
    case .none: break
    case .push(let screen):
      screens.append(screen)
      tell(.resize(size), at: screens.count - 1)
    case .pop where screens.count > 1:
      screens.removeLast()
      uncover()
    case .popToFirst where screens.count > 1:
      screens.removeSubrange(1...)
      uncover()
    case .pop, .popToFirst: break
    case .replace(let screen):
      screens[screens.count - 1] = screen
      tell(.resize(size), at: screens.count - 1)
    case .quit: hasQuit = true
    case .all(let actions): actions.forEach(perform)
    case .perform(.work(let id, let body)): finish(id, body)
    case .perform(.launch(let id, let words)) where ReadingProgram.reads(words): run(id, words)
    case .perform(.launch(_, let words)): launched.append(words)
    case .perform(.abandon(let id)): launcher.abandon(id)
    case .perform(.status(let text, _)): status = text
    case .perform(.cancelOperation): launched.append(["cancel"])
    case .perform(.loggedIn): break
    }
  }

  private func finish(_ id: WorkID, _ body: @Sendable () throws -> any Sendable) {
    let result: Result<any Sendable, AdminError>
    do {
      result = .success(try body())
    } catch {
      result = .failure(error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "correct the test"))
    }
    // What work changed the watch would see now.
    if system.update(SystemFacts.read(hub, now: now)) { tellAll(.message(.system)) }
    tellAll(.message(.done(id, result)))
  }

  private func run(_ id: WorkID, _ words: [String]) {
    let ended = DispatchSemaphore(value: 0)
    let result = Mutex(OperationResult(output: "", error: nil))
    do {
      try launcher.launch(id, words, hub: hub) { end in
        result.withLock { $0 = end }
        ended.signal()
      }
      ended.wait()
    } catch {
      result.withLock { $0 = OperationResult(output: "", error: error as? AdminError) }
    }
    tellAll(.message(.ended(id, result.withLock { $0 })))
  }

  private func tellAll(_ event: ConsoleEvent) {
    for index in screens.indices where index < screens.count { tell(event, at: index) }
  }

  private func uncover() {
    tell(.resize(size), at: screens.count - 1)
    tell(.resume, at: screens.count - 1)
  }
}
