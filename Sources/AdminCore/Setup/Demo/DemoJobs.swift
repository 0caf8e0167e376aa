import Database

/// The jobs of the demo production, in every state that a job has, with what hangs on them: outbox, attachments, URLs.
struct DemoJobs {
  package let options: DemoOptions
  package let tables: DemoTables

  /// One job; what is not given is unset.
  struct Job {
    package let title: String
    package let state: String
    package var kind = "single"
    package var list: Int64? = 1
    package var connection: Int64?
    /// Seconds from `now`.
    var due: Int64?
    var repeatRule: String?
    var triggerEvent: String?
    var dateField: String?
    /// Of a hundred recipients, how many have it.
    var sentPercent = 0

    /// Whether it waits or is busy in the outbox.
    var isQueued: Bool { state == "scheduled" || state == "sending" }
    /// Whether recipients have it, so that there are events of it.
    var wasSent: Bool { sentPercent > 0 }
  }

  private static let day: Int64 = 86_400

  /// All jobs; a job's ID is its position, counted from 1.
  package static let all: [Job] = [
    Job(title: "Spring greetings (draft)", state: "draft"),
    Job(title: "Price list", state: "authorised", list: 2),
    Job(title: "Invitation to the open day", state: "scheduled", due: 120),
    Job(title: "Programme change — today!", state: "scheduled", list: 2, due: -3600),
    Job(title: "Greetings for the year after next", state: "scheduled", due: 500 * day),
    Job(title: "Weekly news", state: "scheduled", kind: "repeating", due: 2 * day, repeatRule: "FREQ=WEEKLY;BYDAY=MO"),
    Job(title: "Welcome, &&first_name;", state: "scheduled", kind: "triggered", triggerEvent: "subscriber-joined"),
    Job(title: "Happy birthday 🎂", state: "scheduled", kind: "date-driven", due: 21_600, dateField: "birthday"),
    Job(title: "Orders of last month", state: "scheduled", list: nil, connection: 2, due: day),
    Job(title: "Customers' letter", state: "scheduled", list: 3, due: 3 * day),
    Job(title: "Flash sale", state: "sending", due: -900, sentPercent: 37),
    Job(title: "Newsletter 1", state: "delivered", due: -120 * day, sentPercent: 100),
    Job(title: "Newsletter 2", state: "delivered", due: -90 * day, sentPercent: 100),
    Job(title: "Newsletter 3 \\ \"Äpfel & 梨\"", state: "delivered", due: -60 * day, sentPercent: 100),
    Job(title: "Members' letter", state: "delivered", list: 2, due: -30 * day, sentPercent: 100),
    Job(title: "Newsletter 4", state: "delivered", due: -2 * day, sentPercent: 100),
    Job(title: "Survey", state: "failed", due: -10 * day, sentPercent: 5),
    Job(title: "Wrong prices", state: "revoked", list: 2, due: -20 * day),
  ]

  /// How many tracked URLs each job has.
  static let urlsPerJob = 4

  func fill() throws {
    for (index, job) in DemoJobs.all.enumerated() {
      let id = Int64(index + 1)
      try insert(job, id)
      if job.isQueued {
        try tables.insert(
          "lui_outbox",
          [
            "job_id": .integer(id), "due_at": due(job), "queued_at": .moment(options.now - DemoJobs.day),
            "attempts": job.state == "sending" ? 1 : 0,
          ])
      }
      try insertURLs(of: job, id)
    }
    try insertAttachments()
  }

  /// How many people a list has.
  static func recipientCount(ofList list: Int64, _ options: DemoOptions) -> Int {
    switch list {
    case 1: max(10, options.subscribers / 10)
    case 2: max(5, options.subscribers / 50)
    default: 0
    }
  }

  /// When a job that was sent began to be.
  package func start(of job: Job) -> Int64 { options.now + (job.due ?? 0) }

  private func due(_ job: Job) -> SQLValue { job.due.map { .moment(options.now + $0) } ?? .null }

  private func insert(_ job: Job, _ id: Int64) throws {
    let count = job.list.map { DemoJobs.recipientCount(ofList: $0, options) } ?? 0
    let created = options.now - (140 - id) * DemoJobs.day
    try tables.insert(
      "lui_jobs",
      [
        "id": .integer(id), "title": .text(job.title), "owner_account_id": .integer(2 + id % 2),
        "state": .text(job.state),
        "kind": .text(job.kind), "subject": .text(job.title), "sender_profile_id": .integer(job.list == 2 ? 2 : 1),
        "body_text": .text(text(job, id)), "body_html": id % 6 == 0 ? .null : .text(html(job, id)),
        "recipient_list_id": job.list.map { .integer($0) } ?? .null,
        "connection_id": job.connection.map { .integer($0) } ?? .null,
        "recipient_query": job.connection == nil
          ? .null : "SELECT email FROM orders WHERE ordered_at > now() - interval '1 month'",
        "scheduled_at": due(job), "repeat_rule": SQLValue(job.repeatRule), "trigger_event": SQLValue(job.triggerEvent),
        "date_field": SQLValue(job.dateField), "is_suspended": 0,
        "review_note": job.state == "revoked" ? "the prices were of last year" : .null,
        "recipient_count": job.list == 3 || job.connection != nil ? .null : .integer(Int64(count)),
        "sent_count": .integer(Int64((count * job.sentPercent + 99) / 100)),
        "created_at": .moment(min(created, start(of: job))),
        "modified_at": .moment(min(created + 7200, options.now)), "origin": .null,
      ])
  }

  // What users wrote mentions production's hosts, as mails do: a copy keeps it, and the leak audit counts it.
  private func text(_ job: Job, _ id: Int64) -> String {
    """
    Dear &&first_name;,

    \(job.title): read on at https://news.\(DemoProduction.domain)/lui/archive/\(id)\t(tab)
    C:\\N is no NULL, and \\. ends nothing.
    Grüße · 你好 · مرحبا · e\u{301}
    """
  }

  private func html(_ job: Job, _ id: Int64) -> String {
    """
    <html><body><p>Dear &amp;&amp;first_name;,</p>\r
    <p><a href="https://track.\(DemoProduction.domain)/t/c/\(id)/1">\(job.title)</a></p>\r
    <img src="https://track.\(DemoProduction.domain)/t/o/\(id)" alt=""></body></html>\r

    """
  }

  private func insertURLs(of job: Job, _ id: Int64) throws {
    guard job.wasSent || job.isQueued else { return }
    let paths = ["", "offers?from=mail&job=\(id)", "参加", "unsubscribe"]
    for (index, path) in paths.enumerated() {
      try tables.insert(
        "trk_urls",
        [
          "id": .integer(DemoJobs.firstURL(ofJob: id) + Int64(index)), "job_id": .integer(id),
          "url": .text("https://www.\(DemoProduction.domain)/\(path)"), "title": index == 2 ? "参加する" : .null,
          "is_tracked": index == 3 ? 0 : 1,
        ])
    }
  }

  /// The ID of a job's first URL; the others follow it.
  static func firstURL(ofJob id: Int64) -> Int64 { (id - 1) * Int64(urlsPerJob) + 1 }

  private func insertAttachments() throws {
    var generator = SeededGenerator(seed: options.seed, .jobs)
    let attachments: [(Int64, String, String, [UInt8])] = [
      (3, "programme.pdf", "application/pdf", Array("%PDF-1.7\n".utf8) + generator.bytes(40_000)),
      (3, "Anfahrt – 地図.png", "image/png", (0...255).map { UInt8($0) }),
      (12, "empty.txt", "text/plain", []),
      (11, "terms.txt", "text/plain", Array("See https://www.\(DemoProduction.domain)/terms\n".utf8)),
    ]
    for (job, name, type, content) in attachments {
      try tables.insert(
        "lui_attachments",
        ["job_id": .integer(job), "file_name": .text(name), "media_type": .text(type), "content": .binary(content)])
    }
  }
}
