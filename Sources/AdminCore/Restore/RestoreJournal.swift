import Archive
import Database
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// The decision of a restore, on disk before anything live moves. Until it says `committing`, the former state holds;
/// from then on the new one, and whoever opens the installation next brings it to its end. Rolling back is the same walk
/// with the former state in the place of the staged one.
struct RestoreJournal: Codable, Equatable {
  /// How far it is.
  enum Phase: String, Codable {
    /// The new state is being made beside the live one.
    case staging
    /// The new state is complete and synced; the renames are under way.
    case committing
  }

  /// One thing that is exchanged as a whole: a folder, an INI file, a database file.
  struct Item: Codable, Equatable {
    /// Where it lives.
    var live: String
    /// Where the new one waits.
    var staged: String
    /// Where the former one goes.
    var former: String
    /// Whether there is a new one; if not, the live one only goes away.
    var hasStaged: Bool
    /// True when a name on the way is not UTF-8: the three paths are then spelled as names in an archive are.
    var isEncoded: Bool?
  }

  var phase: Phase
  /// The set that is restored.
  package var id: BackupID
  /// Tells this restore's folders from those of every other.
  var token: String
  var items: [Item]
  /// The tables that are exchanged in a database server; nil when the database is a file among the items.
  var tables: TableExchange?

  /// The most bytes of a journal.
  private static let sizeLimit = 64 << 20

  static func path(_ installation: Installation) -> String { installation.home(of: .hub) + "/restore-journal.json" }

  /// The journal on disk; nil when no restore is under way.
  ///
  /// - Throws: `AdminError` (`dataError`) when it cannot be understood or came here in a copy of another folder.
  package static func read(_ installation: Installation) throws -> RestoreJournal? {
    guard let journal = try decode(path(installation)) else { return nil }
    guard journal.isOf(installation) else {
      throw AdminError(
        .dataError, "the journal of a restore is that of another install folder", at: path(installation),
        next: "open the installation where it was copied or moved from, then copy or move it again")
    }
    return journal
  }

  /// Whether it was written for this very folder. A copied or moved installation carries a journal whose paths lead into
  /// another one, which must not be touched from here.
  func isOf(_ installation: Installation) -> Bool {
    let home = FileSystem.resolved(installation.home(of: .hub))
    return items.contains {
      FileSystem.name(of: $0.live) == Component.hub.iniName
        && FileSystem.resolved(FileSystem.folder(of: $0.live)) == home
    }
  }

  static func decode(_ path: String) throws -> RestoreJournal? {
    guard try FileSystem.exists(path) else { return nil }
    do {
      return try JSONDecoder().decode(RestoreJournal.self, from: Data(try FileSystem.read(path, limit: sizeLimit)))
    } catch is DecodingError {
      throw AdminError(
        .dataError, "a restore's journal cannot be understood", at: path,
        next: "ask for help before anything else is done; do not remove it")
    }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(self))
    // What could not be read again after a crash must not be decided.
    guard bytes.count <= RestoreJournal.sizeLimit else {
      throw AdminError(
        .refused, "the home folders hold too many things side by side for one restore (\(items.count))", at: path,
        next: "put them into folders of their own, and start again")
    }
    try FileSystem.replace(path, with: bytes)
  }

  /// Makes the new state live. Every step can be repeated, so a crash between any two of them does no harm.
  func rollForward(_ installation: Installation) throws {
    if let tables { try server(installation).perform(tables) }
    for item in items {
      let (live, staged, former) = (try item.path(\.live), try item.path(\.staged), try item.path(\.former))
      let isStaged = try staged.exists()
      guard isStaged || !item.hasStaged else {
        // It is live already, or its folder is gone with a mount or a link: then nothing may count as done.
        guard try live.exists() else {
          throw AdminError(
            .inputOutput, "neither the new nor the former state of a restore is there", at: item.live,
            next: "put back the folder that was moved or unmounted, then run any command again")
        }
        continue
      }
      if try live.exists(), try !former.exists() {
        try former.folder.makeFolder()
        try live.rename(to: former)
      }
      if item.hasStaged { try staged.rename(to: live) }
    }
  }

  /// Whether the tables that are to become live wait in the database server; true when the database is a file.
  func hasStagedTables(_ installation: Installation) throws -> Bool {
    guard let tables else { return true }
    return try server(installation).isMarked(tables)
  }

  /// Removes what was staged and not committed.
  func discardStaged(_ installation: Installation) throws {
    if let tables { try server(installation).removeNamespace(tables.staged) }
    for item in items { try item.path(\.staged).remove() }
  }

  /// Removes what was put aside.
  func removeFormer(_ installation: Installation) throws {
    if let tables { try server(installation).removeNamespace(tables.former) }
    for item in items { try item.path(\.former).remove() }
  }

  /// The server whose tables are exchanged. The journal holds no password: an INI file on one of its three places does.
  private func server(_ installation: Installation) throws -> any NamespaceServer {
    for item in items where FileSystem.name(of: item.live) == Component.hub.iniName {
      for path in [item.staged, item.live, item.former] where try FileSystem.exists(path) {
        let location = try DatabaseLocation(ini: IniFile.read(path), installation: installation, place: path)
        if location.displayName == tables?.server { return try location.namespaces() }
      }
    }
    let internalServer = DatabaseLocation.internalServer(folder: installation.internalServerFolder)
    if internalServer.displayName == tables?.server { return try internalServer.namespaces() }
    throw AdminError(
      .configuration, "no INI file tells how to reach the database of an unfinished restore", at: tables?.server ?? "",
      next: "put back database.url, database.user and database.password in \(installation.iniPath(of: .hub))")
  }
}

/// The state before the last restore, kept for `restore rollback`. It is described by the journal that put it aside.
enum FormerState {
  static func path(_ installation: Installation) -> String { installation.home(of: .hub) + "/former-state.json" }

  /// The journal of the last restore, nil when there is nothing to roll back to in this folder.
  package static func read(_ installation: Installation) throws -> RestoreJournal? {
    guard let journal = try RestoreJournal.decode(path(installation)), journal.isOf(installation) else { return nil }
    return journal
  }
}

/// Brings a committed journal to its end.
enum RestoreCommit {
  /// Writes the decision and carries it out.
  static func commit(_ journal: RestoreJournal, _ installation: Installation) throws {
    var decided = journal
    decided.phase = .committing
    try decided.write(to: RestoreJournal.path(installation))
    try complete(decided, installation)
  }

  /// Finishes or discards what a crash left; in words what was done, nil when there was nothing.
  static func recover(_ installation: Installation) throws -> String? {
    guard let journal = try RestoreJournal.read(installation) else { return nil }
    switch journal.phase {
    case .staging:
      try journal.discardStaged(installation)
      try removeStagingFolders(journal, installation)
      try removeJournal(installation)
      return "the interrupted restore of \(journal.id) was discarded; the former state holds"
    case .committing:
      try complete(journal, installation)
      return "the interrupted restore of \(journal.id) was brought to its end; the new state holds"
    }
  }

  private static func complete(_ journal: RestoreJournal, _ installation: Installation) throws {
    try journal.rollForward(installation)
    // The state before the restore before is given up only now that this one is complete, and while its record still
    // names it: after a crash in between nothing would.
    if let older = try FormerState.read(installation), older.token != journal.token {
      try older.removeFormer(installation)
      for component in Component.allCases {
        // Empty folders are left of what lay deeper than its top.
        try FileSystem.remove(RestorePaths(installation, older.token).formerFolder(of: component))
      }
    }
    try removeStagingFolders(journal, installation)
    try journal.write(to: FormerState.path(installation))
    try removeJournal(installation)
  }

  static func removeJournal(_ installation: Installation) throws {
    try FileSystem.remove(RestoreJournal.path(installation))
    try FileSystem.syncFolder(installation.home(of: .hub))
  }

  private static func removeStagingFolders(_ journal: RestoreJournal, _ installation: Installation) throws {
    for component in Component.allCases {
      try FileSystem.remove(RestorePaths(installation, journal.token).stagedFolder(of: component))
    }
  }
}
