import AdminCore
import ArgumentParser

struct AccountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Manage Hub accounts.",
    subcommands: [List.self, Add.self, Passwd.self, Enable.self, Disable.self])

  /// An account by its name.
  struct Target: ParsableArguments {
    @Argument(help: "The account's name.") var name: String
    @OptionGroup var installation: InstallationOption

    func perform(_ action: Action<HubAccounts.Account>, isConfirmed: Bool = false) throws {
      let command = try ActionCommand(installation)
      let (account, all) = try command.item(name, of: AccountActions.list) { $0.name == name }
      try command.perform(action, on: [account], of: all, isConfirmed: isConfirmed)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the accounts.")

    @OptionGroup var installation: InstallationOption
    @OptionGroup var output: JSONOption

    func run() throws { try ActionCommand(installation).list(AccountActions.list, json: output.json) }
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
      Output.line(
        try AccountActions.add(name, fullName: fullName, isAdministrator: administrator, password: password, hub))
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
      Output.line(try AccountActions.setPassword(of: name, password, hub))
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let an account log in again, without the wait after failed logins.")

    @OptionGroup var target: Target

    func run() throws { try target.perform(AccountActions.enable) }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep an account from logging in.")

    @OptionGroup var target: Target
    @OptionGroup var confirmation: YesOption

    func run() throws { try target.perform(AccountActions.disable, isConfirmed: confirmation.yes) }
  }
}
