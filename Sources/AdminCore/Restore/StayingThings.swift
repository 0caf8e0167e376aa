import Database
import Glibc
import Installation
import Platform

/// What in a home folder a restore or a roll-back must leave where it is: what is no part of a backup, such as a backup
/// folder, and what is mounted.
struct StayingThings {
  /// By its path inside the home folder, what it is.
  private var things: [[UInt8]: String] = [:]

  /// Looks through the home folder of a component.
  ///
  /// - Parameters:
  ///   - databases: where the system database is, and where it will be.
  ///   - folders: further folders with archives, which stay as well.
  /// - Throws: `AdminError`: `configuration` when something is mounted in the former state, which would be removed with it.
  init(
    _ installation: Installation, _ component: Component, databases: [DatabaseLocation], folders: [String]
  ) throws {
    // A damaged database must not keep a backup from repairing it.
    let backups: [String]?
    do {
      backups = try BackupFolders(installation, Settings(installation.openDatabase(.readOnly))).all
    } catch is AdminError {
      backups = nil
    }
    let exclusions = try HomeExclusions(
      installation, component, backups: backups, and: folders.map(FileSystem.absolute), databases: databases,
      isTestBed: false)
    for start in [FolderWalk.Start.home(installation, component), .data(installation, component)] {
      var walk = FolderWalk(exclusions)
      try walk.walk(start) { item in
        guard case .excluded(let reason) = item.kind, reason.stays else { return }
        things[item.path] = reason.text ?? "what hubtui keeps there"
      }
    }
    let home = FileSystem.resolved(installation.home(of: component))
    for path in try MountPoints.below(home) {
      guard !path.starts(with: ".restore-".utf8) else {
        throw AdminError(
          .configuration, "something is mounted inside of the former state, which the next restore removes",
          at: printable(BytePath(home).appending(path).shown), next: "unmount it and start again")
      }
      things[path] = "the mount point"
    }
  }

  /// What must stay at this very path; nil for nothing.
  func what(at path: [UInt8]) -> String? { things[path] }

  /// The first thing that must stay in the folder at this path; nil for none.
  func what(below path: [UInt8]) -> String? {
    let prefix = path + [0x2F]
    return things.filter { $0.key.starts(with: prefix) }.min { $0.key.lexicographicallyPrecedes($1.key) }?.value
  }
}
