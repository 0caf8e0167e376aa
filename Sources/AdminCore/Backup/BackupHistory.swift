import Installation
import Platform

/// Keeps each component's number of earlier backups. Only archives whose report carries the mark count and are removed:
/// a broken backup never pushes a good one out.
enum BackupHistory {
  /// The backups of a kind whose reports are valid.
  static func valid(_ installation: Installation, _ kind: BackupKind) throws -> Set<BackupID> {
    Set(try BackupReport.list(installation).filter { $0.kind == kind && $0.isValid }.map(\.id))
  }

  /// Removes one component's archives beyond its history.
  static func trim(
    _ component: Component, _ kind: BackupKind, folders: BackupFolders, newest: BackupID, valid: Set<BackupID>
  ) throws {
    let ids = try FileSystem.textNames(in: folders[component]).compactMap { name -> BackupID? in
      guard let parsed = BackupKind.parse(archiveName: name), parsed.component == component, parsed.kind == kind
      else { return nil }
      return valid.contains(parsed.id) && parsed.id < newest ? parsed.id : nil
    }
    for id in ids.sorted(by: >).dropFirst(folders.history(of: component)) {
      try FileSystem.remove(folders[component] + "/" + kind.archiveName(component, id))
    }
  }

  /// Removes all components' archives beyond the history.
  static func trim(_ installation: Installation, _ kind: BackupKind, folders: BackupFolders, newest: BackupID) throws {
    let valid = try valid(installation, kind)
    for component in Component.allCases { try trim(component, kind, folders: folders, newest: newest, valid: valid) }
  }
}
