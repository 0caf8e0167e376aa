import AdminCore
import TUIKitLite

/// Hub settings as forms: the catalogue says what fields there are and what is wrong with an answer.
enum SettingsScreen {
  /// The settings of a component that have no screen of their own.
  static func general(_ component: Component) -> FormDescription {
    let names = SettingCatalogue.definitions.map(\.name).filter { name in
      name.hasPrefix(component.folderName + ".") && SettingCatalogue[name]?.access == SettingCatalogue.Guard.none
        && !name.contains(".backup.") && !name.contains(".ssh.")
    }
    return form("General Settings", names)
  }

  /// Whether and when a backup is made every day.
  static let dailyBackup = form("Daily Backup", ["hub.backup.daily.enabled", "hub.backup.daily.time"])

  /// Each component's backup folder and how many earlier backups it keeps.
  static let backupFolders = form(
    "Backup Folder and History",
    Component.allCases.flatMap { ["\($0.folderName).backup.folder", "\($0.folderName).backup.history"] })

  /// Where the components are that are on other machines.
  static let componentHosts = form(
    "Hosts for ssh", SettingCatalogue.definitions.map(\.name).filter { $0.contains(".ssh.") })

  private static func form(_ title: String, _ names: [String]) -> FormDescription {
    FormDescription(
      title,
      fields: { context in
        let items = try context.hub.read { try Settings($0).list() }
        return names.compactMap { name in
          SettingCatalogue[name].map { field($0, items.first { $0.name == name }?.shownValue) }
        }
      },
      store: { answers, context in
        let changes = try context.hub.read { database in
          let settings = Settings(database)
          let changes = given(answers, names, try settings.list())
          for (name, value) in changes { try check(settings, name, value) }
          return changes
        }
        guard !changes.isEmpty else { return "Nothing was changed" }
        let changed = changes.map(\.name).joined(separator: ", ")
        try context.hub.change("settings set", changed) { try Settings($0).set(changes) }
        return "Stored: \(changed)"
      })
  }

  /// The answers that differ from what is set.
  private static func given(
    _ answers: [String: String], _ names: [String], _ before: [Settings.Item]
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

  private static func field(_ definition: SettingCatalogue.Definition, _ value: String?) -> FormField {
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
    case .toggle: return FormField(name, label, .toggle(value == "true"), help: "\(name): Space switches it.")
    case .number(let range) where definition.defaultValue != nil:
      return FormField(name, label, .number(TextInput(value ?? "", limit: 10), range), help: help)
    case .secret:
      return FormField(
        name, "\(label) (\(value == nil ? "unset" : "set"))", .password(TextInput(limit: 5000)),
        help: "\(name): empty keeps it, - unsets it.",
        check: { $0 == "-" || $0.isEmpty ? nil : check($0) })
    default: return .text(name, label, value ?? "", limit: 4096, help: help, check: check)
    }
  }
}
