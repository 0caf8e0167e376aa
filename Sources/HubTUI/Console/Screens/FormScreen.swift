import AdminCore
import TUIKitLite

/// A form over the installation: filled from it, checked at each field, stored on a thread of its own. Esc asks before it
/// loses what was typed.
struct FormScreen: ConsoleScreen {
  /// What is wrong with which field.
  struct Rejection: Error, Sendable {
    let field: String
    let problem: String
  }

  /// What storing gave.
  private enum Outcome: Sendable {
    case stored(String)
    case rejected(Rejection)
  }

  let title: String
  private let context: ConsoleContext
  private let intro: String
  private let prepare: @Sendable (ConsoleContext) throws -> [FormField]
  private let store: @Sendable ([String: String], ConsoleContext) throws -> String
  private var form: Form?
  private var loading = PendingWork<[FormField]>()
  private var storing = PendingWork<Outcome>()
  private var problem = ""

  /// - Parameters:
  ///   - fields: makes the fields with their present answers.
  ///   - store: stores the answers, by field name, and gives a word for the status line; throws a `Rejection` for what is
  ///     wrong with one field.
  init(
    _ title: String, _ context: ConsoleContext, intro: String = "",
    fields: @escaping @Sendable (ConsoleContext) throws -> [FormField],
    store: @escaping @Sendable ([String: String], ConsoleContext) throws -> String
  ) {
    self.title = title
    self.context = context
    self.intro = intro
    prepare = fields
    self.store = store
  }

  var hints: [KeyHint] {
    if storing.isRunning { return [KeyHint(.escape, "Back (it goes on)")] }
    return form == nil ? [KeyHint(.escape, "Back")] : Form.keys.hints()
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.answer(in: event) {
      switch result {
      case .failure(let error): problem = error.told
      case .success(let fields): form = Form(fields)
      }
      return .none
    }
    if let result = storing.answer(in: event) { return finish(result) }
    switch event {
    case .resize where form == nil && !loading.isRunning:
      let (prepare, context) = (prepare, context)
      return loading.start { try prepare(context) }
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
      let answers = Dictionary(uniqueKeysWithValues: form.fields.map { ($0.name, $0.text) })
      let (store, context) = (store, context)
      return storing.start {
        do { return .stored(try store(answers, context)) } catch let rejection as Rejection {
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
    case .failure(let error): problem = error.told
    }
    return .none
  }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width - 4
    var row = 1
    for line in TextWidth.wrapped(intro, to: width) where !intro.isEmpty {
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
      let place = canvas.size.height - problems.count + line
      if line == 0 { canvas.write(String(Style.error.marker), x: 2, y: place, .error) }
      canvas.write(text, x: 4, y: place, .error)
    }
  }
}
