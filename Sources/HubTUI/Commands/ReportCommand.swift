import AdminCore
import ArgumentParser

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "List, show and save backup reports.",
    subcommands: [List.self, Show.self, Save.self])

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

  struct Save: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Save a copy of a report, readable by this account alone; the newest unless an ID is given.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument?
    @OptionGroup var installation: InstallationOption
    @Option(name: .customLong("to"), help: "The new file; nothing that exists is overwritten.") var path: String

    func run() throws {
      let report = try ReportActions.find(id?.id, installation.hub())
      Output.line(try ReportActions.copy(report.path, to: FileSystem.absolute(path)))
    }
  }
}
