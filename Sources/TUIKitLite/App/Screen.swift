/// One screen of a program, a value: events change it, drawing does not. `Message` is what background work sends,
/// `Effect` what only the loop may have done.
public protocol Screen<Message, Effect> {
  /// What background work sends.
  associatedtype Message: Sendable
  /// What the program does on behalf of screens.
  associatedtype Effect

  /// Its name in the breadcrumb; empty for screens that lie over another.
  var title: String { get }
  /// The keys that work now, for the key bar.
  var hints: [KeyHint] { get }
  /// Whether the screen below is drawn first, as for a dialog.
  var isOverlay: Bool { get }

  /// Answers an event.
  mutating func handle(_ event: Event<Message>) -> Reaction<Message, Effect>
  /// Draws it on the whole canvas given.
  func draw(on canvas: inout Canvas)
}

extension Screen {
  /// Nothing lies below.
  public var isOverlay: Bool { false }
}

/// What a screen wants done, as a value; the loop alone does it.
public enum Reaction<Message: Sendable, Effect> {
  /// Nothing.
  case none
  /// Shows another screen above this one.
  case push(any Screen<Message, Effect>)
  /// Closes this screen; the last one stays.
  case pop
  /// Closes all screens but the first.
  case popToFirst
  /// Shows another screen instead of this one.
  case replace(any Screen<Message, Effect>)
  /// Ends the loop.
  case quit
  /// Has the program do something.
  case perform(Effect)
  /// Several, in order.
  case all([Reaction<Message, Effect>])
}
