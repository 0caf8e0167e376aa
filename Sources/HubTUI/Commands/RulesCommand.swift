import AdminCore
import ArgumentParser

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List, propose and check this site's rules for test-bed backups.",
    subcommands: [List.self, Propose.self, Check.self])

  /// The backup that the rules are for.
  struct BackupOption: ParsableArguments {
    @Flag(help: "Think of a backup with invented recipients.") var maskRecipients = false

    var options: BackupOptions { BackupOptions(kind: .testBed, masksRecipients: maskRecipients) }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the entries of hub/test-bed-rules.yaml.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(RuleActions.list, json: output.json) }
  }

  struct Propose: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an entry for everything that looks dangerous and is unanswered, set to remove.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var backup: BackupOption
    @Option(name: .customLong("output"), help: "The file to write; without it hub/test-bed-rules.yaml.")
    var path: String?

    func run() throws {
      let hub = try installation.hub()
      Output.line(
        try RuleActions.propose(
          hub, to: path.map(FileSystem.absolute), backup.options, observer: ProgressLine().observer))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether the rules are understood and what they leave unanswered; ends with 78 or 77 then.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var backup: BackupOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let hub = try installation.hub()
      let check = try RuleActions.check(hub, backup.options, observer: ProgressLine().observer)
      if output.json { try Output.json(check) } else { check.lines.forEach(Output.line) }
      if let refusal = RuleActions.refusal(of: check, hub) { throw refusal }
    }
  }
}
