import Database
import Platform

/// The names in a component's home folder that no backup has under `home/`: what has a place of its own in an archive, and
/// what belongs to this machine alone.
package enum HomeNames {
  /// Why a name in the home folder is not taken as one of its files.
  package enum Use: Sendable, Equatable {
    /// The INI file and the data folder, which have places of their own in an archive.
    case ownPlace
    /// Logs, the audit log and reports among them.
    case logs
    /// The backup folder unless another is set.
    case backups
    /// What hubtui keeps there for itself, and the component's pid file.
    case runFile
  }

  /// What a name directly in the home folder of a component is for; nil for one of the home folder's own files.
  package static func use(of name: some Collection<UInt8>, _ component: Component) -> Use? {
    func isOne(of names: [String]) -> Bool { names.contains { $0.utf8.elementsEqual(name) } }
    func starts(with prefix: String) -> Bool { name.starts(with: prefix.utf8) }
    if isOne(of: ["data", component.iniName]) { return .ownPlace }
    if isOne(of: [logs]) { return .logs }
    if isOne(of: [backups]) { return .backups }
    let files = runFiles + ["\(component.folderName).pid"]
    let partials = (files + [component.iniName]).map { ".\($0).partial" }
    if isOne(of: files + partials) || runFolders.contains(where: starts) { return .runFile }
    return nil
  }

  /// The components for whose archive an entry's name is none of a home folder's own files; empty for every other name.
  package static func owners(ofEntry name: String) -> [Component] {
    guard name.hasBytePrefix("home/") else { return [] }
    var part = name.utf8.dropFirst("home/".utf8.count)
    if part.last == 0x2F { part = part.dropLast() }
    guard !part.contains(0x2F), let bytes = EntryName.decoded(Substring(part)) else { return [] }
    return Component.allCases.filter { use(of: bytes, $0) != nil }
  }

  /// Files that hubtui writes into a home folder.
  private static let runFiles = [
    "operation.json", "operation.lock", "operation.cancel", "login-delays.json", "login-delays.lock",
    "restore-journal.json", "former-state.json",
  ]
  /// What a restore stages and puts aside, with a token behind.
  private static let runFolders = [".restore-staged-", ".restore-former-"]

  /// The folder of logs.
  package static let logs = "logs"

  /// The backup folder unless a setting names another.
  package static let backups = "backup"

  /// The site's own rules, in HUB's home folder.
  package static let rules = "test-bed-rules.yaml"

  /// What is said once of all home folders, in previews and reports.
  package static let notTakenLine =
    "Not taken of any home folder: logs, backup folders, pid files, and what hubtui itself keeps there"
}
