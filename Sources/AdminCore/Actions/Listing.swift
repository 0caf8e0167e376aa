import Platform
import Runs

/// A list of things read from the installation, described once: a screen, the plain mode and a command's table and JSON are
/// made of it.
public struct Listing<Item: Sendable>: Sendable {
  /// A column.
  public struct Column: Sendable {
    /// The heading on a screen.
    public let title: String
    /// The least width in cells at which it still says something.
    public let minimum: Int
    /// Whether it stands to the right, as numbers do.
    public let isRight: Bool
    /// Columns with greater numbers are left out first where there is no room; 0 is never left out.
    public let priority: Int
    /// A cell's text.
    public let cell: @Sendable (Item, _ now: Int64) -> String

    init(
      _ title: String, _ minimum: Int, isRight: Bool = false, priority: Int = 0,
      _ cell: @escaping @Sendable (Item, _ now: Int64) -> String
    ) {
      self.title = title
      self.minimum = minimum
      self.isRight = isRight
      self.priority = priority
      self.cell = cell
    }

    init(
      _ title: String, _ minimum: Int, isRight: Bool = false, priority: Int = 0,
      _ cell: @escaping @Sendable (Item) -> String
    ) {
      self.init(title, minimum, isRight: isRight, priority: priority) { item, _ in cell(item) }
    }

    /// A column of a command's table, whose heading is in capitals and whose width follows from its cells.
    init(_ heading: String, _ cell: @escaping @Sendable (Item) -> String) { self.init(heading, 1, cell) }
  }

  /// What was read.
  public struct Contents: Sendable {
    /// The items.
    public var items: [Item]
    /// What stands above them, such as the state of the outbox; empty for nothing.
    public var headline: String
    /// Why actions cannot be done now, by their names.
    public var obstacles: [String: AdminError]
    /// What is to be known before an action is confirmed, by its name.
    public var warnings: [String: String]

    init(
      _ items: [Item], headline: String = "", obstacles: [String: AdminError] = [:], warnings: [String: String] = [:]
    ) {
      self.warnings = warnings
      self.items = items
      self.headline = headline
      self.obstacles = obstacles
    }
  }

  /// The words of the command that prints it.
  public let name: String
  /// Its title on a screen.
  public let title: String
  /// What is said when there is nothing.
  public let emptyText: String
  /// The columns of a screen.
  public let columns: [Column]
  /// The columns of a command's table.
  public let table: [Column]
  /// How a row is to be taken.
  public let tone: @Sendable (Item) -> Tone
  /// What tells an item from every other: choice and marks stay with it when the list is read anew.
  public let identity: @Sendable (Item) -> String
  /// An item in one line, for the ear.
  public let line: @Sendable (Item, _ now: Int64) -> String
  /// An item as JSON.
  public let json: @Sendable (Item) -> any Encodable
  /// What one of them is called: `account`.
  public let noun: String
  /// What several of them are called, `jobs`, where several can be marked; nil where they cannot.
  public let plural: String?
  /// Reads it; may wait for the system database and for other machines.
  public let load: @Sendable (Hub, _ now: Int64) throws -> Contents
  /// What can be done.
  public let actions: [Action<Item>]

  init(
    _ name: String, _ title: String, noun: String, emptyText: String, columns: [Column], table: [Column],
    tone: @escaping @Sendable (Item) -> Tone, identity: @escaping @Sendable (Item) -> String,
    line: @escaping @Sendable (Item, Int64) -> String, json: @escaping @Sendable (Item) -> any Encodable,
    plural: String? = nil, load: @escaping @Sendable (Hub, Int64) throws -> Contents, actions: [Action<Item>] = []
  ) {
    self.name = name
    self.title = title
    self.noun = noun
    self.emptyText = emptyText
    self.columns = columns
    self.table = table
    self.tone = tone
    self.identity = identity
    self.line = line
    self.json = json
    self.plural = plural
    self.load = load
    self.actions = actions
  }

  /// The action of this name.
  public func action(_ name: String) -> Action<Item>? { actions.first { $0.name == name } }

  /// The items in one line each, from their columns: the default for the ear.
  static func joined(_ cells: [String]) -> String { cells.filter { !$0.isEmpty }.joined(separator: ", ") }
}

/// A listing of whatever items. Menus hold listings of different items side by side.
public protocol ListingType: Sendable {
  /// What it lists.
  associatedtype Item: Sendable
  /// The listing.
  var listing: Listing<Item> { get }
}

extension Listing: ListingType {
  /// Itself.
  public var listing: Listing<Item> { self }
}
