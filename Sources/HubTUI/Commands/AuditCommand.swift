import AdminCore
import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show who changed what.", subcommands: [Show.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the audit log, oldest first.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let entries = try AuditLog(installation.hub().installation).entries()
      if output.json { return try Output.json(entries) }
      Output.table(
        ["TIME", "ACCOUNT", "SOURCE", "ACTION", "DETAIL", "RESULT"],
        entries.map { [$0.time, $0.account, $0.source, $0.action, $0.detail.isEmpty ? "-" : $0.detail, $0.result] })
    }
  }
}
