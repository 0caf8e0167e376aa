import Database
import Foundation
import Installation
import Platform
import TestBed

/// The service's end of the line to the Hub. Its end, a request to cancel or a long silence stops whatever is done.
///
/// One thread works and answers; another watches meanwhile and tells how far the work is.
final class ServiceLine: Sendable {
  /// Set when nobody waits for an answer any more.
  let cancellation = Cancellation()
  private let channel: FrameChannel
  private let state = Guarded(State())

  private struct State: Sendable {
    var hasHello = false
    var messageLimit = 2 << 20
  }

  /// Seconds without a sign of life until the Hub counts as gone; longer than the Hub's own patience, which speaks first.
  private static let silence = 120
  /// The most bytes of a request; more once needles may come, which may be many.
  var messageLimit: Int {
    get { state.withLock { $0.messageLimit } }
    set { state.withLock { $0.messageLimit = newValue } }
  }
  static let needlesLimit = 64 << 20

  init(input: Int32, output: Int32, _ component: Component) throws {
    channel = try FrameChannel(input: input, output: output, ended: { [cancellation] in cancellation.cancel() })
    try channel.start()
    var hello = Hello()
    hello.component = component
    do { try send(.hello, JSONEncoder().encode(hello)) } catch {
      channel.stop()
      throw error
    }
  }

  package func stop() { channel.stop() }

  var isAlive: Bool { channel.end == .none && !cancellation.isCancelled }

  /// Looks whether the Hub is there; called while work goes on.
  func watch() { if channel.silence > ServiceLine.silence { cancellation.cancel() } }

  /// The next request; nil when the line ended in order.
  package func next() throws -> Request? {
    var bytes: [UInt8] = []
    while true {
      guard let frame = channel.receive(milliseconds: 500) else {
        watch()
        guard isAlive else { return nil }
        continue
      }
      switch (frame.kind, state.withLock { $0.hasHello }) {
      case (.hello, false):
        guard let hello = try decoded(Hello.self, frame.payload), hello.word == Hello.word else { throw wrong }
        if let objection = Hello().objection(to: hello) {
          throw AdminError(
            .configuration, "the Hub cannot be worked with: \(objection)",
            next: "install the same version of hubtui on all machines")
        }
        state.withLock { $0.hasHello = true }
      case (.part, true):
        bytes += frame.payload
        guard bytes.count <= messageLimit else { throw wrong }
      case (.message, true):
        guard let request = try decoded(Request.self, bytes + frame.payload), request.isPlausible
        else { throw wrong }
        return request
      default: throw wrong
      }
    }
  }

  func send(_ reply: Reply) throws {
    let bytes = [UInt8](try JSONEncoder().encode(reply))
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while rest.count > FrameChannel.frameLimit {
        try channel.send(
          .part, UnsafeRawBufferPointer(rebasing: rest[..<FrameChannel.frameLimit]), patience: ServiceLine.silence)
        rest = UnsafeRawBufferPointer(rebasing: rest[FrameChannel.frameLimit...])
      }
      try channel.send(.message, rest, patience: ServiceLine.silence)
    }
  }

  /// Bytes of an archive.
  func send(_ bytes: UnsafeRawBufferPointer) throws {
    try channel.send(.data, bytes, patience: ServiceLine.silence)
  }

  /// Waits a moment for the other side to hang up, so that the last words arrive.
  func awaitEnd() {
    for _ in 0..<50 where isAlive { _ = channel.receive(milliseconds: 100) }
  }

  private func send(_ kind: FrameChannel.Kind, _ payload: Data) throws {
    try payload.withUnsafeBytes { try channel.send(kind, $0, patience: ServiceLine.silence) }
  }

  private func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value? {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch is DecodingError { return nil }
  }

  private var wrong: AdminError {
    AdminError(.dataError, "what asks is not a hubtui of this version", next: "this command is started by ssh alone")
  }
}
