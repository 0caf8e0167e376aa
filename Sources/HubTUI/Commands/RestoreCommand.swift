import AdminCore
import ArgumentParser

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a backup set, or roll the last restore back.",
    usage: "hubtui restore <id> [--from <folder> …] [--dry-run] [--yes]\n       hubtui restore rollback [--yes]",
    discussion: """
      --from <folder>   a folder with archives from elsewhere; may be given several times
      --dry-run         only ask the preflight questions, and change nothing
      --yes             do not ask for the word RESTORE
      """,
    subcommands: [One.self, Rollback.self], defaultSubcommand: One.self)

  struct One: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Restore a set into this installation.", shouldDisplay: false)

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption
    @Flag(help: "Only ask the preflight questions, and change nothing.") var dryRun = false
    @Flag(help: "Do not ask for the word RESTORE.") var yes = false

    func run() throws {
      let hub = try installation.hub()
      let preflight = try hub.preflight(id.id, from: from.folders)
      for check in preflight.checks { Output.line("\(mark(check.outcome))  \(check.title): \(check.detail)") }
      if let failure = preflight.failure { throw failure }
      if dryRun { return Output.line("Nothing was changed; the restore could start.") }
      if preflight.isRebuild {
        try Prompt.confirm(RestoreActions.rebuildConfirmation(of: id.id))
      } else if !yes {
        try Prompt.confirm(RestoreActions.confirmation(of: id.id, hub))
      }
      try hub.restore(
        id.id, from: from.folders, after: preflight, confirmsRebuild: preflight.isRebuild,
        observer: ProgressLine().observer)
      Output.line("Restored: \(id.id)")
      if preflight.kind == .testBed {
        Output.line("Sending is disabled. Go on with: hubtui post-restore status")
      }
    }

    private func mark(_ outcome: RestorePreflight.Check.Outcome) -> String {
      outcome.word + String(repeating: " ", count: 5 - outcome.word.count)
    }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put the state before the last restore back; a second time undoes that.")

    @OptionGroup var installation: InstallationOption
    @Flag(help: "Do not ask for the word ROLLBACK.") var yes = false

    func run() throws {
      let hub = try installation.hub()
      if !yes, let question = RestoreActions.rollBack.confirmation([], []) { try Prompt.confirm(question) }
      Output.line(RestoreActions.rolledBack(try hub.rollBackRestore(observer: ProgressLine().observer)))
    }
  }
}
