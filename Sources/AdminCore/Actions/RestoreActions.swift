import Administration
import Installation
import Runs
import TestBed

/// Restoring a set and rolling back: the words of the commands, and what is asked before.
public enum RestoreActions {
  /// What is asked before a set is restored.
  public static func confirmation(of id: BackupID, _ hub: Hub) -> Confirmation {
    .word(
      "Restore",
      "Backup \(id) replaces all data of \(hub.installation.folder). The present state is kept and can be rolled back to.",
      .restore)
  }

  /// What is asked before a lost origin is rebuilt: at a terminal only.
  public static func rebuildConfirmation(of id: BackupID) -> Confirmation {
    .word(
      "Rebuild",
      "This rebuilds the lost origin of backup \(id) here, with its jobs, hosts and external database. If the origin still runs, every job is sent twice.",
      .rebuild(id), onlyAtTerminal: true)
  }

  /// The words by which `hubtui` restores a set.
  public static func arguments(_ id: BackupID, from folders: [String]) -> [String] {
    ["restore", id.description, "--yes"] + folders.flatMap { ["--from", $0] }
  }

  /// Puts the state before the last restore back; a second time undoes that.
  public static let rollBack: Action<BackupSet> = Action(
    "restore rollback", "b", "Roll back", help: "puts the state before the last restore back", .installation,
    confirmation: { _, _ in
      .word(
        "Roll back",
        "The state before the last restore comes back. What is here now is kept, and a second roll-back brings it back.",
        .rollBack)
    }, work: .operation { _ in ["restore", "rollback", "--yes"] })

  /// What is said after a roll-back.
  public static func rolledBack(_ id: BackupID) -> String {
    "Rolled back: the restore of \(id). The state it had made is kept; the same command brings it back."
  }
}

extension RestorePreflight.Check.Outcome {
  /// In a word.
  public var word: String {
    switch self {
    case .pass: "ok"
    case .warning: "note"
    case .fail: "FAIL"
    }
  }

  /// How it is to be taken.
  public var tone: Tone {
    switch self {
    case .pass: .good
    case .warning: .warning
    case .fail: .error
    }
  }
}
