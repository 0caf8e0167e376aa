/// A dialog as a screen over the one that asked: it closes itself and then has the answer's action done.
public struct DialogScreen<Message: Sendable, Effect>: Screen {
  private var dialog: Dialog
  private let confirmed: Reaction<Message, Effect>
  private let cancelled: Reaction<Message, Effect>

  /// Makes the screen.
  public init(
    _ dialog: Dialog, confirmed: Reaction<Message, Effect> = .none, cancelled: Reaction<Message, Effect> = .none
  ) {
    self.dialog = dialog
    self.confirmed = confirmed
    self.cancelled = cancelled
  }

  /// None: the screen below keeps its place in the breadcrumb.
  public var title: String { "" }
  /// The dialog's keys.
  public var hints: [KeyHint] { dialog.hints }
  /// True.
  public var isOverlay: Bool { true }

  /// Answers keys.
  public mutating func handle(_ event: Event<Message>) -> Reaction<Message, Effect> {
    guard case .key(let key) = event else { return .none }
    switch dialog.handle(key) {
    case .handled: return .none
    case .confirmed: return .all([.pop, confirmed])
    case .cancelled: return .all([.pop, cancelled])
    }
  }

  /// Draws the dialog.
  public func draw(on canvas: inout Canvas) { dialog.draw(on: &canvas) }
}
