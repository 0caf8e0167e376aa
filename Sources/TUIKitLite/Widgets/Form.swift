/// Questions below each other, with what is wrong beside the answer.
public struct Form: Sendable, Equatable {
  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The focus moved, an answer changed, or Enter found something wrong.
    case handled
    /// Enter, and every answer is good.
    case submitted
    /// Esc; when answers were changed the program may want to ask first.
    case cancelled(isDirty: Bool)
    /// The key means nothing to a form.
    case ignored
  }

  /// The keys of every form.
  public static let keys = KeyMap<Key>([
    .init(.enter, [.enter], "Accept", help: "accept the answers"),
    .init(.tab, [.tab, .down], "Next", help: "to the next field"),
    .init(.backTab, [.backTab, .up], help: "to the field before"),
    .init(.escape, [.escape], "Cancel", help: "leave without accepting"),
  ])

  /// The questions.
  public private(set) var fields: [FormField]
  /// The place of the field that takes the keys.
  public private(set) var focus = 0
  private var originals: [FormField.Kind]

  /// Makes a form.
  public init(_ fields: [FormField]) {
    self.fields = fields
    originals = fields.map(\.kind)
  }

  /// Whether an answer differs from what it was at first.
  public var isDirty: Bool { fields.map(\.kind) != originals }

  /// The field of that name.
  public subscript(name: String) -> FormField? { fields.first { $0.name == name } }

  /// Puts an answer into a field, as if it had been there at first.
  public mutating func fill(_ name: String, with kind: FormField.Kind) {
    for place in fields.indices where fields[place].name == name {
      fields[place].kind = kind
      originals[place] = kind
    }
  }

  /// Notes something wrong that only the program can know (a host that does not answer) and goes to that field.
  public mutating func reject(_ name: String, _ problem: String) {
    guard let place = fields.firstIndex(where: { $0.name == name }) else { return }
    fields[place].problem = problem
    focus = place
  }

  /// Looks at all answers; goes to the first that is wrong, if any, and says whether none is.
  public mutating func validate() -> Bool {
    let wrong = fields.indices.filter { !fields[$0].validate() }
    if let first = wrong.first { focus = first }
    return wrong.isEmpty
  }

  /// Answers a key.
  public mutating func handle(_ key: Key) -> Outcome {
    switch key {
    case .enter: return validate() ? .submitted : .handled
    case .escape: return .cancelled(isDirty: isDirty)
    case .tab, .down: move(1)
    case .backTab, .up: move(-1)
    default:
      guard fields.indices.contains(focus), fields[focus].handle(key) else { return .ignored }
    }
    return .handled
  }

  /// Lets PlainPrompt put the answer to one question.
  mutating func answer(_ place: Int, with kind: FormField.Kind) -> String? {
    fields[place].kind = kind
    return fields[place].validate() ? nil : fields[place].problem
  }

  private mutating func move(_ step: Int) {
    guard !fields.isEmpty else { return }
    _ = fields[focus].validate()
    focus = (focus + step + fields.count) % fields.count
  }

  /// Draws each field on a line and what is wrong with it below; the help of the focused one at the bottom.
  public func draw(on canvas: inout Canvas) {
    let (width, height) = (canvas.size.width, canvas.size.height)
    let labels = min(fields.map { TextWidth.of($0.label) }.max() ?? 0, width / 2)
    let problems = fields.map { $0.problem.map { TextWidth.wrapped($0, to: width - 4) } ?? [] }
    var rows: [Int] = []
    var next = 0
    for lines in problems {
      rows.append(next)
      next += 1 + lines.count
    }
    let end = rows.indices.contains(focus) ? rows[focus] + 1 + problems[focus].count : 0
    let scroll = max(0, end - (height - 2))
    canvas.within(Rect(0, 0, width, height - 2)) { area in
      for (place, field) in fields.enumerated() {
        let row = rows[place] - scroll
        area.write(field.label, x: 0, y: row, place == focus ? .title : .normal, width: labels)
        area.within(Rect(labels + 2, row, width - labels - 2, 1)) { field.draw(on: &$0, isFocused: place == focus) }
        for (line, text) in problems[place].enumerated() {
          if line == 0 { area.write(String(Style.error.marker), x: 2, y: row + 1, .error) }
          area.write(text, x: 4, y: row + 1 + line, .error)
        }
      }
    }
    guard fields.indices.contains(focus) else { return }
    for (row, line) in TextWidth.wrapped(fields[focus].help, to: width).prefix(2).enumerated() {
      canvas.write(line, x: 0, y: height - 2 + row, .hint)
    }
  }
}
