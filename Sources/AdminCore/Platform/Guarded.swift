import Glibc

/// A value that threads share, under a lock of the system's. The library's own `Mutex` would do, but the thread sanitizer
/// does not see it hand over and calls every use a race; this one it follows.
///
/// Unchecked, because the compiler cannot know that `value` is touched with the mutex held alone, as `withLock` sees to.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Gives the value to `body`, which must not take the same lock again.
  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
