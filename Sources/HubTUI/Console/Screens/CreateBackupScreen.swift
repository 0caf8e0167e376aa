import AdminCore
import TUIKitLite

/// Creates a backup. A test-bed backup first shows what each rule would do here, and starts only when nothing dangerous is
/// left uncovered.
struct CreateBackupScreen: ConsoleScreen {
  private let context: ConsoleContext
  private let kind: BackupKind
  private var masksRecipients = false
  private var preview: BackupPreview?
  private var loading = PendingWork<BackupPreview>()
  private var problem = ""
  private var table: Table

  init(_ context: ConsoleContext, kind: BackupKind) {
    self.context = context
    self.kind = kind
    table = Table([
      .init("Rule", minimum: 19), .init("Changes", minimum: 7, alignment: .right),
      .init("Removes the danger that", minimum: 20, priority: 1),
    ])
  }

  var title: String { kind == .normal ? "Create Backup" : "Create Test-Bed Backup" }

  private var canStart: Bool { preview?.findings.isEmpty == true }

  var hints: [KeyHint] {
    var hints: [KeyHint] = []
    if canStart { hints.append(KeyHint(.character("s"), "Start")) }
    if preview != nil, kind == .testBed {
      hints += [
        KeyHint(.enter, "Details"), KeyHint(.character("m"), masksRecipients ? "Keep recipients" : "Mask recipients"),
      ]
    }
    if !problem.isEmpty { hints.append(KeyHint(.character("a"), "Ask again")) }
    return hints + [KeyHint(.escape, "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.answer(in: event) {
      take(result)
      return .none
    }
    switch event {
    case .resize(let size):
      table.position.height = max(1, size.height - 6)
      return preview == nil && !loading.isRunning && problem.isEmpty ? reload() : .none
    case .key(let key): return answer(key)
    default: return .none
    }
  }

  private mutating func reload() -> ConsoleAction {
    let (hub, options) = (context.hub, BackupOptions(kind: kind, masksRecipients: masksRecipients))
    preview = nil
    problem = ""
    return loading.start { try hub.previewBackup(options) }
  }

  private mutating func take(_ result: Result<BackupPreview, AdminError>) {
    switch result {
    case .failure(let error): problem = error.message
    case .success(let new):
      preview = new
      table.rows = new.rules.map { rule in
        Table.Row([rule.id, String(rule.count), rule.danger], rule.count > 0 ? .good : .normal)
      }
    }
  }

  private mutating func answer(_ key: Key) -> ConsoleAction {
    switch key {
    case .escape: return .pop
    case .character("s") where canStart: return start()
    case .character("a") where !problem.isEmpty: return reload()
    case .character("m") where preview != nil && kind == .testBed:
      masksRecipients.toggle()
      return reload()
    default: break
    }
    guard let preview, case .chosen = table.handle(key) else { return .none }
    return .push(PagerScreen("Preview", PagerSource(text: PreviewText.text(preview))))
  }

  private func start() -> ConsoleAction {
    var arguments = ["backup", "create"]
    if kind == .testBed { arguments.append("--test-bed") }
    if masksRecipients { arguments.append("--mask-recipients") }
    let text =
      kind == .normal
      ? "Make a backup of all three components now?"
      : "Make a test-bed backup of all three components now\(masksRecipients ? ", with invented recipients" : "")?"
    return .push(
      DialogScreen(
        Dialog(title, text, .confirm(yes: "Start", no: "Not now")),
        confirmed: .all([.perform(.launch(arguments)), .replace(OperationScreen(context, isStarting: true))])))
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
      return
    }
    var row = 0
    for component in Component.allCases {
      guard let contents = preview.contents[component] else { continue }
      let text =
        "\(component.rawValue)  \(contents.files) files (\(Output.size(contents.fileBytes))), \(contents.tables) tables (\(contents.rows) rows)"
      canvas.write(text, x: 2, y: row, .normal, width: width - 4)
      row += 1
    }
    if let first = preview.findings.first {
      let more = preview.findings.count > 1 ? " and \(preview.findings.count - 1) more" : ""
      let text =
        "\(first.target) looks dangerous (\(first.reason))\(more): covered by no rule, so no backup can start. Enter shows the lines to add to hub/test-bed-rules.yaml."
      for line in TextWidth.wrapped("\(Style.danger.marker) \(text)", to: width - 4).prefix(3) {
        canvas.write(line, x: 2, y: row, .danger)
        row += 1
      }
    } else {
      let drift = preview.drift.isEmpty ? "" : " New since the last one: \(preview.drift.count), see Details."
      let masked = masksRecipients ? " Recipients are masked." : ""
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
