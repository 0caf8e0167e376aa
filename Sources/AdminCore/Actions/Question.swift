import Runs

/// One question that an action or a form asks, with the answer so far.
public struct Question: Sendable {
  /// What kind of answer it takes.
  public enum Kind: Sendable {
    /// A line of text, and its greatest number of characters.
    case text(String, limit: Int)
    /// A whole number in a range.
    case number(String, ClosedRange<Int>)
    /// A line that is not shown.
    case secret(limit: Int)
    /// Yes or no.
    case toggle(Bool)
  }

  /// The name by which the answer is asked for.
  public let name: String
  /// The question.
  public let label: String
  /// A sentence about it.
  public let help: String
  /// What kind of answer it takes, with the answer so far.
  public let kind: Kind
  /// What is wrong with an answer; nil when nothing is.
  public let check: @Sendable (String) -> String?

  init(
    _ name: String, _ label: String, _ kind: Kind, help: String = "",
    check: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.name = name
    self.label = label
    self.kind = kind
    self.help = help
    self.check = check
  }
}

/// Answers by the names of their questions; those of yes or no are `yes` and `no`.
public typealias Answers = [String: String]

/// A form over the installation, the same on a screen and line by line.
public struct FormDescription: Sendable {
  /// What is wrong with which question.
  public struct Rejection: Error, Sendable {
    /// The question's name.
    public let field: String
    /// What is wrong, in words.
    public let problem: String

    init(field: String, problem: String) {
      self.field = field
      self.problem = problem
    }
  }

  /// The heading.
  public let title: String
  /// What the form is for; empty when the title says it.
  public let intro: String
  /// The questions with their present answers; may read the system database.
  public let questions: @Sendable (Hub) throws -> [Question]
  /// Stores the answers and says what was done; throws a `Rejection` for what is wrong with one of them.
  public let store: @Sendable (Answers, Hub) throws -> String

  init(
    _ title: String, intro: String = "", questions: @escaping @Sendable (Hub) throws -> [Question],
    store: @escaping @Sendable (Answers, Hub) throws -> String
  ) {
    self.title = title
    self.intro = intro
    self.questions = questions
    self.store = store
  }
}
