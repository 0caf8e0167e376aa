import Glibc

/// Questions line by line, for screen readers and terminals that cannot place a cursor (`--accessible`): the same forms,
/// dialogs and choices as on a screen. Nothing it writes holds a control character but line feeds.
public final class PlainPrompt {
  /// Reads a line without its end; nil at the end of the input. `isSecret` asks that it be not shown.
  public typealias Reader = (_ isSecret: Bool) -> String?

  /// The answer to a question of a form that leaves the form.
  public static let leave = ".."

  private let read: Reader
  private let write: (String) -> Void
  private let wait: (_ milliseconds: Int) -> Bool
  /// Stdin; nil when something else is read.
  private let input: LineInput?
  /// A line that was read while nothing was asked.
  private var held: String?
  /// Whether the input has ended, or nobody answered for too long.
  public private(set) var isAtEnd = false
  /// Whether a question was not answered within `idleLimit`.
  public var isIdle: Bool { input?.isIdle ?? false }
  /// How long a question on stdin waits for its answer while nothing is typed; nil for as long as it takes.
  public var idleLimit: () -> Duration? {
    get { input?.idleLimit ?? { nil } }
    set { input?.idleLimit = newValue }
  }

  /// Makes a prompt over stdin and stdout.
  /// - Parameter ascii: whether to write ASCII only, which a locale without UTF-8 gets anyway.
  public convenience init(ascii: Bool = false) {
    setlocale(LC_CTYPE, "")
    let isASCII = ascii || String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8"
    let input = LineInput()
    let write: (String) -> Void = { text in
      let text = isASCII ? Self.ascii(text) : text
      print(text, terminator: "")
      fflush(nil)
    }
    self.init(
      read: { isSecret in
        let line = isSecret ? input.secretLine() : input.line()
        // Where nobody's Enter was shown the next words begin on a line of their own all the same.
        if isSecret || line == nil || !input.isTerminal { write("\n") }
        return line
      }, write: write, wait: input.waits, input: input)
  }

  /// Makes a prompt over anything else.
  /// - Parameter wait: waits until a line or the end of the input is there; false when neither came in time.
  public convenience init(
    read: @escaping Reader, write: @escaping (String) -> Void,
    wait: @escaping (_ milliseconds: Int) -> Bool = { _ in false }
  ) {
    self.init(read: read, write: write, wait: wait, input: nil)
  }

  private init(
    read: @escaping Reader, write: @escaping (String) -> Void, wait: @escaping (_ milliseconds: Int) -> Bool,
    input: LineInput?
  ) {
    self.read = read
    self.write = write
    self.wait = wait
    self.input = input
  }

  /// Goes on after nobody answered for too long: somebody else may be there.
  public func startAnew() {
    guard let input, input.isIdle else { return }
    input.isIdle = false
    (isAtEnd, held) = (false, nil)
  }

  /// Writes a line or several; the marker of `style` stands before the first.
  public func say(_ text: String, _ style: Style = .normal) {
    let sign = style.marker == " " ? "" : style.plainWord + ": "
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.clean)
    write(sign + lines.joined(separator: "\n") + "\n")
  }

  /// Asks for a line of text.
  /// - Returns: nil when the input ended.
  public func line(_ question: String) -> String? { line(question, isSecret: false) }

  /// Waits for an empty line, while something else goes on. Another line is kept as the answer to the next question.
  /// - Returns: whether an empty line came or the input ended.
  public func isLeft(within milliseconds: Int) -> Bool {
    guard held == nil else {
      // What is said next is already known, so there is nothing to wait for but time.
      usleep(UInt32(milliseconds) * 1000)
      return false
    }
    guard wait(milliseconds) else { return false }
    guard let text = read(false) else {
      isAtEnd = true
      return true
    }
    if text.isEmpty { return true }
    held = text
    return false
  }

  /// Asks each question of the form in turn until its answer is good. An empty answer keeps what is there, `-` empties it,
  /// `..` leaves the form.
  /// - Returns: false when the form was left or the input ended; answers given until then stay in the form.
  public func ask(_ form: inout Form) -> Bool {
    for place in form.fields.indices {
      guard ask(&form, place) else { return false }
    }
    return true
  }

  /// Asks for the number of one of `items`; those that cannot be chosen are listed with the reason.
  /// - Parameter back: what `0` does.
  /// - Returns: its place from 0; nil when the input ended or the answer was `0`.
  public func choose(_ title: String, _ items: [Menu.Item], back: String = "go back") -> Int? {
    say(title)
    for (place, item) in items.enumerated() {
      let note = item.disabled.map { " (not now: \($0))" } ?? (item.hint.isEmpty ? "" : ", \(item.hint)")
      say("\(place + 1)  \(item.title)\(note)")
    }
    while let answer = line("Number from 1 to \(items.count), 0 to \(back): ") {
      if answer == "0" { return nil }
      if let number = Int(answer), items.indices.contains(number - 1) {
        guard let reason = items[number - 1].disabled else { return number - 1 }
        say(reason, .error)
      } else {
        say("no such number", .error)
      }
    }
    return nil
  }

  /// Shows the dialog and asks for what it wants: nothing, `yes` or `no`, or the word.
  /// - Returns: whether the answer was yes or the right word; a message always counts as read.
  public func confirm(_ dialog: Dialog) -> Bool {
    say(dialog.title)
    say(dialog.text, dialog.style)
    switch dialog.kind {
    case .message: return true
    case .confirm(let yes, let no):
      while let answer = line("yes: \(yes), no: \(no). Type yes or no: ") {
        if answer == "yes" { return true }
        if answer == "no" || answer.isEmpty { return false }
        say("type yes or no in full", .error)
      }
      return false
    case .typeWord(let word): return line("Type \(word) to go on, anything else to cancel: ") == word
    }
  }

  private func ask(_ form: inout Form, _ place: Int) -> Bool {
    let field = form.fields[place]
    if !field.help.isEmpty { say(field.help) }
    while true {
      guard let answer = line(Self.question(field), isSecret: field.isSecret), answer != Self.leave else {
        return false
      }
      let problem: String?
      if let kind = field.kind.answered(answer) {
        problem = form.answer(place, with: kind)
      } else {
        problem = "not one of the answers"
      }
      guard let problem else { return true }
      say(problem, .error)
    }
  }

  private static func question(_ field: FormField) -> String {
    let present = field.text.isEmpty ? "" : " [\(field.text)]"
    return switch field.kind {
    case .text: "\(field.label)\(present): "
    case .number(_, let range): "\(field.label), \(range.lowerBound) to \(range.upperBound)\(present): "
    case .password: "\(field.label)\(present.isEmpty ? "" : " [unchanged]"): "
    case .choice(let words, _): "\(field.label), one of \(words.joined(separator: ", "))\(present): "
    case .toggle: "\(field.label), yes or no\(present): "
    }
  }

  private func line(_ question: String, isSecret: Bool) -> String? {
    write(Self.clean(question))
    if let line = held {
      held = nil
      // As if it were typed now.
      write("\n")
      return line
    }
    guard !isAtEnd, let line = read(isSecret) else {
      isAtEnd = true
      return nil
    }
    return line
  }

  private static func clean(_ text: some StringProtocol) -> String {
    Glyphs(String(text)).map(\.text).joined()
  }

  private static func ascii(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      Glyphs(line).map(Transliteration.ascii).joined()
    }.joined(separator: "\n")
  }
}

extension Style {
  /// What its marker says, as a word to be spoken.
  fileprivate var plainWord: String {
    switch self {
    case .error: "Error"
    case .danger: "Danger"
    case .warning: "Warning"
    case .good: "Good"
    default: "Note"
    }
  }
}

extension FormField {
  fileprivate var isSecret: Bool { if case .password = kind { true } else { false } }
}

extension FormField.Kind {
  /// The same kind with a typed answer; nil when it is none. Empty keeps, `-` empties.
  fileprivate func answered(_ answer: String) -> FormField.Kind? {
    if answer.isEmpty { return self }
    let text = answer == "-" ? "" : answer
    switch self {
    case .text(let former): return .text(TextInput(text, limit: former.limit))
    case .number(let former, let range): return .number(TextInput(text, limit: former.limit), range)
    // A password may well be a single dash.
    case .password(let former): return .password(TextInput(answer, limit: former.limit))
    case .choice(let words, _): return words.firstIndex(of: answer).map { .choice(words, $0) }
    case .toggle: return answer == "yes" ? .toggle(true) : answer == "no" ? .toggle(false) : nil
    }
  }
}
