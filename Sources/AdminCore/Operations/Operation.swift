import Archive
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// The one operation that may change an installation at a time. It holds the installation's lock, tells its progress on
/// disk, so that any console and `hubtui operation status` can show it, and stops when asked.
public final class Operation: Sendable {
  /// The installation it works on.
  public let installation: Installation
  /// Set by `hubtui operation cancel`, Ctrl-C or a termination of the process.
  public let cancellation = Cancellation()
  private let context: OperationContext
  private let state: Guarded<OperationStatus>
  private let lastWrite = Guarded<Int64>(.min / 2)

  /// Runs `body` as the installation's one operation, with a status that others can read and a cancellation.
  ///
  /// - Parameter name: what it is, for screens: `backup`, `test-bed backup`, `restore`.
  /// - Throws: `AdminError` (`busy`) when another operation runs; what `body` throws.
  public static func run<Result>(
    _ name: String, in context: OperationContext, _ body: (Operation) throws -> Result
  ) throws -> Result {
    let holder = holder(name, context, token: newToken())
    let lock = try OperationLock(context.installation, holder)
    let operation = Operation(holder, context)
    let path = context.installation.operationCancelPath
    let watch = StopWatch(operation.cancellation) { Operation.isAsked(holder.token, path) }
    defer {
      watch.stop()
      lock.release()
    }
    do {
      try recover(in: context)
      try operation.write()
      let result = try body(operation)
      operation.end(.succeeded, "")
      return result
    } catch {
      let adminError = error as? AdminError
      operation.end(adminError?.code == .cancelled ? .cancelled : .failed, adminError?.description ?? "\(error)")
      throw error
    }
  }

  /// Makes a short change, alone: the lock names who makes it, and the status of the last operation stays.
  ///
  /// - Parameter name: what it is, as the command spells it: `settings set`.
  /// - Throws: `AdminError` (`busy`) when an operation runs; what `body` throws.
  public static func change<Result>(
    _ name: String, in context: OperationContext, _ body: () throws -> Result
  ) throws -> Result {
    let lock = try OperationLock(context.installation, holder(name, context, token: nil))
    defer { lock.release() }
    try recover(in: context)
    return try body()
  }

  /// Holds the lock in a process's name, for tests of what is said meanwhile.
  package static func whileLocked<Result>(
    _ name: String, token: String?, processID: Int32, in context: OperationContext, _ body: () throws -> Result
  ) throws -> Result {
    var holder = holder(name, context, token: token)
    holder.processID = processID
    let lock = try OperationLock(context.installation, holder)
    defer { lock.release() }
    return try body()
  }

  private static func holder(_ name: String, _ context: OperationContext, token: String?) -> OperationLock.Holder {
    .init(
      name: name, processID: getpid(), account: context.actor.account, started: Moment.text(Moment.now), token: token)
  }

  private init(_ holder: OperationLock.Holder, _ context: OperationContext) {
    self.context = context
    installation = context.installation
    state = Guarded(
      OperationStatus(
        name: holder.name, processID: holder.processID, account: holder.account, started: holder.started,
        token: holder.token))
  }

  private static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return String(generator.next(), radix: 16)
  }

  private static func isAsked(_ token: String?, _ path: String) -> Bool {
    do {
      guard try FileSystem.exists(path) else { return false }
      return String(decoding: try FileSystem.read(path, limit: 64), as: UTF8.self) == token
    } catch {
      // A word that cannot be read is none; whoever wrote it sees in the status that the operation goes on.
      return false
    }
  }

  /// Brings a restore to its end that another process left half-way since this one opened the installation: it may have
  /// waited at a question meanwhile. With the lock held, a journal has no owner.
  private static func recover(in context: OperationContext) throws {
    guard let outcome = try context.recover(context.installation) else { return }
    try AuditLog(context.installation).append("recovery", outcome, by: context.actor)
  }

  /// Names what is done now.
  public func phase(_ text: String) {
    state.withLock { $0.phase = text }
    tell(always: true)
  }

  /// Names the backup ID once it is known.
  package func set(backupID: BackupID) { state.withLock { $0.backupID = backupID.description } }

  /// Says how much work a component is: any unit, as long as `advance` counts the same.
  package func plan(_ component: Component, total: UInt64) {
    state.withLock { $0.components[component.rawValue] = .init(done: 0, total: total) }
  }

  /// Counts work done.
  package func advance(_ component: Component, by amount: UInt64) {
    state.withLock { $0.components[component.rawValue, default: .init(done: 0, total: 0)].done += amount }
    tell(always: false)
  }

  /// What another machine says of the work on its component.
  package func report(_ component: Component, _ work: OperationStatus.Work) {
    state.withLock { $0.components[component.rawValue] = work }
    tell(always: false)
  }

  /// Says that a part of the work that was estimated is done: the estimate was about right.
  package func reach(_ component: Component, _ done: UInt64) {
    state.withLock { $0.components[component.rawValue]?.done = done }
    tell(always: false)
  }

  private func tell(always: Bool) {
    let milliseconds = MonotonicTime.milliseconds
    let isDue = lastWrite.withLock { last in
      guard always || milliseconds >= last + 200 else { return false }
      last = milliseconds
      return true
    }
    guard isDue else { return }
    context.observer?(state.withLock { $0 })
    do { try write() } catch {
      // The status is a courtesy; the operation must not fail because a full disk cannot take it.
    }
  }

  private func end(_ outcome: OperationStatus.Outcome, _ message: String) {
    state.withLock {
      $0.outcome = outcome
      $0.message = message
      $0.ended = Moment.text(Moment.now)
    }
    tell(always: true)
    // A request to stop that came too late is nobody's any more.
    do { try FileSystem.remove(installation.operationCancelPath) } catch {
      // It names this operation alone, and no other will ever take it for its own.
    }
  }

  private func write() throws {
    let bytes = [UInt8](try JSONEncoder().encode(state.withLock { $0 }))
    // Several times a second: on a busy disk a sync takes as long as the work that is told of.
    try FileSystem.replace(installation.operationStatusPath, with: bytes, isDurable: false)
  }
}
