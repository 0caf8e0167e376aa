/// The console of an installation in a terminal, used by keyboard alone.
struct ConsoleDemo: Sendable {
  let tmux: Tmux

  init(_ folder: String, options: [String] = [], environment: [String: String] = [:]) throws {
    tmux = try Tmux(Program.command(options, on: folder), environment: environment)
  }

  /// Presses keys and waits for what they lead to.
  @discardableResult
  func press(_ keys: String..., until text: String) throws -> String {
    for key in keys { try tmux.press(key) }
    return try tmux.wait(for: text)
  }

  /// Types into the fields of a form, one after another, from the first one.
  func fill(_ answers: String...) throws {
    for (place, answer) in answers.enumerated() {
      if place > 0 { try tmux.press("Tab") }
      // A field may hold something already.
      try tmux.press("C-u")
      if !answer.isEmpty { try tmux.type(answer) }
    }
  }

  /// Types a word into the dialog that asks for it.
  @discardableResult
  func confirm(_ word: String, until text: String) throws -> String {
    try tmux.wait(for: "Type \(word):")
    try tmux.type(word)
    return try press("Enter", until: text)
  }

  func logIn() throws {
    try tmux.wait(for: "Password")
    try fill("admin", "demo-admin")
    try press("Enter", until: "Global Settings")
  }

  /// From the first menu to General Administration.
  func openGeneralAdministration() throws {
    try press("g", until: "Maestro Tracker")
    try press("a", until: "Database Connections")
    try press("g", until: "Create Test-Bed Backup")
  }

  /// Starts a backup from the first menu; gives back while it runs or when it is over.
  func startBackup() throws {
    try openGeneralAdministration()
    try press("t", until: "Nothing uncovered")
    try press("s", until: "[ Start ]")
    try press("Tab", "Enter", until: "test-bed backup 2")
  }

  /// The backup ID on the screen.
  func backupID() throws -> String {
    let screen = try tmux.screen()
    guard let found = screen.firstMatch(of: /[0-9]{14}-[0-9A-Z]{4}/) else { throw Failure("no backup ID:\n\(screen)") }
    return String(found.output)
  }
}
