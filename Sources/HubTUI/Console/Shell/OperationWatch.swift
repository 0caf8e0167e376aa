import AdminCore
import Glibc
import Synchronization

/// Looks at the operation's status on disk a few times a second and tells when it changed; while nothing runs it costs one
/// stat(2) a look and sends nothing.
final class OperationWatch: Sendable {
  private let isOver = Atomic<Bool>(false)

  /// - Parameters:
  ///   - looked: called at every look, from the watch's own thread.
  ///   - changed: called from there as well.
  init(
    _ installation: Installation, looked: @escaping @Sendable () -> Void,
    _ changed: @escaping @Sendable (OperationStatus) -> Void
  ) {
    BackgroundThread.run { [weak self] in
      var last: OperationStatus?
      while let self, !self.isOver.load(ordering: .relaxed) {
        if let status = OperationWatch.status(of: installation), status != last {
          // The end of an operation from before this console is no news.
          if last != nil || status.outcome == .running { changed(status) }
          last = status
        }
        looked()
        usleep(250_000)
      }
    }
  }

  // A status that cannot be read now is read at the next look; the operation itself says its errors. A short change is
  // over before anybody could read of it.
  private static func status(of installation: Installation) -> OperationStatus? {
    do {
      let status = try OperationStatus.read(installation)
      return status?.isShortChange == true ? nil : status
    } catch {
      return nil
    }
  }

  /// Ends the watch.
  func stop() { isOver.store(true, ordering: .relaxed) }
}
