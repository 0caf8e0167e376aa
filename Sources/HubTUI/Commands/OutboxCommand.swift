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

    func run() throws {
      let command = try ActionCommand(installation)
      guard output.json else { return try command.list(OutboxActions.list, json: false) }
      try Output.json(try OutboxActions.document(command.hub))
    }
  }

  /// Which jobs are meant.
  struct Selection: ParsableArguments {
    @Argument(help: "The jobs' numbers.") var jobs: [Int64] = []
    @Flag(help: "All queued jobs, after a typed word.") var all = false
    @Option(help: "The word, for scripts.") var confirm: String?
    @OptionGroup var confirmation: YesOption

    func validate() throws {
      guard all != !jobs.isEmpty else { throw ValidationError("give the numbers of jobs, or --all") }
    }

    func decide(_ action: Action<Outbox.QueuedJob>, _ decision: Outbox.Decision, _ installation: InstallationOption)
      throws
    {
      let command = try ActionCommand(installation)
      let queued = try OutboxActions.list.load(command.hub, Moment.now).items
      let chosen =
        all
        ? queued
        : try jobs.map { id in
          guard let job = queued.first(where: { $0.id == id }) else {
            throw AdminError(.usage, "no such job in the outbox", at: "job \(id)", next: "see: hubtui outbox list")
          }
          return job
        }
      if !confirmation.yes || all {
        try Prompt.confirm(
          OutboxActions.question(decision, chosen, of: queued, isAll: all), word: confirm, eachIsNamed: !all)
      }
      try command.perform(action, on: chosen, of: queued, isConfirmed: true)
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take jobs out of the queue; they stay as revoked jobs.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws { try selection.decide(OutboxActions.revoke, .revoke, installation) }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete queued jobs with all that belongs to them.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws { try selection.decide(OutboxActions.delete, .delete, installation) }
  }

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the outbox send again; refused while production's or overdue jobs are queued.")

    @OptionGroup var installation: InstallationOption
    @Option(help: "The word OPEN, for scripts.") var confirm: String?

    func run() throws {
      let command = try ActionCommand(installation)
      let contents = try OutboxActions.list.load(command.hub, Moment.now)
      if let refusal = contents.obstacles[OutboxActions.open.name], refusal.code != .usage { throw refusal }
      let warning = contents.warnings[OutboxActions.open.name]
      // Whoever gives the word beforehand is not asked, and is to know it all the same.
      if confirm != nil, let warning, !warning.isEmpty { Output.line(warning) }
      try command.perform(OutboxActions.open, on: [], word: confirm, warning: warning)
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep the outbox from sending.")

    @OptionGroup var installation: InstallationOption

    func run() throws { try ActionCommand(installation).perform(OutboxActions.close, on: []) }
  }
}
