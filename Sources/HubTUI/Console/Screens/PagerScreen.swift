import AdminCore
import TUIKitLite

/// A report, a log or the help, at once whatever its size.
struct PagerScreen: ConsoleScreen {
  let title: String
  private var pager: Pager
  private let file: (path: String, context: ConsoleContext)?

  /// - Parameters:
  ///   - file: the file that `s` saves a copy of; nil for a text that is nowhere else.
  ///   - marking: the role of a line that matters.
  init(
    _ title: String, _ source: PagerSource, file: (path: String, context: ConsoleContext)? = nil,
    marking: Pager.Marking? = nil
  ) {
    self.title = title
    self.file = file
    pager = Pager(source, isWrapping: true, marking: marking)
  }

  /// A file.
  static func file(
    _ title: String, _ path: String, context: ConsoleContext, marking: Pager.Marking? = nil
  ) -> any ConsoleScreen {
    do {
      return PagerScreen(title, try PagerSource(path: path), file: (path, context), marking: marking)
    } catch {
      return PagerScreen(title, PagerSource(text: "\(error)"))
    }
  }

  var hints: [KeyHint] { pager.hints.filter { file != nil || $0.key != .character("s") } }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    switch event {
    case .resize(let size): pager.size = size
    case .message(.operation): _ = pager.refresh()
    case .key(let key):
      switch pager.handle(key) {
      case .closed: return .pop
      case .saveAs: return saveAs()
      default: return .none
      }
    default: break
    }
    return .none
  }

  private func saveAs() -> ConsoleAction {
    guard let file else { return .none }
    return .push(FormScreen(ReportActions.saveAs(file.path), file.context))
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
