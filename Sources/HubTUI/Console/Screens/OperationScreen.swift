import AdminCore
import TUIKitLite

/// The running or last operation: phase, progress of each component with rate and time left. Leaving it stops nothing.
struct OperationScreen: ConsoleScreen {
  private let context: ConsoleContext
  /// The words of the operation that this screen starts; empty when it shows whichever runs.
  private let words: [String]
  private var operation = PendingOperation()
  private var hasStarted = false
  private var status: OperationStatus?
  private var first: (time: Int64, done: UInt64)?
  private var error = ""
  /// Whether the process has ended since the status was read.
  private var isStale = false
  /// What it said at its end.
  private var said = ""
  private var loading = PendingWork<Found>()
  private var report: BackupReport.Summary?
  /// Whether this is a test system with steps to do, as a restore leaves it.
  private var needsSetup = false

  private struct Found: Sendable {
    let status: OperationStatus?
    let report: BackupReport.Summary?
    let needsSetup: Bool
  }

  /// - Parameter words: what `hubtui` is to do; without them the screen shows what runs or ran last.
  init(_ context: ConsoleContext, starting words: [String] = []) {
    self.context = context
    self.words = words
  }

  var title: String { "Running Operation" }

  private var isStarting: Bool { operation.isRunning && status == nil }

  private var isRunning: Bool { status?.outcome == .running }

  private var leadsToSetup: Bool { status?.name == "restore" && status?.outcome == .succeeded && needsSetup }

  var hints: [KeyHint] {
    var hints: [KeyHint] = []
    if status?.canBeCancelled == true { hints.append(KeyHint(.character("c"), "Cancel operation")) }
    if leadsToSetup {
      hints.append(KeyHint(.enter, "Post-Restore Setup"))
    } else if !isRunning, !isStarting, report != nil {
      hints.append(KeyHint(.enter, "Report"))
    }
    return hints + [KeyHint(.escape, isRunning ? "Back (it goes on)" : "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.answer(in: event) {
      switch result {
      case .success(let found):
        (report, needsSetup) = (found.report, found.needsSetup)
        if status == nil || isStale, !isStarting || found.status?.outcome == .running { take(found.status) }
        isStale = false
      case .failure(let failure): error = failure.message
      }
      return .none
    }
    if let result = operation.result(in: event) {
      if let failure = result.error {
        // What is told of an operation that could not begin; of one that began its status has the same words.
        if status?.outcome != .failed { error = failure.message }
      } else {
        said = result.lastLine
      }
      // What is shown stays until the next look: a key that is pressed meanwhile is meant for it.
      isStale = true
      return reload()
    }
    switch event {
    case .resize where !words.isEmpty && !hasStarted:
      hasStarted = true
      return operation.start(words)
    case .resize where status == nil && !loading.isRunning && !operation.isRunning: return reload()
    case .message(.operation(let new)):
      take(new)
      if new.outcome != .running { return reload() }
    case .key(.escape): return .pop
    case .key(.character("c")):
      guard let status, status.canBeCancelled else { break }
      return .push(
        DialogScreen(
          Dialog(OperationActions.cancellation(of: status)),
          confirmed: .perform(.cancelOperation)))
    case .key(.enter) where leadsToSetup:
      return .replace(Places.screen(.listing(PostRestoreActions.list), context))
    case .key(.enter):
      if !isRunning, let report,
        case .push(let screen) = ActionPerformer(context: context).show(
          ReportActions.document(report))
      {
        return .replace(screen)
      }
      if !isRunning, !isStarting, !words.isEmpty { return .pop }
    default: break
    }
    return .none
  }

  private mutating func reload() -> ConsoleAction {
    let context = context
    return loading.start {
      let hub = context.hub
      let status = try OperationStatus.read(hub.installation)
      var report: BackupReport.Summary?
      // Only what makes a backup leads to a report of its own.
      if let id = status?.backupID.flatMap({ BackupID($0) }), status?.outcome != .running,
        BackupKind.allCases.contains(where: { $0.title == status?.name })
      {
        report = try BackupReport.list(hub.installation).first { $0.id == id }
      }
      // While a restore runs its database is nobody else's.
      guard status?.name == "restore", status?.outcome == .succeeded else {
        return Found(status: status, report: report, needsSetup: false)
      }
      let needsSetup = try hub.read { database in
        let setup = PostRestoreSetup(hub.installation, database)
        return try setup.testSystem() != nil && setup.steps(now: context.now()).contains { !$0.isDone }
      }
      return Found(status: status, report: report, needsSetup: needsSetup)
    }
  }

  private mutating func take(_ new: OperationStatus?) {
    guard let new else { return }
    let done = new.done
    if status?.processID != new.processID || first == nil { first = (context.now(), done) }
    status = new
  }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width - 4
    var row = 1
    guard let status else {
      canvas.write(
        isStarting || loading.isRunning ? "Starting…" : "No operation ran yet.", x: 2, y: row, .hint)
      drawError(on: &canvas, row + 2)
      return
    }
    canvas.write("\(status.name) \(status.backupID ?? "")", x: 2, y: row, .title, width: width)
    canvas.write("started \(status.started) by \(status.account)", x: 2, y: row + 1, .hint, width: width)
    row += 3
    switch status.outcome {
    case .running: canvas.write("Now: \(status.phase)", x: 2, y: row, .normal, width: width)
    case .succeeded:
      canvas.write("\(Style.good.marker) Succeeded \(status.ended ?? "")", x: 2, y: row, .good, width: width)
    case .cancelled:
      canvas.write("\(Style.warning.marker) Cancelled \(status.ended ?? "")", x: 2, y: row, .warning, width: width)
    case .failed: canvas.write("\(Style.error.marker) Failed \(status.ended ?? "")", x: 2, y: row, .error, width: width)
    }
    row += 2
    for (name, work) in status.works {
      canvas.write(name, x: 2, y: row)
      canvas.within(Rect(6, row, width - 4, 1)) {
        let isOver = status.outcome == .succeeded
        ProgressBar(isOver ? 1 : work.total == 0 ? nil : Double(work.done) / Double(work.total)).draw(on: &$0)
      }
      row += 1
    }
    row += 1
    if status.outcome == .running { canvas.write(pace(status), x: 2, y: row, .hint, width: width) }
    for line in TextWidth.wrapped(printable(status.message), to: width) where !status.message.isEmpty {
      canvas.write(line, x: 2, y: row, .error)
      row += 1
    }
    // What leads on to a report or to the set-up says the same there, and more.
    if !said.isEmpty, status.outcome == .succeeded, report == nil, !leadsToSetup {
      for line in TextWidth.wrapped("\(Style.good.marker) \(printable(said))", to: width) {
        canvas.write(line, x: 2, y: row, .good)
        row += 1
      }
    }
    drawError(on: &canvas, row + 1)
  }

  private func drawError(on canvas: inout Canvas, _ row: Int) {
    guard !error.isEmpty, error != status?.message else { return }
    for (line, text) in TextWidth.wrapped("\(Style.error.marker) \(error)", to: canvas.size.width - 4).enumerated() {
      canvas.write(text, x: 2, y: row + line, .error)
    }
  }

  // Work is counted in bytes, rows as 100 bytes each, so the rate is near what an operator would measure.
  private func pace(_ status: OperationStatus) -> String {
    guard let first, context.now() > first.time, status.done > first.done else { return "" }
    let rate = Double(status.done - first.done) / Double(context.now() - first.time)
    let left = status.total > status.done ? Int64(Double(status.total - status.done) / rate) : 0
    return "\(Units.size(UInt64(rate)))/s, about \(Units.age(left)) left"
  }
}
