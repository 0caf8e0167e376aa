import Synchronization

/// A flag that stops a long operation at its next block or row; may be set from a signal handler's thread.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Makes a flag that is not set.
  public init() {}

  /// Asks the operation to stop.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether a stop was asked for.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Throws `AdminError` with code `cancelled` when a stop was asked for.
  public func check() throws {
    guard isCancelled else { return }
    throw AdminError(.cancelled, "cancelled", next: "nothing was changed; start it again when wanted")
  }
}
