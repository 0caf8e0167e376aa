import AdminCore
import TUIKitLite

extension PlainConsole {
  /// A listing, line by line, with its actions.
  ///
  /// Where most actions are about the installation or about several items, the lines are read out and an action is chosen;
  /// where all are about one item, the item is chosen first.
  func list<Type: ListingType>(_ listed: Type) throws { try list(listed.listing) }

  private func list<Item>(_ listing: Listing<Item>) throws {
    while true {
      let contents = try listing.load(hub, now())
      let isByAction = listing.actions.contains { $0.scope != .one }
      let goesOn =
        isByAction ? try chooseAction(of: listing, contents) : try chooseItem(of: listing, contents)
      guard goesOn else { return }
    }
  }

  private func sayEmpty<Item>(_ listing: Listing<Item>) {
    prompt.say(listing.emptyText.prefix(1).uppercased() + listing.emptyText.dropFirst() + ".")
  }

  // MARK: - An item first

  private func chooseItem<Item>(of listing: Listing<Item>, _ contents: Listing<Item>.Contents) throws -> Bool {
    guard !contents.items.isEmpty else {
      sayEmpty(listing)
      return false
    }
    // A list with one thing to do says so at once.
    let only = listing.actions.count == 1 ? listing.actions[0] : nil
    let items = contents.items.map { item in
      Menu.Item(listing.line(item, now()), disabled: only.flatMap { $0.obstacle([item]) })
    }
    let hint = only.map { $0.key == nil ? "" : ", a number: \($0.label)" } ?? ""
    guard let index = try choose(listing.title + hint, items) else { return false }
    let item = contents.items[index]
    try visit {
      if let only { return try self.perform(only, [item], contents) }
      let labels = listing.actions.map { Menu.Item($0.label, disabled: $0.obstacle([item])) }
      guard let chosen = try self.choose(listing.line(item, self.now()), labels) else { return }
      try self.perform(listing.actions[chosen], [item], contents)
    }
    return true
  }

  // MARK: - An action first

  private func chooseAction<Item>(of listing: Listing<Item>, _ contents: Listing<Item>.Contents) throws -> Bool {
    if !contents.headline.isEmpty { prompt.say(contents.headline) }
    if contents.items.isEmpty { sayEmpty(listing) }
    try show(contents.items.map { listing.line($0, now()) })
    // What a line says already needs no action.
    let actions = listing.actions.filter { action in
      if case .show = action.work { return action.key != nil }
      return true
    }
    let items = actions.map { action in
      Menu.Item(
        action.scope == .several ? "\(action.label) \(listing.plural ?? "")" : action.label,
        disabled: action.needsItem && contents.items.isEmpty ? listing.emptyText : unusable(action, contents))
    }
    guard let index = try choose(listing.title, items) else { return false }
    let action = actions[index]
    try visit {
      switch action.scope {
      case .installation: try self.perform(action, [], contents)
      case .one:
        let names = contents.items.map { Menu.Item(listing.identity($0), disabled: action.obstacle([$0])) }
        guard let item = try self.choose("\(action.label): which one", names) else { return }
        try self.perform(action, [contents.items[item]], contents)
      case .several:
        let chosen = try self.chooseSeveral(listing, contents.items, action)
        if !chosen.isEmpty { try self.perform(action, chosen, contents) }
      }
    }
    return true
  }

  private func unusable<Item>(_ action: Action<Item>, _ contents: Listing<Item>.Contents) -> String? {
    // A refusal is told when the action is chosen, with what to do about it.
    contents.obstacles[action.name].flatMap { $0.code == .usage ? $0.what : nil }
  }

  private func chooseSeveral<Item>(
    _ listing: Listing<Item>, _ items: [Item], _ action: Action<Item>
  ) throws -> [Item] {
    let plural = listing.plural ?? "lines"
    let answer = try line("Numbers of the \(plural) to \(action.label.lowercased()), or all, empty for none: ")
    let words = answer.split { $0 == " " || $0 == "," }.map(String.init)
    if words == ["all"] { return items }
    var chosen: [Item] = []
    var seen: Set<String> = []
    for word in words {
      // Where a name is more than one word, its first is a number that tells it from the others.
      let item = items.first { listing.identity($0) == word || listing.identity($0).hasPrefix(word + " ") }
      guard let item else {
        prompt.say("\(word) is none of the \(plural); nothing was changed", .error)
        return []
      }
      if seen.insert(word).inserted { chosen.append(item) }
    }
    return chosen
  }

  // MARK: - The action's work

  /// Asks what an action asks, and does it.
  func perform<Item>(_ action: Action<Item>, _ chosen: [Item], _ contents: Listing<Item>.Contents) throws {
    if let obstacle = contents.obstacles[action.name] { throw obstacle }
    let confirmation = action.confirmation(chosen, contents.items)?.warning(of: contents.warnings[action.name])
    if let confirmation, try !confirm(confirmation) { return }
    switch action.work {
    case .show(let document): try show(document(chosen))
    case .go(let destination): if let destination = destination(chosen) { try open(destination) }
    case .form(let form): try fill(form(chosen))
    case .quick(let body): prompt.say(try body(chosen, hub), .good)
    case .operation(let words): try startAndSay(words(chosen))
    case .operationAfter(let description, let words):
      guard let answers = try answers(to: description(chosen)) else { return }
      try startAndSay(words(chosen, answers))
    }
  }

  private func show(_ document: Document) throws {
    switch document {
    case .text(_, let text): try show(PagerSource(text: text))
    case .file(_, let path, _): try show(file: path)
    case .none(let reason): prompt.say(reason, .warning)
    }
  }
}
