import AdminCore
import TUIKitLite

/// What background work tells the console.
package enum ConsoleMessage: Sendable {
  /// Work that a screen asked for is done; only the screen that knows the number takes it.
  case done(WorkID, Result<any Sendable, AdminError>)
  /// The installation's operation changed.
  case operation(OperationStatus)
  /// An operation that this console started has ended; the error is what it printed.
  case operationEnded(error: String?)
}

/// What screens want done.
package enum ConsoleEffect {
  /// Runs something that may take a while on a thread of its own; the answer comes as `.done`.
  case work(WorkID, @Sendable () throws -> any Sendable)
  /// Starts an operation as a process of its own, which outlives the console.
  case launch([String])
  /// Asks the running operation to stop.
  case cancelOperation
  /// Shows a word in the status line.
  case status(String, Style)
  /// Another account is in; the chrome shows it.
  case loggedIn(Hub)
}

/// What a screen answers.
package typealias ConsoleAction = Action<ConsoleMessage, ConsoleEffect>

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

/// What every screen knows: whose console this is and what time it is.
package struct ConsoleContext: Sendable {
  /// The installation with the account that is in.
  let hub: Hub
  /// The time, so that frames can be compared in tests.
  let now: @Sendable () -> Int64

  /// A console of `hub`'s account.
  package init(hub: Hub, now: @escaping @Sendable () -> Int64 = { Moment.now }) {
    self.hub = hub
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

extension AdminError {
  /// As the console tells it: where a command would say how to look at the operation, here a screen shows it.
  var message: String {
    code == .busy
      ? printable("\(what): wait for its end; Running Operation in the first menu shows it") : description
  }
}
