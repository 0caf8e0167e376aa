import AdminCore
import TUIKitLite

/// A list of things read from the installation, with keys that act on the chosen or the marked ones. It reads anew
/// whenever it is seen again.
struct ListScreen<Item: Sendable>: ConsoleScreen {
  /// A key that acts.
  struct Command: Sendable {
    let key: Key
    let label: String
    let help: String
    /// Acts on the chosen item, or on the marked ones where rows can be marked.
    let act: @Sendable ([Item]) -> ConsoleAction
    /// Whether it needs an item.
    let needsItem: Bool

    init(
      _ key: Key, _ label: String, help: String = "", needsItem: Bool = true,
      _ act: @escaping @Sendable ([Item]) -> ConsoleAction
    ) {
      self.key = key
      self.label = label
      self.help = help.isEmpty ? label : help
      self.needsItem = needsItem
      self.act = act
    }
  }

  let title: String
  /// The items as they were read last.
  private(set) var items: [Item] = []
  private var table: Table
  private let context: ConsoleContext
  private let commands: [Command]
  private let load: @Sendable (ConsoleContext) throws -> [Item]
  private let row: @Sendable (Item, ConsoleContext) -> Table.Row
  private var pending = PendingWork<[Item]>()
  private var problem = ""
  private var isLoaded = false

  /// - Parameters:
  ///   - load: reads the items, on a thread of its own.
  init(
    _ title: String, _ context: ConsoleContext, _ columns: [Table.Column], emptyText: String, canMark: Bool = false,
    commands: [Command], load: @escaping @Sendable (ConsoleContext) throws -> [Item],
    row: @escaping @Sendable (Item, ConsoleContext) -> Table.Row
  ) {
    self.title = title
    self.context = context
    self.commands = commands
    self.load = load
    self.row = row
    table = Table(columns, canMark: canMark)
    table.emptyText = emptyText
  }

  /// What cannot be seen must not be acted on.
  private var hasItems: Bool { !items.isEmpty && problem.isEmpty }

  var hints: [KeyHint] {
    var hints = commands.filter { !$0.needsItem || hasItems }.map { KeyHint($0.key, $0.label) }
    if table.canMark, hasItems { hints.append(KeyHint(.character(" "), "Mark")) }
    return hints + [KeyHint(.character("?"), "Help"), KeyHint(.escape, "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = pending.answer(in: event) {
      take(result)
      return .none
    }
    switch event {
    case .resize(let size):
      table.position.height = max(1, size.height - 1)
      return isLoaded || pending.isRunning ? .none : reload()
    case .resume: return reload()
    case .message(.operation(let status)) where status.outcome != .running: return reload()
    case .key(let key): return answer(key)
    default: return .none
    }
  }

  private mutating func answer(_ key: Key) -> ConsoleAction {
    if key == .escape { return .pop }
    if key == .character("?") { return .push(HelpScreen(context)) }
    if hasItems, table.handle(key) == .handled { return .none }
    guard let command = commands.first(where: { $0.key == key }), !command.needsItem || hasItems else { return .none }
    // Enter is about the line under the cursor, marks or not.
    let places = table.canMark && key != .enter ? table.marked : [table.position.selected]
    return command.act(places.filter(items.indices.contains).map { items[$0] })
  }

  /// Reads the items anew.
  mutating func reload() -> ConsoleAction {
    let (load, context) = (load, context)
    return pending.start { try load(context) }
  }

  private mutating func take(_ result: Result<[Item], AdminError>) {
    isLoaded = true
    switch result {
    case .failure(let error): problem = error.message
    case .success(let new):
      problem = ""
      // The first cell tells a line from every other: choice and marks stay with it when the list changes.
      let name = { (row: Table.Row) in row.cells.first ?? "" }
      let marked = Set(table.rows.filter(\.isMarked).map(name))
      let selected = table.position.selected
      let chosen = table.rows.indices.contains(selected) ? name(table.rows[selected]) : ""
      items = new
      table.rows = new.map { item in
        var row = row(item, context)
        row.isMarked = marked.contains(name(row))
        return row
      }
      table.position.selected = table.rows.firstIndex { name($0) == chosen } ?? selected
    }
  }

  func draw(on canvas: inout Canvas) {
    if !problem.isEmpty {
      for (line, text) in TextWidth.wrapped("\(Style.error.marker) \(problem)", to: canvas.size.width - 2).enumerated()
      {
        canvas.write(text, x: 1, y: line, .error)
      }
    } else if isLoaded {
      table.draw(on: &canvas)
    } else {
      canvas.write("Reading…", x: 1, y: 0, .hint)
    }
  }
}
