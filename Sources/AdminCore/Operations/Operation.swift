import Foundation
import Glibc

/// The one operation that may change an installation at a time. It holds the installation's lock, tells its progress on
/// disk, so that any console and `hubtui operation status` can show it, and stops when asked.
public final class Operation: @unchecked Sendable {
  /// The installation it works on.
  public let installation: Installation
  /// Set by `hubtui operation cancel`, Ctrl-C or a termination of the process.
  public let cancellation = Cancellation()
  private let observer: (@Sendable (OperationStatus) -> Void)?
  private let lock: OperationLock
  private let state: Guarded<OperationStatus>
  private let lastWrite = Guarded<Int64>(.min / 2)
  private let isQuiet: Bool

  /// Runs `body` as the installation's one operation.
  ///
  /// - Parameters:
  ///   - name: what it is, for screens: `backup`, `test-bed backup`, `restore`.
  ///   - quiet: for short changes that need the lock and no status.
  ///   - observer: called with the status at most ten times a second, from the thread that works.
  /// - Throws: `AdminError` (`busy`) when another operation runs; what `body` throws.
  public static func run<Result>(
    _ name: String, on installation: Installation, by actor: Actor, quiet: Bool = false,
    observer: (@Sendable (OperationStatus) -> Void)? = nil, _ body: (Operation) throws -> Result
  ) throws -> Result {
    let operation = try Operation(name, installation, actor, quiet, observer)
    if quiet {
      defer { operation.lock.release() }
      try operation.endRestore(by: actor)
      return try body(operation)
    }
    let watch = SignalWatch(operation.cancellation)
    defer {
      watch.stop()
      operation.lock.release()
    }
    do {
      try operation.endRestore(by: actor)
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

  private init(
    _ name: String, _ installation: Installation, _ actor: Actor, _ quiet: Bool,
    _ observer: (@Sendable (OperationStatus) -> Void)?
  ) throws {
    self.installation = installation
    self.observer = observer
    isQuiet = quiet
    lock = try OperationLock(installation)
    state = Guarded(
      OperationStatus(name: name, processID: getpid(), account: actor.account, started: Moment.text(Moment.now)))
  }

  /// Brings a restore to its end that another process left half-way since this one opened the installation: it may have
  /// waited at a question meanwhile. With the lock held, a journal has no owner.
  private func endRestore(by actor: Actor) throws {
    // Only the Hub restores.
    guard installation.seat == .hub else { return }
    guard let outcome = try RestoreCommit.recover(installation) else { return }
    try AuditLog(installation).append("recovery", outcome, by: actor)
  }

  /// Names what is done now.
  public func phase(_ text: String) {
    state.withLock { $0.phase = text }
    tell(always: true)
  }

  /// Names the backup ID once it is known.
  func set(backupID: BackupID) { state.withLock { $0.backupID = backupID.description } }

  /// Says how much work a component is: any unit, as long as `advance` counts the same.
  func plan(_ component: Component, total: UInt64) {
    state.withLock { $0.components[component.rawValue] = .init(done: 0, total: total) }
  }

  /// Counts work done.
  func advance(_ component: Component, by amount: UInt64) {
    state.withLock { $0.components[component.rawValue, default: .init(done: 0, total: 0)].done += amount }
    tell(always: false)
  }

  /// What another machine says of the work on its component.
  func report(_ component: Component, _ work: OperationStatus.Work) {
    state.withLock { $0.components[component.rawValue] = work }
    tell(always: false)
  }

  /// Says that a part of the work that was estimated is done: the estimate was about right.
  func reach(_ component: Component, _ done: UInt64) {
    state.withLock { $0.components[component.rawValue]?.done = done }
    tell(always: false)
  }

  private func tell(always: Bool) {
    guard !isQuiet else { return }
    let milliseconds = MonotonicTime.milliseconds
    let isDue = lastWrite.withLock { last in
      guard always || milliseconds >= last + 200 else { return false }
      last = milliseconds
      return true
    }
    guard isDue else { return }
    observer?(state.withLock { $0 })
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
  }

  private func write() throws {
    let bytes = [UInt8](try JSONEncoder().encode(state.withLock { $0 }))
    // Several times a second: on a busy disk a sync takes as long as the work that is told of.
    try FileSystem.replace(installation.operationStatusPath, with: bytes, isDurable: false)
  }
}

/// What an operation says of itself on disk.
public struct OperationStatus: Codable, Sendable, Equatable {
  /// How it ended.
  public enum Outcome: String, Codable, Sendable {
    /// Not yet.
    case running
    /// As wanted.
    case succeeded
    /// With an error.
    case failed
    /// Because somebody cancelled it.
    case cancelled
  }

  /// What it is.
  public var name: String
  /// The process that runs it.
  public var processID: Int32
  /// Who started it.
  public var account: String
  /// When, UTC.
  public var started: String
  /// When it ended, UTC; nil while it runs.
  public var ended: String?
  /// What it does now.
  public var phase = ""
  /// The backup it makes or restores.
  public var backupID: String?
  /// Work done and in all, by component.
  public var components: [String: Work] = [:]
  /// How it ended.
  public var outcome = Outcome.running
  /// The error it ended with.
  public var message = ""

  /// Work done and in all.
  public struct Work: Codable, Sendable, Equatable {
    /// Done so far.
    public var done: UInt64
    /// In all, as it was estimated; 0 when unknown.
    public var total: UInt64
  }

  /// The installation's running or last operation; nil when there was none. A process that died without a word counts as
  /// failed.
  public static func read(_ installation: Installation) throws -> OperationStatus? {
    guard try FileSystem.exists(installation.operationStatusPath) else { return nil }
    var status: OperationStatus
    do {
      status = try JSONDecoder().decode(
        OperationStatus.self, from: Data(try FileSystem.read(installation.operationStatusPath)))
    } catch is DecodingError {
      throw AdminError(
        .dataError, "the operation's status cannot be understood", at: installation.operationStatusPath,
        next: "remove the file")
    }
    if status.outcome == .running, try OperationLock.holder(installation) == nil {
      status.outcome = .failed
      status.message = "the process ended without a word; start the operation again"
    }
    return status
  }

  /// Asks the running operation to stop.
  ///
  /// - Throws: `AdminError` (`unavailable`) when none runs.
  public static func cancel(_ installation: Installation) throws {
    guard let process = try OperationLock.holder(installation), process > 0 else {
      throw AdminError(.unavailable, "no operation runs", at: installation.folder, next: "nothing to cancel")
    }
    guard kill(process, SIGTERM) == 0 else {
      throw AdminError(
        .inputOutput, "process \(process) cannot be signalled", next: "cancel it under the account that started it")
    }
  }
}

extension Installation {
  var operationStatusPath: String { home(of: seat) + "/operation.json" }
  var operationLockPath: String { home(of: seat) + "/operation.lock" }
}
