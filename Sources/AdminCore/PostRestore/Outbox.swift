import Database
import Installation
import Platform

/// LUI's send queue, and the switch that says whether it sends.
public struct Outbox {
  /// A job in the queue.
  public struct QueuedJob: Sendable, Equatable {
    /// The job's number.
    public let id: Int64
    /// Its title.
    public let title: String
    /// When it is due, UTC; empty when no time is set.
    public let due: String
    /// Whether that moment has passed, or nobody can tell.
    public let isOverdue: Bool
    /// How many recipients it has.
    public let recipients: Int64
    /// How many of them had it when the backup caught it sending.
    public let sent: Int64
    /// Whether it waits for somebody's decision.
    public let isSuspended: Bool
    /// What a reviewer should know; empty when nothing.
    public let note: String
    /// The backup set it came with; nil for a job of this system.
    public let origin: String?
    /// The job's state when it is none that this program knows; nil when it is one.
    public let unknownState: String?
    /// Whether it is a row of the queue without its job.
    public let isOrphan: Bool

    init(
      id: Int64, title: String, due: String, isOverdue: Bool, recipients: Int64, sent: Int64, isSuspended: Bool,
      note: String, origin: String?, unknownState: String? = nil, isOrphan: Bool = false
    ) {
      self.id = id
      self.title = title
      self.due = due
      self.isOverdue = isOverdue
      self.recipients = recipients
      self.sent = sent
      self.isSuspended = isSuspended
      self.note = note
      self.origin = origin
      self.unknownState = unknownState
      self.isOrphan = isOrphan
    }

    /// Whether somebody must decide about it before the outbox opens.
    public var isUndecided: Bool { origin != nil || isOverdue || isOrphan }

    /// What is to be known of it, in words; `waiting` when nothing is.
    public var states: [String] {
      var states: [String] = []
      if isOverdue { states.append("overdue") }
      if isSuspended { states.append("suspended") }
      if let unknownState { states.append("unknown state \(unknownState)") }
      if isOrphan { states.append("without its job") }
      if sent > 0 { states.append("\(sent) sent before") }
      if !note.isEmpty { states.append(note) }
      return states.isEmpty ? ["waiting"] : states
    }
  }

  private let database: any SystemDatabase

  /// What the switch says while it is closed, in the product's words.
  public static let disabledText = "Sending is disabled"

  /// What it says while it is open.
  public static let enabledText = "Sending is enabled"

  /// The outbox in `database`.
  public init(_ database: any SystemDatabase) { self.database = database }

  /// Whether the outbox sends.
  public func isOpen() throws -> Bool { try Settings(database).isSendingEnabled() }

  /// The queue, soonest first: what is in the queue's table, and every job whose state says that it should be.
  public func jobs(now: Int64 = Moment.now) throws -> [QueuedJob] { try OutboxQueue(database).jobs(now: now) }

  /// Takes jobs out of the queue; they stay as revoked jobs. All or none.
  public func revoke(_ ids: [Int64]) throws {
    try decide(ids) { id, queue in
      let modified = queue.hasJobColumn("modified_at") ? [SQLValue.text(Moment.database(Moment.now))] : []
      try database.execute(
        "UPDATE lui_jobs SET state = 'revoked'\(modified.isEmpty ? "" : ", modified_at = ?") WHERE id = ?",
        modified + [.integer(id)])
    }
  }

  /// Removes queued jobs with their attachments, tracked URLs and events. All or none.
  public func delete(_ ids: [Int64]) throws {
    try decide(ids) { id, _ in
      for (table, column) in [
        ("trk_events", "job_id"), ("trk_urls", "job_id"), ("lui_attachments", "job_id"), ("lui_jobs", "id"),
      ] {
        try database.execute("DELETE FROM \(table) WHERE \(column) = ?", [.integer(id)])
      }
    }
  }

  private func decide(_ ids: [Int64], _ act: (Int64, OutboxQueue) throws -> Void) throws {
    try database.transaction {
      let queue = try OutboxQueue(database)
      var left = Set(try queue.jobs(now: Moment.now).map(\.id))
      for id in ids {
        guard left.remove(id) != nil else {
          throw AdminError(.usage, "no such job in the outbox", at: "job \(id)", next: "see: hubtui outbox list")
        }
        try queue.dequeue(id)
        try act(id, queue)
      }
    }
  }

  /// Lets the outbox send again.
  ///
  /// - Throws: `AdminError`: `refused` while production's jobs are queued, or jobs that are overdue, which would all be
  ///   sent at once; on a test system what `HostReview` throws.
  public func open(_ installation: Installation, now: Int64 = Moment.now) throws {
    try database.transaction {
      try checkOpening(installation, now: now)
      try Settings(database).store(Settings.outboxSwitch, Settings.sendingEnabled)
    }
  }

  /// Throws what `open` would refuse, and changes nothing.
  public func checkOpening(_ installation: Installation, now: Int64 = Moment.now) throws {
    let jobs = try jobs(now: now)
    let foreign = jobs.filter { $0.origin != nil }
    if let first = foreign.first {
      throw AdminError(
        .refused, "\(foreign.count) of production's jobs are queued, first job \(first.id)", at: "outbox",
        next:
          "review them with: hubtui outbox list; then revoke or delete each, or all with: hubtui outbox revoke --all")
    }
    let orphans = jobs.filter(\.isOrphan)
    if let first = orphans.first {
      throw AdminError(
        .refused, "the queue has rows without their jobs, first job \(first.id)", at: "outbox",
        next: "revoke or delete each, or all with: hubtui outbox revoke --all")
    }
    let overdue = jobs.filter(\.isOverdue)
    if let first = overdue.first {
      throw AdminError(
        .refused, "\(overdue.count) jobs are overdue and would be sent at once, first job \(first.id)", at: "outbox",
        next: "revoke or delete each, or all with: hubtui outbox revoke --all; its author can schedule it again")
    }
    try HostReview(installation, database).check()
  }

  /// Keeps the outbox from sending.
  public func close() throws { try Settings(database).disableSending() }
}
