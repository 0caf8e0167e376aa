import AdminCore
import ArgumentParser

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "List, show and change Hub settings.",
    subcommands: [List.self, Get.self, Set.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all settings; secrets only as dots.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(SettingActions.list, json: output.json) }
  }

  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a setting; nothing when it is unset.")

    @Argument(help: "The setting's name.") var key: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let item = try SettingActions.find(key, installation.hub())
      if let value = item.shownValue { Output.line(value) }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Change a setting; an empty value unsets it.")

    @Argument(help: "The setting's name.") var key: String
    @Argument(help: "The new value; - reads a secret from standard input.") var value: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      try SettingActions.refuseVisibleSecret(key, value)
      let given = value == "-" ? try Prompt.secret("Value: ") : value
      Output.line(try SettingActions.set(key, to: given, installation.hub()))
    }
  }
}
