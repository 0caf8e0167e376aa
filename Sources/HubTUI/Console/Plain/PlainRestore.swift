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
      Menu.Item(line(for: $0), disabled: $0.problems.isEmpty ? nil : "this set cannot be restored")
    }
    guard let place = try choose("Which set", items) else { return }
    let id = sets[place].id
    prompt.say("Preflight of backup \(id)")
    let preflight = try hub.preflight(id, from: folders)
    for check in preflight.checks { prompt.say("\(word(check.outcome)): \(check.title): \(check.detail)") }
    guard preflight.failure == nil else { return prompt.say("The restore cannot start; nothing was changed.", .error) }
    guard !preflight.isRebuild else {
      return prompt.say("A lost origin is rebuilt with the command: hubtui restore \(id)")
    }
    let isSure = try confirm(
      "Restore",
      "Backup \(id) replaces all data of \(installation.folder). The present state is kept and can be rolled back to.",
      .typeWord("RESTORE"), .danger)
    guard isSure else { return }
    let status = try start(["restore", id.description, "--yes"] + RestoreWizard.arguments(folders))
    try welcome(status, isTestBed: sets[place].kind == .testBed)
  }

  private func askFolders() throws -> [String] {
    var folders: [String] = []
    while true {
      let path = try line("Another folder with archives, empty for no more: ")
      if path.isEmpty { return folders }
      if FileSystem.isFolder(path) { folders.append(path) } else { prompt.say("there is no such folder", .error) }
    }
  }

  private func word(_ outcome: RestorePreflight.Check.Outcome) -> String {
    switch outcome {
    case .pass: "ok"
    case .warning: "warning"
    case .fail: "error"
    }
  }

  private func rollBack() throws {
    let isSure = try confirm(
      "Roll back", "This puts the state before the last restore back.", .typeWord("ROLLBACK"), .danger)
    guard isSure else { return }
    if try start(["restore", "rollback", "--yes"])?.outcome == .succeeded {
      prompt.say("The state that the restore had made is kept; the same step brings it back.")
    }
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
