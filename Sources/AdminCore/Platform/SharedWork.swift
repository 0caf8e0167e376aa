/// Numbered pieces of work, shared among threads: each takes the next as soon as it has done one.
enum SharedWork {
  /// Does all of them, or stops at the first error and throws it.
  ///
  /// - Parameters:
  ///   - count: how many pieces.
  ///   - hands: how many threads, the calling one among them; 1…64.
  ///   - fromBothEnds: whether every other hand takes the last piece left instead of the first, for pieces whose
  ///     neighbours get in each other's way.
  ///   - body: told which thread it is on, 0..<hands, and which piece to do. It must share nothing between the hands but
  ///     what is guarded.
  /// - Throws: what `body` throws; `AdminError` (`inputOutput`) when the system gives no thread.
  static func run(
    _ count: Int, hands: Int, fromBothEnds: Bool = false, _ body: (_ hand: Int, _ piece: Int) throws -> Void
  ) throws {
    let queue = Queue(count, fromBothEnds: fromBothEnds)
    try withoutActuallyEscaping(body) { body in
      let shared = Body(run: body)
      let others = try (1..<max(1, min(hands, count, 64))).map { hand in
        try JoinableThread { queue.work(hand, shared) }
      }
      queue.work(0, shared)
      for thread in others { thread.join() }
    }
    if let failure = queue.failure { throw failure }
  }

  // The caller answers for what its closure shares.
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

    func work(_ hand: Int, _ body: Body) {
      while let piece = next(hand) {
        do { try body.run(hand, piece) } catch { fail(error) }
      }
    }

    private func next(_ hand: Int) -> Int? {
      state.withLock { state in
        guard state.failure == nil else { return nil }
        return fromBothEnds && hand % 2 == 1 ? state.left.popLast() : state.left.popFirst()
      }
    }

    private func fail(_ error: any Error) { state.withLock { if $0.failure == nil { $0.failure = error } } }

    var failure: (any Error)? { state.withLock { $0.failure } }
  }
}
