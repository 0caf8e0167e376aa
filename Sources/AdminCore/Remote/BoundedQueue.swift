import Glibc

/// A bounded queue between two threads: `put` waits for room, `take` for an item or for the end.
///
/// Unchecked, because waiting needs the mutex itself, which `Guarded` keeps: `items` and `isClosed` are touched with it held
/// alone.
final class BoundedQueue<Item: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let capacity: Int
  private var items: [Item] = []
  private var isClosed = false

  init(capacity: Int) {
    self.capacity = capacity
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    // By a clock that nobody sets: a wait has an end whatever the wall clock says.
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Waits for room; false when nobody takes any more.
  func put(_ item: Item) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while items.count >= capacity, !isClosed { pthread_cond_wait(changed, mutex) }
    guard !isClosed else { return false }
    items.append(item)
    pthread_cond_broadcast(changed)
    return true
  }

  /// The next thing, nil when none came within `milliseconds` or none will come.
  func take(milliseconds: Int) -> Item? {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = until.tv_nsec + milliseconds * 1_000_000
    until.tv_sec += nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while items.isEmpty, !isClosed {
      if pthread_cond_timedwait(changed, mutex, &until) != 0 { break }
    }
    guard !items.isEmpty else { return nil }
    let item = items.removeFirst()
    pthread_cond_broadcast(changed)
    return item
  }

  /// Nothing comes any more; what is there can still be taken.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
