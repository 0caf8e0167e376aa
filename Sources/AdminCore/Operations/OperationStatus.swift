import Archive
import Database
import Foundation
import Installation
import Platform

/// What the installation's operation says of itself: of the running one, or of the last.
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
  /// Tells it from every other operation; nil for a short change, which holds the lock for a moment and cannot be
  /// cancelled, and in a status that an earlier version left.
  public var token: String?

  /// Work done and in all.
  public struct Work: Codable, Sendable, Equatable {
    /// Done so far: bytes, and rows as 100 bytes each.
    public var done: UInt64
    /// In all, as it was estimated; 0 when unknown.
    public var total: UInt64

    package init(done: UInt64, total: UInt64) {
      self.done = done
      self.total = total
    }

    /// How many hundredths are done, 0…100; nil while nobody knows.
    public var percent: UInt64? { total == 0 ? nil : min(100, done * 100 / total) }
  }

  package init(name: String, processID: Int32, account: String, started: String, token: String?) {
    self.name = name
    self.processID = processID
    self.account = account
    self.started = started
    self.token = token
  }

  /// Whether it can be asked to stop.
  public var canBeCancelled: Bool { outcome == .running && token != nil }

  /// Whether it is a change that holds the lock for a moment.
  public var isShortChange: Bool { outcome == .running && token == nil }

  /// Work done of all components.
  public var done: UInt64 { components.values.reduce(0) { $0 + $1.done } }

  /// Work in all of all components, as it was estimated.
  public var total: UInt64 { components.values.reduce(0) { $0 + $1.total } }

  /// The part that is done, 0 to 1; nil while nobody knows.
  public var fraction: Double? {
    guard total > 0 else { return nil }
    return min(1, Double(components.values.reduce(0) { $0 + min($1.done, max($1.total, 1)) }) / Double(total))
  }

  /// In a few words, for a status line.
  public var line: String {
    let progress = fraction.map { "\(Int($0 * 100)) %" } ?? phase
    return progress.isEmpty ? name : "\(name): \(progress)"
  }

  /// One line that says everything but the progress.
  public var summary: String {
    let id = backupID.map { " \($0)" } ?? ""
    let head = "\(name)\(id), started \(started) by \(account)"
    switch outcome {
    case .running: return "\(head): running (process \(processID))\(phase.isEmpty ? "" : ", \(phase)")"
    case .succeeded: return "\(head): succeeded \(ended ?? "")"
    case .cancelled: return "\(head): cancelled \(ended ?? "")"
    case .failed: return "\(head): failed \(ended ?? ""): \(message)"
    }
  }

  /// The components in name order with their work.
  public var works: [(name: String, work: Work)] {
    components.sorted { $0.key < $1.key }.map { (name: $0.key, work: $0.value) }
  }

  /// The installation's running or last operation; nil when there was none. While the lock is held it is what its holder
  /// says, a short change included; a process that died without a word counts as failed.
  ///
  /// - Throws: `AdminError` (`dataError`) when the status file cannot be understood.
  public static func read(_ installation: Installation) throws -> OperationStatus? {
    let holder = try OperationLock.holder(installation)
    var status = try stored(installation)
    guard let holder else {
      if status?.outcome == .running {
        // It may have ended between the two looks.
        status = try stored(installation)
      }
      if status?.outcome == .running {
        status?.outcome = .failed
        status?.message = "the process ended without a word; start the operation again"
      }
      return status
    }
    if let status, status.outcome == .running, status.token == holder.token, status.processID == holder.processID {
      return status
    }
    return OperationStatus(
      name: holder.name, processID: holder.processID, account: holder.account, started: holder.started,
      token: holder.token)
  }

  private static func stored(_ installation: Installation) throws -> OperationStatus? {
    let path = installation.operationStatusPath
    guard try FileSystem.exists(path) else { return nil }
    do {
      return try JSONDecoder().decode(OperationStatus.self, from: Data(try FileSystem.read(path)))
    } catch is DecodingError {
      throw AdminError(.dataError, "the operation's status cannot be understood", at: path, next: "remove the file")
    }
  }

  /// Asks the running operation to stop, whichever process runs it. It is a word in a file and no signal, so that nothing
  /// but this one operation can be meant.
  ///
  /// - Throws: `AdminError`: `unavailable` when none runs, `busy` while a short change is made, which ends by itself.
  public static func cancel(_ installation: Installation) throws {
    guard let holder = try OperationLock.holder(installation) else {
      throw AdminError(.unavailable, "no operation runs", at: installation.folder, next: "nothing to cancel")
    }
    guard let token = holder.token else {
      throw AdminError(
        .busy, "no operation runs, but a short change is being made: \(holder)", at: installation.folder,
        next: "wait a moment; it ends by itself")
    }
    try FileSystem.replace(installation.operationCancelPath, with: Array(token.utf8), isDurable: false)
  }
}

extension Installation {
  var operationStatusPath: String { home(of: role) + "/operation.json" }
  var operationLockPath: String { home(of: role) + "/operation.lock" }
  var operationCancelPath: String { home(of: role) + "/operation.cancel" }
}
