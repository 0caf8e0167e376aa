import Glibc

/// A thread whose end can be waited for.
package final class JoinableThread: Sendable {
  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Nil once it was waited for.
  private let thread: Guarded<pthread_t?>

  /// Starts `body`; signals stay with the program's own threads.
  ///
  /// - Throws: `AdminError` (`inputOutput`) when the system gives no thread.
  package init(_ body: @escaping @Sendable () -> Void) throws {
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
    self.thread = Guarded(thread)
  }

  /// Waits for the end; a second call does nothing more.
  package func join() {
    thread.withLock { thread in
      if let running = thread { pthread_join(running, nil) }
      thread = nil
    }
  }

  deinit { join() }
}
