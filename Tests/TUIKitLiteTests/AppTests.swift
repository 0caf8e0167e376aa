import Glibc
import TUIKitLite
import Testing

private enum Effect { case note(String), open, work }

private typealias TestAction = Reaction<Int, Effect>

/// Writes down what it was told.
final class Log {
  var lines: [String] = []
}

private struct ListScreen: Screen {
  let title: String
  let log: Log
  var menu = Menu([.init("Open", mnemonic: "o"), .init("Note"), .init("Delete"), .init("Work")])
  var sum = 0

  var hints: [KeyHint] { [KeyHint(.enter, "Choose"), KeyHint(.function(1), "Help"), KeyHint(.escape, "Back")] }

  mutating func handle(_ event: Event<Int>) -> TestAction {
    log.lines.append("\(title): \(event)")
    switch event {
    case .message(let number): sum += number
    case .resize(let size): menu.position.height = size.height
    case .key(.function(1)): return .quit
    case .key(.escape): return .pop
    case .key(let key):
      switch menu.handle(key) {
      case .chosen(0): return .push(ListScreen(title: title + "+", log: log))
      case .chosen(1): return .all([.perform(.note("a")), .perform(.note("b"))])
      case .chosen(2):
        let dialog = Dialog("Delete", "Sure?", .confirm(yes: "Delete", no: "Keep"), .danger)
        return .push(DialogScreen(dialog, confirmed: .perform(.note("deleted")), cancelled: .perform(.note("kept"))))
      case .chosen(3): return .perform(.work)
      default: break
      }
    case .resume, .hangUp: break
    }
    return .none
  }

  func draw(on canvas: inout Canvas) {
    menu.draw(on: &canvas)
    canvas.write("sum \(sum)", x: 0, y: 5)
  }
}

@Suite struct AppTests {
  private let log = Log()

  private func app(_ terminal: MemoryTerminal, _ chrome: Chrome = Chrome()) -> App<Int, Effect> {
    let log = log
    let root = ListScreen(title: "Main", log: log)
    let app = App<Int, Effect>(display: terminal, root: root, chrome: { chrome }) { effect, mailbox in
      switch effect {
      case .note(let text): log.lines.append(text)
      case .open: return .push(ListScreen(title: "Opened", log: log))
      case .work: for number in 1...100 { mailbox.post(number) }
      }
      return .none
    }
    app.escapeInterval = .milliseconds(1)
    return app
  }

  @Test(arguments: [Size(80, 24), Size(60, 15), Size(132, 43), Size(1, 1)])
  func everySizeHasAFrame(size: Size) throws {
    let terminal = try MemoryTerminal(size, keys: [.down, .down, .enter])
    let chrome = Chrome(
      host: "hub.example", user: "admin", banner: "TEST SYSTEM, restored 2026-01-02", status: "the disk is nearly full",
      activity: "test-bed backup 42%")
    #expect(app(terminal, chrome).run() == .hangUp)
    expectFrame(terminal.frame, "app-\(size.width)x\(size.height)")
  }

  @Test func screensAreStackedAndToldTheirSize() throws {
    let keys: [Key] = [.enter, .enter, .escape, .escape, .escape, .function(1), .down]
    let terminal = try MemoryTerminal(script: keys.flatMap { [.event(.key($0)), .quiet] })
    #expect(app(terminal).run() == .quit)
    let breadcrumbs = terminal.frames.compactMap { $0.text.split(separator: "\n").first.map(String.init) }
    #expect(breadcrumbs == [" Main", " Main › Main+", " Main › Main+ › Main++", " Main › Main+", " Main"])
    #expect(log.lines.first == "Main: resize(80×21)")
    #expect(log.lines.contains("Main+: resize(80×21)") && log.lines.contains("Main: resume"))
  }

  @Test func aDialogLiesOverItsScreenAndClosesBeforeItsActionIsDone() throws {
    let terminal = try MemoryTerminal(keys: [.end, .up, .enter, .tab, .enter, .enter, .enter])
    _ = app(terminal).run()
    #expect(log.lines.filter { !$0.contains(":") } == ["deleted", "kept"])
    #expect(terminal.frames.contains { $0.text.contains("┌─ Delete") && $0.text.contains("sum 0") })
    #expect(!terminal.frame.text.contains("┌"))
    #expect(log.lines.filter { $0.contains("resume") }.count == 2)
  }

  @Test func actionsAreDoneInOrder() throws {
    _ = app(try MemoryTerminal(keys: [.down, .enter])).run()
    #expect(Array(log.lines.suffix(3)) == ["a", "b", "Main: hangUp"])
  }

  @Test func manyKeysAtOnceGiveOneFrame() throws {
    let keys = Array(repeating: Event<Never>.key(.down), count: 20)
    let terminal = try MemoryTerminal(script: [.burst(keys), .event(.key(.up))])
    _ = app(terminal).run()
    #expect(terminal.frames.count == 3)
    #expect(log.lines.filter { $0.contains("down") }.count == 20)
  }

  @Test func manyMessagesGiveOneFrame() throws {
    let terminal = try MemoryTerminal(script: [.event(.key(.end)), .event(.key(.enter)), .quiet, .quiet])
    _ = app(terminal).run()
    #expect(terminal.frame.text.contains("sum 5050"))
    #expect(terminal.frames.count <= 4)
  }

  @Test func messagesFromAnotherThreadWakeTheLoopAndReachCoveredScreens() throws {
    let terminal = try MemoryTerminal(script: [.event(.key(.enter)), .message, .quiet, .event(.key(.escape))])
    let app = app(terminal)
    let mailbox = app.mailbox
    Task.detached { mailbox.post(7) }
    _ = app.run()
    #expect(log.lines.contains("Main: message(7)") && log.lines.contains("Main+: message(7)"))
    #expect(terminal.frame.text.contains("sum 7"))
  }

  @Test func escapeAndADigitAreAFunctionKey() throws {
    let terminal = try MemoryTerminal(keys: [.escape, .character("1")])
    let app = app(terminal)
    app.escapeInterval = .seconds(60)
    #expect(app.run() == .quit)
    #expect(log.lines.last == "Main: key(TUIKitLite.Key.function(1))")
  }

  @Test func controlLDrawsFromNothing() throws {
    let terminal = try MemoryTerminal(keys: [.control("l")])
    _ = app(terminal).run()
    #expect(terminal.redraws == 1)
    #expect(!log.lines.contains { $0.contains("key") })
  }

  @Test func aTerminalThatBecomesTooSmallKeepsTheProgramAlive() throws {
    let terminal = try MemoryTerminal(script: [
      .event(.resize(Size(79, 24))), .event(.key(.enter)), .event(.resize(Size(80, 24))), .event(.key(.down)),
      .event(.resize(Size(10, 3))), .event(.key(.control("c"))),
    ])
    #expect(app(terminal, Chrome(activity: "backup 42%")).run() == .quit)
    #expect(terminal.frames[1].text.hasPrefix("needs 80×24, has 79×24\nbackup 42%"))
    #expect(!log.lines.contains { $0.contains("enter") })
    #expect(log.lines.contains { $0.contains("down") })
  }

  @Test func anEqualFrameIsNotShownAgain() throws {
    let terminal = try MemoryTerminal(keys: [.up, .up, .up])
    _ = app(terminal).run()
    #expect(terminal.frames.count == 1)
  }
}
