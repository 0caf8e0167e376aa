import AdminCore
import TUIKitLite

/// One piece of work that the operator waits for, and its outcome in words.
struct WorkScreen: ConsoleScreen {
  let title: String
  private let work: @Sendable () throws -> String
  private var pending = PendingWork<String>()
  private var outcome: Result<String, AdminError>?

  init(_ title: String, _ work: @escaping @Sendable () throws -> String) {
    self.title = title
    self.work = work
  }

  var hints: [KeyHint] { outcome == nil ? [KeyHint(.escape, "Back (it goes on)")] : [KeyHint(.enter, "Back")] }

  mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = pending.answer(in: event) {
      outcome = result
      return .none
    }
    switch event {
    case .resize where outcome == nil && !pending.isRunning: return pending.start(work)
    case .key(.escape): return .pop
    case .key(.enter) where outcome != nil: return .pop
    default: return .none
    }
  }

  func draw(on canvas: inout Canvas) {
    let (text, style): (String, Style) =
      switch outcome {
      case nil: ("Working…", .hint)
      case .success(let word): ("\(Style.good.marker) \(word)", .good)
      case .failure(let error): ("\(Style.error.marker) \(error.message)", .error)
      }
    for (line, part) in TextWidth.wrapped(text, to: canvas.size.width - 4).enumerated() {
      canvas.write(part, x: 2, y: 1 + line, style)
    }
  }
}
