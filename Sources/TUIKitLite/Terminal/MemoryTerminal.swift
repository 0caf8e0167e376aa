import Glibc

/// A display in memory: plays a script of events and keeps the frames.
public final class MemoryTerminal: Display {
  /// A step of a script.
  public enum Step: Sendable {
    /// An event.
    case event(Event<Never>)
    /// Events that came so fast that all are there at once.
    case burst([Event<Never>])
    /// Waits until background work posts a message.
    case message
    /// Lets the caller's timeout pass; a caller that has none is told that it was woken.
    case quiet
    /// Waits, for `patience` at the most, until the last frame is as wanted; what background work posts goes on.
    case until(@Sendable (Canvas) -> Bool)
  }

  /// How long an `until` waits before the script goes on all the same.
  public var patience: Duration = .seconds(60)

  /// The extent; a `.resize` of the script changes it.
  public private(set) var size: Size
  /// The wake-up pipe.
  public let wakePipe: WakePipe
  /// Every frame that differed from the one before.
  public private(set) var frames: [Canvas] = []
  /// How often the loop asked for a drawing from nothing.
  public private(set) var redraws = 0
  /// Whether `close` was called.
  public private(set) var isClosed = false
  private var script: [Step]
  private var next = 0
  private var burst: [Event<Never>] = []
  private var waitingSince: ContinuousClock.Instant?

  /// Makes a display that plays `script` and then hangs up.
  public init(_ size: Size = Size(80, 24), script: [Step] = []) throws(TerminalError) {
    self.size = size
    self.script = script
    wakePipe = try WakePipe()
  }

  /// Makes a display that plays keys and then hangs up.
  public convenience init(_ size: Size = Size(80, 24), keys: [Key]) throws(TerminalError) {
    try self.init(size, script: keys.map { .event(.key($0)) })
  }

  /// The last frame; a blank one before the first.
  public var frame: Canvas { frames.last ?? Canvas(size) }

  /// Keeps the frame.
  public func present(_ canvas: Canvas) {
    if frames.last != canvas { frames.append(canvas) }
  }

  /// Counts the call.
  public func forget() { redraws += 1 }

  /// Plays the next step.
  public func nextEvent(timeout: Duration?) -> Event<Never>? {
    if !burst.isEmpty { return play(burst.removeFirst()) }
    // Nothing but a burst is ever there at once, so every other step gets a frame of its own.
    if timeout == .zero { return nil }
    guard next < script.count else { return .hangUp }
    next += 1
    switch script[next - 1] {
    case .event(let event): return play(event)
    case .burst(let events):
      burst = events
      return burst.isEmpty ? nil : play(burst.removeFirst())
    case .message:
      waitForMessage(milliseconds: -1)
      return nil
    case .until(let isWanted):
      let start = waitingSince ?? .now
      if isWanted(frame) || start.duration(to: .now) > patience {
        waitingSince = nil
        return nextEvent(timeout: timeout)
      }
      (waitingSince, next) = (start, next - 1)
      waitForMessage(milliseconds: min(50, timeout.map { Int32(($0 / .milliseconds(1)).rounded(.up)) } ?? 50))
      return nil
    case .quiet:
      if let timeout { poll(nil, 0, Int32((timeout / .milliseconds(1)).rounded(.up))) }
      return nil
    }
  }

  private func waitForMessage(milliseconds: Int32) {
    var descriptor = pollfd(fd: wakePipe.readEnd, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, milliseconds) < 0 && errno == EINTR {}
    wakePipe.drain()
  }

  private func play(_ event: Event<Never>) -> Event<Never> {
    if case .resize(let size) = event { self.size = size }
    return event
  }

  /// Notes the call.
  public func close() { isClosed = true }
}
