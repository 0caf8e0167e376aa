import AdminCore
import ArgumentParser

struct AccountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Manage Hub accounts.",
    subcommands: [List.self, Add.self, Passwd.self, Enable.self, Disable.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the accounts.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    private struct Row: Encodable {
      let name: String
      let fullName: String
      let isAdministrator: Bool
      let isEnabled: Bool
      let lastLogin: String
    }

    func run() throws {
      let accounts = try installation.hub().read { try HubAccounts($0).list() }
      if output.json {
        return try Output.json(
          accounts.map {
            Row(
              name: $0.name, fullName: $0.fullName, isAdministrator: $0.isAdministrator, isEnabled: $0.isEnabled,
              lastLogin: $0.lastLogin)
          })
      }
      Output.table(
        ["NAME", "RIGHTS", "STATE", "LAST LOGIN", "FULL NAME"],
        accounts.map {
          [
            $0.name, $0.isAdministrator ? "administrator" : "user", $0.isEnabled ? "enabled" : "disabled",
            $0.lastLogin.isEmpty ? "never" : $0.lastLogin, $0.fullName,
          ]
        })
    }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add an account.")

    @Argument(help: "The account's name.") var name: String
    @Option(help: "The person's name.") var fullName = ""
    @Flag(help: "May change everything.") var administrator = false
    @Option(help: "A file with the password in its first line; - is standard input.") var passwordFile: String?
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let hub = try installation.hub()
      let password = try Prompt.newPassword(file: passwordFile)
      try hub.change("account add", name) {
        try HubAccounts($0).add(name, fullName: fullName, isAdministrator: administrator, password: password)
      }
      Output.line("Added: \(name)")
    }
  }

  struct Passwd: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Set a new password.")

    @Argument(help: "The account's name.") var name: String
    @Option(help: "A file with the password in its first line; - is standard input.") var passwordFile: String?
    @OptionGroup var installation: InstallationOption

    func run() throws {
      let hub = try installation.hub()
      let password = try Prompt.newPassword(file: passwordFile)
      try hub.setPassword(of: name, password)
      Output.line("New password set: \(name)")
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let an account log in again, without the wait after failed logins.")

    @Argument(help: "The account's name.") var name: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      try installation.hub().enableAccount(name)
      Output.line("Enabled: \(name)")
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep an account from logging in.")

    @Argument(help: "The account's name.") var name: String
    @OptionGroup var installation: InstallationOption

    func run() throws {
      try installation.hub().change("account disable", name) { try HubAccounts($0).disable(name) }
      Output.line("Disabled: \(name)")
    }
  }
}
