/// A grid of cells to draw on. A value: drawing has no effect but on the canvas, and nothing is ever drawn outside it.
public struct Canvas: Hashable, Sendable {
  private var cells: [Cell]
  private let whole: Rect
  /// The region that coordinates refer to and the part of it that may be drawn on, both in the whole canvas.
  private var region: Rect
  private var clip: Rect
  private var cursorPlace: Point?

  /// A blank canvas.
  public init(_ size: Size) {
    cells = Array(repeating: .blank(), count: size.width * size.height)
    whole = Rect(0, 0, size.width, size.height)
    region = whole
    clip = whole
  }

  /// The extent of the canvas, or within `within(_:_:)` of the region.
  public var size: Size { region.size }

  /// The rectangle from 0,0 to `size`.
  public var bounds: Rect { Rect(0, 0, size.width, size.height) }

  /// Where the hardware cursor stands: on the focused item, for screen readers and braille lines. Places outside the
  /// region are ignored.
  public var cursor: Point? {
    get { cursorPlace.map { Point($0.x - region.x, $0.y - region.y) } }
    set {
      guard let place = newValue else { return cursorPlace = nil }
      let absolute = Point(place.x + region.x, place.y + region.y)
      if clip.contains(x: absolute.x, y: absolute.y) { cursorPlace = absolute }
    }
  }

  /// The cell at a place of the region; nil outside.
  public subscript(x: Int, y: Int) -> Cell? {
    let (column, row) = (x + region.x, y + region.y)
    return clip.contains(x: column, y: row) ? cells[row * whole.width + column] : nil
  }

  /// Runs `draw` with `rect` as the region: its upper left is 0,0 and nothing outside it changes.
  public mutating func within(_ rect: Rect, _ draw: (inout Canvas) -> Void) {
    let former = (region, clip)
    region = Rect(region.x + rect.x, region.y + rect.y, rect.width, rect.height)
    clip = clip.intersection(region)
    draw(&self)
    (region, clip) = former
  }

  /// Writes one line of text; characters that would drive a terminal are made visible.
  ///
  /// With a `width` the text is cut (the last cell says `…`) or filled up with blanks of the same role to exactly so
  /// many cells. `x` may be negative: the left part is then cut off.
  /// - Returns: the cells the text took, including those cut off at the left but not those beyond the right edge.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, _ style: Style = .normal, width: Int? = nil, alignment: Alignment = .left
  ) -> Int {
    guard let width else { return put(text, x: x, y: y, style) }
    guard width > 0 else { return 0 }
    let shown = TextWidth.truncated(text, to: width)
    let rest = width - TextWidth.of(shown)
    let before = alignment == .left ? 0 : alignment == .right ? rest : rest / 2
    fill(Rect(x, y, width, 1), style)
    put(shown, x: x + before, y: y, style)
    return width
  }

  /// Fills a rectangle with a one-cell character.
  public mutating func fill(_ rect: Rect, _ style: Style = .normal, with character: Character = " ") {
    let area = Rect(rect.x + region.x, rect.y + region.y, rect.width, rect.height).intersection(clip)
    guard area.width > 0, let glyph = Glyphs(String(character)).first(where: { $0.width == 1 }) else { return }
    for row in area.y..<area.maxY {
      for column in area.x..<area.maxX { set(column, row, Cell(text: glyph.text, style: style, width: 1)) }
    }
  }

  /// Gives the cells of a rectangle another role and leaves their text.
  public mutating func restyle(_ rect: Rect, _ style: Style) {
    let area = Rect(rect.x + region.x, rect.y + region.y, rect.width, rect.height).intersection(clip)
    guard area.width > 0 else { return }
    for row in area.y..<area.maxY {
      for column in area.x..<area.maxX { cells[row * whole.width + column].style = style }
    }
  }

  /// Draws a frame just inside `rect`, with a title in its upper edge; the inside is blanked with `inside`.
  public mutating func box(_ rect: Rect, title: String = "", _ style: Style = .border, inside: Style = .normal) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    fill(rect.inset(1, 1), inside)
    let (right, bottom) = (rect.maxX - 1, rect.maxY - 1)
    for edge in [rect.y, bottom] { fill(Rect(rect.x + 1, edge, rect.width - 2, 1), style, with: "─") }
    for edge in [rect.x, right] { fill(Rect(edge, rect.y + 1, 1, rect.height - 2), style, with: "│") }
    for (corner, x, y) in [("┌", rect.x, rect.y), ("┐", right, rect.y), ("└", rect.x, bottom), ("┘", right, bottom)] {
      put(corner, x: x, y: y, style)
    }
    let room = rect.width - 4
    guard !title.isEmpty, room > 2 else { return }
    put(" " + TextWidth.truncated(title, to: room - 2) + " ", x: rect.x + 2, y: rect.y, .title)
  }

  /// The text of the region, a line a row, without blanks at the ends of lines.
  public var text: String {
    lines { $0.text }.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// The roles of the region, a line a row and a letter (`Style.letter`) a cell.
  public var roles: String { lines { String($0.style.letter) }.joined(separator: "\n") }

  private func lines(_ cell: (Cell) -> String) -> [String] {
    (clip.y..<clip.maxY).map { row in
      cells[(row * whole.width + clip.x)..<(row * whole.width + clip.maxX)].map(cell).joined()
    }
  }

  @discardableResult
  private mutating func put(_ text: String, x: Int, y: Int, _ style: Style) -> Int {
    let (start, row) = (x + region.x, y + region.y)
    let visible = row >= clip.y && row < clip.maxY
    var column = start
    for glyph in Glyphs(text) {
      if column >= clip.maxX { break }
      if visible && column + glyph.width > clip.x {
        if column >= clip.x && column + glyph.width <= clip.maxX {
          set(column, row, Cell(text: glyph.text, style: style, width: Int8(glyph.width)))
        } else {
          // Half a wide character cannot be drawn; its visible half is blank.
          set(max(column, clip.x), row, .blank(style))
        }
      }
      column += glyph.width
    }
    return column - start
  }

  /// Sets a cell of the whole canvas; a wide character that loses a half loses the other too.
  private mutating func set(_ column: Int, _ row: Int, _ cell: Cell) {
    let first = row * whole.width
    for place in column..<(column + Int(cell.width)) {
      switch cells[first + place].width {
      case 0 where place == column: cells[first + place - 1] = .blank(cells[first + place - 1].style)
      case 2 where place == column + Int(cell.width) - 1:
        cells[first + place + 1] = .blank(cells[first + place + 1].style)
      default: break
      }
    }
    cells[first + column] = cell
    if cell.width == 2 { cells[first + column + 1] = Cell(text: "", style: cell.style, width: 0) }
  }
}
