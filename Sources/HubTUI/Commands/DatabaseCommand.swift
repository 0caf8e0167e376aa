import AdminCore
import ArgumentParser

/// `hubtui database`: the internal database when it is a server of the installation's own.
struct DatabaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "database", abstract: "Start, stop or show the internal database server.",
    discussion:
      "It listens on a socket under the install folder and nowhere else. A database that is a file needs none of this.",
    subcommands: [Start.self, Stop.self, Status.self])

  struct Target: ParsableArguments {
    @OptionGroup var installation: InstallationOption
    @Option(
      help: "The folder of another server that hubtui made: a demo's production-database.", completion: .directory)
    var serverFolder: String?

    /// The demo's server, when one is named.
    func other() throws -> MariaDBServer? { try serverFolder.map { try MariaDBServer.locate($0) } }

    func located() throws -> Installation { try Installation.locate(installation.folder()) }
  }

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Start the server and wait until it answers.")
    @OptionGroup var target: Target

    func run() throws {
      let other = try target.other()
      try other?.start()
      let server = try other ?? target.located().startInternalServer(by: .current)
      Output.line("The internal database runs; its socket is \(server.socket).")
    }
  }

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop the server when its work is done.")
    @OptionGroup var target: Target
    @OptionGroup var confirmation: YesOption

    func run() throws {
      if let other = try target.other() {
        try other.stop()
      } else {
        let installation = try target.located()
        let server = try DatabaseServerActions.server(of: installation)
        if !confirmation.yes, let question = DatabaseServerActions.stop.confirmation([server], [server]) {
          try Prompt.confirm(question)
        }
        try installation.stopInternalServer(by: .current)
      }
      Output.line("The internal database is stopped.")
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show whether the server runs; ends 69 when it does not.")
    @OptionGroup var target: Target

    func run() throws {
      let server = try target.other() ?? target.located().internalServer()
      switch try server.state() {
      case .running(let version):
        Output.line("The internal database runs (\(version)); its socket is \(server.socket).")
      case .starting(let pid):
        throw AdminError(
          .unavailable, "the internal database does not answer (process \(pid))", at: server.folder,
          next: "wait a moment, then read its log")
      case .stopped:
        throw AdminError(
          .unavailable, "the internal database is stopped", at: server.folder, next: "start it: hubtui database start")
      }
    }
  }
}
