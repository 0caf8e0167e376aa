import AdminCore
import ArgumentParser

/// `hubtui demo`: two installations to try everything on.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Makes a demo production and an empty test server.",
    discussion:
      "All hosts, people and secrets in them are invented. The account is admin, the password \(Demo.password).")

  @Argument(help: "The folder that gets production and test-server.", completion: .directory)
  var folder: String

  @Option(help: "How many subscribers production has, 1 to 10000000.")
  var subscribers = DemoOptions().subscribers

  @Option(help: "How many tracking events production has, 1 to 10000000.")
  var events = DemoOptions().events

  @Option(help: "The same seed and the same moment make the same production.")
  var seed: UInt64 = DemoOptions().seed

  @Option(help: "The moment that due dates turn on, as YYYY-MM-DDThh:mm:ssZ (default: now).")
  var now: String?

  @Option(help: "What production's external database and the test server's internal one are: embedded or mariadb.")
  var database: Setup.InternalDatabase = .embedded

  func run() throws {
    var options = DemoOptions()
    options.subscribers = subscribers
    options.events = events
    options.seed = seed
    options.database = database
    if let now {
      guard let moment = Moment.parse(now), Moment.text(moment) == now else {
        throw AdminError(.usage, "not a moment", at: now, next: "give one such as 2026-11-24T21:34:05Z")
      }
      options.now = moment
    }
    try Demo.create(folder, options) { Output.error(printable($0) + "\n") }
    let root = FileSystem.absolute(folder)
    for line in [
      "production:  \(root)/production", "test server: \(root)/test-server",
      "account \(Setup.administrator), password \(Demo.password)",
      "next: hubtui backup create --test-bed --dry-run --install-folder \(root)/production",
    ] { Output.line(line) }
  }
}
