import AdminCore
import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show who changed what, and whether the log is whole.",
    subcommands: [Show.self, Verify.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the audit log, oldest first.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      try ActionCommand(installation).list(AuditActions.list, json: output.json, isReversed: true)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read the audit log's chain of digests; ends with 65 and names the first line that is wrong.")

    @Option(help: "A head that an earlier verify printed; some line must still have it.") var head: String?
    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let found = try AuditActions.verification(installation.hub(), knownHead: head)
      if output.json { return try Output.json(found) }
      found.lines.forEach(Output.line)
    }
  }
}
