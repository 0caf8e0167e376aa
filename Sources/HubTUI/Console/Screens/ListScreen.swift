import AdminCore
import TUIKitLite

/// A listing as a table, with the keys of its actions. It reads anew whenever it is seen again.
struct ListScreen<Item: Sendable>: ConsoleScreen {
  /// A key that means something on this screen alone, beside the listing's own actions.
  struct Command: Sendable {
    let key: Key
    let label: String
    /// Acts on the chosen item.
    let act: @Sendable (Item) -> ConsoleAction
  }

  private let listing: Listing<Item>
  private let context: ConsoleContext
  private let commands: [Command]
  private let actions: [Action<Item>]
  private let emptyText: String
  private var contents: Listing<Item>.Contents?
  private var table: Table
  private var pending = PendingWork<Listing<Item>.Contents>()
  private var problem = ""
  /// A key for what only the list that is being read can decide.
  private var waitingKey: Key?
  let title: String

  /// - Parameters:
  ///   - title: instead of the listing's own.
  ///   - commands: keys of this screen, before the actions' own.
  ///   - actions: the actions that this screen offers; the listing's own unless others are named.
  init(
    _ listing: Listing<Item>, _ context: ConsoleContext, title: String? = nil, emptyText: String? = nil,
    commands: [Command] = [], actions: [Action<Item>]? = nil
  ) {
    self.listing = listing
    self.context = context
    self.commands = commands
    self.actions = actions ?? listing.actions
    self.title = title ?? listing.title
    self.emptyText = emptyText ?? listing.emptyText
    table = Table(
      listing.columns.map {
        Table.Column($0.title, minimum: $0.minimum, alignment: $0.isRight ? .right : .left, priority: $0.priority)
      }, canMark: listing.plural != nil)
    table.emptyText = self.emptyText
  }

  /// The items as they were read last.
  var items: [Item] { contents?.items ?? [] }

  /// What cannot be seen must not be acted on.
  private var hasItems: Bool { !items.isEmpty && problem.isEmpty }

  private var chosen: [Item] { item(at: [table.position.selected]) }

  private func item(at indexes: [Int]) -> [Item] {
    let items = items
    return indexes.filter(items.indices.contains).map { items[$0] }
  }

  /// Enter is about the line under the cursor, marks or not.
  private func subjects(of action: Action<Item>) -> [Item] {
    switch action.scope {
    case .installation: []
    case .one: chosen
    case .several: table.canMark ? item(at: table.marked) : chosen
    }
  }

  private func isPossible(_ action: Action<Item>) -> Bool {
    guard contents?.obstacles[action.name] == nil else { return false }
    let subjects = subjects(of: action)
    return !action.needsItem || subjects.isEmpty || action.obstacle(subjects) == nil
  }

  var hints: [KeyHint] {
    var hints = hasItems ? commands.map { KeyHint($0.key, $0.label) } : []
    hints += actions.filter { !$0.needsItem || hasItems }.map {
      KeyHint($0.consoleKey, $0.label, isPossible: isPossible($0))
    }
    if table.canMark, hasItems { hints.append(KeyHint(.character(" "), "Mark")) }
    return hints + [KeyHint(.character("?"), "Help"), KeyHint(.escape, "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = pending.answer(in: event) {
      take(result)
      guard let key = waitingKey else { return .none }
      waitingKey = nil
      return answer(key)
    }
    switch event {
    case .resize(let size):
      table.position.height = max(1, size.height - 1)
      return contents != nil || !problem.isEmpty || pending.isRunning ? .none : reload()
    case .resume: return reload()
    case .message(.operation(let status)) where status.outcome != .running: return reload()
    case .key(let key): return answer(key)
    default: return .none
    }
  }

  private mutating func answer(_ key: Key) -> ConsoleAction {
    // Whoever presses another key no longer waits for the one before.
    waitingKey = nil
    if key == .escape { return .pop }
    if key == .character("?") { return .push(HelpScreen(context)) }
    if hasItems, table.handle(key) == .handled { return .none }
    if let command = commands.first(where: { $0.key == key }) {
      return hasItems ? chosen.first.map(command.act) ?? .none : .none
    }
    guard let action = actions.first(where: { $0.consoleKey == key }), !action.needsItem || hasItems else {
      return .none
    }
    // What was read before may no longer be so.
    if action.dependsOnState, pending.isRunning {
      waitingKey = key
      return .none
    }
    return ActionPerformer(context: context).perform(
      action, subjects(of: action), of: items, obstacle: contents?.obstacles[action.name],
      warning: contents?.warnings[action.name])
  }

  /// Reads the items anew.
  mutating func reload() -> ConsoleAction {
    let (load, hub, now) = (listing.load, context.hub, context.now)
    return pending.start { try load(hub, now()) }
  }

  private mutating func take(_ result: Result<Listing<Item>.Contents, AdminError>) {
    switch result {
    case .failure(let error): problem = error.message
    case .success(let new):
      problem = ""
      let former = items.map(listing.identity)
      let marked = Set(table.rows.indices.filter { table.rows[$0].isMarked }.compactMap { former[safe: $0] })
      let selected = table.position.selected
      let chosen = former[safe: selected]
      contents = new
      let now = context.now()
      let identities = new.items.map(listing.identity)
      table.rows = zip(new.items, identities).map { item, identity in
        Table.Row(
          listing.columns.map { $0.cell(item, now) }, Style(listing.tone(item)), isMarked: marked.contains(identity))
      }
      table.position.selected = identities.firstIndex { $0 == chosen } ?? selected
    }
  }

  func draw(on canvas: inout Canvas) {
    if !problem.isEmpty {
      for (line, text) in TextWidth.wrapped("\(Style.error.marker) \(problem)", to: canvas.size.width - 2).enumerated()
      {
        canvas.write(text, x: 1, y: line, .error)
      }
    } else if contents != nil {
      table.draw(on: &canvas)
      if waitingKey != nil { canvas.write("Reading…", x: 1, y: canvas.size.height - 1, .hint, width: 20) }
    } else {
      canvas.write("Reading…", x: 1, y: 0, .hint)
    }
  }
}

extension Action {
  /// Its key on a screen.
  var consoleKey: Key { key.map { .character($0) } ?? .enter }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
