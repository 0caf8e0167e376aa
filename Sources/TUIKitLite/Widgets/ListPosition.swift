/// Which line of a list is chosen and which ones are in sight.
public struct ListPosition: Sendable, Equatable {
  /// How many lines the list has.
  public var count: Int {
    didSet { clamp() }
  }
  /// How many lines are in sight; from the screen's resize event.
  public var height: Int {
    didSet { clamp() }
  }
  /// The chosen line, from 0; 0 in an empty list.
  public var selected: Int {
    didSet { clamp() }
  }
  /// The first line in sight.
  private(set) var top = 0

  /// Makes a position.
  public init(count: Int, height: Int = 20, selected: Int = 0) {
    self.count = count
    self.height = height
    self.selected = selected
    clamp()
  }

  /// Moves the choice; says whether the movement means something in a list.
  @discardableResult
  public mutating func move(_ movement: Movement) -> Bool {
    switch movement {
    case .up: selected -= 1
    case .down: selected += 1
    case .pageUp: selected -= max(1, height - 1)
    case .pageDown: selected += max(1, height - 1)
    case .first: selected = 0
    case .last: selected = count - 1
    case .left, .right: return false
    }
    return true
  }

  /// The lines in sight when there are `height` of them, the chosen one always among them.
  public func visible(in height: Int) -> Range<Int> {
    guard height > 0 else { return 0..<0 }
    let last = max(0, count - height)
    let top = min(max(min(top, selected), selected - height + 1), last)
    return top..<min(count, top + height)
  }

  private mutating func clamp() {
    let inside = max(0, min(selected, count - 1))
    if inside != selected { selected = inside }
    top = visible(in: max(1, height)).lowerBound
  }
}
