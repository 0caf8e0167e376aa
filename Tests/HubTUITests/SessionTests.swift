import AdminCore
import HubTUI
import Synchronization
import TUIKitLite
import Testing

extension ConsoleTests {
  /// Sessions that nobody uses.
  @Suite struct SessionTests {
    /// A clock that stands until it is set on.
    private final class Hands: Sendable {
      private let start = ContinuousClock.now
      private let passed = Mutex<Duration>(.zero)

      func pass(_ seconds: Int) -> MemoryTerminal.Step {
        .until { [self] _ in
          passed.withLock { $0 += .seconds(seconds) }
          return true
        }
      }

      var now: @Sendable () -> ContinuousClock.Instant {
        { [self] in start.advanced(by: passed.withLock { $0 }) }
      }
    }

    private let hands = Hands()

    private func sees(_ text: String) -> MemoryTerminal.Step { .until { $0.text.contains(text) } }

    private func keys(_ keys: Key...) -> [MemoryTerminal.Step] { keys.map { .event(.key($0)) } }

    private func run(_ hub: Hub, _ script: [[MemoryTerminal.Step]]) throws -> MemoryTerminal {
      let terminal = try MemoryTerminal(script: script.flatMap { $0 })
      terminal.patience = .seconds(30)
      let context = ConsoleContext(hub: hub, system: KnownSystem(SystemFacts.read(hub, now: Moment.now)))
      let console = Console(
        display: terminal, context: context, isLoggedIn: true, host: "hub.example", clock: hands.now)
      let ending = console.run(root: MenuTree.root(context), login: { LoginScreen(context) })
      #expect(ending == .hangUp, "nobody left the console")
      return terminal
    }

    @Test func itEndsAtTheLoginScreenEvenUnderADialog() throws {
      let (hub, scratch) = try Stage.freshServer()
      let ended = "The session ended after 15 idle minutes."
      let terminal = try run(
        hub,
        [
          keys(.character("q")), [sees("Leave the console?"), hands.pass(899)], keys(.tab), [hands.pass(899)],
          // A key within the time keeps it, and leaves the choice at yes for the one that comes too late.
          keys(.tab, .tab), [sees("Leave the console?"), hands.pass(900)], keys(.enter), [sees(ended)],
          keys(.character("x"), .escape), [sees("Password")],
        ])
      #expect(terminal.frame.text.contains(ended) && !terminal.frame.text.contains("Leave the console?"))
      #expect(!terminal.frame.text.contains("admin@"))
      withExtendedLifetime(scratch) {}
    }

    @Test func itEndsWithoutAnyKeyAfterTheMinutesThatAreSet() throws {
      let (hub, scratch) = try Stage.freshServer()
      try hub.change("settings set", "hub.session.idle-minutes") {
        try Settings($0).set("hub.session.idle-minutes", to: "2")
      }
      let terminal = try run(
        hub, [[sees("Global Settings"), hands.pass(119)], keys(.down), [hands.pass(120), sees("ended after 2 idle")]])
      #expect(terminal.frame.text.contains("Log In"))
      withExtendedLifetime(scratch) {}
    }

    @Test func nobodyIsLoggedOutOfTheLoginScreenAndTheNextSessionIsWhole() throws {
      let (hub, scratch) = try Stage.freshServer()
      let terminal = try run(
        hub,
        [
          [hands.pass(900), sees("Password")], "admin".map { .event(.key(.character($0))) }, [hands.pass(5000)],
          keys(.tab), Demo.password.map { .event(.key(.character($0))) }, keys(.enter), [sees("Global Settings")],
          keys(.character("G")), [sees("Maestro Tracker")],
        ])
      #expect(terminal.frame.text.contains("admin@hub.example"))
      withExtendedLifetime(scratch) {}
    }
  }
}

extension ConsoleTests.SessionTests {
  @Test func aDisabledAccountIsEnabledByItsKey() throws {
    let (hub, scratch) = try Stage.freshServer()
    try hub.change("account add", "eve") {
      try HubAccounts($0).add("eve", fullName: "", isAdministrator: true, password: "long enough")
    }
    try hub.change("account disable", "admin") { try HubAccounts($0).disable("admin") }
    let hand = Hand(hub)
    hand.type("GAA")
    #expect(hand.text.contains("disabled"))
    hand.press(.character("e"))
    #expect(hand.text.contains("Enabled: admin"), "\(hand.text)")
    hand.press(.enter)
    #expect(!hand.text.contains("disabled"), "\(hand.text)")
    withExtendedLifetime(scratch) {}
  }
}
