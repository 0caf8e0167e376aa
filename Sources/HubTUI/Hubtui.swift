import AdminCore
import ArgumentParser

@main
struct Hubtui: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hubtui", abstract: "Makes and restores test-bed backups of a LISTSERV Maestro installation.")
}
