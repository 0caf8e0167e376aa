import AdminCore
import TUIKitLite

/// Hub settings as forms: the catalogue says what fields there are and what is wrong with an answer.
enum SettingsScreen {
  /// The settings of a component that have no screen of their own.
  static func general(_ component: Component) -> FormDescription {
    let names = SettingCatalogue.definitions.map(\.name).filter { name in
      name.hasPrefix(component.folderName + ".") && SettingCatalogue[name]?.access == SettingCatalogue.Guard.none
        && !name.contains(".backup.")
    }
    return form("General Settings", names)
  }

  /// Whether and when a backup is made every day.
  static let dailyBackup = form("Daily Backup", ["hub.backup.daily.enabled", "hub.backup.daily.time"])

  /// Each component's backup folder and how many earlier backups it keeps.
  static let backupFolders = form(
    "Backup Folder and History",
    Component.allCases.flatMap { ["\($0.folderName).backup.folder", "\($0.folderName).backup.history"] })

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
        let before = try context.hub.read { try Settings($0).list() }
        var changed: [String] = []
        for name in names {
          guard let answer = answers[name], let definition = SettingCatalogue[name] else { continue }
          let value = definition.kind == .toggle ? (answer == "yes" ? "true" : "false") : answer
          // An empty secret means that it stays; a word of its own unsets it.
          if definition.kind == .secret, value.isEmpty { continue }
          let new = definition.kind == .secret && value == "-" ? "" : value
          guard new != (before.first { $0.name == name }?.shownValue ?? "") else { continue }
          do {
            try context.hub.change("settings set", name) { try Settings($0).set(name, to: new) }
          } catch let error as AdminError where error.code == .usage || error.code == .refused {
            throw FormDescription.Rejection(field: name, problem: error.what)
          }
          changed.append(name)
        }
        return changed.isEmpty ? "Nothing was changed" : "Stored: \(changed.joined(separator: ", "))"
      })
  }

  private static func field(_ definition: SettingCatalogue.Definition, _ value: String?) -> FormField {
    // The component is the screen's; the rest of the name tells the field.
    let label = definition.name.split(separator: ".").dropFirst().joined(separator: " ")
    let name = label.hasPrefix("backup") ? definition.name : label
    let check: @Sendable (String) -> String? = { $0.isEmpty ? nil : definition.objection(to: $0).map { "this \($0)" } }
    let help = "\(definition.help) (\(definition.name))"
    switch definition.kind {
    case .toggle: return FormField(definition.name, name, .toggle(value == "true"), help: help)
    case .number(let range):
      return FormField(definition.name, name, .number(TextInput(value ?? "", limit: 10), range), help: help)
    case .secret:
      return FormField(
        definition.name, name, .password(TextInput(limit: 4096)),
        help: "\(help); it is \(value == nil ? "unset" : "set"): empty keeps it, - unsets it",
        check: { $0 == "-" ? nil : check($0) })
    default: return .text(definition.name, name, value ?? "", limit: 4096, help: help, check: check)
    }
  }
}
