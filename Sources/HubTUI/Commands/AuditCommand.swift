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
      let entries = try AuditLog(installation.hub().installation).entries()
      if output.json { return try Output.json(entries) }
      Output.table(
        ["TIME", "ACCOUNT", "SOURCE", "ACTION", "DETAIL", "RESULT"],
        entries.map { [$0.time, $0.account, $0.source, $0.action, $0.detail.isEmpty ? "-" : $0.detail, $0.result] })
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read the audit log's chain of digests; ends with 65 and names the first line that is wrong.")

    @Option(help: "A head that an earlier verify printed; some line must still have it.") var head: String?
    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    private struct Result: Encodable {
      let lines: Int
      let earlierLines: Int
      let head: String
      let notes: [String]
    }

    func run() throws {
      let log = AuditLog(try installation.hub().installation)
      let found = try AuditVerification(log, known: head)
      if let problem = found.problem {
        throw AdminError(
          .dataError, "the audit log is not whole: \(problem.what)", at: log.path,
          next: "keep it with its head file audit.head, and find out who changed it")
      }
      if output.json {
        return try Output.json(
          Result(lines: found.lines, earlierLines: found.earlierLines, head: found.head, notes: found.notes))
      }
      Output.line("\(found.lines) lines, whole and in order")
      for note in found.notes { Output.line("Note: \(note)") }
      Output.line("Head: \(found.head)")
    }
  }
}
