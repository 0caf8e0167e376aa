import AdminCore
import ArgumentParser
import Glibc

struct OperationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operation", abstract: "Show, follow or cancel the running operation.",
    subcommands: [Status.self, Attach.self, Cancel.self])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the running or last operation.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws {
      let status = try OperationStatus.read(installation.hub().installation)
      if output.json {
        guard let status else { return Output.line("null") }
        return try Output.json(status)
      }
      guard let status else { return Output.line("No operation ran yet.") }
      Output.line(status.summary)
      for (name, work) in status.works {
        if let percent = work.percent { Output.line("  \(name): \(percent) %") }
      }
    }
  }

  struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Follow the running operation to its end; leaving does not stop it.")

    @OptionGroup var installation: InstallationOption

    func run() throws {
      let located = try installation.hub().installation
      let show = ProgressLine().observer
      guard let first = try OperationStatus.read(located) else { return Output.line("No operation ran yet.") }
      guard first.outcome == .running else { return Output.line("No operation runs. \(first.summary)") }
      while let status = try OperationStatus.read(located) {
        show(status)
        guard status.outcome == .running else {
          Output.line(status.summary)
          guard status.outcome == .succeeded else {
            throw AdminError(
              status.outcome == .cancelled ? .cancelled : .inputOutput, "the operation did not succeed",
              next: "see its report: hubtui report show")
          }
          return
        }
        usleep(300_000)
      }
    }
  }

  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancel the running operation; nothing half done is left.")

    @OptionGroup var installation: InstallationOption

    func run() throws {
      try installation.hub().cancelOperation()
      Output.line("The operation was asked to stop; see: hubtui operation status")
    }
  }
}
