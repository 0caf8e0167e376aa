import Database
import Installation
import Platform

/// Reads LUI's send queue from whatever tables an installation has: an older one lacks columns, a damaged one has rows
/// without a job, and a component may read a state or a time that is spelled otherwise.
struct OutboxQueue {
  /// The number under which rows of the queue stand that name no job's.
  static let withoutNumber: Int64 = -1

  let database: any SystemDatabase
  private let jobColumns: Set<String>
  private let queueColumns: Set<String>

  init(_ database: any SystemDatabase) throws {
    self.database = database
    jobColumns = Set(try database.columns(of: "lui_jobs"))
    queueColumns = Set(try database.columns(of: "lui_outbox"))
  }

  /// Whether jobs have a column.
  func hasJobColumn(_ name: String) -> Bool { jobColumns.contains(name) }

  /// All queued jobs, soonest first.
  func jobs(now: Int64) throws -> [Outbox.QueuedJob] {
    let system = try TestSystem(Settings(database))
    let queue = try queueRows()
    var found: [Int64: Outbox.QueuedJob] = [:]
    for row in try jobRows(isTestSystem: system != nil) {
      guard let id = row["id"]?.integer else { continue }
      found[id] = job(id, row, queue[id] ?? [], system, now: now)
    }
    // What is queued without a job came from nobody who could be asked.
    for (id, dues) in queue where found[id] == nil { found[id] = orphan(id, dues, system) }
    return found.values.sorted { ($0.due, $0.id) < ($1.due, $1.id) }
  }

  /// Removes a job's rows from the queue.
  func dequeue(_ id: Int64) throws {
    guard queueColumns.contains("job_id") else { return }
    guard id == OutboxQueue.withoutNumber else {
      try database.execute("DELETE FROM lui_outbox WHERE job_id = ?", [.integer(id)])
      return
    }
    for row in try database.query("SELECT DISTINCT job_id FROM lui_outbox") where row[0].integer == nil {
      if row[0] == .null {
        try database.execute("DELETE FROM lui_outbox WHERE job_id IS NULL", [])
      } else {
        try database.execute("DELETE FROM lui_outbox WHERE job_id = ?", [row[0]])
      }
    }
  }

  /// The due times of each job that has rows in the queue.
  private func queueRows() throws -> [Int64: [SQLValue]] {
    guard queueColumns.contains("job_id") else { return [:] }
    let due = queueColumns.contains("due_at") ? "due_at" : "NULL"
    var rows: [Int64: [SQLValue]] = [:]
    for row in try database.query("SELECT job_id, \(due) FROM lui_outbox") {
      rows[row[0].integer ?? OutboxQueue.withoutNumber, default: []].append(row[1])
    }
    return rows
  }

  private typealias Row = [String: SQLValue]

  /// The jobs that are in the queue, or whose state says that they should be.
  private func jobRows(isTestSystem: Bool) throws -> [Row] {
    let names = [
      "id", "title", "state", "scheduled_at", "recipient_count", "sent_count", "is_suspended", "review_note", "origin",
      "trigger_event", "date_field",
    ].filter(jobColumns.contains)
    let select = "SELECT \(names.joined(separator: ", ")) FROM lui_jobs"
    var rows: [[SQLValue]] = []
    if queueColumns.contains("job_id") {
      rows += try database.query("\(select) WHERE id IN (SELECT job_id FROM lui_outbox)")
    }
    if jobColumns.contains("state") {
      for value in try database.query("SELECT DISTINCT state FROM lui_jobs").map({ $0[0] }) {
        let state = JobState(value)
        // On a copy the unknown is dangerous; production has states of its own.
        guard state.isQueued || (isTestSystem && !state.isKnown) else { continue }
        rows +=
          value == .null
          ? try database.query("\(select) WHERE state IS NULL")
          : try database.query("\(select) WHERE state = ?", [value])
      }
    }
    return rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
  }

  private func job(
    _ id: Int64, _ row: Row, _ dues: [SQLValue], _ system: TestSystem?, now: Int64
  ) -> Outbox.QueuedJob {
    // The queue's time counts; a row of the queue without one has that of its job.
    let scheduled = row["scheduled_at"] ?? .null
    let times = (dues.isEmpty ? [.null] : dues).map { DueTime($0 == .null ? scheduled : $0) }
    let mayBeUnset = ["trigger_event", "date_field"].contains { row[$0].map(OutboxQueue.isSet) ?? false }
    let overdue = times.first { $0.isOverdue(now: now, mayBeUnset: mayBeUnset) }
    let state = JobState(row["state"] ?? .null)
    return Outbox.QueuedJob(
      id: id, title: OutboxQueue.text(row["title"]), due: (overdue ?? times[0]).text, isOverdue: overdue != nil,
      recipients: row["recipient_count"]?.integer ?? 0, sent: row["sent_count"]?.integer ?? 0,
      isSuspended: OutboxQueue.isTrue(row["is_suspended"] ?? .null), note: OutboxQueue.text(row["review_note"]),
      origin: origin(row["origin"], system), unknownState: state.isKnown ? nil : state.word)
  }

  /// Where no column says which jobs are production's, all of them are.
  private func origin(_ value: SQLValue?, _ system: TestSystem?) -> String? {
    guard let value else { return system?.set.description }
    return OutboxQueue.isSet(value) ? OutboxQueue.text(value) : nil
  }

  private func orphan(_ id: Int64, _ dues: [SQLValue], _ system: TestSystem?) -> Outbox.QueuedJob {
    Outbox.QueuedJob(
      id: id, title: id == OutboxQueue.withoutNumber ? "(rows without a job's number)" : "(the job is missing)",
      due: dues.first.map { DueTime($0).text } ?? "", isOverdue: false, recipients: 0, sent: 0, isSuspended: false,
      note: "", origin: system?.set.description, isOrphan: true)
  }

  private static func text(_ value: SQLValue?) -> String {
    switch value {
    case .text(let text)?: text
    case .binary(let bytes)?: String(decoding: bytes, as: UTF8.self)
    case .integer(let number)?: String(number)
    case .real(let number)?: String(number)
    case .null?, nil: ""
    }
  }

  private static func isSet(_ value: SQLValue) -> Bool { !text(value).trimmingSpaces.isEmpty }

  private static func isTrue(_ value: SQLValue) -> Bool {
    isSet(value) && !["0", "false", "f", "n", "no", "\0"].contains(text(value).lowercased())
  }
}
