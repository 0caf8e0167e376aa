import Synchronization

/// Counts what threads have done, with what went wrong.
final class Counter: Sendable {
  private let state = Mutex<(count: Int, problems: [String])>((0, []))

  var count: Int { state.withLock { $0.count } }
  var problems: [String] { state.withLock { $0.problems } }

  func add() { state.withLock { $0.count += 1 } }
  func note(_ problem: String) { state.withLock { $0.problems.append(problem) } }
}
