import Installation
import Platform

/// Where a backup goes and what it must not take: the components' backup folders, as the settings say.
package struct BackupFolders {
  private var folders: [Component: String] = [:]
  private var histories: [Component: Int] = [:]

  init(_ installation: Installation, _ settings: Settings) throws {
    for component in Component.allCases {
      let setting = "\(component.folderName).backup.folder"
      let value = try settings.value(setting) ?? "backup"
      let path = value.hasPrefix("/") ? value : installation.home(of: component) + "/" + value
      folders[component] = FileSystem.absolute(path)
      let history = "\(component.folderName).backup.history"
      guard let kept = try Int(settings.value(history) ?? "5"), kept >= 0 else {
        throw AdminError(
          .configuration, "not a number of backups", at: history, next: "use: hubtui settings set \(history) 5")
      }
      histories[component] = kept
    }
  }

  package subscript(component: Component) -> String { folders[component] ?? "" }

  func history(of component: Component) -> Int { histories[component] ?? 5 }

  /// All folders, each once.
  package var all: [String] { Array(Set(folders.values)).sorted() }
}
