import Archive
import Installation
import Platform
import Runs

/// Hub settings: list, show, change; and the forms that ask several of them. The catalogue says what questions there are
/// and what is wrong with an answer.
public enum SettingActions {
  /// The word by which a change stands in the audit log.
  public static let setName = "settings set"

  /// All settings, in name order; secrets only as dots.
  public static let list: Listing<Settings.Item> = Listing(
    "settings list", "Settings", noun: "setting", emptyText: "no setting",
    columns: [
      .init("Setting", 31) { $0.name }, .init("Value", 12, value), .init("For", 16, priority: 1) { $0.help },
    ],
    table: [.init("SETTING") { $0.name }, .init("VALUE", value), .init("FOR") { $0.help }],
    tone: { _ in .normal }, identity: { $0.name },
    line: { item, _ in Listing<Settings.Item>.joined([item.name, value(item), item.help]) },
    json: { Row(name: $0.name, value: $0.shownValue, isDefault: $0.isDefault, help: $0.help) },
    load: { hub, _ in .init(try hub.read { try Settings($0).list() }) }, actions: [change])

  private static let change: Action<Settings.Item> = Action(
    setName, nil, "Change", help: "changes the setting",
    obstacle: { items in
      guard let definition = SettingCatalogue[items[0].name] else { return "this setting is not hubtui's to change" }
      switch definition.access {
      case .none: return nil
      case .command(let command): return "this setting has a command of its own: hubtui \(command)"
      case .fixed: return "only a restore writes this setting"
      }
    }, work: .form { form($0[0].name, [$0[0].name]) })

  /// A setting as it is shown.
  ///
  /// - Throws: `AdminError` (`usage`) for one that there is not.
  public static func find(_ name: String, _ hub: Hub) throws -> Settings.Item {
    guard let item = try hub.read({ try Settings($0).list() }).first(where: { $0.name == name }) else {
      throw AdminError(.usage, "no such setting", at: name, next: "see: hubtui settings list")
    }
    return item
  }

  /// Stores a value, empty to unset it, and says so.
  ///
  /// - Throws: what `Settings.check` throws.
  public static func set(_ name: String, to value: String, _ hub: Hub) throws -> String {
    try hub.change(setName, name) { try Settings($0).set(name, to: value) }
    return value.isEmpty ? "\(name) is unset" : "\(name) is set"
  }

  /// Refuses a secret as a word of a command line, which every account of the machine can read.
  ///
  /// - Throws: `AdminError` (`usage`).
  public static func refuseVisibleSecret(_ name: String, _ value: String) throws {
    guard let known = SettingCatalogue[name], known.kind == .secret, known.access == .none, !value.isEmpty, value != "-"
    else { return }
    throw AdminError(
      .usage, "a secret must not stand on the command line, where every account can read it", at: name,
      next: "give - for the value and the secret on standard input")
  }

  /// The settings of a component that have no form of their own.
  public static func general(_ component: Component) -> FormDescription {
    let names = SettingCatalogue.definitions.map(\.name).filter { name in
      name.hasPrefix(component.folderName + ".") && SettingCatalogue[name]?.access == SettingCatalogue.Guard.none
        && !name.contains(".backup.") && !name.contains(".ssh.")
    }
    return form("General Settings", names)
  }

  /// Whether and when a backup is made every day.
  public static let dailyBackup = form("Daily Backup", ["hub.backup.daily.enabled", "hub.backup.daily.time"])

  /// Each component's backup folder and how many earlier backups it keeps.
  public static let backupFolders = form(
    "Backup Folder and History",
    Component.allCases.flatMap { ["\($0.folderName).backup.folder", "\($0.folderName).backup.history"] })

  /// Where the components are that are on other machines.
  public static let componentHosts = form(
    "Hosts for ssh", SettingCatalogue.definitions.map(\.name).filter { $0.contains(".ssh.") })

  @Sendable private static func value(_ item: Settings.Item) -> String {
    (item.shownValue ?? "(unset)") + (item.isDefault && item.shownValue != nil ? " (default)" : "")
  }

  private struct Row: Encodable {
    let name: String
    let value: String?
    let isDefault: Bool
    let help: String
  }

  private static func form(_ title: String, _ names: [String]) -> FormDescription {
    FormDescription(
      title,
      questions: { hub in
        let items = try hub.read { try Settings($0).list() }
        return names.compactMap { name in
          SettingCatalogue[name].map { question($0, items.first { $0.name == name }?.shownValue) }
        }
      },
      store: { answers, hub in
        let changes = try hub.read { database in
          let settings = Settings(database)
          let changes = given(answers, names, try settings.list())
          for (name, value) in changes { try check(settings, name, value) }
          return changes
        }
        guard !changes.isEmpty else { return "Nothing was changed" }
        let changed = changes.map(\.name).joined(separator: ", ")
        try hub.change(setName, changed) { try Settings($0).set(changes) }
        return "Stored: \(changed)"
      })
  }

  /// The answers that differ from what is set.
  private static func given(
    _ answers: Answers, _ names: [String], _ before: [Settings.Item]
  ) -> [(name: String, value: String)] {
    names.compactMap { name in
      guard let answer = answers[name], let definition = SettingCatalogue[name] else { return nil }
      var value = answer
      switch definition.kind {
      case .toggle: value = answer == "yes" ? "true" : "false"
      // An empty secret means that it stays; a word of its own unsets it.
      case .secret: if value.isEmpty { return nil } else if value == "-" { value = "" }
      default: break
      }
      return value == (before.first { $0.name == name }?.shownValue ?? "") ? nil : (name, value)
    }
  }

  private static func check(_ settings: Settings, _ name: String, _ value: String) throws {
    do { try settings.check(name, value) } catch let error as AdminError
      where error.code == .usage || error.code == .refused
    {
      throw FormDescription.Rejection(field: name, problem: error.what)
    }
  }

  private static func question(_ definition: SettingCatalogue.Definition, _ value: String?) -> Question {
    let label = definition.help.prefix(1).uppercased() + definition.help.dropFirst()
    let name = definition.name
    var help = "\(name): \(definition.form)"
    if let value = definition.defaultValue {
      help += "; the default is \(value)."
    } else if definition.kind != .secret {
      help += "; empty is unset."
    }
    let check: @Sendable (String) -> String? = { text in
      if text == value { return nil }
      if text.isEmpty { return definition.defaultValue.map { "type a value; the default is \($0)" } }
      return definition.objection(to: text).map { "this \($0)" }
    }
    switch definition.kind {
    case .toggle: return Question(name, label, .toggle(value == "true"), help: "\(name): Space switches it.")
    case .number(let range) where definition.defaultValue != nil:
      return Question(name, label, .number(value ?? "", range), help: help)
    case .secret:
      return Question(
        name, "\(label) (\(value == nil ? "unset" : "set"))", .secret(limit: 5000),
        help: "\(name): empty keeps it, - unsets it.", check: { $0 == "-" || $0.isEmpty ? nil : check($0) })
    default: return Question(name, label, .text(value ?? "", limit: 4096), help: help, check: check)
    }
  }
}
