import AdminCore
import Glibc
import Synchronization
import TUIKitLite

/// An operation that was started as a process of its own.
final class StartedOperation: Sendable {
  private struct State {
    var process: pid_t = 0
    var hasEnded = false
    var error: String?
  }

  private let state = Mutex(State())

  init(_ arguments: [String], _ launcher: OperationLauncher, _ hub: Hub) throws {
    let process = try launcher.launch(arguments, hub: hub) { [weak self] error in
      self?.state.withLock {
        $0.hasEnded = true
        $0.error = error
      }
    }
    state.withLock { $0.process = process }
  }

  var process: pid_t { state.withLock { $0.process } }
  var hasEnded: Bool { state.withLock { $0.hasEnded } }
  /// What it printed when it failed; nil after success and while it runs.
  var error: String? { state.withLock { $0.error } }
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
        if status.outcome != .running, operation == nil || hasEnded { return say(outcome: status, operation?.error) }
      } else if hasEnded || operation == nil {
        prompt.say(
          operation?.error ?? "no operation runs", operation != nil && operation?.error == nil ? .good : .error)
        return nil
      }
      if prompt.isLeft(within: 250) {
        if prompt.isAtEnd { throw EndOfInput() }
        prompt.say("The operation goes on; see Running Operation.")
        return nil
      }
    }
  }

  private func say(outcome status: OperationStatus, _ error: String?) -> OperationStatus {
    let name = [status.name, status.backupID ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    switch status.outcome {
    case .running: break
    case .succeeded:
      prompt.say("Succeeded: \(name)", .good)
      if let error { prompt.say(error, .error) }
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
      for (name, work) in status.components.sorted(by: { $0.key < $1.key }) where work.total > 0 {
        prompt.say("\(name): \(min(100, work.done * 100 / work.total)) %")
      }
      guard status.outcome == .running else { return }
      switch try choose("Running Operation", [.init("Follow"), .init("Cancel operation"), .init("Look again")]) {
      case 0: _ = try follow(started.flatMap { $0.process == status.processID ? $0 : nil })
      case 1:
        let isSure = try confirm(
          "Cancel the operation", "Stop the \(status.name)? Nothing half done will be left.",
          .confirm(yes: "Stop it", no: "Go on"), .warning)
        if isSure {
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
