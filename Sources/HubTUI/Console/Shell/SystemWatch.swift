import AdminCore
import Glibc
import Synchronization

/// Reads what stands around every screen, on a thread of its own: when something may have changed it, and every few
/// seconds. That the database does not answer is noticed by whoever calls `noteSilence`, while this thread waits for it.
final class SystemWatch: Sendable {
  private struct State {
    var isWanted = true
    var readingSince: Int64?
  }

  private let state = Mutex(State())
  private let isOver = Atomic<Bool>(false)
  private let system: KnownSystem
  private let changed: @Sendable () -> Void

  /// After how many milliseconds a database that was asked counts as silent.
  static let patience: Int64 = 1_500

  /// - Parameters:
  ///   - hub: the account that is in.
  ///   - changed: called from a thread of its own when `system` says something else than before.
  init(
    _ system: KnownSystem, hub: @escaping @Sendable () -> Hub, now: @escaping @Sendable () -> Int64,
    changed: @escaping @Sendable () -> Void
  ) {
    self.system = system
    self.changed = changed
    BackgroundThread.run { [weak self] in
      var idle: Int64 = 0
      while let self, !self.isOver.load(ordering: .relaxed) {
        let isWanted = self.state.withLock { state in
          defer { state.isWanted = false }
          return state.isWanted
        }
        if isWanted || idle >= 5_000 {
          idle = 0
          self.state.withLock { $0.readingSince = MonotonicTime.milliseconds }
          let facts = SystemFacts.read(hub(), after: system.facts, now: now())
          self.state.withLock { $0.readingSince = nil }
          if system.update(facts) { changed() }
        }
        usleep(100_000)
        idle += 100
      }
    }
  }

  /// Says so when a database that was asked has been silent for too long; called now and then by another thread.
  func noteSilence() {
    guard let since = state.withLock({ $0.readingSince }),
      MonotonicTime.milliseconds - since >= SystemWatch.patience
    else { return }
    var facts = system.facts
    facts.banner = "The system database does not answer. What is shown may be old; keys work, and operations go on."
    if system.update(facts) { changed() }
  }

  /// Something was done that may have changed it.
  func look() { state.withLock { $0.isWanted = true } }

  /// Ends the watch.
  func stop() { isOver.store(true, ordering: .relaxed) }
}
