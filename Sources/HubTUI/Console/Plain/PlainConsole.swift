import AdminCore
import TUIKitLite

/// The plain mode (`--accessible`): the console's menus and wizards as questions line by line, for screen readers and
/// terminals that cannot place a cursor.
///
/// Every error is one line and leads back to the menu; the end of the input ends the program, and never an operation.
package final class PlainConsole {
  /// The input has ended; nobody is there to ask any more.
  struct EndOfInput: Error {}

  let prompt: PlainPrompt
  let now: @Sendable () -> Int64
  let launcher: OperationLauncher
  /// The installation with the account that is in.
  private(set) var hub: Hub
  /// The last operation that was started from here.
  var started: StartedOperation?

  /// - Parameters:
  ///   - hub: the installation, before anybody is in.
  ///   - program: what is started for operations.
  ///   - now: the time, so that lines can be compared in tests.
  package init(
    _ hub: Hub, prompt: PlainPrompt, program: String = "/proc/self/exe",
    now: @escaping @Sendable () -> Int64 = { Moment.now }
  ) {
    self.hub = hub
    self.prompt = prompt
    self.now = now
    launcher = OperationLauncher(program: program)
  }

  var installation: Installation { hub.installation }
  private let system = KnownSystem()
  var context: ConsoleContext { ConsoleContext(hub: hub, system: system, now: now) }

  /// Runs until the operator quits or the input ends.
  package func run() {
    prompt.say("LISTSERV Maestro Administration Hub")
    prompt.say(installation.folder)
    let signedOut = hub
    repeat {
      prompt.startAnew()
      do {
        if try logIn() {
          prompt.idleLimit = { [weak self] in (self?.idleMinutes).map { .seconds($0 * 60) } }
          try menu(MenuTree.title, isRoot: true) { MenuTree.entries(self.context) }
        }
      } catch {
        // Only the end of the input comes this far, and a session that nobody used.
      }
      prompt.idleLimit = { nil }
      hub = signedOut
      if prompt.isIdle { prompt.say("The session ended after \(idleMinutes) idle minutes.", .warning) }
    } while prompt.isIdle
    sayFarewell()
  }

  private var idleMinutes: Int { system.facts.idleMinutes }

  /// Asks for a Hub account; each try after a failure waits longer.
  ///
  /// - Returns: false when the operator leaves.
  private func logIn() throws(EndOfInput) -> Bool {
    var login = Login(installation)
    while true {
      var form = LoginScreen.emptyForm
      guard try ask(&form) else { return false }
      var loggedIn: Hub?
      var isWrong = false
      attempt {
        loggedIn = try login.attempt(form["name"]?.text ?? "", form["password"]?.text ?? "")
        isWrong = loggedIn == nil
      }
      if let loggedIn {
        hub = loggedIn
        prompt.say("Logged in as \(loggedIn.actor.account)")
        return true
      }
      if isWrong {
        prompt.say("The name or the password is wrong; the next try waits \(login.delay) s", .error)
      }
    }
  }

  private func menu(
    _ title: String, isRoot: Bool = false, _ entries: () -> [MenuEntry]
  ) throws(EndOfInput) {
    while true {
      if isRoot { sayBanner() }
      let entries = entries()
      let items = entries.map { Menu.Item($0.title, hint: $0.hint) }
      guard let index = try choose(title, items, back: isRoot ? "quit" : "go back") else { return }
      switch entries[index].target {
      case .menu(let lines): try menu(entries[index].title) { lines }
      case .destination(let destination): try visit { try self.open(destination) }
      }
    }
  }

  func open(_ destination: Destination) throws {
    switch destination {
    case .listing(let listing): try list(listing)
    case .form(let form): try fill(form)
    case .runningOperation: try runningOperation()
    case .createBackup(let kind): try createBackup(kind)
    case .restore: try restore()
    case .help: try show(PagerSource(text: PlainHelp.text))
    }
  }

  private func sayBanner() {
    _ = system.update(SystemFacts.read(hub, after: system.facts, now: now()))
    if !system.facts.banner.isEmpty { prompt.say(system.facts.banner, .warning) }
  }

  private func sayFarewell() {
    if let name = runningName { prompt.say("The \(name) goes on without this program; log in again to see it.") }
    prompt.say("The console is closed.")
  }

  // What was just started may not have told its status yet.
  private var runningName: String? {
    var name: String?
    attempt {
      if let status = try OperationStatus.read(installation), status.outcome == .running {
        name = "running \(status.name)"
      } else if let started, !started.hasEnded {
        name = "operation that was started"
      }
    }
    return name
  }
}

// MARK: - Questions that know the end of the input

extension PlainConsole {
  func choose(_ title: String, _ items: [Menu.Item], back: String = "go back") throws(EndOfInput) -> Int? {
    let index = prompt.choose(title, items, back: back)
    if prompt.isAtEnd { throw EndOfInput() }
    return index
  }

  func confirm(_ confirmation: Confirmation) throws(EndOfInput) -> Bool {
    let isConfirmed = prompt.confirm(Dialog(confirmation))
    if prompt.isAtEnd { throw EndOfInput() }
    if !isConfirmed { prompt.say("Not confirmed, nothing was changed.") }
    return isConfirmed
  }

  func line(_ question: String) throws(EndOfInput) -> String {
    guard let line = prompt.line(question) else { throw EndOfInput() }
    return line
  }

  /// False when the form was left.
  func ask(_ form: inout Form) throws(EndOfInput) -> Bool {
    let isDone = prompt.ask(&form)
    if prompt.isAtEnd { throw EndOfInput() }
    return isDone
  }

  /// Asks a form; nil when it was left.
  func answers(to description: FormDescription) throws -> Answers? {
    prompt.say(description.title)
    if !description.intro.isEmpty { prompt.say(description.intro) }
    var form = Form(try description.questions(hub))
    prompt.say("An empty answer keeps what stands in brackets, - empties it, \(PlainPrompt.leave) leaves the form.")
    return try ask(&form) ? form.answers : nil
  }

  /// Asks a form and stores its answers.
  func fill(_ description: FormDescription) throws {
    guard let answers = try answers(to: description) else { return prompt.say("Left, nothing was stored.") }
    do {
      prompt.say(try description.store(answers, hub), .good)
    } catch let rejection as FormDescription.Rejection {
      let label = try description.questions(hub).first { $0.name == rejection.field }?.label ?? rejection.field
      prompt.say("\(label): \(rejection.problem); nothing was stored for it", .error)
    }
  }

  /// Runs something that ends in an error line at the worst.
  func attempt(_ body: () throws -> Void) {
    do { try body() } catch { say(error) }
  }

  /// The same for something that asks: only the end of the input gets through.
  func visit(_ body: () throws -> Void) throws(EndOfInput) {
    do { try body() } catch let end as EndOfInput { throw end } catch { say(error) }
  }

  private func say(_ error: any Error) {
    // One line, whatever the error was made of.
    prompt.say("\(error)".split(separator: "\n").joined(separator: " "), .error)
  }
}
