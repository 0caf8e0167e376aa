import AdminCore
import ArgumentParser
import Glibc
import TUIKitLite

@main
struct Hubtui: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hubtui", abstract: "Makes and restores test-bed backups of a LISTSERV Maestro installation.",
    discussion: """
      Exit codes: 64 usage, 65 bad or mismatched data, 69 a server does not answer, 73 cannot create, 74 input/output, \
      75 another operation runs, 77 refused for safety, 78 configuration, 130 cancelled.
      """,
    version: Product.version,
    subcommands: [
      DemoCommand.self, SetupCommand.self, BackupCommand.self, RestoreCommand.self, ReportCommand.self,
      PostRestoreCommand.self,
      OutboxCommand.self, SettingsCommand.self, AccountCommand.self, OperationCommand.self, DatabaseCommand.self,
      AuditCommand.self, ComponentCommand.self, RulesCommand.self,
    ] + ListCommands.all)

  @OptionGroup var installation: InstallationOption
  @Option(help: "The console's colours: \(Theme.all.map(\.name).joined(separator: ", ")).") var theme: String?
  @Flag(help: "Draw the console with ASCII characters only.") var ascii = false
  @Flag(help: "Ask line by line instead of drawing screens, for screen readers and terminals without a cursor.")
  var accessible = false

  func validate() throws {
    guard theme.map({ Theme.named($0) != nil }) ?? true else {
      throw ValidationError("the theme must be one of \(Theme.all.map(\.name).joined(separator: ", "))")
    }
  }

  /// Without a command: the console.
  func run() throws {
    let hub = try installation.hub()
    if accessible { return PlainConsole(hub, prompt: PlainPrompt(ascii: ascii)).run() }
    var options = NcursesOptions()
    options.ascii = ascii
    options.themeFlag = theme
    options.themeSetting = getenv("HUBTUI_THEME").map { String(cString: $0) }
    options.otherWay =
      "use the commands, which need no terminal: hubtui backup, restore, report, post-restore, outbox; see hubtui --help"
    let terminal: NcursesTerminal
    do {
      terminal = try NcursesTerminal(options)
    } catch {
      throw AdminError(.unavailable, error.what, next: "\(error.next), or start: hubtui --accessible")
    }
    let context = ConsoleContext(hub: hub)
    let ending = Console(display: terminal, context: context).run(
      root: LoginScreen(context), login: { LoginScreen(context) })
    terminal.close()
    if ending == .hangUp { Glibc.exit(129) }
  }

  /// Every error is one line on standard error: what, where, what to do; the exit code is its class.
  static func main() {
    ProcessSafety.harden()
    ProcessMemory.returnLargeAllocations()
    // Files are private from their first byte, whatever the account's umask.
    umask(0o077)
    do {
      var command = try parseAsRoot(hoisted(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch let error as AdminError {
      complain(error.description)
      Glibc.exit(error.code.rawValue)
    } catch {
      guard exitCode(for: error) != .success, !(error is CleanExit) else { exit(withError: error) }
      let text = message(for: error).split(separator: "\n").first.map(String.init) ?? "\(error)"
      complain("\(text); see: hubtui --help")
      Glibc.exit(AdminError.Code.usage.rawValue)
    }
  }

  private static func complain(_ text: String) {
    Output.error("hubtui: \(printable(text))\n")
  }

  /// Lets `--install-folder DIR` stand before the command as well as after it.
  private static func hoisted(_ arguments: [String]) -> [String] {
    var rest = arguments
    var folder: [String] = []
    if rest.first == "--install-folder", rest.count >= 2 {
      folder = Array(rest[..<2])
      rest.removeFirst(2)
    } else if let first = rest.first, first.hasPrefix("--install-folder=") {
      folder = [rest.removeFirst()]
    }
    guard !folder.isEmpty, !rest.isEmpty else { return arguments }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    return Array(rest[..<end]) + folder + Array(rest[end...])
  }
}
