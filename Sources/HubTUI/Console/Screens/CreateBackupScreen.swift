import AdminCore
import TUIKitLite

/// Creates a backup. A test-bed backup first shows what each rule would do here, and starts only when nothing dangerous is
/// left uncovered.
struct CreateBackupScreen: ConsoleScreen {
  private let context: ConsoleContext
  private var options: BackupOptions
  private var preview: BackupPreview?
  private var loading = PendingOperation()
  private var progress = ""
  /// Whether findings were shown, whose answers change what a backup would do.
  private var isAnswering = false
  private var problem = ""
  private var table: Table

  init(_ context: ConsoleContext, kind: BackupKind) {
    self.context = context
    options = BackupOptions(kind: kind)
    table = Table([
      .init("Rule", minimum: 19), .init("Changes", minimum: 7, alignment: .right),
      .init("Removes the danger that", minimum: 20, priority: 1),
    ])
  }

  private var kind: BackupKind { options.kind }

  var title: String { kind == .normal ? "Create Backup" : "Create Test-Bed Backup" }

  private var canStart: Bool { preview?.findings.isEmpty == true }

  var hints: [KeyHint] {
    var hints: [KeyHint] = []
    if canStart { hints.append(KeyHint(.character("s"), "Start")) }
    if preview?.findings.isEmpty == false { hints.append(KeyHint(.character("f"), "Findings")) }
    if preview != nil, kind == .testBed { hints.append(KeyHint(.enter, "Details")) }
    if preview != nil {
      hints += options.switches.map {
        KeyHint(.character($0.key), options[keyPath: $0.isOn] ? $0.labelToUndo : $0.label)
      }
    }
    if !problem.isEmpty { hints.append(KeyHint(.character("a"), "Ask again")) }
    return hints + [KeyHint(.escape, "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.result(in: event) {
      take(result)
      return .none
    }
    switch event {
    case .resize(let size):
      table.position.height = max(1, size.height - 6)
      return preview == nil && !loading.isRunning && problem.isEmpty ? reload() : .none
    case .resume where isAnswering:
      isAnswering = false
      return reload()
    case .message(.operation(let status)) where loading.isRunning: progress = status.phase
    case .key(let key): return answer(key)
    default: break
    }
    return .none
  }

  private mutating func reload() -> ConsoleAction {
    preview = nil
    problem = ""
    progress = ""
    return loading.start(options.arguments + ["--dry-run", "--json"])
  }

  private mutating func take(_ result: OperationResult) {
    do {
      let new = try BackupPreview(json: result.output)
      preview = new
      table.rows = new.rules.map { rule in
        Table.Row([rule.id, String(rule.count), rule.danger], rule.count > 0 ? .good : .normal)
      }
    } catch {
      problem = (result.error ?? error).message
    }
  }

  private mutating func answer(_ key: Key) -> ConsoleAction {
    switch key {
    // A preview that nobody looks at is of no use, and keeps others from working.
    case .escape: return .all([loading.abandon(), .pop])
    case .character("s") where canStart: return start()
    case .character("f"):
      guard let preview, !preview.findings.isEmpty else { break }
      isAnswering = true
      return .push(FindingsScreen(preview, context))
    case .character("a") where !problem.isEmpty: return reload()
    case .character(let letter):
      guard preview != nil, let choice = options.switches.first(where: { $0.key == letter }) else { break }
      options[keyPath: choice.isOn].toggle()
      return reload()
    default: break
    }
    guard let preview, case .chosen = table.handle(key) else { return .none }
    return .push(PagerScreen("Preview", PagerSource(text: PreviewText.text(preview))))
  }

  private func start() -> ConsoleAction {
    .push(
      DialogScreen(
        Dialog(BackupActions.confirmation(of: options)),
        confirmed: .replace(OperationScreen(context, starting: options.arguments))))
  }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width
    if !problem.isEmpty {
      for (line, text) in TextWidth.wrapped("\(Style.error.marker) \(problem)", to: width - 4).enumerated() {
        canvas.write(text, x: 2, y: 1 + line, .error)
      }
      return
    }
    guard let preview else {
      canvas.write("Looking at what the rules will do here; nothing is written…", x: 2, y: 1, .hint, width: width - 4)
      canvas.write(printable(progress), x: 2, y: 2, .hint, width: width - 4)
      return
    }
    var row = 0
    for component in Component.allCases {
      guard let contents = preview.contents[component] else { continue }
      let text =
        "\(component.rawValue)  \(contents.files) files (\(Units.size(contents.fileBytes))), \(contents.tables) tables (\(contents.rows) rows)"
      canvas.write(text, x: 2, y: row, .normal, width: width - 4)
      row += 1
    }
    if let first = preview.findings.first {
      let more = preview.findings.count > 1 ? " and \(preview.findings.count - 1) more" : ""
      let text =
        "\(first.place) looks dangerous (\(first.reason))\(more): covered by no rule, so no backup can start. f answers each."
      for line in TextWidth.wrapped("\(Style.danger.marker) \(text)", to: width - 4).prefix(3) {
        canvas.write(line, x: 2, y: row, .danger)
        row += 1
      }
    } else {
      let drift = preview.drift.isEmpty ? "" : " New since the last one: \(preview.drift.count), see Details."
      let masked = options.masksRecipients ? " Recipients are masked." : ""
      let text =
        kind == .normal
        ? "Everything is taken as it is. It restores only into this very system."
        : "Nothing uncovered.\(masked) Production itself is not changed.\(drift)"
      for line in TextWidth.wrapped("\(Style.good.marker) \(text)", to: width - 4) {
        canvas.write(line, x: 2, y: row, .good)
        row += 1
      }
    }
    guard kind == .testBed else { return }
    canvas.within(Rect(0, row + 1, width, canvas.size.height - row - 1)) { table.draw(on: &$0) }
  }
}
