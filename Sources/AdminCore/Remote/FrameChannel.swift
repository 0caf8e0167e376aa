import Archive
import Glibc
import Platform

/// Two descriptors that carry frames both ways: four bytes of length (big endian), one byte of type, the payload.
///
/// A thread reads, so that the end of the line is noticed whatever the others do; another says every few seconds that
/// this side lives. Whatever the peer sends, no more than a few frames of it are kept.
final class FrameChannel: Sendable {
  /// What a frame carries; the raw value is its type byte.
  enum Kind: UInt8, Sendable {
    /// The first frame of each side.
    case hello = 0x48
    /// The end of a message, which is JSON.
    case message = 0x4D
    /// A part of a message that goes on in the next frame.
    case part = 0x50
    /// Bytes of an archive.
    case data = 0x44
    /// A sign of life.
    case beat = 0x42
    /// From the Hub: whatever is done is to stop.
    case cancel = 0x43
  }

  /// A frame that came in.
  struct Frame: Sendable {
    let kind: Kind
    let payload: [UInt8]
  }

  /// How the reading ended.
  enum Ending: Sendable, Equatable {
    /// Not yet.
    case none
    /// The other side closed.
    case closed
    /// The other side sent what is no frame, in words.
    case garbage(String)
  }

  /// The most bytes in one frame.
  static let frameLimit = 256 << 10
  /// The most bytes in the first frame.
  static let helloLimit = 4 << 10
  /// Seconds between two signs of life.
  private static let beatInterval: Int32 = 3

  private let input: Int32
  private let output: Int32
  private let received = BoundedQueue<Frame>(capacity: 16)
  private let ending = Guarded(Ending.none)
  private let heard = Guarded(MonotonicTime.milliseconds)
  private let isStopping = Guarded(false)
  private let writing = Guarded(false)
  private let threads = Guarded<[JoinableThread]>([])
  /// Told when the line has ended or the other side cancels, from the reading thread.
  private let ended: @Sendable () -> Void

  /// - Parameter input: both descriptors stay the caller's; closing them is the caller's business after `stop()`.
  init(input: Int32, output: Int32, ended: @escaping @Sendable () -> Void = {}) throws {
    self.input = input
    self.output = output
    self.ended = ended
    for descriptor in [input, output] {
      guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else {
        throw systemError("cannot use the line to", "another component")
      }
    }
  }

  /// Starts the threads.
  package func start() throws {
    let reader = try JoinableThread { [unowned self] in readAll() }
    threads.withLock { $0.append(reader) }
    let beats = try JoinableThread { [unowned self] in beatUntilStopped() }
    threads.withLock { $0.append(beats) }
  }

  /// Ends the threads; nothing is received any more.
  package func stop() {
    isStopping.withLock { $0 = true }
    received.close()
    let ended = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in ended { thread.join() }
  }

  /// How the reading ended.
  var end: Ending { ending.withLock { $0 } }

  /// For how many seconds nothing was heard.
  var silence: Int { Int((MonotonicTime.milliseconds - heard.withLock { $0 }) / 1000) }

  /// The next frame that is not a sign of life, nil when none came within `milliseconds`.
  func receive(milliseconds: Int) -> Frame? { received.take(milliseconds: milliseconds) }

  /// Sends one frame.
  ///
  /// - Parameter patience: seconds without a byte taken by the other side until it counts as lost.
  /// - Throws: `AdminError` (`unavailable`).
  func send(_ kind: Kind, _ payload: UnsafeRawBufferPointer, patience: Int) throws {
    precondition(payload.count <= FrameChannel.frameLimit)
    var head = withUnsafeBytes(of: UInt32(payload.count).bigEndian) { [UInt8]($0) }
    head.append(kind.rawValue)
    try writing.withLock { isBroken in
      guard !isBroken else { throw FrameChannel.lost("the line was lost") }
      // Half a frame leaves a line on which nothing more can be said.
      isBroken = true
      try head.withUnsafeBytes { try write($0, patience) }
      try write(payload, patience)
      isBroken = false
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, _ patience: Int) throws {
    var rest = bytes
    var last = MonotonicTime.milliseconds
    while !rest.isEmpty {
      let count = Glibc.write(output, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        last = MonotonicTime.milliseconds
        continue
      }
      guard errno == EAGAIN || errno == EINTR else { throw FrameChannel.lost("the line was lost") }
      guard MonotonicTime.milliseconds - last < Int64(patience) * 1000 else {
        throw FrameChannel.lost("the other side takes nothing for \(patience) s")
      }
      guard !isStopping.withLock({ $0 }), end == .none else { throw FrameChannel.lost("the line was lost") }
      var wait = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
      poll(&wait, 1, 200)
    }
  }

  static func lost(_ what: String) -> AdminError {
    AdminError(.unavailable, what, next: "check the network and the other machine, then start again")
  }

  // MARK: The threads

  private func readAll() {
    var result = Ending.closed
    var isFirst = true
    while let head = read(5) {
      let length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
      let limit = isFirst ? FrameChannel.helloLimit : FrameChannel.frameLimit
      guard length <= limit, let kind = Kind(rawValue: head[4]), isFirst == (kind == .hello),
        length == 0 || (kind != .beat && kind != .cancel)
      else {
        result = .garbage(String(decoding: head + readSome(60), as: UTF8.self))
        break
      }
      isFirst = false
      guard let payload = read(length) else { break }
      guard kind != .beat else { continue }
      guard kind != .cancel else {
        ended()
        continue
      }
      guard received.put(Frame(kind: kind, payload: payload)) else { break }
    }
    ending.withLock { $0 = result }
    received.close()
    ended()
  }

  private func beatUntilStopped() {
    var pauses: Int32 = 0
    while !isStopping.withLock({ $0 }), end == .none {
      usleep(100_000)
      pauses += 1
      guard pauses % (FrameChannel.beatInterval * 10) == 0 else { continue }
      do {
        try send(.beat, UnsafeRawBufferPointer(start: nil, count: 0), patience: 600)
      } catch {
        // Whoever waits for an answer is told by the silence, or by the end of the line.
        return
      }
    }
  }

  /// Exactly so many bytes; nil at the end.
  private func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      guard let more = read(into: &bytes, from: done) else { return nil }
      done += more
    }
    return bytes
  }

  /// What is there of so many bytes, for a message.
  private func readSome(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    usleep(100_000)
    let read = Glibc.read(input, &bytes, count)
    return Array(bytes.prefix(max(0, read)))
  }

  private func read(into bytes: inout [UInt8], from start: Int) -> Int? {
    while !isStopping.withLock({ $0 }) {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(input, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if count > 0 {
        heard.withLock { $0 = MonotonicTime.milliseconds }
        return count
      }
      guard count < 0, errno == EAGAIN || errno == EINTR else { return nil }
      var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      poll(&wait, 1, 200)
    }
    return nil
  }
}
