import Archive
import Installation
import Platform

/// Digests that are computed while the same archives are opened and their manifests read.
final class DigestPrefetch {
  private let stop = Cancellation()
  private let found: Guarded<[Component: CachedDigest]>
  private let thread: JoinableThread

  /// - Parameter known: need not be read any more.
  init(
    _ archives: [Component: String], known: [Component: CachedDigest], cancellation: Cancellation
  ) throws {
    let found = Guarded(known)
    let stop = stop
    thread = try JoinableThread {
      // The small archive of HUB last.
      for component in Component.allCases.reversed() where known[component] == nil {
        guard let path = archives[component] else { continue }
        // Whoever opens the archive reads it again without this digest, and has the same error to tell.
        guard let digest = try? CachedDigest.read(path, cancellation, stop: stop) else { continue }
        found.withLock { $0[component] = digest }
      }
    }
    self.found = found
  }

  deinit {
    stop.cancel()
    thread.join()
  }

  /// Waits for all of them.
  package func wait() -> [Component: CachedDigest] {
    thread.join()
    return found.withLock { $0 }
  }
}
