import AdminCore
import Synchronization
import TUIKitLite

/// What background work tells the console.
package enum ConsoleMessage: Sendable {
  /// Work that a screen asked for is done; only the screen that knows the number takes it.
  case done(WorkID, Result<any Sendable, AdminError>)
  /// The installation's operation changed.
  case operation(OperationStatus)
  /// An operation that a screen had started has ended; only the screen that knows the number takes it.
  case ended(WorkID, OperationResult)
  /// What stands around every screen changed.
  case system
}

/// What screens want done.
package enum ConsoleEffect {
  /// Runs something that may take a while on a thread of its own; the answer comes as `.done`.
  case work(WorkID, @Sendable () throws -> any Sendable)
  /// Starts an operation as a process of its own, which outlives the console; its end comes as `.ended`.
  case launch(WorkID, [String])
  /// Stops an operation that this console started and that is of no use to anybody else.
  case abandon(WorkID)
  /// Asks the running operation to stop, whoever started it.
  case cancelOperation
  /// Shows a word in the status line.
  case status(String, Style)
  /// Another account is in; the chrome shows it.
  case loggedIn(Hub)
}

/// What a screen answers.
package typealias ConsoleAction = Reaction<ConsoleMessage, ConsoleEffect>

/// What a screen is told.
package typealias ConsoleEvent = Event<ConsoleMessage>

/// Any screen of the console.
package typealias ConsoleScreen = Screen<ConsoleMessage, ConsoleEffect>

/// Tells one piece of background work from every other.
package struct WorkID: Hashable, Sendable {
  private let number: UInt64

  /// A number of its own.
  package init() {
    var generator = SystemRandomNumberGenerator()
    number = generator.next()
  }
}

/// What is known of the system, shared by whoever reads it and whoever draws.
package final class KnownSystem: Sendable {
  private let known: Mutex<SystemFacts>

  /// Nothing is known yet, or these facts are.
  package init(_ facts: SystemFacts = SystemFacts()) { known = Mutex(facts) }

  /// What is known.
  package var facts: SystemFacts { known.withLock { $0 } }

  /// Takes what was read; true when it says something else than before.
  package func update(_ facts: SystemFacts) -> Bool {
    known.withLock { known in
      defer { known = facts }
      return known != facts
    }
  }
}

/// What every screen knows: whose console this is, what is known of the system, and what time it is.
package struct ConsoleContext: Sendable {
  /// The installation with the account that is in.
  let hub: Hub
  /// What is known of the system.
  let system: KnownSystem
  /// The time, so that frames can be compared in tests.
  let now: @Sendable () -> Int64

  /// A console of `hub`'s account.
  package init(hub: Hub, system: KnownSystem = KnownSystem(), now: @escaping @Sendable () -> Int64 = { Moment.now }) {
    self.hub = hub
    self.system = system
    self.now = now
  }
}

/// Background work that a screen waits for: at most one at a time.
struct PendingWork<Value: Sendable>: Sendable {
  private var id: WorkID?

  /// Whether an answer is awaited.
  var isRunning: Bool { id != nil }

  /// Starts work; an answer to former work is no longer taken.
  mutating func start(_ body: @escaping @Sendable () throws -> Value) -> ConsoleAction {
    let new = WorkID()
    id = new
    return .perform(.work(new, body))
  }

  /// The answer when this event brings it.
  mutating func answer(in event: ConsoleEvent) -> Result<Value, AdminError>? {
    guard case .message(.done(let done, let result)) = event, done == id else { return nil }
    id = nil
    return result.map { value in
      guard let value = value as? Value else {
        preconditionFailure("work \(done) gave another type than it was started with")
      }
      return value
    }
  }
}

/// An operation that a screen waits for: at most one at a time.
struct PendingOperation: Sendable {
  private var id: WorkID?

  /// Whether its end is awaited.
  var isRunning: Bool { id != nil }

  /// Starts `hubtui` with these words; the end of a former operation is no longer taken.
  mutating func start(_ words: [String]) -> ConsoleAction {
    let new = WorkID()
    id = new
    return .perform(.launch(new, words))
  }

  /// Stops it, when it still runs.
  mutating func abandon() -> ConsoleAction {
    guard let id else { return .none }
    self.id = nil
    return .perform(.abandon(id))
  }

  /// How it ended when this event brings it.
  mutating func result(in event: ConsoleEvent) -> OperationResult? {
    guard case .message(.ended(let ended, let result)) = event, ended == id else { return nil }
    id = nil
    return result
  }
}
