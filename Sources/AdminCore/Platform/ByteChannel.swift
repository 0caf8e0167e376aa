import Glibc

/// A bounded stream of bytes from one thread to another.
final class ByteChannel: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  // All under the mutex: bytes ever written and ever read; the ring holds what is between.
  private var written = 0
  private var taken = 0
  private var writerIsDone = false
  private var readerIsDone = false

  /// A channel that holds up to `capacity` bytes.
  init(capacity: Int) {
    memory = .allocate(byteCount: capacity, alignment: 64)
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
    memory.deallocate()
  }

  /// Hands over all of `bytes`, waiting for room; false when the reader wants no more.
  func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      pthread_mutex_lock(mutex)
      while written - taken == memory.count, !readerIsDone { pthread_cond_wait(changed, mutex) }
      let isDone = readerIsDone
      let start = written % memory.count
      let count = min(rest.count, memory.count - (written - taken), memory.count - start)
      pthread_mutex_unlock(mutex)
      if isDone { return false }
      memory.baseAddress?.advanced(by: start).copyMemory(
        from: rest.baseAddress ?? UnsafeRawPointer(mutex), byteCount: count)
      pthread_mutex_lock(mutex)
      written += count
      pthread_cond_signal(changed)
      pthread_mutex_unlock(mutex)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  /// Takes up to `room.count` bytes, waiting for the first; 0 at the end.
  func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    pthread_mutex_lock(mutex)
    while written == taken, !writerIsDone { pthread_cond_wait(changed, mutex) }
    let start = taken % memory.count
    let count = min(room.count, written - taken, memory.count - start)
    pthread_mutex_unlock(mutex)
    guard count > 0 else { return 0 }
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<(start + count)]))
    pthread_mutex_lock(mutex)
    taken += count
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
    return count
  }

  /// The writer's end.
  func endWriting() { end { writerIsDone = true } }

  /// The reader's end, whether all was read or not.
  func endReading() { end { readerIsDone = true } }

  private func end(_ mark: () -> Void) {
    pthread_mutex_lock(mutex)
    mark()
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}

/// A thread whose end can be waited for.
final class JoinableThread {
  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private var thread: pthread_t?

  /// Starts `body`; signals stay with the program's own threads.
  ///
  /// - Throws: `AdminError` (`inputOutput`) when the system gives no thread.
  init(_ body: @escaping @Sendable () -> Void) throws {
    var all = sigset_t()
    var former = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      throw AdminError(
        .inputOutput, "cannot start a thread (\(String(cString: strerror(status))))",
        next: "check the limit of processes of this account (ulimit -u)")
    }
    self.thread = thread
  }

  /// Waits for the end; a second call does nothing.
  func join() {
    guard let thread else { return }
    pthread_join(thread, nil)
    self.thread = nil
  }

  deinit { join() }
}
