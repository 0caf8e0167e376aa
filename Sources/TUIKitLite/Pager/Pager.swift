/// Shows a text of any size: paging, searching, following. What drives terminals is made visible.
public struct Pager {
  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The pager answered it.
    case handled
    /// `q` or Esc: the operator has read enough.
    case closed
    /// `s`: the operator wants to save the text elsewhere.
    case saveAs
    /// The key means nothing to a pager.
    case ignored
  }

  enum Request: Hashable, Sendable {
    case up, down, left, right, pageUp, pageDown, first, last
    case search, searchBackwards, next, previous, wrap, follow, save, close
  }

  static let keyMap = KeyMap<Request>([
    .init(.close, [.character("q"), .escape], "Close", help: "close"),
    .init(.search, [.character("/")], "Search", help: "search forwards; small letters find capitals too"),
    .init(.next, [.character("n")], "Next", help: "the next hit"),
    .init(.searchBackwards, [.character("?")], help: "search backwards"),
    .init(.previous, [.character("N")], help: "the hit before"),
    .init(.wrap, [.character("w")], "Wrap", help: "break long lines or cut them"),
    .init(.follow, [.character("F")], "Follow", help: "stay at the end while the text grows"),
    .init(.save, [.character("s")], "Save as", help: "save the text elsewhere"),
    .init(.pageDown, [.pageDown, .character(" "), .control("f")], help: "a page down"),
    .init(.pageUp, [.pageUp, .character("b"), .control("b")], help: "a page up"),
    .init(.down, [.down, .character("j"), .enter], help: "a line down"),
    .init(.up, [.up, .character("k")], help: "a line up"),
    .init(.right, [.right, .character("l")], help: "to the right"),
    .init(.left, [.left, .character("h")], help: "to the left"),
    .init(.first, [.character("g"), .home], help: "to the beginning"),
    .init(.last, [.character("G"), .end], help: "to the end"),
  ])

  /// A line a key, for a help screen.
  public static var help: [String] { keyMap.help }

  /// The text.
  public let source: PagerSource
  /// The role of a line; nil leaves it as it is. Lines with a role have its marker before them.
  public typealias Marking = @Sendable (_ line: String, _ isLast: Bool) -> Style?

  /// Which lines matter.
  public let marking: Marking?
  /// The extent it is drawn on; from the screen's resize event.
  public var size: Size
  /// Whether long lines are broken instead of cut.
  public private(set) var isWrapping = false
  /// Whether the end is kept in sight while the text grows.
  public private(set) var isFollowing = false
  /// Where the first row in sight begins, and how many of its wrapped lines are out of sight.
  package private(set) var top = 0
  private var topLine = 0
  private var left = 0
  private var prompt: (text: TextInput, isBackwards: Bool)?
  private var needle = ""
  private var isBackwards = false
  private var note = ""
  private var paused: (offset: Int, isBackwards: Bool)?

  private static let tab = 8
  private static let sideStep = 16

  /// Makes a pager at the beginning of `source`.
  public init(
    _ source: PagerSource, size: Size = Size(80, 20), isWrapping: Bool = false, marking: Marking? = nil
  ) {
    self.source = source
    self.isWrapping = isWrapping
    self.size = size
    self.marking = marking
  }

  /// The keys that work now.
  public var hints: [KeyHint] {
    if prompt != nil { return [KeyHint(.enter, "Search"), KeyHint(.escape, "Cancel")] }
    return Self.keyMap.hints { $0 != .next || !needle.isEmpty }
  }

  /// Tells it that the text may have grown; says whether it did.
  @discardableResult
  public mutating func refresh() -> Bool {
    guard source.refresh() else { return false }
    if isFollowing { toEnd() }
    if top >= source.size { (top, topLine) = (source.rowStart(at: source.size - 1), 0) }
    return true
  }

  /// Answers a key.
  public mutating func handle(_ key: Key) -> Outcome {
    if prompt != nil { return answerPrompt(key) }
    note = ""
    guard let request = Self.keyMap[key] else { return .ignored }
    switch request {
    case .close: return .closed
    case .save: return .saveAs
    case .up: scroll(-1)
    case .down: scroll(1)
    case .pageUp: scroll(1 - textHeight)
    case .pageDown: scroll(textHeight - 1)
    case .left: left = max(0, left - Self.sideStep)
    case .right: if !isWrapping { left += Self.sideStep }
    case .first: (top, topLine, isFollowing) = (0, 0, false)
    case .last: toEnd()
    case .search: prompt = (TextInput(limit: 200), false)
    case .searchBackwards: prompt = (TextInput(limit: 200), true)
    case .next: search(isBackwards)
    case .previous: search(!isBackwards)
    case .wrap:
      isWrapping.toggle()
      (left, topLine) = (0, 0)
    case .follow:
      isFollowing.toggle()
      if isFollowing { toEnd() }
    }
    return .handled
  }

  private mutating func answerPrompt(_ key: Key) -> Outcome {
    guard var asked = prompt else { return .ignored }
    switch key {
    case .escape: prompt = nil
    case .enter:
      prompt = nil
      if !asked.text.text.isEmpty { needle = asked.text.text }
      isBackwards = asked.isBackwards
      // A new search looks at the row on top too; the next one begins after it.
      search(isBackwards, includingTop: true)
    default:
      _ = asked.text.handle(key)
      prompt = asked
    }
    return .handled
  }

  /// Capitals in the words looked for mean that case matters.
  private var ignoresCase: Bool { needle == needle.asciiLowercased }

  private mutating func search(_ backwards: Bool, includingTop: Bool = false) {
    guard !needle.isEmpty else { return note = "nothing to search for" }
    var start = backwards || includingTop ? top : (source.row(at: top)?.end ?? source.size)
    if let paused, paused.isBackwards == backwards, !includingTop { start = paused.offset }
    paused = nil
    let found =
      backwards
      ? source.findBackwards(needle, before: start, ignoringCase: ignoresCase)
      : source.find(needle, from: start, ignoringCase: ignoresCase)
    switch found {
    case .at(let offset):
      (top, topLine, isFollowing) = (source.rowStart(at: offset), 0, false)
      bringIntoSight()
    case .nothing: note = "not found: \(needle)"
    case .paused(let offset):
      paused = (offset, backwards)
      note = "not found yet; the same key searches on"
    }
  }

  /// Scrolls sideways, or within a wrapped row down, until the first hit of the top row shows.
  private mutating func bringIntoSight() {
    left = 0
    guard let row = source.row(at: top) else { return }
    let text = Self.expanded(row.text)
    guard let hit = PagerLine.hits(of: needle, in: text, ignoringCase: ignoresCase).first else { return }
    if isWrapping {
      topLine = starts(of: row).lastIndex { $0 <= hit.lowerBound } ?? 0
    } else if hit.upperBound > textWidth {
      left = max(0, hit.lowerBound - textWidth / 2)
    }
  }

  private mutating func scroll(_ lines: Int) {
    isFollowing = false
    if lines > 0 {
      for _ in 0..<lines { guard stepDown() else { return } }
    } else {
      for _ in 0..<(-lines) { guard stepUp() else { return } }
    }
  }

  private mutating func stepDown() -> Bool {
    // The last screen is full, as long as there is a screenful.
    guard let row = source.row(at: top), !isLastScreen(row) else { return false }
    if topLine + 1 < lineCount(row) { topLine += 1 } else { (top, topLine) = (row.end, 0) }
    return true
  }

  private mutating func stepUp() -> Bool {
    if topLine > 0 {
      topLine -= 1
      return true
    }
    guard let start = source.rowStart(before: top), let row = source.row(at: start) else { return false }
    (top, topLine) = (start, lineCount(row) - 1)
    return true
  }

  private mutating func toEnd() {
    (top, topLine) = (source.size, 0)
    for _ in 0..<textHeight { guard stepUp() else { break } }
  }

  private func isLastScreen(_ first: PagerSource.Row) -> Bool {
    var lines = lineCount(first) - topLine
    var next = first.end
    while lines <= textHeight, let row = source.row(at: next) {
      lines += lineCount(row)
      next = row.end
    }
    return lines <= textHeight
  }

  private func lineCount(_ row: PagerSource.Row) -> Int { isWrapping ? starts(of: row).count : 1 }

  private func starts(of row: PagerSource.Row) -> [Int] {
    isWrapping ? PagerLine.starts(of: Self.expanded(row.text), width: textWidth) : [left]
  }

  private var textHeight: Int { max(1, size.height - 1) }
  private var gutter: Int { marking == nil ? 0 : 2 }
  private var textWidth: Int { max(1, size.width - gutter) }

  package static func expanded(_ text: String) -> String {
    guard text.utf8.contains(0x09) else { return text }
    var result = ""
    var column = 0
    for (place, part) in text.split(separator: "\t", omittingEmptySubsequences: false).enumerated() {
      if place > 0 {
        let blanks = tab - column % tab
        result += String(repeating: " ", count: blanks)
        column += blanks
      }
      result += part
      column += TextWidth.of(String(part))
    }
    return result
  }

  /// Draws the rows in sight, and in the last line where one is or what is being searched for.
  public func draw(on canvas: inout Canvas) {
    let (width, height) = (canvas.size.width, canvas.size.height - 1)
    var (y, next, skipped) = (0, top, topLine)
    while y < height, let row = source.row(at: next) {
      let style = marking?(row.text, row.end >= source.size) ?? .normal
      let line = PagerLine(Self.expanded(row.text), style, needle: needle, ignoringCase: ignoresCase)
      if gutter > 0 { canvas.write(String(style.marker), x: 0, y: y, style) }
      let starts = starts(of: row)
      for (place, offset) in starts.enumerated().dropFirst(skipped) where y < height {
        // A line that was broken after a blank ends there, although more of the row would fit.
        let room = place + 1 < starts.count ? starts[place + 1] - offset : width - gutter
        canvas.within(Rect(gutter, y, min(room, width - gutter), 1)) { line.draw(on: &$0, from: offset) }
        y += 1
      }
      (next, skipped) = (row.end, 0)
    }
    canvas.cursor = Point(0, 0)
    canvas.within(Rect(0, height, width, 1)) { drawFoot(on: &$0, end: next) }
  }

  private func drawFoot(on canvas: inout Canvas, end: Int) {
    if let prompt {
      let start = canvas.write(prompt.isBackwards ? "?" : "/", x: 0, y: 0, .title)
      canvas.within(Rect(start, 0, canvas.size.width - start, 1)) { field in
        prompt.text.draw(on: &field, style: .focusedField, isFocused: true)
      }
      return
    }
    let place = source.size == 0 ? "empty" : end >= source.size ? "end" : "\(end * 100 / source.size)%"
    var state = place
    if isFollowing { state += " · following" }
    if isWrapping { state += " · wrapped" }
    if left > 0 { state += " · from column \(left + 1)" }
    canvas.write(state, x: 0, y: 0, .status, width: canvas.size.width, alignment: .right)
    if !note.isEmpty { canvas.write("\(Style.warning.marker) \(note) ", x: 0, y: 0, .warning) }
  }
}
