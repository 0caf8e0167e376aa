import Administration
import Archive
import Database
import Platform
import Runs

extension Outbox {
  /// What is decided about a queued job.
  public enum Decision: Sendable {
    /// It leaves the queue and stays as a revoked job.
    case revoke
    /// It goes, with all that belongs to it.
    case delete

    /// As buttons say it.
    public var title: String { self == .revoke ? "Revoke" : "Delete" }
    /// As it is typed.
    public var word: String { title.uppercased() }
    /// As the command is called.
    var verb: String { title.lowercased() }

    fileprivate func consequence(isOne: Bool) -> String {
      switch self {
      case .revoke: isOne ? "It stays as a revoked job." : "They stay as revoked jobs."
      case .delete:
        isOne
          ? "Its attachments, tracked URLs and events go too." : "Their attachments, tracked URLs and events go too."
      }
    }
  }
}

/// The send queue: where each job came from, revoke, delete, close and re-open.
public enum OutboxActions {
  /// The queue, soonest first.
  public static let list: Listing<Outbox.QueuedJob> = Listing(
    "outbox list", "Outbox", noun: "job", emptyText: "no job is queued",
    columns: [
      .init("Job", 4, isRight: true) { String($0.id) },
      .init("Due (UTC)", 16, priority: 1) { $0.due.isEmpty ? "-" : String($0.due.prefix(16)) },
      .init("Title", 16) { $0.title }, .init("Recipients", 10, isRight: true, priority: 3) { String($0.recipients) },
      .init("Origin", 10) { $0.origin == nil ? "this system" : "production" },
      .init("State", 10, priority: 2) { $0.states.joined(separator: ", ") },
    ],
    table: [
      .init("JOB") { String($0.id) }, .init("DUE (UTC)") { $0.due.isEmpty ? "-" : $0.due },
      .init("RECIPIENTS") { String($0.recipients) },
      .init("ORIGIN") { $0.origin.map { "production, \($0)" } ?? "this system" },
      .init("STATE") { $0.states.joined(separator: ", ") }, .init("TITLE") { $0.title },
    ],
    tone: { $0.origin != nil ? .danger : $0.isOverdue ? .warning : .normal }, identity: { String($0.id) },
    line: { job, _ in
      Listing<Outbox.QueuedJob>.joined(
        [
          "Job \(job.id)", job.title, job.due.isEmpty ? "no due time" : "due \(job.due)",
          "\(job.recipients) recipients", job.origin == nil ? "of this system" : "of production",
        ] + (job.states == ["waiting"] ? [] : job.states))
    },
    json: Row.init, plural: "jobs",
    load: { hub, now in
      try hub.read { database in
        let outbox = Outbox(database)
        let isOpen = try outbox.isOpen()
        var obstacles: [String: AdminError] = [:]
        do { try outbox.checkOpening(hub.installation, now: now) } catch let error as AdminError {
          obstacles[open.name] = error
        }
        if isOpen {
          obstacles[open.name] = AdminError(.usage, "it is open", next: "nothing to do")
        } else {
          obstacles[close.name] = AdminError(.usage, "it is closed", next: "nothing to do")
        }
        let reach = try PostRestoreSetup(hub.installation, database).reach().lines.joined(separator: " ")
        return .init(
          try outbox.jobs(now: now), headline: isOpen ? Outbox.enabledText : Outbox.disabledText, obstacles: obstacles,
          warnings: [open.name: reach])
      }
    },
    actions: [show, revoke, delete, open, close])

  private static let show: Action<Outbox.QueuedJob> = Action(
    "outbox list", nil, "Job", help: "the whole job: its origin, what a reviewer should know",
    work: .show { .text(title: "Job \($0[0].id)", details($0[0])) })

  /// Takes jobs out of the queue.
  public static let revoke = decision(.revoke, "r", help: "takes the marked jobs out of the queue") {
    try Outbox($0).revoke($1)
  }

  /// Deletes queued jobs.
  public static let delete = decision(.delete, "d", help: "deletes the marked jobs with all that belongs to them") {
    try Outbox($0).delete($1)
  }

  /// Lets the outbox send again.
  public static let open: Action<Outbox.QueuedJob> = Action(
    "outbox open", "o", "Open", title: "Open the Outbox", help: "lets the outbox send again, after a typed word",
    .installation, dependsOnState: true,
    refusal: ("The outbox stays closed", "Revoke or delete each of them first; several can be marked."),
    confirmation: { _, _ in
      .word("Open the outbox", "This system will send what is due, to the recipients its jobs name.", .open)
    },
    work: .quick { _, hub in
      try hub.change(open.name, "") { try Outbox($0).open(hub.installation) }
      return Outbox.enabledText
    })

  /// Keeps the outbox from sending.
  public static let close: Action<Outbox.QueuedJob> = Action(
    "outbox close", "c", "Close", title: "Close the Outbox", help: "keeps the outbox from sending", .installation,
    dependsOnState: true,
    work: .quick { _, hub in
      try hub.change(close.name, "") { try Outbox($0).close() }
      return Outbox.disabledText
    })

  private static func decision(
    _ decision: Outbox.Decision, _ key: Character, help: String,
    _ act: @escaping @Sendable (any SystemDatabase, [Int64]) throws -> Void
  ) -> Action<Outbox.QueuedJob> {
    Action(
      "outbox \(decision.verb)", key, decision.title, help: help, .several,
      confirmation: { jobs, all in question(decision, jobs, of: all) },
      work: .quick { jobs, hub in
        let ids = jobs.map(\.id)
        try hub.change("outbox \(decision.verb)", names(jobs)) { try act($0, ids) }
        return "\(decision.title)d: \(names(jobs))"
      })
  }

  /// What is asked before jobs are revoked or deleted. One wrong key must not decide over many jobs.
  ///
  /// - Parameter isAll: whether all were asked for, however many there are.
  public static func question(
    _ decision: Outbox.Decision, _ jobs: [Outbox.QueuedJob], of all: [Outbox.QueuedJob], isAll: Bool = false
  ) -> Confirmation {
    guard jobs.count > 1 || isAll else {
      let what = jobs.first.map { "job \($0.id) (\($0.title))" } ?? "no job"
      return .choice(
        decision.title, "\(decision.title) \(what)? \(decision.consequence(isOne: true))", yes: decision.title,
        no: "Keep")
    }
    return .word(
      decision.title,
      "\(decision.title) \(jobs.count) jobs: \(names(jobs))? \(decision.consequence(isOne: false))",
      isAll || jobs.count == all.count ? .all(decision) : .several(decision), .warning)
  }

  /// The outbox as JSON: its switch and its jobs.
  public static func document(_ hub: Hub) throws -> some Encodable {
    try hub.read { database in
      let outbox = Outbox(database)
      return OutboxDocument(isOpen: try outbox.isOpen(), jobs: try outbox.jobs().map(Row.init))
    }
  }

  private struct OutboxDocument: Encodable {
    let isOpen: Bool
    let jobs: [Row]
  }

  private static func names(_ jobs: [Outbox.QueuedJob]) -> String {
    jobs.map { String($0.id) }.joined(separator: ", ")
  }

  private static func details(_ job: Outbox.QueuedJob) -> String {
    let lines = [
      "Job         \(job.id)", "Title       \(job.title)",
      "Due (UTC)   \(job.due.isEmpty ? "no time is set" : job.due)", "Recipients  \(job.recipients)",
      "Origin      \(job.origin.map { "production, by test-bed backup \($0)" } ?? "this system")", "State",
    ]
    return (lines + job.states.map { "  \($0)" }).map(printable).joined(separator: "\n") + "\n"
  }

  private struct Row: Encodable {
    let id: Int64
    let title: String
    let due: String
    let isOverdue: Bool
    let recipients: Int64
    let sent: Int64
    let isSuspended: Bool
    let note: String
    let origin: String?

    init(_ job: Outbox.QueuedJob) {
      id = job.id
      title = job.title
      due = job.due
      isOverdue = job.isOverdue
      recipients = job.recipients
      sent = job.sent
      isSuspended = job.isSuspended
      note = job.note
      origin = job.origin
    }
  }
}
