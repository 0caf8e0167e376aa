import AdminCore
import TUIKitLite

/// Name and password of a Hub account.
package struct LoginScreen: ConsoleScreen {
  private let context: ConsoleContext
  private var hub: Hub { context.hub }
  private var form = LoginScreen.emptyForm
  private var login: Login
  private var pending = PendingWork<LoginAnswer>()
  private var problem = ""

  private struct LoginAnswer: Sendable {
    let login: Login
    let hub: Hub?
  }

  /// Lets somebody into the context's installation.
  package init(_ context: ConsoleContext) {
    self.context = context
    login = Login(context.hub.installation)
  }

  static var emptyForm: Form {
    Form([
      .text("name", "Account", limit: 64) { $0.isEmpty ? "type the account's name" : nil },
      FormField("password", "Password", .password(TextInput(limit: 1024))) { $0.isEmpty ? "type the password" : nil },
    ])
  }

  package var title: String { "Log In" }

  package var hints: [KeyHint] {
    [KeyHint(.enter, "Log in"), KeyHint(.tab, "Next"), KeyHint(.control("c"), "Quit")]
  }

  package mutating func handle(_ event: ConsoleEvent) -> ConsoleAction {
    if let result = pending.answer(in: event) { return finish(result) }
    guard case .key(let key) = event, !pending.isRunning else { return .none }
    if key == .control("c") { return .quit }
    guard form.handle(key) == .submitted else { return .none }
    let login = login
    let name = form["name"]?.text ?? ""
    let password = form["password"]?.text ?? ""
    problem = ""
    let context = context
    return pending.start {
      var login = login
      let hub = try login.attempt(name, password)
      // The first menu depends on it.
      if let hub { _ = context.system.update(SystemFacts.read(hub, after: context.system.facts, now: context.now())) }
      return LoginAnswer(login: login, hub: hub)
    }
  }

  private mutating func finish(_ result: Result<LoginAnswer, AdminError>) -> ConsoleAction {
    switch result {
    case .failure(let error): problem = error.message
    case .success(let answer):
      login = answer.login
      if let hub = answer.hub {
        let context = ConsoleContext(hub: hub, system: context.system, now: context.now)
        return .all([.perform(.loggedIn(hub)), .replace(MenuTree.root(context))])
      }
      problem = "The name or the password is wrong; the next try waits \(login.delay) s."
      form.fill("password", with: .password(TextInput(limit: 1024)))
    }
    return .none
  }

  package func draw(on canvas: inout Canvas) {
    canvas.write("LISTSERV Maestro Administration Hub", x: 2, y: 1, .title)
    canvas.write(hub.installation.folder, x: 2, y: 2, .hint)
    canvas.within(Rect(2, 4, canvas.size.width - 4, 8)) { form.draw(on: &$0) }
    if pending.isRunning {
      canvas.write("Checking…", x: 2, y: 13, .hint)
    } else if !problem.isEmpty {
      for (line, text) in TextWidth.wrapped("\(Style.error.marker) \(problem)", to: canvas.size.width - 4).enumerated()
      {
        canvas.write(text, x: 2, y: 13 + line, .error)
      }
    }
  }
}
