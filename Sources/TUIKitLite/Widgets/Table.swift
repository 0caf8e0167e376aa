/// Rows of cells under headings. Columns that find no room are left out, the least important first; rows can be marked.
public struct Table: Sendable, Equatable {
  /// A column.
  public struct Column: Sendable, Equatable {
    /// The heading.
    public let title: String
    /// The least width in cells at which the column still says something.
    public let minimum: Int
    /// Where its text stands.
    public let alignment: Alignment
    /// Columns with greater numbers are left out first; 0 is never left out.
    public let priority: Int

    /// Makes a column.
    public init(_ title: String, minimum: Int = 4, alignment: Alignment = .left, priority: Int = 0) {
      self.title = title
      self.minimum = max(1, minimum)
      self.alignment = alignment
      self.priority = priority
    }
  }

  /// A row.
  public struct Row: Sendable, Equatable {
    /// The cells' text, one a column; missing ones are empty.
    public let cells: [String]
    /// The role of the row; its marker stands before it.
    public let style: Style
    /// Whether the operator marked it.
    public var isMarked: Bool

    /// Makes a row.
    public init(_ cells: [String], _ style: Style = .normal, isMarked: Bool = false) {
      self.cells = cells
      self.style = style
      self.isMarked = isMarked
    }
  }

  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The choice moved, or a mark changed.
    case handled
    /// Enter on the row at this place.
    case chosen(Int)
    /// The key means nothing to a table.
    case ignored
  }

  /// The columns.
  public let columns: [Column]
  /// The rows.
  public var rows: [Row] {
    didSet {
      position.count = rows.count
      widths = Self.naturalWidths(columns, rows)
    }
  }
  /// Which row is chosen; its height is the table's without the heading.
  public var position: ListPosition
  /// What stands there when there are no rows.
  public var emptyText = "nothing here yet"
  /// Whether Space marks rows.
  public let canMark: Bool
  private var widths: [Int]

  /// Rows that are measured for the columns' widths; more would cost time at each change and change little.
  private static let measuredRows = 1_000

  /// Makes a table.
  public init(_ columns: [Column], _ rows: [Row] = [], canMark: Bool = false) {
    self.columns = columns
    self.rows = rows
    self.canMark = canMark
    position = ListPosition(count: rows.count)
    widths = Self.naturalWidths(columns, rows)
  }

  /// The places of the marked rows, or of the chosen one when none is marked.
  public var marked: [Int] {
    let places = rows.indices.filter { rows[$0].isMarked }
    return places.isEmpty && !rows.isEmpty ? [position.selected] : places
  }

  /// Answers a key: movements, Enter, and Space to mark where rows can be marked.
  public mutating func handle(_ key: Key) -> Outcome {
    if rows.isEmpty { return .ignored }
    if key == .enter { return .chosen(position.selected) }
    if key == .character(" ") && canMark {
      rows[position.selected].isMarked.toggle()
      position.move(.down)
      return .handled
    }
    guard let movement = Movement.keys[key], position.move(movement) else { return .ignored }
    return .handled
  }

  /// Draws the heading and the rows in sight.
  public func draw(on canvas: inout Canvas) {
    let (width, height) = (canvas.size.width, canvas.size.height)
    let layout = layout(in: width - gutter)
    canvas.fill(Rect(0, 0, width, 1), .tableHeader)
    write(columns.map(\.title), 0, .tableHeader, layout, &canvas)
    if rows.isEmpty {
      canvas.cursor = Point(gutter, 1)
      return _ = canvas.write(TextWidth.truncated(emptyText, to: width - gutter), x: gutter, y: 1, .hint)
    }
    for (line, place) in position.visible(in: height - 1).enumerated() {
      let row = rows[place]
      let isSelected = place == position.selected
      canvas.fill(Rect(0, line + 1, width, 1), isSelected ? .selected : .normal)
      if row.isMarked { canvas.write(String(Style.mark.marker), x: 0, y: line + 1, isSelected ? .selected : .mark) }
      canvas.write(String(row.style.marker), x: gutter - 2, y: line + 1, isSelected ? .selected : row.style)
      // The sign before it shows a row's role; a list in which every row shouts would hide the one that matters.
      write(row.cells, line + 1, isSelected ? .selected : row.style == .disabled ? .disabled : .normal, layout, &canvas)
      if isSelected { canvas.cursor = Point(0, line + 1) }
    }
  }

  private func write(_ cells: [String], _ y: Int, _ style: Style, _ layout: [(Int, Int)], _ canvas: inout Canvas) {
    var x = gutter
    for (column, width) in layout {
      let text = cells.indices.contains(column) ? cells[column] : ""
      canvas.write(text, x: x, y: y, style, width: width, alignment: columns[column].alignment)
      x += width + 1
    }
  }

  /// Room for the marks and for the markers of the rows' roles.
  private var gutter: Int { canMark ? 3 : 2 }

  /// The columns shown, with their widths: all at their natural width if there is room, else the least important ones
  /// shrink to their minimum, else they are left out.
  private func layout(in width: Int) -> [(Int, Int)] {
    var shown = Array(columns.indices)
    func sum(_ widths: [Int]) -> Int { widths.reduce(0, +) + max(0, widths.count - 1) }
    while sum(shown.map { min(columns[$0].minimum, widths[$0]) }) > width, shown.count > 1 {
      guard let least = shown.indices.max(by: { columns[shown[$0]].priority < columns[shown[$1]].priority }),
        columns[shown[least]].priority > 0
      else { break }
      shown.remove(at: least)
    }
    var given = shown.map { widths[$0] }
    while sum(given) > width {
      let shrinkable = given.indices.filter { given[$0] > columns[shown[$0]].minimum }
      guard let least = shrinkable.max(by: { columns[shown[$0]].priority < columns[shown[$1]].priority }) else { break }
      given[least] -= min(given[least] - columns[shown[least]].minimum, sum(given) - width)
    }
    return Array(zip(shown, given))
  }

  private static func naturalWidths(_ columns: [Column], _ rows: [Row]) -> [Int] {
    var widths = columns.map { TextWidth.of($0.title) }
    for row in rows.prefix(measuredRows) {
      for (column, text) in row.cells.enumerated() where column < widths.count {
        widths[column] = max(widths[column], TextWidth.of(text))
      }
    }
    return widths
  }
}
