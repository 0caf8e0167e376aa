/// A list to choose from, with letters that choose directly.
public struct Menu: Sendable, Equatable {
  /// A line of a menu.
  public struct Item: Sendable, Equatable {
    /// What it leads to.
    public let title: String
    /// The letter that chooses it, drawn underlined where it first stands in the title.
    public let mnemonic: Character?
    /// A word about it, at the right.
    public let hint: String
    /// Why it cannot be chosen now; nil when it can.
    public let disabled: String?

    /// Makes an item.
    public init(_ title: String, mnemonic: Character? = nil, hint: String = "", disabled: String? = nil) {
      self.title = title
      self.mnemonic = mnemonic
      self.hint = hint
      self.disabled = disabled
    }
  }

  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The choice moved, or it cannot be made now.
    case handled
    /// The item at this place was chosen.
    case chosen(Int)
    /// The key means nothing to a menu.
    case ignored
  }

  /// The lines.
  public var items: [Item] {
    didSet { position.count = items.count }
  }
  /// Which line is chosen.
  public var position: ListPosition

  /// Makes a menu.
  public init(_ items: [Item], selected: Int = 0) {
    self.items = items
    position = ListPosition(count: items.count, selected: selected)
  }

  /// Answers a key: movements, Enter, mnemonics (which win over hjkl).
  public mutating func handle(_ key: Key) -> Outcome {
    if case .character(let character) = key, let place = place(of: character) {
      position.selected = place
      return choose()
    }
    if key == .enter || key == .right { return choose() }
    guard let movement = Movement.keys[key], position.move(movement) else { return .ignored }
    return .handled
  }

  private func choose() -> Outcome {
    guard items.indices.contains(position.selected) else { return .ignored }
    return items[position.selected].disabled == nil ? .chosen(position.selected) : .handled
  }

  private func place(of character: Character) -> Int? {
    items.firstIndex { $0.mnemonic.map { $0.lowercased() == character.lowercased() } ?? false }
  }

  /// Draws the lines in sight.
  public func draw(on canvas: inout Canvas) {
    let width = canvas.size.width
    let visible = position.visible(in: canvas.size.height)
    for (row, place) in visible.enumerated() {
      let item = items[place]
      let isSelected = place == position.selected
      let style: Style = isSelected ? .selected : item.disabled == nil ? .normal : .disabled
      // Only the title shows the choice: on a slow line every cell whose look changes costs a byte.
      canvas.write(isSelected ? "▸ " : "  ", x: 0, y: row, style)
      canvas.write(item.title, x: 2, y: row, style)
      let note = item.disabled.map { "(\($0))" } ?? item.hint
      let room = width - TextWidth.of(item.title) - 4
      if !note.isEmpty && room > 0 {
        let shown = TextWidth.truncated(note, to: room)
        let noteStyle: Style = item.disabled == nil ? .hint : .disabled
        canvas.write(shown, x: width - TextWidth.of(shown) - 1, y: row, noteStyle)
      }
      if item.disabled == nil, !isSelected { underline(item, row, &canvas) }
      if isSelected { canvas.cursor = Point(0, row) }
    }
  }

  private func underline(_ item: Item, _ row: Int, _ canvas: inout Canvas) {
    guard let mnemonic = item.mnemonic else { return }
    var column = 2
    for character in item.title {
      let width = TextWidth.of(String(character))
      if character.lowercased() == mnemonic.lowercased() {
        return canvas.restyle(Rect(column, row, width, 1), .mnemonic)
      }
      column += width
    }
  }
}
