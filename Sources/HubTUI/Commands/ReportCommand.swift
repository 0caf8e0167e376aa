import AdminCore
import ArgumentParser

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "List and show backup reports.", subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the reports, newest first.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    private struct Row: Encodable {
      let id: String
      let kind: String
      let isValid: Bool
      let lastLine: String
      let path: String
    }

    func run() throws {
      let reports = try BackupReport.list(installation.hub().installation)
      if output.json {
        return try Output.json(
          reports.map {
            Row(
              id: $0.id.description, kind: $0.kind.rawValue, isValid: $0.isValid, lastLine: $0.lastLine, path: $0.path)
          })
      }
      Output.table(
        ["ID", "KIND", "VALID", "LAST LINE"],
        reports.map { [$0.id.description, $0.kind.rawValue, $0.isValid ? "yes" : "NO", $0.lastLine] })
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a report; the newest unless an ID is given.")

    @Argument(help: "The backup ID.") var id: BackupIDArgument?
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let hub = try installation.hub()
      let reports = try BackupReport.list(hub.installation)
      guard let report = reports.first(where: { id == nil || $0.id == id?.id }) else {
        throw AdminError(
          .dataError, "no such report", at: hub.installation.logFolder, next: "see: hubtui report list")
      }
      let text = String(
        decoding: try FileSystem.read(report.path, limit: 64 << 20, followingLinks: false), as: UTF8.self)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { Output.line(String(line)) }
    }
  }
}
