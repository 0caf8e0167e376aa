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
        try Prompt.confirm(
          "This rebuilds the lost origin of backup \(id.id) here, with its jobs, hosts and external database. If the origin still runs, every job is sent twice.",
          word: "REBUILD \(id.id)", onlyAtTerminal: true)
      } else if !yes {
        try Prompt.confirm(
          "This replaces all data of \(hub.installation.folder); the present state is kept for: hubtui restore rollback.",
          word: "RESTORE")
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
      switch outcome {
      case .pass: "ok   "
      case .warning: "note "
      case .fail: "FAIL "
      }
    }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put the state before the last restore back; a second time undoes that.")

    @OptionGroup var installation: InstallationOption
    @Flag(help: "Do not ask for the word ROLLBACK.") var yes = false

    func run() throws {
      let hub = try installation.hub()
      if !yes { try Prompt.confirm("This puts the state before the last restore back.", word: "ROLLBACK") }
      let id = try hub.rollBackRestore()
      Output.line("Rolled back: the restore of \(id). The state it had made is kept; the same command brings it back.")
    }
  }
}
