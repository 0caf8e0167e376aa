import Glibc

/// A program in a real terminal of 80×24, on a tmux server of its own.
final class Tmux: Sendable {
  private let folder: TemporaryFolder

  /// - Parameter environment: what the program gets beside the test's own environment.
  init(_ command: [String], environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    var variables = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"]
    variables.merge(environment) { $1 }
    // The shell around it outlives it, so that its last words and its exit code can be read.
    try tmux(
      ["new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", "\"$@\"; echo \"ended with $?.\"; read line", "sh"]
        + ["env", "-u", "NO_COLOR"] + variables.map { "\($0)=\($1)" } + command)
  }

  deinit { _ = try? tmux(["kill-server"]) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    try run(["tmux", "-u", "-S", folder["socket"], "-f", "/dev/null"] + arguments, environment: ["LC_ALL": "C.UTF-8"])
      .succeeded().output
  }

  /// Presses keys, by tmux's names.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  /// Types a text letter by letter.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// The screen's lines as text.
  func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

  /// The screen with its colours and attributes as escape sequences.
  func colouredScreen() throws -> String { try tmux(["capture-pane", "-p", "-e"]) }

  /// Waits for a text on the screen and gives the screen.
  @discardableResult
  func wait(for text: String) throws -> String {
    // Each look starts a program, which takes longer than the pause.
    var pauses = Pauses(longest: 100_000)
    var screen = ""
    repeat {
      screen = try self.screen()
      if screen.contains(text) { return screen }
    } while pauses.next(within: 180)
    throw Failure("it never stood on the screen: \(text)\n\(screen)")
  }

  /// Waits for the program's end and gives its exit code.
  func waitForEnd() throws -> Int32 {
    let screen = try wait(for: "ended with ")
    return screen.firstMatch(of: /ended with ([0-9]+)\./).flatMap { Int32($0.output.1) } ?? -1
  }
}
