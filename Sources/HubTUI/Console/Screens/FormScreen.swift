import AdminCore
import TUIKitLite

/// A form over the installation: filled from it, checked at each field, stored on a thread of its own. Esc asks before it
/// loses what was typed.
struct FormScreen: ConsoleScreen {
  typealias Rejection = FormDescription.Rejection

  /// What storing gave.
  private enum Outcome: Sendable {
    case stored(String)
    case rejected(Rejection)
  }

  private let description: FormDescription
  private let context: ConsoleContext
  /// What is done with the answers instead of storing them; nil stores them.
  private let answered: (@Sendable (Answers) -> ConsoleAction)?
  private var form: Form?
  private var loading = PendingWork<[Question]>()
  private var storing = PendingWork<Outcome>()
  private var problem = ""

  init(
    _ description: FormDescription, _ context: ConsoleContext,
    answered: (@Sendable (Answers) -> ConsoleAction)? = nil
  ) {
    self.description = description
    self.context = context
    self.answered = answered
  }

  var title: String { description.title }

  var hints: [KeyHint] {
    if storing.isRunning { return [KeyHint(.escape, "Back (it goes on)")] }
    return form == nil ? [KeyHint(.escape, "Back")] : Form.keys.hints()
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.answer(in: event) {
      switch result {
      case .failure(let error): problem = error.message
      case .success(let questions): form = Form(questions)
      }
      return .none
    }
    if let result = storing.answer(in: event) { return finish(result) }
    switch event {
    case .resize where form == nil && !loading.isRunning:
      let (questions, hub) = (description.questions, context.hub)
      return loading.start { try questions(hub) }
    case .key(.escape) where storing.isRunning:
      return .all([
        .pop, .perform(.status("\(title) goes on; the Audit Log of the Administration Hub tells its end", .warning)),
      ])
    case .key(let key) where !storing.isRunning: return answer(key)
    default: return .none
    }
  }

  private mutating func answer(_ key: Key) -> ConsoleAction {
    guard var form else { return key == .escape ? .pop : .none }
    let outcome = form.handle(key)
    self.form = form
    switch outcome {
    case .submitted:
      problem = ""
      let answers = form.answers
      if let answered { return answered(answers) }
      let (store, hub) = (description.store, context.hub)
      return storing.start {
        do { return .stored(try store(answers, hub)) } catch let rejection as Rejection {
          return .rejected(rejection)
        }
      }
    case .cancelled(let isDirty):
      return FormScreen.leave(isDirty)
    case .handled, .ignored: return .none
    }
  }

  /// Leaves; asks first when something was typed.
  static func leave(_ isDirty: Bool) -> ConsoleAction {
    guard isDirty else { return .pop }
    return .push(
      DialogScreen(
        Dialog("Unsaved answers", "Leave and lose what was typed?", .confirm(yes: "Lose it", no: "Stay"), .warning),
        confirmed: .pop))
  }

  private mutating func finish(_ result: Result<Outcome, AdminError>) -> ConsoleAction {
    switch result {
    case .success(.stored(let word)): return .all([.pop, .perform(.status(word, .good))])
    case .success(.rejected(let rejection)): form?.reject(rejection.field, rejection.problem)
    case .failure(let error): problem = error.message
    }
    return .none
  }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width - 4
    var row = 1
    for line in TextWidth.wrapped(description.intro, to: width) where !description.intro.isEmpty {
      canvas.write(line, x: 2, y: row, .hint)
      row += 1
    }
    if row > 1 { row += 1 }
    let problems = problem.isEmpty ? [] : TextWidth.wrapped(problem, to: width - 2)
    let bottom = storing.isRunning ? 2 : problems.isEmpty ? 0 : problems.count + 1
    if let form {
      canvas.within(Rect(2, row, width, canvas.size.height - row - bottom)) { form.draw(on: &$0) }
    } else if problem.isEmpty {
      canvas.write("Reading…", x: 2, y: row, .hint)
    }
    if storing.isRunning { canvas.write("Working…", x: 2, y: canvas.size.height - 1, .hint) }
    for (line, text) in problems.enumerated() {
      let row = canvas.size.height - problems.count + line
      if line == 0 { canvas.write(String(Style.error.marker), x: 2, y: row, .error) }
      canvas.write(text, x: 4, y: row, .error)
    }
  }
}
