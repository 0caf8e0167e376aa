import AdminCore
import TUIKitLite

/// Does an action's work on a screen: asks what it asks, then shows, opens or runs it.
struct ActionPerformer: Sendable {
  let context: ConsoleContext

  /// What a key for `action` does to `chosen`.
  ///
  /// - Parameters:
  ///   - all: all items of the list, among which `chosen` are.
  ///   - obstacle: why the installation refuses it now.
  ///   - warning: what is to be known before it is confirmed.
  func perform<Item>(
    _ action: Action<Item>, _ chosen: [Item], of all: [Item], obstacle: AdminError? = nil, warning: String? = nil
  ) -> ConsoleAction {
    guard !action.needsItem || !chosen.isEmpty else { return .none }
    if let reason = action.needsItem ? action.obstacle(chosen) : nil { return .perform(.status(reason, .warning)) }
    if let obstacle { return refuse(action, obstacle) }
    let work = work(of: action, chosen)
    guard let confirmation = action.confirmation(chosen, all)?.warning(of: warning) else { return work }
    return .push(DialogScreen(Dialog(confirmation), confirmed: work))
  }

  private func refuse<Item>(_ action: Action<Item>, _ obstacle: AdminError) -> ConsoleAction {
    guard obstacle.code != .usage else { return .perform(.status(obstacle.what, .warning)) }
    let reason = obstacle.code == .refused ? obstacle.what : obstacle.message
    let text = action.refusal.map { "\(reason).\n\($0.advice)" } ?? reason
    return .push(DialogScreen(Dialog(action.refusal?.title ?? action.title, text, .message, .warning)))
  }

  private func work<Item>(of action: Action<Item>, _ chosen: [Item]) -> ConsoleAction {
    switch action.work {
    case .show(let document): return show(document(chosen))
    case .go(let destination): return destination(chosen).map { .push(Places.screen($0, context)) } ?? .none
    case .form(let form): return .push(FormScreen(form(chosen), context))
    case .quick(let body):
      let hub = context.hub
      return .push(WorkScreen(action.title) { try body(chosen, hub) })
    case .operation(let words): return start(words(chosen))
    case .operationAfter(let form, let words):
      let context = context
      return .push(
        FormScreen(form(chosen), context) { answers in
          .replace(OperationScreen(context, starting: words(chosen, answers)))
        })
    }
  }

  /// Shows a text or a file.
  func show(_ document: Document) -> ConsoleAction {
    switch document {
    case .text(let title, let text): return .push(PagerScreen(title, PagerSource(text: text)))
    case .file(let title, let path, let tone):
      var marking: Pager.Marking?
      if let tone { marking = { line, isLast in tone(line, isLast).map { Style($0) } } }
      return .push(PagerScreen.file(title, path, context: context, marking: marking))
    case .none(let reason): return .perform(.status(reason, .warning))
    }
  }

  /// Starts an operation and shows it.
  func start(_ words: [String]) -> ConsoleAction { .push(OperationScreen(context, starting: words)) }
}
