/// Numbered pieces of work, shared among threads: each takes the next as soon as it has done one.
package enum SharedWork {
  /// Does all of them, or stops at the first error and throws it.
  ///
  /// - Parameters:
  ///   - count: how many pieces.
  ///   - workers: how many threads, the calling one among them; 1…64.
  ///   - fromBothEnds: whether every other worker takes the last piece left instead of the first, for pieces whose
  ///     neighbours get in each other's way.
  ///   - body: told which thread it is on, 0..<workers, and which piece to do. It must share nothing between the workers but
  ///     what is guarded.
  /// - Throws: what `body` throws; `AdminError` (`inputOutput`) when the system gives no thread.
  package static func run(
    _ count: Int, workers: Int, fromBothEnds: Bool = false, _ body: (_ worker: Int, _ piece: Int) throws -> Void
  ) throws {
    let queue = Queue(count, fromBothEnds: fromBothEnds)
    try withoutActuallyEscaping(body) { body in
      let shared = Body(run: body)
      let others = try (1..<max(1, min(workers, count, 64))).map { worker in
        try JoinableThread { queue.work(worker, shared) }
      }
      queue.work(0, shared)
      for thread in others { thread.join() }
    }
    if let failure = queue.failure { throw failure }
  }

  // Unchecked, because a closure that may keep what it uses to one worker is no `@Sendable` one: that it shares nothing
  // else is the caller's to see to, as `run` says. It never outlives `run`, which waits for all threads.
  private struct Body: @unchecked Sendable {
    let run: (Int, Int) throws -> Void
  }

  /// Which piece is next; none after a failure.
  private final class Queue: Sendable {
    private let fromBothEnds: Bool
    private let state: Guarded<(left: Range<Int>, failure: (any Error)?)>

    init(_ count: Int, fromBothEnds: Bool) {
      self.fromBothEnds = fromBothEnds
      state = Guarded((0..<count, nil))
    }

    func work(_ worker: Int, _ body: Body) {
      while let piece = next(worker) {
        do { try body.run(worker, piece) } catch { fail(error) }
      }
    }

    private func next(_ worker: Int) -> Int? {
      state.withLock { state in
        guard state.failure == nil else { return nil }
        return fromBothEnds && worker % 2 == 1 ? state.left.popLast() : state.left.popFirst()
      }
    }

    private func fail(_ error: any Error) { state.withLock { if $0.failure == nil { $0.failure = error } } }

    var failure: (any Error)? { state.withLock { $0.failure } }
  }
}
