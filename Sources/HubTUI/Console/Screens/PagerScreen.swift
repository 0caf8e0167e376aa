import AdminCore
import TUIKitLite

/// A report, a log or the help, at once whatever its size.
struct PagerScreen: ConsoleScreen {
  let title: String
  private var pager: Pager
  private let canSave: Bool

  /// - Parameters:
  ///   - canSave: whether `s` offers to save a copy.
  ///   - marking: the role of a line that matters.
  init(_ title: String, _ source: PagerSource, canSave: Bool = false, marking: (@Sendable (String) -> Style?)? = nil) {
    self.title = title
    self.canSave = canSave
    pager = Pager(source, marking: marking)
  }

  /// A file.
  static func file(_ title: String, _ path: String, marking: (@Sendable (String) -> Style?)? = nil) -> any ConsoleScreen {
    do {
      return PagerScreen(title, try PagerSource(path: path), canSave: true, marking: marking)
    } catch {
      return PagerScreen(title, PagerSource(text: "\(error)"))
    }
  }

  var hints: [KeyHint] { pager.hints }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    switch event {
    case .resize(let size): pager.size = size
    case .message(.operation): _ = pager.refresh()
    case .key(let key):
      switch pager.handle(key) {
      case .closed: return .pop
      default: return .none
      }
    default: break
    }
    return .none
  }

  func draw(on canvas: inout Canvas) { pager.draw(on: &canvas) }
}

/// The help, made from the key maps.
struct HelpScreen: ConsoleScreen {
  private var pager: PagerScreen

  init(_ context: ConsoleContext) { pager = PagerScreen("Help", PagerSource(text: HelpText.text)) }

  var title: String { "Help" }
  var hints: [KeyHint] { pager.hints }
  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction { pager.handle(event) }
  func draw(on canvas: inout Canvas) { pager.draw(on: &canvas) }
}
