import AdminCore
import TUIKitLite

/// What a preview found, with how much of it is answered above the list.
struct FindingsScreen: ConsoleScreen {
  private var list: ListScreen<FindingActions.Item>

  init(_ preview: BackupPreview, _ context: ConsoleContext) {
    list = ListScreen(FindingActions.list(of: preview), context)
  }

  var title: String { list.title }
  var hints: [KeyHint] { list.hints }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    guard case .resize(let size) = event else { return list.handle(event) }
    return list.handle(.resize(Size(size.width, size.height - 2)))
  }

  func draw(on canvas: inout Canvas) {
    let (width, height) = (canvas.size.width, canvas.size.height)
    if !list.items.isEmpty {
      let isDone = list.items.allSatisfy { $0.answer != nil }
      let style = isDone ? Style.good : .warning
      let text = "\(FindingActions.progress(list.items)). Back looks again at what a backup would do."
      canvas.write("\(style.marker) \(text)", x: 1, y: 0, style, width: width - 2)
    }
    canvas.within(Rect(0, 2, width, height - 2)) { list.draw(on: &$0) }
  }
}
