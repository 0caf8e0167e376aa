import AdminCore
import Glibc
import TUIKitLite

/// An operation that was started as a process of its own.
final class StartedOperation: Sendable {
  /// The process.
  let process: pid_t
  private let ended: Guarded<OperationResult?>

  init(_ arguments: [String], _ launcher: OperationLauncher, _ hub: Hub) throws {
    let ended = Guarded<OperationResult?>(nil)
    self.ended = ended
    process = try launcher.launch(WorkID(), arguments, hub: hub) { result in ended.withLock { $0 = result } }
  }

  /// How it ended; nil while it runs.
  var result: OperationResult? { ended.withLock { $0 } }
  /// Whether it has ended.
  var hasEnded: Bool { result != nil }
}

/// Which changes of a status are worth a line: another phase, or another tenth done.
package struct ProgressLines {
  private var phase: String?
  private var tenth = 0

  package init() {}

  /// The line to say now, if any.
  package mutating func line(for status: OperationStatus) -> String? {
    let now = Int((status.fraction ?? 0) * 10)
    // What is done never becomes less, whatever an estimate said before.
    guard status.phase != phase && !status.phase.isEmpty || now > tenth else { return nil }
    phase = status.phase.isEmpty ? phase : status.phase
    tenth = max(tenth, now)
    return [status.phase, tenth > 0 ? "\(tenth * 10) %" : ""].filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension PlainConsole {
  /// Starts an operation apart from this program and follows it.
  ///
  /// - Returns: how it ended; nil when it was left or had no status, which was said then.
  func start(_ arguments: [String]) throws -> OperationStatus? {
    let operation = try StartedOperation(arguments, launcher, hub)
    started = operation
    return try follow(operation)
  }

  /// The same, and what it said at its end.
  func startAndSay(_ arguments: [String]) throws {
    guard try start(arguments)?.outcome == .succeeded, let said = started?.result?.lastLine, !said.isEmpty else {
      return
    }
    prompt.say(said, .good)
  }

  /// Runs an operation that is of use to nobody but this console, and waits for its end; an empty line stops it.
  ///
  /// - Returns: nil when it was stopped.
  func run(_ arguments: [String]) throws -> OperationResult? {
    let operation = try StartedOperation(arguments, launcher, hub)
    while operation.result == nil {
      guard prompt.isLeft(within: 100) else { continue }
      kill(operation.process, SIGTERM)
      if prompt.isAtEnd { throw EndOfInput() }
      prompt.say("It was asked to stop.")
      return nil
    }
    return operation.result
  }

  /// Tells the progress until the end; an empty line leaves, and the operation goes on.
  ///
  /// - Parameter operation: the one that was started here; nil for whichever runs.
  func follow(_ operation: StartedOperation?) throws -> OperationStatus? {
    prompt.say("Enter goes back to the menu; the operation goes on.")
    var lines = ProgressLines()
    while true {
      // Asked first: whoever has ended has written its last status before.
      let hasEnded = operation?.hasEnded ?? false
      let status = try OperationStatus.read(installation)
      // Until the new process tells its status, the former operation's is there.
      if let status, operation == nil || status.processID == operation?.process {
        if let line = lines.line(for: status) { prompt.say(line) }
        if status.outcome != .running, operation == nil || hasEnded {
          return say(outcome: status, operation?.result?.error)
        }
      } else if hasEnded || operation == nil {
        let error = operation?.result?.error
        prompt.say(error?.description ?? "no operation runs", operation != nil && error == nil ? .good : .error)
        return nil
      }
      if prompt.isLeft(within: 250) {
        if prompt.isAtEnd { throw EndOfInput() }
        prompt.say("The operation goes on; see Running Operation.")
        return nil
      }
    }
  }

  private func say(outcome status: OperationStatus, _ error: AdminError?) -> OperationStatus {
    let name = [status.name, status.backupID ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    switch status.outcome {
    case .running: break
    case .succeeded:
      prompt.say("Succeeded: \(name)", .good)
      if let error { prompt.say(error.description, .error) }
    case .cancelled: prompt.say("Cancelled: \(name)", .warning)
    case .failed: prompt.say("Failed: \(name): \(status.message)", .error)
    }
    return status
  }

  /// Running Operation: what runs or ran last, follow, cancel.
  func runningOperation() throws {
    while true {
      guard let status = try OperationStatus.read(installation) else { return prompt.say("No operation ran yet.") }
      prompt.say(status.summary)
      for (name, work) in status.works {
        if let percent = work.percent { prompt.say("\(name): \(percent) %") }
      }
      guard status.outcome == .running else { return }
      switch try choose("Running Operation", [.init("Follow"), .init("Cancel operation"), .init("Look again")]) {
      case 0: _ = try follow(started.flatMap { $0.process == status.processID ? $0 : nil })
      case 1:
        if try confirm(OperationActions.cancellation(of: status)) {
          try hub.cancelOperation()
          prompt.say("It was asked to stop.")
          _ = try follow(started.flatMap { $0.process == status.processID ? $0 : nil })
        }
      case nil: return
      default: break
      }
    }
  }
}
