/// Numbered pieces of work, shared among threads: each takes the next as soon as it has done one.
enum SharedWork {
  /// Does all of them, or stops at the first error and throws it.
  ///
  /// - Parameters:
  ///   - count: how many pieces.
  ///   - hands: how many threads, the calling one among them; 1…64.
  ///   - body: told which thread it is on, 0..<hands, and which piece to do. It must share nothing between the hands but
  ///     what is guarded.
  /// - Throws: what `body` throws; `AdminError` (`inputOutput`) when the system gives no thread.
  static func run(_ count: Int, hands: Int, _ body: (_ hand: Int, _ piece: Int) throws -> Void) throws {
    let queue = Queue(count)
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
    private let count: Int
    private let state = Guarded<(next: Int, failure: (any Error)?)>((0, nil))

    init(_ count: Int) { self.count = count }

    func work(_ hand: Int, _ body: Body) {
      while let piece = next() {
        do { try body.run(hand, piece) } catch { fail(error) }
      }
    }

    private func next() -> Int? {
      state.withLock { state in
        guard state.failure == nil, state.next < count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    private func fail(_ error: any Error) { state.withLock { if $0.failure == nil { $0.failure = error } } }

    var failure: (any Error)? { state.withLock { $0.failure } }
  }
}
