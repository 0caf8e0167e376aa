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
  ///   - commands: the first one also answers Enter.
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

  var hints: [KeyHint] {
    var hints = commands.filter { !$0.needsItem || !items.isEmpty }.map { KeyHint($0.key, $0.label) }
    if table.canMark, !items.isEmpty { hints.append(KeyHint(.character(" "), "Mark")) }
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
    let chosen = table.handle(key)
    let command: Command?
    if case .chosen = chosen { command = commands.first } else { command = commands.first { $0.key == key } }
    guard chosen != .handled, let command, !command.needsItem || !items.isEmpty else { return .none }
    let places = table.canMark ? table.marked : [table.position.selected]
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
    case .failure(let error): problem = error.description
    case .success(let new):
      problem = ""
      let former = table.rows
      let selected = table.position.selected
      items = new
      table.rows = new.map { row($0, context) }
      keep(former, selected)
    }
  }

  /// The choice and the marks stay with their items, which the first cell names: what was marked a moment before the
  /// list was read anew is what the next key acts on.
  private mutating func keep(_ former: [Table.Row], _ selected: Int) {
    func name(_ row: Table.Row) -> String { row.cells.first ?? "" }
    let marked = Set(former.filter(\.isMarked).map(name))
    for place in table.rows.indices where marked.contains(name(table.rows[place])) {
      table.rows[place].isMarked = true
    }
    var place = min(selected, max(0, table.rows.count - 1))
    if former.indices.contains(selected), table.rows.indices.contains(place),
      name(table.rows[place]) != name(former[selected]),
      let moved = table.rows.firstIndex(where: { name($0) == name(former[selected]) })
    {
      place = moved
    }
    table.position.selected = place
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
