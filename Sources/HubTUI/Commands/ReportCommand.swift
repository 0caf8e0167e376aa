import AdminCore
import ArgumentParser

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "List and show backup reports.", subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the reports, newest first.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(ReportActions.list, json: output.json) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a report; the newest unless an ID is given.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument?
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let report = try ReportActions.find(id?.id, installation.hub())
      let text = String(
        decoding: try FileSystem.read(report.path, limit: 64 << 20, followingLinks: false), as: UTF8.self)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { Output.line(String(line)) }
    }
  }
}
