import AdminCore
import Glibc

/// Questions that commands ask.
enum Prompt {
  /// Asks what an action asks.
  ///
  /// A yes or no is asked at a terminal only: a script that names what it means has said it. A word must be typed, whoever
  /// answers, letter for letter; but for one that answers for several items that were each named.
  ///
  /// - Parameters:
  ///   - word: the word from the command line, which stands for the typed one; nil to ask.
  ///   - eachIsNamed: whether each item stands on the command line.
  /// - Throws: `AdminError` (`refused`) for any other answer.
  static func confirm(_ confirmation: Confirmation, word given: String? = nil, eachIsNamed: Bool = false) throws {
    let isTerminal = isatty(0) == 1
    let wanted: String
    switch confirmation.answer {
    case .choice(let yes, _):
      guard isTerminal, given == nil else { return }
      wanted = yes.lowercased()
    case .word(let word, let onlyAtTerminal):
      if onlyAtTerminal, !isTerminal {
        throw AdminError(
          .refused, "this must be confirmed at a terminal", next: "run the command at a terminal and type: \(word)")
      }
      if eachIsNamed, !isTerminal, given == nil { return }
      wanted = word
    }
    var answer = given
    if answer == nil {
      Output.error("\(printable(confirmation.text))\nType \(wanted) to go on: ")
      answer = readLine(strippingNewline: true)
    }
    guard answer == wanted else {
      throw AdminError(.refused, "not confirmed, nothing was changed", next: "start again and type: \(wanted)")
    }
  }

  /// A new password: from a file (`-` is standard input), or typed twice without echo.
  static func newPassword(file: String?) throws -> String {
    if let file { return try password(fromFile: file) }
    guard isatty(0) == 1 else {
      throw AdminError(.usage, "there is no terminal to ask for the password", next: "give --password-file FILE")
    }
    let first = try typed("Password: ")
    guard try typed("Again: ") == first else {
      throw AdminError(.usage, "the two passwords differ", next: "start again")
    }
    return first
  }

  /// One line that is not shown while it is typed at a terminal.
  static func secret(_ prompt: String) throws -> String {
    isatty(0) == 1 ? try typed(prompt) : readLine(strippingNewline: true) ?? ""
  }

  private static func password(fromFile path: String) throws -> String {
    let text: String
    if path == "-" {
      text = readLine(strippingNewline: true) ?? ""
    } else {
      text = String(decoding: try FileSystem.read(path, limit: 4096), as: UTF8.self)
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
  }

  private static func typed(_ prompt: String) throws -> String {
    var former = termios()
    guard tcgetattr(0, &former) == 0 else {
      throw AdminError(.inputOutput, "the terminal cannot be read", next: "give --password-file FILE")
    }
    var silent = former
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSAFLUSH, &silent)
    defer {
      tcsetattr(0, TCSAFLUSH, &former)
      Output.error("\n")
    }
    Output.error(prompt)
    return readLine(strippingNewline: true) ?? ""
  }
}
