import AdminCore
import ArgumentParser

/// The commands that are a list, and an action on one item that is named. A new one stands here and in `all`.
enum ListCommands {
  static let all: [any ParsableCommand.Type] = [ConnectionCommand.self]
}

struct ConnectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connection", abstract: "List and disable the connections to external recipient databases.",
    subcommands: [List.self, Disable.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the connections.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(ConnectionActions.list, json: output.json) }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep jobs from selecting through a connection.")

    @Argument(help: "The connection's name or number.") var name: String
    @OptionGroup var installation: InstallationOption
    @OptionGroup var confirmation: YesOption

    func run() throws {
      let command = try ActionCommand(installation)
      let (connection, all) = try command.item(name, of: ConnectionActions.list) {
        $0.name == name || String($0.id) == name
      }
      try command.perform(ConnectionActions.disable, on: [connection], of: all, isConfirmed: confirmation.yes)
    }
  }
}
