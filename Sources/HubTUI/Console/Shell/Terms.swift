import AdminCore
import TUIKitLite

// What AdminCore says in its own terms, in those of the terminal toolkit.

extension Style {
  /// The role in which something of this tone is drawn.
  init(_ tone: Tone) {
    self =
      switch tone {
      case .normal: .normal
      case .good: .good
      case .warning: .warning
      case .error: .error
      case .danger: .danger
      case .disabled: .disabled
      }
  }
}

extension FormField {
  /// The field that asks a question.
  init(_ question: Question) {
    let kind: Kind =
      switch question.kind {
      case .text(let value, let limit): .text(TextInput(value, limit: limit))
      case .number(let value, let range): .number(TextInput(value, limit: 10), range)
      case .secret(let limit): .password(TextInput(limit: limit))
      case .toggle(let isOn): .toggle(isOn)
      }
    self.init(question.name, question.label, kind, help: question.help, check: question.check)
  }
}

extension Form {
  /// A form of these questions.
  init(_ questions: [Question]) { self.init(questions.map { FormField($0) }) }

  /// The answers by the names of their questions.
  var answers: Answers { Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.text) }) }
}

extension Dialog {
  /// The box that asks for a confirmation.
  init(_ confirmation: Confirmation) {
    let kind: Kind =
      switch confirmation.answer {
      case .choice(let yes, let no): .confirm(yes: yes, no: no)
      case .word(let word, _): .typeWord(word)
      }
    self.init(confirmation.title, confirmation.text, kind, Style(confirmation.tone))
  }
}

extension AdminError {
  /// As the console says it: where a command would say how to look at the operation, here a screen shows it.
  var message: String {
    code == .busy
      ? printable("\(what): wait for its end; Running Operation in the first menu shows it") : description
  }
}
