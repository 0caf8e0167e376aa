import AdminCore
import ArgumentParser

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Set up a fresh single-server installation with the internal database.")

  @Argument(help: "The install folder; absent or empty.") var folder: String
  @Option(help: "A file with the administrator's password in its first line; - is standard input.") var passwordFile:
    String?

  @Option(help: "The internal database: embedded (a file) or mariadb (a server of its own, on a socket).")
  var database: Setup.InternalDatabase = .embedded

  func run() throws {
    try Setup.create(folder, password: try Prompt.newPassword(file: passwordFile), database: database)
    Output.line("A fresh installation is in \(FileSystem.absolute(folder)); its account is \(Setup.administrator).")
  }
}

extension Setup.InternalDatabase: ExpressibleByArgument {}
