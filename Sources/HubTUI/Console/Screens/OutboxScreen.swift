import AdminCore
import TUIKitLite

/// The send queue: where each job came from, revoke, delete, close and re-open.
enum OutboxScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<Outbox.QueuedJob>(
      "Outbox", context,
      [
        .init("Job", minimum: 4, alignment: .right), .init("Due (UTC)", minimum: 16, priority: 1),
        .init("Title", minimum: 16),
        .init("Recipients", minimum: 10, alignment: .right, priority: 3), .init("Origin", minimum: 10),
        .init("State", minimum: 10, priority: 2),
      ], emptyText: "no job is queued", canMark: true,
      commands: [
        .init(.enter, "Job", help: "the whole job: its origin, what a reviewer should know") { jobs in
          jobs.first.map { .push(PagerScreen("Job \($0.id)", PagerSource(text: details($0)))) } ?? .none
        },
        .init(.character("r"), "Revoke", help: "takes the marked jobs out of the queue") { jobs in
          ask(context, jobs, verb: "Revoke", ("It stays as a revoked job.", "They stay as revoked jobs.")) {
            try Outbox($0).revoke($1)
          }
        },
        .init(.character("d"), "Delete", help: "deletes the marked jobs with all that belongs to them") { jobs in
          ask(
            context, jobs, verb: "Delete",
            ("Its attachments, tracked URLs and events go too.", "Their attachments, tracked URLs and events go too.")
          ) {
            try Outbox($0).delete($1)
          }
        },
        .init(.character("o"), "Open", help: "lets the outbox send again, after a typed word", needsItem: false) { _ in
          open(context)
        },
        .init(.character("c"), "Close", help: "keeps the outbox from sending", needsItem: false) { _ in
          .push(
            WorkScreen("Close the Outbox", "Closing…") {
              try context.hub.change("outbox close", "") { try Outbox($0).close() }
              return Outbox.disabledText
            })
        },
      ],
      load: { context in try context.hub.read { try Outbox($0).jobs(now: context.now()) } }, row: row)
  }

  private static func open(_ context: ConsoleContext) -> ConsoleAction {
    do {
      try context.hub.read { try Outbox($0).checkOpening(now: context.now()) }
    } catch {
      let reason = (error as? AdminError).map { $0.code == .refused ? $0.what : $0.message } ?? "\(error)"
      let text = "\(reason).\nRevoke (r) or delete (d) each of them first; Space marks several."
      return .push(DialogScreen(Dialog("The outbox stays closed", text, .message, .warning)))
    }
    return .push(
      DialogScreen(
        Dialog(
          "Open the outbox", "This system will send what is due, to the recipients its jobs name.", .typeWord("OPEN"),
          .danger),
        confirmed: .push(
          WorkScreen("Open the Outbox", "Opening…") {
            try context.hub.change("outbox open", "") { try Outbox($0).open(now: context.now()) }
            return "Sending is enabled"
          })))
  }

  private static func ask(
    _ context: ConsoleContext, _ jobs: [Outbox.QueuedJob], verb: String, _ notes: (one: String, many: String),
    _ act: @escaping @Sendable (any SystemDatabase, [Int64]) throws -> Void
  ) -> ConsoleAction {
    let ids = jobs.map(\.id)
    let names = ids.map(String.init).joined(separator: ", ")
    let text =
      "\(verb) \(ids.count == 1 ? "job \(names) (\(jobs[0].title))" : "\(ids.count) jobs: \(names)")? \(ids.count == 1 ? notes.one : notes.many)"
    // One wrong key must not decide over many jobs.
    let kind: Dialog.Kind = ids.count == 1 ? .confirm(yes: verb, no: "Keep") : .typeWord(verb.uppercased())
    return .push(
      DialogScreen(
        Dialog(verb, text, kind, .warning),
        confirmed: .push(
          WorkScreen(verb, "Working…") {
            try context.hub.change("outbox \(verb.lowercased())", names) { try act($0, ids) }
            return "\(verb)d: \(names)"
          })))
  }

  private static func state(_ job: Outbox.QueuedJob) -> [String] {
    var state: [String] = []
    if job.isOverdue { state.append("overdue") }
    if job.isSuspended { state.append("suspended") }
    if job.sent > 0 { state.append("\(job.sent) sent before") }
    if !job.note.isEmpty { state.append(job.note) }
    return state.isEmpty ? ["waiting"] : state
  }

  private static func details(_ job: Outbox.QueuedJob) -> String {
    let lines = [
      "Job         \(job.id)", "Title       \(job.title)",
      "Due (UTC)   \(job.due.isEmpty ? "no time is set" : job.due)",
      "Recipients  \(job.recipients)",
      "Origin      \(job.origin.map { "production, by test-bed backup \($0)" } ?? "this system")", "State",
    ]
    return (lines + state(job).map { "  \($0)" }).map(printable).joined(separator: "\n") + "\n"
  }

  @Sendable private static func row(_ job: Outbox.QueuedJob, _ context: ConsoleContext) -> Table.Row {
    let cells = [
      String(job.id), job.due.isEmpty ? "-" : String(job.due.prefix(16)), job.title, String(job.recipients),
      job.origin == nil ? "this system" : "production", state(job).joined(separator: ", "),
    ]
    return Table.Row(cells, job.origin != nil ? .danger : job.isOverdue ? .warning : .normal)
  }
}
