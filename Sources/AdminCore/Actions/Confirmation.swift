import Administration
import Installation
import Runs

/// What an operator is asked before an action: the same question in the console, in the plain mode and by a command.
public struct Confirmation: Sendable, Equatable {
  /// What answers it.
  public enum Answer: Sendable, Equatable {
    /// One of two words; the first one goes on.
    case choice(yes: String, no: String)
    /// This word, typed letter for letter. At a terminal only, when a pipe must not answer.
    case word(String, onlyAtTerminal: Bool)
  }

  /// The heading.
  public let title: String
  /// What will happen, in a sentence or two.
  public let text: String
  /// What answers it.
  public let answer: Answer
  /// How grave it is.
  public let tone: Tone

  /// Yes or no.
  public static func choice(
    _ title: String, _ text: String, yes: String, no: String, _ tone: Tone = .warning
  ) -> Confirmation {
    Confirmation(title: title, text: text, answer: .choice(yes: yes, no: no), tone: tone)
  }

  /// A typed word.
  public static func word(
    _ title: String, _ text: String, _ word: Word, onlyAtTerminal: Bool = false, _ tone: Tone = .danger
  ) -> Confirmation {
    Confirmation(title: title, text: text, answer: .word(word.text, onlyAtTerminal: onlyAtTerminal), tone: tone)
  }

  /// The same question with something to be known before it.
  public func warning(of text: String?) -> Confirmation {
    guard let text, !text.isEmpty else { return self }
    return Confirmation(title: title, text: "\(text) \(self.text)", answer: answer, tone: tone)
  }

  /// All words that are ever to be typed.
  public enum Word: Sendable {
    /// A backup's archives go for good.
    case delete
    /// All data is replaced.
    case restore
    /// A lost origin is rebuilt.
    case rebuild(BackupID)
    /// The state before the last restore comes back.
    case rollBack
    /// Mail will be sent.
    case open
    /// Several jobs are revoked or deleted.
    case several(Outbox.Decision)
    /// All queued jobs are.
    case all(Outbox.Decision)

    /// The word.
    public var text: String {
      switch self {
      case .delete: "DELETE"
      case .restore: "RESTORE"
      case .rebuild(let id): "REBUILD \(id)"
      case .rollBack: "ROLLBACK"
      case .open: "OPEN"
      case .several(let decision): decision.word
      case .all(let decision): "\(decision.word) ALL"
      }
    }
  }
}

/// How something is to be taken. A screen shows it as a colour and a sign, the plain mode as a word.
public enum Tone: Sendable, Equatable {
  /// As usual.
  case normal
  /// As wanted.
  case good
  /// To be known.
  case warning
  /// Wrong.
  case error
  /// It reaches production or real recipients, or destroys.
  case danger
  /// Switched off.
  case disabled
}
