import AdminCore
import ArgumentParser

struct PostRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post-restore", abstract: "Set what a test-bed restore left unset.",
    subcommands: [Status.self, ListservHost.self, TrackingHost.self, OverridesCommand.self])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the checklist.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let status = try PostRestoreActions.status(installation.hub())
      if output.json { return try Output.json(status) }
      status.lines.forEach(Output.line)
    }
  }

  struct ListservHost: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set the LISTSERV host, after asking whether it answers.")

    @Argument(help: "HOST or HOST:PORT; the port is 2306 unless given.") var address: String
    @OptionGroup var installation: InstallationOption
    @Flag(help: "Set it although it does not answer yet.") var untested = false

    func run() throws {
      Output.line(try HostForms.setListserv(address, untested ? .none : .connection, installation.hub()))
    }
  }

  struct TrackingHost: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set the tracking host, after asking whether it answers.")

    @Argument(help: "HOST, or HOST:PORT to ask another port than the Tracker's.") var address: String
    @OptionGroup var installation: InstallationOption
    @Option(help: "The tracking host's URL in mails; unset unless given.") var publicURL: String?
    @Flag(help: "Set it although it does not answer yet.") var untested = false

    func run() throws {
      Output.line(
        try HostForms.setTracking(
          address, publicURL: publicURL, untested ? .none : .connection, installation.hub()))
    }
  }
}
