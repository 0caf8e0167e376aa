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
      guard dryRun else {
        let id = try hub.createBackup(options, observer: ProgressLine().observer)
        return Output.line(id.description)
      }
      let preview = try hub.previewBackup(options)
      if output.json {
        try Output.json(PreviewOutput(preview))
      } else {
        PreviewText.lines(preview).forEach(Output.line)
      }
      if let first = preview.findings.first {
        throw AdminError(
          .refused, "\(preview.findings.count) things look dangerous and are covered by no rule, a backup would stop",
          at: first.target.description, next: "add to \(hub.installation.rulesPath): \(first.remedy)")
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
      let sets = try installation.hub().backupSets(from: from.folders)
      if output.json { return try Output.json(sets.map(BackupSetOutput.init)) }
      let rows = sets.map { set in
        [
          set.id.description, set.kind.rawValue, set.id.time.map { Output.age(Moment.now - $0) } ?? "?",
          Output.size(set.size),
          set.missing.isEmpty ? "complete" : set.isDistributed ? "distributed" : "incomplete", set.verdict,
        ]
      }
      Output.table(["ID", "KIND", "AGE", "SIZE", "ARCHIVES", "VALID"], rows)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read a set back completely and check every byte of it.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption

    func run() throws {
      let set = try installation.hub().verifyBackup(id.id, from: from.folders)
      let report = set.report == nil ? "no report is at hand" : "its report ends with the validity mark"
      Output.line("\(set.kind.title) \(set.id) is whole: sizes, digests and row counts agree; \(report).")
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
      Output.line("Collected: \(set.kind.title) \(set.id), \(Output.size(set.size)), in \(folder)")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete the archives of a set; its report stays.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument
    @OptionGroup var installation: InstallationOption
    @OptionGroup var from: FromOption
    @Flag(help: "Do not ask.") var yes = false

    func run() throws {
      let hub = try installation.hub()
      if !yes { try Prompt.confirm("Delete the archives of backup \(id.id) for good?", word: "DELETE") }
      try hub.deleteBackup(id.id, from: from.folders)
      Output.line("Deleted: \(id.id)")
    }
  }
}

/// A set as JSON.
private struct BackupSetOutput: Encodable {
  let id: String
  let kind: String
  let created: String?
  let size: UInt64
  let archives: [String: String]
  let missing: [String]
  let isComplete: Bool
  let isValid: Bool
  let verdict: String
  let report: String?

  init(_ set: BackupSet) {
    id = set.id.description
    kind = set.kind.rawValue
    created = set.id.time.map(Moment.text)
    size = set.size
    archives = Dictionary(uniqueKeysWithValues: set.archives.map { ($0.key.rawValue, $0.value) })
    missing = set.missing.map(\.rawValue)
    isComplete = set.missing.isEmpty
    isValid = set.isValid
    verdict = set.verdict
    report = set.report?.path
  }
}

/// A preview as JSON.
private struct PreviewOutput: Encodable {
  struct Sample: Encodable {
    let rule: String
    let place: String
    let before: String
    let after: String
  }

  struct FindingOutput: Encodable {
    let place: String
    let reason: String
    let remedy: String
  }

  let kind: String
  let record: SanitisationRecord
  let samples: [Sample]
  let findings: [FindingOutput]
  let drift: [String]
  let notes: [String]

  // The words that scripts know.
  private enum CodingKeys: String, CodingKey {
    case kind, record, samples, notes
    case findings = "offences"
    case drift = "news"
  }

  init(_ preview: BackupPreview) {
    kind = preview.kind.rawValue
    record = preview.record
    samples = preview.samples.map { Sample(rule: $0.rule, place: $0.place, before: $0.before, after: $0.after) }
    findings = preview.findings.map {
      FindingOutput(place: $0.target.description, reason: $0.reason, remedy: $0.remedy)
    }
    drift = preview.drift
    notes = preview.notes
  }
}
