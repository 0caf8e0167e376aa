/// What the loop needs of a terminal: a size, a place for frames, a source of events.
public protocol Display: AnyObject {
  /// The extent of the screen.
  var size: Size { get }
  /// Written to, it makes `nextEvent` return.
  var wakePipe: WakePipe { get }
  /// Shows a frame; a frame equal to the last one costs nothing.
  func present(_ canvas: Canvas)
  /// Makes the next frame a drawing from nothing, for a screen that something else has written on.
  func forget()
  /// The next event; nil when `timeout` has passed (nil waits without end) or the pipe was written to.
  ///
  /// After `.hangUp` nothing else ever comes.
  func nextEvent(timeout: Duration?) -> Event<Never>?
  /// Gives the terminal back as it was; a second call does nothing.
  func close()
}

/// Why a terminal cannot be used, and what to do instead.
public struct TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What failed.
  public let what: String
  /// The operator's next step.
  public let next: String

  /// Makes an error.
  public init(_ what: String, next: String) {
    self.what = what
    self.next = next
  }

  /// One printable line: what, and what to do.
  public var description: String { Glyphs("\(what); \(next)").map(\.text).joined() }
}
