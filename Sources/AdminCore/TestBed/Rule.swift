import Database
import Installation

/// One rule that makes a copy safe: the danger it removes, what it matches, what it does, and how an operator undoes it
/// on purpose after a restore.
public struct Rule: Sendable {
  /// The rule's name in reports, such as `listserv-host`.
  public let id: String
  /// The danger it removes, for reports and screens.
  public let danger: String
  /// The post-restore step that sets again what was removed.
  public let afterRestore: String
  /// What it matches and what it does there.
  public let matches: [Match]
  /// Whether a site added it in `hub/test-bed-rules.yaml`.
  public var isOfSite = false

  /// One place that a rule matches.
  public struct Match: Sendable {
    /// The place.
    public let target: Target
    /// When a row is concerned; empty means always.
    public let conditions: [Condition]
    /// What happens to the value, row or file.
    public let action: Action
    /// How much the value tells; decides about dots in a preview and about the leak audit.
    public let sensitivity: Sensitivity
  }

  /// A kind of place. Patterns are those of fnmatch(3).
  public enum Target: Sendable, Hashable, Codable {
    /// A key of an INI file, which is named by its path in the install folder: `hub/hub.ini`; `*` means of every one.
    case ini(file: String, key: String)
    /// A Hub setting.
    case setting(String)
    /// A column.
    case column(table: String, column: String)
    /// Whole rows of a table.
    case rows(table: String)
    /// A file in a component's home folder, by its path inside; nil means of every component.
    case file(Component?, String)
  }

  /// A condition on a row as it was before any rule.
  public enum Condition: Sendable, Equatable {
    /// The column has this text.
    case equals(column: String, String)
    /// The column matches this pattern.
    case matches(column: String, String)
    /// The column is neither NULL nor empty.
    case isSet(column: String)
    /// The column is among the whole numbers that this query gives.
    case isIn(column: String, query: String)
    /// The text of the column's value, whatever its type, matches this pattern; upper and lower case of ASCII letters
    /// make no difference, the pattern is in lower case.
    case resembles(column: String, String)
    /// A line of the file matches this pattern, as `resembles`.
    case hasLine(String)
  }

  /// What a rule does.
  public enum Action: Sendable, Equatable {
    /// The value becomes unset: no part of the system may replace it by a default.
    case unset
    /// The value becomes this one.
    case set(SQLValue)
    /// The value becomes the backup ID, which tells where the row came from.
    case setBackupID
    /// The value is replaced by an invented one, the same for the same value.
    case mask(SystemSchema.Mask)
    /// The row or the file is left out.
    case leaveOut
  }

  /// How much a removed value tells.
  public enum Sensitivity: Sendable {
    /// Nothing: a switch, a number, a state.
    case none
    /// Where another system is, or a name that belongs to it: the audit searches for it.
    case address
    /// A secret: shown as dots everywhere; the audit searches for it.
    case secret
  }
}

extension Rule.Target: CustomStringConvertible {
  /// As reports and `hub/test-bed-rules.yaml` spell it.
  public var description: String {
    switch self {
    case .ini(let file, let key): "ini \(Rule.Target.shortened(file)):\(key)"
    case .setting(let name): "setting \(name)"
    case .column(let table, let column): "column \(table).\(column)"
    case .rows(let table): "rows of \(table)"
    case .file(let component, let path): "file \(component?.folderName ?? "*")/\(path)"
    }
  }
}

extension Rule.Target {
  /// A key of a component's own INI file; nil means of every INI file of every component.
  static func ini(_ component: Component?, key: String) -> Rule.Target {
    .ini(file: component?.iniFile ?? "*", key: key)
  }

  /// An INI file as reports and `hub/test-bed-rules.yaml` spell it: a component's own by its name alone.
  static func shortened(_ file: String) -> String {
    Component.allCases.first { $0.iniFile == file }?.iniName ?? file
  }
}
