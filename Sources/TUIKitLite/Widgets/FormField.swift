/// One question of a form.
public struct FormField: Sendable, Equatable {
  /// What kind of answer it takes, with the answer so far.
  public enum Kind: Sendable, Equatable {
    /// A line of text.
    case text(TextInput)
    /// A whole number in a range.
    case number(TextInput, ClosedRange<Int>)
    /// A line that is not shown.
    case password(TextInput)
    /// One of several words; the number is the place of the chosen one.
    case choice([String], Int)
    /// Yes or no.
    case toggle(Bool)
  }

  /// The name by which the program asks for the answer.
  public let name: String
  /// The question.
  public let label: String
  /// A sentence about it, shown while the field has the focus.
  public let help: String
  /// The answer so far.
  public internal(set) var kind: Kind
  /// What is wrong with the answer; nil when nothing is or it was not looked at yet.
  public internal(set) var problem: String?
  /// What the program says of an answer; nil when it is good.
  private let check: Check

  /// Makes a field; `check` looks at the answer's text and says what is wrong with it.
  public init(
    _ name: String, _ label: String, _ kind: Kind, help: String = "",
    check: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.name = name
    self.label = label
    self.kind = kind
    self.help = help
    self.check = Check(run: check)
  }

  /// A text field with its value so far.
  public static func text(
    _ name: String, _ label: String, _ value: String = "", limit: Int = 1_000, help: String = "",
    check: @escaping @Sendable (String) -> String? = { _ in nil }
  ) -> FormField {
    FormField(name, label, .text(TextInput(value, limit: limit)), help: help, check: check)
  }

  /// The answer as text: the line, the chosen word, or `yes` and `no`.
  public var text: String {
    switch kind {
    case .text(let input), .number(let input, _), .password(let input): input.text
    case .choice(let words, let place): words.indices.contains(place) ? words[place] : ""
    case .toggle(let isOn): isOn ? "yes" : "no"
    }
  }

  /// The number of a number field when it is one and in range.
  public var number: Int? {
    guard case .number(let input, let range) = kind, let number = Int(input.text) else { return nil }
    return range.contains(number) ? number : nil
  }

  /// Whether a toggle is on.
  public var isOn: Bool { kind == .toggle(true) }

  /// Looks at the answer, notes what is wrong, and says whether nothing is.
  public mutating func validate() -> Bool {
    if case .number(_, let range) = kind, number == nil {
      problem = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    } else {
      problem = check.run(text)
    }
    return problem == nil
  }

  /// Answers a key; says whether it means something to this kind of field.
  mutating func handle(_ key: Key) -> Bool {
    let former = kind
    let isTaken: Bool
    switch kind {
    case .text(var input):
      isTaken = input.handle(key)
      kind = .text(input)
    case .password(var input):
      isTaken = input.handle(key)
      kind = .password(input)
    case .number(var input, let range):
      if case .character(let character) = key, !("0"..."9").contains(character), character != "-" { return true }
      isTaken = input.handle(key)
      kind = .number(input, range)
    case .choice(let words, let place):
      let step = key == .left ? -1 : key == .right || key == .character(" ") ? 1 : 0
      isTaken = step != 0
      if !words.isEmpty { kind = .choice(words, (place + step + words.count) % words.count) }
    case .toggle(let isOn):
      isTaken = key == .character(" ") || key == .left || key == .right
      if isTaken { kind = .toggle(!isOn) }
    }
    if kind != former { problem = nil }
    return isTaken
  }

  /// Draws the answer on the first row.
  func draw(on canvas: inout Canvas, isFocused: Bool) {
    let style: Style = isFocused ? .focusedField : .field
    switch kind {
    case .text(let input), .number(let input, _): input.draw(on: &canvas, style: style, isFocused: isFocused)
    case .password(let input): input.draw(on: &canvas, style: style, isSecret: true, isFocused: isFocused)
    case .choice:
      canvas.write("‹ \(text) ›", x: 0, y: 0, style, width: min(canvas.size.width, TextWidth.of(text) + 4))
      if isFocused { canvas.cursor = Point(0, 0) }
    case .toggle(let isOn):
      canvas.write(isOn ? "[x] yes" : "[ ] no", x: 0, y: 0, style)
      if isFocused { canvas.cursor = Point(1, 0) }
    }
  }
}

/// A function that takes no part in comparisons.
private struct Check: Sendable, Equatable {
  let run: @Sendable (String) -> String?

  static func == (left: Check, right: Check) -> Bool { true }
}
