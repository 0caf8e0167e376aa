import AdminCore
import ArgumentParser

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Make, list, verify, collect and delete backups.",
    subcommands: [Create.self, List.self, Verify.self, Collect.self, Delete.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a backup of all three components; prints its ID on the last line.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption
    @Flag(help: "Make a test-bed backup: a copy with everything dangerous removed.") var testBed = false
    @Flag(help: "Only show what would be done, and write no backup.") var dryRun = false
    @Flag(help: "Replace recipients and subscribers by invented ones (test-bed only).") var maskRecipients = false
    @Option(help: "How hard to compress, 1 (fast) to 9 (small).") var level = BackupOptions.defaultLevel

    func validate() throws {
      guard (1...9).contains(level) else { throw ValidationError("--level must be from 1 to 9") }
      guard !maskRecipients || testBed else { throw ValidationError("--mask-recipients goes with --test-bed") }
      guard !output.json || dryRun else { throw ValidationError("--json goes with --dry-run") }
    }

    func run() throws {
      let hub = try installation.hub()
      let options = BackupOptions(kind: testBed ? .testBed : .normal, masksRecipients: maskRecipients, level: level)
      let observer = ProgressLine().observer
      guard dryRun else { return Output.line(try hub.createBackup(options, observer: observer).description) }
      let preview = try hub.previewBackup(options, observer: observer)
      if output.json { try Output.json(preview) } else { PreviewText.lines(preview).forEach(Output.line) }
      if let first = preview.findings.first {
        throw AdminError(
          .refused, "\(preview.findingsInWords), a backup would stop",
          at: first.place, next: "add to \(hub.installation.rulesPath): \(first.remedy)")
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the backup sets, newest first, with what is wrong with each.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption
    @OptionGroup var output: JSONOption

    func run() throws {
      try ActionCommand(installation).list(BackupActions.list(from: from.folders), json: output.json)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read a set back completely and check every byte of it.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption

    func run() throws {
      let set = try installation.hub().verifyBackup(id.id, from: from.folders, observer: ProgressLine().observer)
      Output.line(BackupActions.verified(set))
    }
  }

  struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Gather a set's archives and report in one folder, from all machines; goes on where it stopped.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @Option(name: .customLong("to"), help: "The folder; made when it is not there.") var folder: String

    func run() throws {
      let set = try installation.hub().collectBackup(id.id, to: folder, observer: ProgressLine().observer)
      guard set.isValid else {
        throw AdminError(
          .dataError, "what was collected is not valid: \(set.verdict)", at: folder, next: "use another backup set")
      }
      Output.line("Collected: \(set.kind.title) \(set.id), \(Units.size(set.size)), in \(folder)")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete the archives of a set; its report stays.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption
    @OptionGroup var confirmation: YesOption

    func run() throws {
      let hub = try installation.hub()
      let set = try BackupCatalog.find(id.id, hub.installation, from: from.folders)
      if !confirmation.yes, let question = BackupActions.delete.confirmation([set], [set]) {
        try Prompt.confirm(question)
      }
      try hub.deleteBackup(id.id, from: from.folders, observer: ProgressLine().observer)
      Output.line("Deleted: \(id.id)")
    }
  }
}
