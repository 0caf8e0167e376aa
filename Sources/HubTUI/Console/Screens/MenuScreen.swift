import AdminCore
import TUIKitLite

/// A menu of the tree: each line leads to another screen.
struct MenuScreen: ConsoleScreen {
  /// A line and where it leads.
  struct Entry: Sendable {
    let item: Menu.Item
    let open: @Sendable () -> any ConsoleScreen

    init(_ title: String, _ mnemonic: Character, hint: String = "", _ open: @escaping @Sendable () -> any ConsoleScreen)
    {
      item = Menu.Item(title, mnemonic: mnemonic, hint: hint)
      self.open = open
    }
  }

  let title: String
  private let context: ConsoleContext
  private let isRoot: Bool
  private let makeEntries: @Sendable () -> [Entry]
  private var entries: [Entry]
  private var menu: Menu

  init(
    _ title: String, _ context: ConsoleContext, isRoot: Bool = false, _ entries: @escaping @Sendable () -> [Entry]
  ) {
    self.title = title
    self.context = context
    self.isRoot = isRoot
    makeEntries = entries
    self.entries = entries()
    menu = Menu(self.entries.map(\.item))
  }

  enum Request: Hashable, Sendable { case open, move, help, back, quit }

  static let keys = KeyMap<Request>([
    .init(.open, [.enter, .right], "Open", help: "opens the line; its underlined letter too"),
    .init(
      .move, [.up, .down, .character("j"), .character("k"), .pageUp, .pageDown, .home, .end], help: "moves the choice"),
    .init(.help, [.character("?"), .function(1)], "Help"),
    .init(.back, [.escape, .left], "Back", help: "goes back one level"),
    .init(
      .quit, [.character("q"), .control("c")], "Quit",
      help: "quits, in the first menu"),
  ])

  var hints: [KeyHint] {
    MenuScreen.keys.hints { request in
      switch request {
      case .back: !isRoot
      case .quit: isRoot
      default: true
      }
    }
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    switch event {
    case .resize(let size): menu.position.height = size.height
    case .resume: refresh()
    case .message(.system): refresh()
    case .message(.operation(let status)) where status.outcome != .running: refresh()
    case .key(let key):
      if case .chosen(let index) = menu.handle(key) { return .push(entries[index].open()) }
      switch MenuScreen.keys[key] {
      case .help: return .push(HelpScreen(context))
      case .back where !isRoot: return .pop
      case .quit where isRoot: return .push(MenuScreen.quitDialog)
      default: return .none
      }
    default: break
    }
    return .none
  }

  /// Keeps the choice on its line, except when something new leads the menu.
  private mutating func refresh() {
    let former = entries.map(\.item.title)
    let selected = former.indices.contains(menu.position.selected) ? former[menu.position.selected] : ""
    entries = makeEntries()
    menu.items = entries.map(\.item)
    let isLedAnew = entries.first.map { !former.contains($0.item.title) } ?? false
    menu.position.selected = isLedAnew ? 0 : entries.firstIndex { $0.item.title == selected } ?? 0
  }

  /// Asks before the console is left.
  static var quitDialog: DialogScreen<ConsoleMessage, ConsoleEffect> {
    DialogScreen(
      Dialog("Quit", "Leave the console? A running operation goes on without it.", .confirm(yes: "Quit", no: "Stay")),
      confirmed: .quit)
  }

  func draw(on canvas: inout Canvas) { menu.draw(on: &canvas) }
}
