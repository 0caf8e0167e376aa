import Glibc
import Platform
import Synchronization

/// Turns Ctrl-C, a termination and somebody's request into a cancellation while an operation runs, and lets a hang-up pass:
/// a dropped line must not stop a backup.
///
/// Unchecked: `thread` and `former` are set before the thread begins and read again after it was joined.
final class StopWatch: @unchecked Sendable {
  private let cancellation: Cancellation
  private let isAsked: @Sendable () -> Bool
  private let isOver = Atomic<Bool>(false)
  private var thread = pthread_t()
  private var former = sigset_t()

  /// - Parameter isAsked: whether somebody asks the operation to stop; looked at ten times a second.
  init(_ cancellation: Cancellation, isAsked: @escaping @Sendable () -> Bool) {
    self.cancellation = cancellation
    self.isAsked = isAsked
    var watched = StopWatch.watched
    // Threads started later inherit the mask, so the signals reach only the thread that waits for them.
    pthread_sigmask(SIG_BLOCK, &watched, &former)
    signal(SIGPIPE, SIG_IGN)
    // A write past a file size limit must come back as EFBIG, with words, instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
    let box = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<StopWatch>.fromOpaque(pointer).takeRetainedValue().wait()
        return nil
      }, box.toOpaque())
    if status != 0 {
      box.release()
      isOver.store(true, ordering: .relaxed)
    }
  }

  /// Ends the watch and gives the signals their former meaning.
  package func stop() {
    if !isOver.exchange(true, ordering: .relaxed) {
      // It waits for a signal: one that means nothing to it ends the wait at once.
      pthread_kill(thread, SIGHUP)
      pthread_join(thread, nil)
    }
    pthread_sigmask(SIG_SETMASK, &former, nil)
  }

  private static var watched: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
    return set
  }

  private func wait() {
    var set = StopWatch.watched
    while !isOver.load(ordering: .relaxed) {
      var pause = timespec(tv_sec: 0, tv_nsec: 100_000_000)
      let number = sigtimedwait(&set, nil, &pause)
      if number == SIGINT || number == SIGTERM || isAsked() { cancellation.cancel() }
    }
  }
}
