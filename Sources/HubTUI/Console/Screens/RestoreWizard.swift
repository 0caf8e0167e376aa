import AdminCore
import TUIKitLite

/// Restores a set step by step: where it is, which one, what the preflight says, a typed word, the progress.
enum RestoreWizard {
  /// The first step: the folders of the archives.
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    WizardPage(0, RestoreSourceScreen(context))
  }
}

/// A screen of the wizard under the line that says which step it is.
struct WizardPage: ConsoleScreen {
  private let steps: WizardSteps
  private var page: any ConsoleScreen

  init(_ current: Int, _ page: any ConsoleScreen) {
    steps = WizardSteps(
      ["Where the archives are", "Which set", "Preflight", "Restore"].enumerated().map { index, title in
        (title, index < current ? .done : index == current ? .current : .open)
      })
    self.page = page
  }

  var title: String { page.title }
  var hints: [KeyHint] { page.hints }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    guard case .resize(let size) = event else { return page.handle(event) }
    return page.handle(.resize(Size(size.width, size.height - 2)))
  }

  func draw(on canvas: inout Canvas) {
    let (width, height) = (canvas.size.width, canvas.size.height)
    canvas.within(Rect(2, 0, width - 2, 1)) { steps.drawLine(on: &$0) }
    canvas.within(Rect(0, 2, width, height - 2)) { page.draw(on: &$0) }
  }
}

/// Asks for the folders of the archives; this installation's own backup folders are always looked in.
struct RestoreSourceScreen: ConsoleScreen {
  private let context: ConsoleContext
  private var form: Form

  init(_ context: ConsoleContext) {
    self.context = context
    form = Form(
      (1...3).map { number in
        .text(
          "folder\(number)", "Folder \(number)", limit: 4096,
          help: "A folder with archives from elsewhere; empty for none."
        ) { path in
          if path.isEmpty { return nil }
          guard path.hasPrefix("/") else { return "type an absolute path, beginning with /" }
          return FileSystem.isFolder(path) ? nil : "there is no such folder"
        }
      })
  }

  var title: String { "Restore a Backup" }
  var hints: [KeyHint] { [KeyHint(.enter, "Look for sets"), KeyHint(.tab, "Next"), KeyHint(.escape, "Back")] }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    guard case .key(let key) = event else { return .none }
    switch form.handle(key) {
    case .submitted:
      let folders = form.fields.map(\.text).filter { !$0.isEmpty }
      return .push(RestoreSetScreen.make(context, folders))
    case .cancelled(let isDirty): return FormScreen.leave(isDirty)
    case .handled, .ignored: return .none
    }
  }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width - 4
    for (line, text) in TextWidth.wrapped(
      "The set's three archives may lie in up to three folders. The backup folders of this installation are looked in anyway.",
      to: width
    ).enumerated() { canvas.write(text, x: 2, y: line, .hint) }
    canvas.within(Rect(2, 3, width, canvas.size.height - 3)) { form.draw(on: &$0) }
  }
}

/// The sets that were found; only one whose archives belong together can be picked.
enum RestoreSetScreen {
  static func make(_ context: ConsoleContext, _ folders: [String]) -> any ConsoleScreen {
    let list = ListScreen(
      BackupActions.list(from: folders), context, title: "Which Set",
      emptyText: "no set was found in these folders; Esc names others",
      commands: [
        .init(key: .enter, label: "Pick") { set in
          guard set.problems.isEmpty else {
            let text =
              set.problems.map(\.description) + ["", "Pick another set, or name the folder of the right archives."]
            return .push(
              DialogScreen(Dialog("This set cannot be restored", text.joined(separator: "\n"), .message, .error)))
          }
          return .push(WizardPage(2, RestorePreflightScreen(context, set.id, folders)))
        },
        .init(key: .character("i"), label: "Details") { set in
          .push(PagerScreen("Details", PagerSource(text: BackupActions.text(set))))
        },
      ], actions: [RestoreActions.rollBack])
    return WizardPage(1, list)
  }
}

/// The preflight, line by line, and the typed word that starts the restore.
struct RestorePreflightScreen: ConsoleScreen {
  private struct Answer: Sendable {
    let checks: [RestorePreflight.Check]
    let failed: Bool
    let isRebuild: Bool
    let kind: BackupKind?
  }

  private let context: ConsoleContext
  private let id: BackupID
  private let folders: [String]
  private var pending = PendingWork<Answer>()
  private var answer: Answer?
  private var problem = ""
  private var top = 0
  private var size = Size(80, 20)

  init(_ context: ConsoleContext, _ id: BackupID, _ folders: [String]) {
    self.context = context
    self.id = id
    self.folders = folders
  }

  var title: String { "Preflight" }

  private var canStart: Bool { answer.map { !$0.failed && !$0.isRebuild } ?? false }

  var hints: [KeyHint] {
    (canStart ? [KeyHint(.enter, "Restore")] : []) + (last > 0 ? [KeyHint(.down, "More")] : [])
      + [KeyHint(.character("a"), "Ask again"), KeyHint(.escape, "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = pending.answer(in: event) {
      switch result {
      case .success(let new): answer = new
      case .failure(let error): problem = error.message
      }
      return .none
    }
    switch event {
    case .resize(let new):
      size = new
      return answer == nil && problem.isEmpty && !pending.isRunning ? ask() : .none
    case .key(.escape): return .pop
    case .key(.character("a")) where !pending.isRunning: return ask()
    case .key(.enter) where canStart:
      return .push(
        DialogScreen(
          Dialog(RestoreActions.confirmation(of: id, context.hub)),
          // Nothing of the wizard is left to go back to.
          confirmed: .all([
            .popToFirst,
            .push(WizardPage(3, OperationScreen(context, starting: RestoreActions.arguments(id, from: folders)))),
          ])))
    case .key(let key):
      guard let movement = Movement.keys[key] else { return .none }
      let steps: [Movement: Int] = [.up: -1, .down: 1, .pageUp: -10, .pageDown: 10, .first: -last, .last: last]
      top = max(0, min(top + (steps[movement] ?? 0), last))
      return .none
    default: return .none
    }
  }

  private mutating func ask() -> ConsoleAction {
    let (hub, id, folders) = (context.hub, id, folders)
    answer = nil
    problem = ""
    top = 0
    return pending.start {
      let preflight = try hub.preflight(id, from: folders)
      return Answer(
        checks: preflight.checks, failed: preflight.failure != nil, isRebuild: preflight.isRebuild,
        kind: preflight.kind)
    }
  }

  /// The answers in lines; the first line of each with its marker.
  private var lines: [(text: String, style: Style, isFirst: Bool)] {
    (answer?.checks ?? []).flatMap { check in
      let style = Style(check.outcome.tone)
      return TextWidth.wrapped("\(check.title): \(check.detail)", to: size.width - 6).enumerated().map {
        (text: $1, style: style, isFirst: $0 == 0)
      }
    }
  }

  private var room: Int { max(1, size.height - 2) }
  private var last: Int { max(0, lines.count - room) }

  private var verdict: (text: String, style: Style) {
    guard let answer else {
      return problem.isEmpty ? ("Reading the archives and asking…", .hint) : (problem, .error)
    }
    if answer.isRebuild { return ("A lost origin is rebuilt with the command: hubtui restore \(id)", .warning) }
    return answer.failed
      ? ("The restore cannot start; nothing was changed.", .error)
      : ("The restore can start: Enter goes on to the typed confirmation.", .good)
  }

  func draw(on canvas: inout Canvas) {
    let (text, style) = verdict
    for (row, line) in TextWidth.wrapped("\(style.marker) \(text)", to: size.width - 4).enumerated() {
      canvas.write(line, x: 2, y: row, style)
    }
    for (row, line) in lines.dropFirst(top).prefix(room).enumerated() {
      if line.isFirst { canvas.write(String(line.style.marker), x: 2, y: row + 2, line.style) }
      canvas.write(line.text, x: 4, y: row + 2, line.style == .good ? .normal : line.style)
    }
  }
}
