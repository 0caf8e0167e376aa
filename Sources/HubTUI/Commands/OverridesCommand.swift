import AdminCore
import ArgumentParser

struct OverridesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overrides",
    abstract: "List, clear or set what groups and accounts have instead of LISTSERV connection and tracking URL.",
    subcommands: [List.self, Clear.self, LikeDefault.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List them.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(OverrideActions.list, json: output.json) }
  }

  /// Which of them are meant.
  struct Selection: ParsableArguments {
    @Argument(help: "Their names, such as listserv-1.") var names: [String]
    @OptionGroup var confirmation: YesOption

    func perform(_ action: Action<ConnectionOverrides.Override>, _ installation: InstallationOption) throws {
      let command = try ActionCommand(installation)
      let all = try OverrideActions.list.load(command.hub, Moment.now).items
      let chosen = try names.map { name in
        try command.item(name, of: OverrideActions.list) { $0.name == name }.item
      }
      try command.perform(action, on: chosen, of: all, isConfirmed: confirmation.yes)
    }
  }

  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Remove them, so that the default holds there.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws { try selection.perform(OverrideActions.clear, installation) }
  }

  struct LikeDefault: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give them the values that the default has now.")

    @OptionGroup var selection: Selection
    @OptionGroup var installation: InstallationOption

    func run() throws { try selection.perform(OverrideActions.like, installation) }
  }
}
