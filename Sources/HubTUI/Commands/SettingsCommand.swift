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

    private struct Row: Encodable {
      let name: String
      let value: String?
      let isDefault: Bool
      let help: String
    }

    func run() throws {
      let items = try installation.hub().read { try Settings($0).list() }
      if output.json {
        return try Output.json(
          items.map { Row(name: $0.name, value: $0.shownValue, isDefault: $0.isDefault, help: $0.help) })
      }
      Output.table(
        ["SETTING", "VALUE", "FOR"],
        items.map {
          [$0.name, ($0.shownValue ?? "(unset)") + ($0.isDefault && $0.shownValue != nil ? " (default)" : ""), $0.help]
        })
    }
  }

  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a setting; nothing when it is unset.")

    @Argument(help: "The setting's name.") var key: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let item = try installation.hub().read { try Settings($0).list() }.first { $0.name == key }
      guard let item else { throw AdminError(.usage, "no such setting", at: key, next: "see: hubtui settings list") }
      if let value = item.shownValue { Output.line(value) }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Change a setting; an empty value unsets it.")

    @Argument(help: "The setting's name.") var key: String
    @Argument(help: "The new value; - reads a secret from standard input.") var value: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      if let known = SettingCatalogue[key], known.kind == .secret, known.access == .none, !value.isEmpty, value != "-" {
        throw AdminError(
          .usage, "a secret must not stand on the command line, where every account can read it", at: key,
          next: "give - for the value and the secret on standard input")
      }
      let given = value == "-" ? try Prompt.secret("Value: ") : value
      try installation.hub().change("settings set", key) { try Settings($0).set(key, to: given) }
      Output.line(given.isEmpty ? "\(key) is unset" : "\(key) is set")
    }
  }
}
