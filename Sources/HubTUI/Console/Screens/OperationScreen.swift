import AdminCore
import TUIKitLite

/// The running or last operation: phase, progress of each component with rate and time left. Leaving it stops nothing.
struct OperationScreen: ConsoleScreen {
  private let context: ConsoleContext
  /// What runs when this screen was opened by the one that started it.
  private var isStarting: Bool
  private var status: OperationStatus?
  private var first: (time: Int64, done: UInt64)?
  private var error = ""
  private var loading = PendingWork<Found>()
  /// Whether this is a test system with steps to do, as a restore leaves it.
  private var needsSetup = false

  private struct Found: Sendable {
    let status: OperationStatus?
    let needsSetup: Bool
  }

  init(_ context: ConsoleContext, isStarting: Bool = false) {
    self.context = context
    self.isStarting = isStarting
  }

  var title: String { "Running Operation" }

  private var isRunning: Bool { status?.outcome == .running }

  private var leadsToSetup: Bool { status?.name == "restore" && status?.outcome == .succeeded && needsSetup }

  private var reportPath: String? {
    guard let id = status?.backupID.flatMap({ BackupID($0) }), status?.outcome != .running else { return nil }
    return BackupKind.allCases.map { context.hub.installation.logFolder + "/" + $0.reportName(id) }.first {
      (try? FileSystem.exists($0)) == true
    }
  }

  var hints: [KeyHint] {
    var hints: [KeyHint] = []
    if isRunning { hints.append(KeyHint(.character("c"), "Cancel operation")) }
    if leadsToSetup {
      hints.append(KeyHint(.enter, "Post-Restore Setup"))
    } else if !isRunning, !isStarting, reportPath != nil {
      hints.append(KeyHint(.enter, "Report"))
    }
    return hints + [KeyHint(.escape, isRunning ? "Back (it goes on)" : "Back")]
  }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = loading.answer(in: event) {
      switch result {
      case .success(let found):
        needsSetup = found.needsSetup
        if status == nil, !isStarting || found.status?.outcome == .running { take(found.status) }
      case .failure(let failure): error = failure.message
      }
      return .none
    }
    switch event {
    case .resize where status == nil && !loading.isRunning: return reload()
    case .message(.operation(let new)):
      take(new)
      if new.outcome != .running { return reload() }
    case .message(.operationEnded(let text)):
      isStarting = false
      if let text, status?.outcome != .failed { error = text }
      status = nil
      return reload()
    case .key(.escape): return .pop
    case .key(.character("c")) where isRunning:
      return .push(
        DialogScreen(
          Dialog(
            "Cancel the operation", "Stop the \(status?.name ?? "operation")? Nothing half done will be left.",
            .confirm(yes: "Stop it", no: "Go on"), .warning),
          confirmed: .perform(.cancelOperation)))
    case .key(.enter) where leadsToSetup: return .replace(PostRestoreScreen.make(context))
    case .key(.enter):
      if !isRunning, let reportPath {
        return .replace(ReportScreen.make(reportPath, context))
      }
    default: break
    }
    return .none
  }

  private mutating func reload() -> ConsoleAction {
    let context = context
    return loading.start {
      let hub = context.hub
      let status = try OperationStatus.read(hub.installation)
      // While a restore runs its database is nobody else's.
      guard status?.name == "restore", status?.outcome == .succeeded else {
        return Found(status: status, needsSetup: false)
      }
      let needsSetup = try hub.read { database in
        let setup = PostRestoreSetup(hub.installation, database)
        return try setup.testSystem() != nil && setup.steps(now: context.now()).contains { !$0.isDone }
      }
      return Found(status: status, needsSetup: needsSetup)
    }
  }

  private mutating func take(_ new: OperationStatus?) {
    guard let new else { return }
    isStarting = false
    let done = OperationScreen.done(new)
    if status?.processID != new.processID || first == nil { first = (context.now(), done) }
    status = new
  }

  private static func done(_ status: OperationStatus) -> UInt64 { status.components.values.reduce(0) { $0 + $1.done } }

  func draw(on canvas: inout Canvas) {
    let width = canvas.size.width - 4
    var row = 1
    guard let status else {
      canvas.write(isStarting ? "Starting…" : "No operation ran yet.", x: 2, y: row, .hint)
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
    for (name, work) in status.components.sorted(by: { $0.key < $1.key }) {
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
    let done = OperationScreen.done(status)
    let total = status.components.values.reduce(0) { $0 + $1.total }
    guard let first, context.now() > first.time, done > first.done else { return "" }
    let rate = Double(done - first.done) / Double(context.now() - first.time)
    let left = total > done ? Int64(Double(total - done) / rate) : 0
    return "\(Output.size(UInt64(rate)))/s, about \(Output.age(left)) left"
  }
}
