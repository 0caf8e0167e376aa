/// A question or a message in a box.
public struct Dialog: Sendable, Equatable {
  /// What the operator must do to go on.
  public enum Kind: Sendable, Equatable {
    /// Read it.
    case message
    /// Choose between two buttons.
    case confirm(yes: String, no: String)
    /// Type this word, letter for letter.
    case typeWord(String)
  }

  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The dialog goes on.
    case handled
    /// Yes, the right word, or the message was read.
    case confirmed
    /// No, or Esc.
    case cancelled
  }

  /// The heading.
  public let title: String
  /// The text; line feeds make paragraphs.
  public let text: String
  /// What kind of dialog it is.
  public let kind: Kind
  /// The role of the text: `danger` for what destroys.
  public let style: Style
  private var isYes = false
  private var isWrongWord = false
  private var input: TextInput

  /// Makes a dialog; a confirmation starts at `no`.
  public init(_ title: String, _ text: String, _ kind: Kind = .message, _ style: Style = .normal) {
    self.title = title
    self.text = text
    self.kind = kind
    self.style = style
    input = TextInput(limit: 40)
  }

  /// The keys that work now.
  public var hints: [KeyHint] {
    switch kind {
    case .message: [KeyHint(.enter, "Close")]
    case .confirm: [KeyHint(.enter, "Choose"), KeyHint(.tab, "Other button"), KeyHint(.escape, "Cancel")]
    case .typeWord: [KeyHint(.enter, "Go on"), KeyHint(.escape, "Cancel")]
    }
  }

  /// Answers a key.
  public mutating func handle(_ key: Key) -> Outcome {
    if key == .escape { return .cancelled }
    switch kind {
    case .message: return key == .enter || key == .character(" ") ? .confirmed : .handled
    case .confirm:
      switch key {
      case .enter: return isYes ? .confirmed : .cancelled
      case .left, .right, .tab, .backTab, .character("h"), .character("l"): isYes.toggle()
      case .character("y"), .character("Y"): isYes = true
      case .character("n"), .character("N"): isYes = false
      default: break
      }
    case .typeWord(let word):
      if key == .enter {
        isWrongWord = input.text != word
        return isWrongWord ? .handled : .confirmed
      }
      if input.handle(key) { isWrongWord = false }
    }
    return .handled
  }

  /// Draws the box in the middle.
  public func draw(on canvas: inout Canvas) {
    let width = min(canvas.size.width, 70)
    let marked = style.marker == " " ? text : "\(style.marker) \(text)"
    let lines = TextWidth.wrapped(marked, to: width - 4)
    let height = min(lines.count + 4, canvas.size.height)
    let box = canvas.bounds.centred(Size(width, height))
    canvas.box(box, title: title)
    canvas.within(box.inset(2, 1)) { inside in
      let room = inside.size.height - 2
      for (row, line) in lines.prefix(max(0, room)).enumerated() { inside.write(line, x: 0, y: row, style) }
      if isWrongWord, case .typeWord(let word) = kind, room >= 0 {
        let problem = "\(Style.error.marker) this is not the word; type \(word) as it stands, or Esc"
        inside.write(problem, x: 0, y: room, .error, width: inside.size.width)
      }
      inside.within(Rect(0, inside.size.height - 1, inside.size.width, 1), drawAnswer)
    }
  }

  private func drawAnswer(on canvas: inout Canvas) {
    switch kind {
    case .message:
      canvas.write("[ OK ]", x: 0, y: 0, .selected)
      canvas.cursor = Point(2, 0)
    case .confirm(let yes, let no):
      let (first, second) = ("[ \(no) ]", "[ \(yes) ]")
      let start = canvas.write(first, x: 0, y: 0, isYes ? .normal : .selected) + 2
      canvas.write(second, x: start, y: 0, isYes ? .selected : .normal)
      canvas.cursor = Point(isYes ? start + 2 : 2, 0)
    case .typeWord(let word):
      let start = canvas.write("Type \(word): ", x: 0, y: 0)
      canvas.within(Rect(start, 0, canvas.size.width - start, 1)) { field in
        input.draw(on: &field, style: .focusedField, isFocused: true)
      }
    }
  }
}
