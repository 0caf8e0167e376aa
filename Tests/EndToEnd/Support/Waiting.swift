import AdminCore
import Synchronization
import Testing

/// For tests that wait for other programs: each runs on a thread of its own, some at a time.
///
/// Swift Testing runs tests on a pool of as many threads as there are cores. A test that only waits for a program would
/// hold one of them, and the machine would stand idle.
struct Waiting: SuiteTrait, TestTrait, TestScoping {
  /// Enough to keep two cores busy, few enough for the memory of the servers that tests start.
  private static let places = Places(6)

  /// Whether its tests go before those that wait for a place: for what takes long one after another.
  var isFirst = false
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Waiting.places.take(isFirst: isFirst)
    defer { Waiting.places.give() }
    try await withTaskExecutorPreference(OwnThread()) { try await function() }
  }

  /// Runs each piece of a task on a thread of its own, which may block.
  private final class OwnThread: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      BackgroundThread.run { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  /// Places that are taken and given back; who finds none waits, in order, without holding a thread.
  private final class Places: Sendable {
    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) { state = Mutex((count, [])) }

    func take(isFirst: Bool) async {
      await withCheckedContinuation { continuation in
        let isFree = state.withLock { state in
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting.insert(continuation, at: isFirst ? 0 : state.waiting.count)
          return false
        }
        if isFree { continuation.resume() }
      }
    }

    func give() {
      let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
        if state.waiting.isEmpty {
          state.free += 1
          return nil
        }
        return state.waiting.removeFirst()
      }
      next?.resume()
    }
  }
}

extension Trait where Self == Waiting {
  static var waiting: Waiting { Waiting() }
  static var waitingFirst: Waiting { Waiting(isFirst: true) }
}
