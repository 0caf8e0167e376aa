import AdminCore
import TUIKitLite

extension PlainConsole {
  /// Restore a Backup: where the archives are, which set, the preflight, a typed word, the progress, what is next.
  func restore() throws {
    switch try choose("Restore a Backup", [.init("Restore a set"), .init("Roll the last restore back")]) {
    case 0: try restoreSet()
    case 1: try rollBack()
    default: return
    }
  }

  private func restoreSet() throws {
    prompt.say(
      "The set's three archives may lie in several folders. The backup folders of this installation are looked in anyway."
    )
    let folders = try askFolders()
    let sets = try hub.backupSets(from: folders)
    guard !sets.isEmpty else { return prompt.say("No set was found in these folders.") }
    // What is wrong with a set is in its line; it cannot be chosen then.
    let items = sets.map {
      Menu.Item(
        BackupActions.list().line($0, now()), disabled: $0.problems.isEmpty ? nil : "this set cannot be restored")
    }
    guard let index = try choose("Which set", items) else { return }
    let id = sets[index].id
    prompt.say("Preflight of backup \(id)")
    let preflight = try hub.preflight(id, from: folders)
    for check in preflight.checks { prompt.say("\(check.outcome.spokenWord): \(check.title): \(check.detail)") }
    guard preflight.failure == nil else { return prompt.say("The restore cannot start; nothing was changed.", .error) }
    guard !preflight.isRebuild else {
      return prompt.say("A lost origin is rebuilt with the command: hubtui restore \(id)")
    }
    guard try confirm(RestoreActions.confirmation(of: id, hub)) else { return }
    let status = try start(RestoreActions.arguments(id, from: folders))
    try welcome(status, isTestBed: sets[index].kind == .testBed)
  }

  private func askFolders() throws -> [String] {
    var folders: [String] = []
    while true {
      let path = try line("Another folder with archives, empty for no more: ")
      if path.isEmpty { return folders }
      if FileSystem.isFolder(path) { folders.append(path) } else { prompt.say("there is no such folder", .error) }
    }
  }

  private func rollBack() throws {
    try perform(RestoreActions.rollBack, [], BackupActions.none)
  }

  // Opening the restored installation is its first start, which gives it instance IDs of its own.
  private func welcome(_ status: OperationStatus?, isTestBed: Bool) throws {
    guard status?.outcome == .succeeded else { return }
    _ = try Hub(installFolder: installation.folder, actor: hub.actor)
    if isTestBed {
      prompt.say("\(Outbox.disabledText). Go on with Post-Restore Setup, the first line of the first menu.")
    }
  }
}

extension RestorePreflight.Check.Outcome {
  fileprivate var spokenWord: String {
    switch self {
    case .pass: "ok"
    case .warning: "warning"
    case .fail: "error"
    }
  }
}
