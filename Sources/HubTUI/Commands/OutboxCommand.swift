import AdminCore
import ArgumentParser

struct OutboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "Review the send queue, close and re-open it.",
    subcommands: [List.self, Revoke.self, Delete.self, Open.self, Close.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the queued jobs with where each came from.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    private struct JobOutput: Encodable {
      let id: Int64
      let title: String
      let due: String
      let isOverdue: Bool
      let recipients: Int64
      let sent: Int64
      let isSuspended: Bool
      let note: String
      let origin: String?
    }

    private struct OutboxOutput: Encodable {
      let isOpen: Bool
      let jobs: [JobOutput]
    }

    func run() throws {
      try installation.hub().read { database in
        let outbox = Outbox(database)
        let jobs = try outbox.jobs()
        if output.json {
          return try Output.json(
            OutboxOutput(
              isOpen: try outbox.isOpen(),
              jobs: jobs.map {
                JobOutput(
                  id: $0.id, title: $0.title, due: $0.due, isOverdue: $0.isOverdue, recipients: $0.recipients,
                  sent: $0.sent,
                  isSuspended: $0.isSuspended, note: $0.note, origin: $0.origin)
              }))
        }
        Output.line(try outbox.isOpen() ? "Sending is enabled" : Outbox.disabledText)
        Output.table(
          ["JOB", "DUE (UTC)", "RECIPIENTS", "ORIGIN", "STATE", "TITLE"],
          jobs.map { job in
            var state: [String] = []
            if job.isOverdue { state.append("overdue") }
            if job.isSuspended { state.append("suspended") }
            if job.sent > 0 { state.append("\(job.sent) sent before") }
            if !job.note.isEmpty { state.append(job.note) }
            return [
              String(job.id), job.due.isEmpty ? "-" : job.due, String(job.recipients),
              job.origin.map { "production, \($0)" } ?? "this system",
              state.isEmpty ? "waiting" : state.joined(separator: ", "),
              job.title,
            ]
          })
      }
    }
  }

  /// Which jobs are meant.
  struct Selection: ParsableArguments {
    @Argument(help: "The jobs' numbers.") var jobs: [Int64] = []
    @Flag(help: "All queued jobs, after a typed word.") var all = false
    @Option(help: "The word, for scripts.") var confirm: String?

    func validate() throws {
      guard all != !jobs.isEmpty else { throw ValidationError("give the numbers of jobs, or --all") }
    }

    func resolved(_ hub: Hub, verb: String) throws -> [Int64] {
      guard all else { return jobs }
      let queued = try hub.read { try Outbox($0).jobs().map(\.id) }
      try Prompt.confirm(
        "This will \(verb.lowercased()) all \(queued.count) queued jobs.", word: "\(verb) ALL", given: confirm)
      return queued
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take jobs out of the queue; they stay as revoked jobs.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let hub = try installation.hub()
      let ids = try selection.resolved(hub, verb: "REVOKE")
      try hub.change("outbox revoke", ids.map(String.init).joined(separator: ", ")) { try Outbox($0).revoke(ids) }
      Output.line("Revoked: \(ids.count)")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete queued jobs with all that belongs to them.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let hub = try installation.hub()
      let ids = try selection.resolved(hub, verb: "DELETE")
      try hub.change("outbox delete", ids.map(String.init).joined(separator: ", ")) { try Outbox($0).delete(ids) }
      Output.line("Deleted: \(ids.count)")
    }
  }

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the outbox send again; refused while production's or overdue jobs are queued.")

    @OptionGroup var installation: InstallationOption
    @Option(help: "The word OPEN, for scripts.") var confirm: String?

    func run() throws {
      let hub = try installation.hub()
      try hub.read { try Outbox($0).checkOpening() }
      try Prompt.confirm(
        "The outbox of \(hub.installation.folder) will send what is due.", word: "OPEN", given: confirm)
      try hub.change("outbox open", "") { try Outbox($0).open() }
      Output.line("Sending is enabled")
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep the outbox from sending.")

    @OptionGroup var installation: InstallationOption

    func run() throws {
      try installation.hub().change("outbox close", "") { try Outbox($0).close() }
      Output.line(Outbox.disabledText)
    }
  }
}
