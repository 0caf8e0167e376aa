import Installation
import Runs

/// Something that an operator can do, described once: a command, a key of a list and a line of the plain mode are made of
/// it. `Item` is what it is done to.
public struct Action<Item: Sendable>: Sendable {
  /// To how many items it is done.
  public enum Scope: Sendable {
    /// To none: to the installation.
    case installation
    /// To one.
    case one
    /// To one or to all that are marked.
    case several
  }

  /// What it does.
  public enum Work: Sendable {
    /// Reads, and shows a text or a file.
    case show(@Sendable ([Item]) -> Document)
    /// Leads to another place.
    case go(@Sendable ([Item]) -> Destination?)
    /// Asks questions first, and then changes something.
    case form(@Sendable ([Item]) -> FormDescription)
    /// Reads or changes something at once, and says what was done. May read the system database and wait for a network.
    case quick(@Sendable ([Item], Hub) throws -> String)
    /// Runs as a process of its own, with status and cancellation: the words of the command.
    case operation(@Sendable ([Item]) -> [String])
    /// The same, after a question.
    case operationAfter(@Sendable ([Item]) -> FormDescription, words: @Sendable ([Item], Answers) -> [String])
  }

  /// Its command's words, which are the audit log's as well: `account disable`.
  public let name: String
  /// Its key in a list; nil for Enter.
  public let key: Character?
  /// What it does, in a word or two.
  public let label: String
  /// The heading of what it shows.
  public let title: String
  /// What it does, in a sentence for the help.
  public let help: String
  /// To how many items it is done.
  public let scope: Scope
  /// Why it cannot be done to these items, in words; nil when it can. What only the installation knows stands in
  /// `Contents.obstacles`.
  public let obstacle: @Sendable ([Item]) -> String?
  /// The heading and the advice when the installation refuses it; nil says the reason alone.
  public let refusal: (title: String, advice: String)?
  /// Whether the installation's state may refuse it, so that only a fresh reading of the list can tell.
  public let dependsOnState: Bool
  /// What is asked before; nil for nothing.
  public let confirmation: @Sendable (_ chosen: [Item], _ all: [Item]) -> Confirmation?
  /// What it does.
  public let work: Work

  init(
    _ name: String, _ key: Character?, _ label: String, title: String? = nil, help: String = "", _ scope: Scope = .one,
    dependsOnState: Bool = false, refusal: (title: String, advice: String)? = nil,
    obstacle: @escaping @Sendable ([Item]) -> String? = { _ in nil },
    confirmation: @escaping @Sendable (_ chosen: [Item], _ all: [Item]) -> Confirmation? = { _, _ in nil },
    work: Work
  ) {
    self.name = name
    self.key = key
    self.label = label
    self.title = title ?? label
    self.help = help.isEmpty ? label : help
    self.scope = scope
    self.refusal = refusal
    self.dependsOnState = dependsOnState
    self.obstacle = obstacle
    self.confirmation = confirmation
    self.work = work
  }

  /// Whether it needs an item.
  public var needsItem: Bool { scope != .installation }
}

/// What an action shows.
public enum Document: Sendable {
  /// A text that is nowhere else.
  case text(title: String, String)
  /// A file, and how its lines are to be taken; nil for a line like any other.
  case file(title: String, String, marking: (@Sendable (_ line: String, _ isLast: Bool) -> Tone?)?)
  /// Nothing: why there is none.
  case none(String)
}

/// Where an action or a line of the menus leads.
public enum Destination: Sendable {
  /// A list.
  case listing(any ListingType)
  /// A form.
  case form(FormDescription)
  /// The running or last operation.
  case runningOperation
  /// Creating a backup.
  case createBackup(BackupKind)
  /// Restoring one.
  case restore
  /// The help.
  case help
}
