import AdminCore
import ArgumentParser

struct PostRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post-restore", abstract: "Set what a test-bed restore left unset.",
    subcommands: [Status.self, ListservHost.self, TrackingHost.self])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the checklist.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    private struct StepOutput: Encodable {
      let title: String
      let isDone: Bool
      let detail: String
    }

    private struct StatusOutput: Encodable {
      let isTestSystem: Bool
      let set: String?
      let restored: String?
      let steps: [StepOutput]
    }

    func run() throws {
      let hub = try installation.hub()
      try hub.read { database in
        let setup = PostRestoreSetup(hub.installation, database)
        let system = try setup.testSystem()
        let steps = try setup.steps()
        if output.json {
          return try Output.json(
            StatusOutput(
              isTestSystem: system != nil, set: system?.set.description, restored: system?.restored,
              steps: steps.map { StepOutput(title: $0.title, isDone: $0.isDone, detail: $0.line) }))
        }
        if let system {
          Output.line("TEST SYSTEM, restored from test-bed backup \(system.set) on \(system.restored)")
        } else {
          Output.line("This is no restored test system.")
        }
        for step in steps { Output.line("\(step.isDone ? "[x]" : "[ ]") \(step.title): \(step.line)") }
      }
    }
  }

  struct ListservHost: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set the LISTSERV host, after asking whether it answers.")

    @Argument(help: "HOST or HOST:PORT; the port is 2306 unless given.") var address: String
    @OptionGroup var installation: InstallationOption
    @Flag(help: "Set it although it does not answer yet.") var untested = false

    func run() throws {
      let hub = try installation.hub()
      try hub.change("post-restore listserv-host", address) {
        try PostRestoreSetup(hub.installation, $0).setListservHost(address, untested ? .none : .connection)
      }
      Output.line("LISTSERV host: \(address)")
    }
  }

  struct TrackingHost: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set the tracking host, after asking whether it answers.")

    @Argument(help: "HOST, or HOST:PORT to ask another port than the Tracker's.") var address: String
    @OptionGroup var installation: InstallationOption
    @Option(help: "The tracking host's URL in mails; unset unless given.") var publicURL: String?
    @Flag(help: "Set it although it does not answer yet.") var untested = false

    func run() throws {
      let hub = try installation.hub()
      try hub.change("post-restore tracking-host", address) {
        try PostRestoreSetup(hub.installation, $0).setTrackingHost(
          address, publicURL: publicURL, untested ? .none : .connection)
      }
      Output.line("Tracking host: \(address)")
    }
  }
}

extension PostRestoreSetup.Step {
  fileprivate var line: String { command.isEmpty ? detail : "\(detail); use: \(command)" }
}
