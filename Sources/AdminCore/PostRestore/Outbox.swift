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
    /// Whether that moment has passed.
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

    /// What is to be known of it, in words; `waiting` when nothing is.
    public var states: [String] {
      var states: [String] = []
      if isOverdue { states.append("overdue") }
      if isSuspended { states.append("suspended") }
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
  public func jobs(now: Int64 = Moment.now) throws -> [QueuedJob] {
    try database.query(
      """
      SELECT q.id, j.title, coalesce(o.due_at, j.scheduled_at), j.recipient_count, j.sent_count, j.is_suspended,
      j.review_note, j.origin
      FROM (SELECT job_id AS id FROM lui_outbox UNION SELECT id FROM lui_jobs WHERE state IN ('scheduled', 'sending')) q
      LEFT JOIN lui_jobs j ON j.id = q.id LEFT JOIN lui_outbox o ON o.job_id = q.id ORDER BY 3, 1
      """
    ).map { row in
      let due = row[2].text ?? ""
      return QueuedJob(
        id: row[0].integer ?? 0, title: row[1].text ?? "(the job is missing)", due: due,
        isOverdue: Moment.parse(due).map { $0 <= now } ?? false, recipients: row[3].integer ?? 0,
        sent: row[4].integer ?? 0,
        isSuspended: row[5].integer == 1, note: row[6].text ?? "", origin: row[7].text)
    }
  }

  /// Takes jobs out of the queue; they stay as revoked jobs. All or none.
  public func revoke(_ ids: [Int64]) throws {
    try database.transaction {
      for id in ids {
        try dequeue(id)
        try database.execute(
          "UPDATE lui_jobs SET state = 'revoked', modified_at = ? WHERE id = ?",
          [.text(Moment.database(Moment.now)), .integer(id)])
      }
    }
  }

  /// Removes queued jobs with their attachments, tracked URLs and events. All or none.
  public func delete(_ ids: [Int64]) throws {
    try database.transaction {
      for id in ids {
        try dequeue(id)
        for (table, column) in [
          ("trk_events", "job_id"), ("trk_urls", "job_id"), ("lui_attachments", "job_id"), ("lui_jobs", "id"),
        ] {
          try database.execute("DELETE FROM \(table) WHERE \(column) = ?", [.integer(id)])
        }
      }
    }
  }

  /// Lets the outbox send again.
  ///
  /// - Throws: `AdminError`: `refused` while production's jobs are queued, or jobs that are overdue, which would all be
  ///   sent at once; on a test system what `HostReview` throws.
  public func open(now: Int64 = Moment.now) throws {
    try database.transaction {
      try checkOpening(now: now)
      try Settings(database).store(Settings.outboxSwitch, Settings.sendingEnabled)
    }
  }

  /// Throws what `open` would refuse, and changes nothing.
  public func checkOpening(now: Int64 = Moment.now) throws {
    let jobs = try jobs(now: now)
    let foreign = jobs.filter { $0.origin != nil }
    if let first = foreign.first {
      throw AdminError(
        .refused, "\(foreign.count) of production's jobs are queued, first job \(first.id)", at: "outbox",
        next:
          "review them with: hubtui outbox list; then revoke or delete each, or all with: hubtui outbox revoke --all")
    }
    let overdue = jobs.filter(\.isOverdue)
    if let first = overdue.first {
      throw AdminError(
        .refused, "\(overdue.count) jobs are overdue and would be sent at once, first job \(first.id)", at: "outbox",
        next: "revoke or delete each, or all with: hubtui outbox revoke --all; its author can schedule it again")
    }
    try HostReview(database).check()
  }

  /// Keeps the outbox from sending.
  public func close() throws { try Settings(database).store(Settings.outboxSwitch, Settings.sendingDisabled) }

  private func dequeue(_ id: Int64) throws {
    guard try jobs().contains(where: { $0.id == id }) else {
      throw AdminError(.usage, "no such job in the outbox", at: "job \(id)", next: "see: hubtui outbox list")
    }
    try database.execute("DELETE FROM lui_outbox WHERE job_id = ?", [.integer(id)])
  }
}
