import AdminCore
import TUIKitLite

extension PlainConsole {
  /// Post-Restore Setup: the checklist; a step is done when the system says so.
  func postRestoreSetup() throws {
    while true {
      let steps = try hub.read { try PostRestoreSetup(installation, $0).steps() }
      let items = steps.map { Menu.Item("\($0.title): \($0.isDone ? "done" : "open"), \($0.detail)") }
      guard let place = try choose("Post-Restore Setup", items) else { return }
      try visit {
        switch steps[place].kind {
        case .listservHost: try fill(HostScreen.listserv)
        case .trackingHost: try fill(HostScreen.tracking)
        case .outboxReview, .outboxOpening: try outbox()
        }
      }
    }
  }

  /// Outbox: the queue, revoke, delete, open, close.
  func outbox() throws {
    while true {
      let (jobs, isOpen) = try hub.read { database in
        let outbox = Outbox(database)
        return (try outbox.jobs(now: now()), try outbox.isOpen())
      }
      prompt.say(isOpen ? "Sending is enabled" : Outbox.disabledText)
      if jobs.isEmpty { prompt.say("No job is queued.") }
      try show(jobs.map(line))
      let disabled = jobs.isEmpty ? "no job is queued" : nil
      let items: [Menu.Item] = [
        .init("Revoke jobs", disabled: disabled), .init("Delete jobs", disabled: disabled),
        .init("Open the outbox", disabled: isOpen ? "it is open" : nil),
        .init("Close the outbox", disabled: isOpen ? nil : "it is closed"),
      ]
      guard let place = try choose("Outbox", items) else { return }
      try visit {
        switch place {
        case 0: try decide(jobs, "Revoke", "They stay as revoked jobs.") { try $0.revoke($1) }
        case 1:
          try decide(jobs, "Delete", "Their attachments, tracked URLs and events go too.") { try $0.delete($1) }
        case 2: try openOutbox()
        default:
          try hub.change("outbox close", "") { try Outbox($0).close() }
          prompt.say(Outbox.disabledText, .good)
        }
      }
    }
  }

  private func line(for job: Outbox.QueuedJob) -> String {
    var words = ["Job \(job.id)", job.title]
    words.append(job.due.isEmpty ? "no due time" : "due \(job.due)")
    words += ["\(job.recipients) recipients", job.origin == nil ? "of this system" : "of production"]
    if job.isOverdue { words.append("overdue") }
    if job.isSuspended { words.append("suspended") }
    if job.sent > 0 { words.append("\(job.sent) sent before") }
    if !job.note.isEmpty { words.append(job.note) }
    return words.joined(separator: ", ")
  }

  private func decide(
    _ jobs: [Outbox.QueuedJob], _ verb: String, _ note: String, _ act: (Outbox, [Int64]) throws -> Void
  ) throws {
    let answer = try line("Numbers of the jobs to \(verb.lowercased()), or all, empty for none: ")
    let words = answer.split { $0 == " " || $0 == "," }.map(String.init)
    guard !words.isEmpty else { return }
    let isAll = words == ["all"]
    var ids: [Int64] = []
    for word in isAll ? jobs.map({ String($0.id) }) : words {
      guard let job = jobs.first(where: { String($0.id) == word }) else {
        return prompt.say("no job \(word) is queued; nothing was changed", .error)
      }
      if !ids.contains(job.id) { ids.append(job.id) }
    }
    let names = ids.map(String.init).joined(separator: ", ")
    let one = ids.count == 1 ? jobs.first { $0.id == ids[0] } : nil
    let what = one.map { "job \($0.id) (\($0.title))" } ?? "\(ids.count) jobs: \(names)"
    // One wrong key must not decide over many jobs.
    let kind: Dialog.Kind =
      isAll
      ? .typeWord("\(verb.uppercased()) ALL")
      : one == nil ? .typeWord(verb.uppercased()) : .confirm(yes: verb, no: "Keep")
    guard try confirm(verb, "\(verb) \(what)? \(note)", kind, .warning) else { return }
    try hub.change("outbox \(verb.lowercased())", names) { try act(Outbox($0), ids) }
    prompt.say("\(verb)d: \(names)", .good)
  }

  private func openOutbox() throws {
    try hub.read { try Outbox($0).checkOpening() }
    let isSure = try confirm(
      "Open the outbox", "This system will send what is due, to the recipients its jobs name.", .typeWord("OPEN"),
      .danger)
    guard isSure else { return }
    try hub.change("outbox open", "") { try Outbox($0).open() }
    prompt.say("Sending is enabled", .good)
  }
}
