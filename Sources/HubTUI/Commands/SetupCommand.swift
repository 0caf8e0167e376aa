import AdminCore
import ArgumentParser

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Set up a fresh single-server installation with the internal database.")

  @Argument(help: "The install folder; absent or empty.") var folder: String
  @Option(help: "A file with the administrator's password in its first line; - is standard input.") var passwordFile:
    String?

  func run() throws {
    try Setup.create(folder, password: try Prompt.newPassword(file: passwordFile))
    Output.line("A fresh installation is in \(FileSystem.absolute(folder)); its account is \(Setup.administrator).")
  }
}
