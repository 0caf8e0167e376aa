/// Keeps each component's number of earlier backups. Only archives whose report carries the mark count and are removed:
/// a broken backup never pushes a good one out.
enum BackupHistory {
  static func trim(_ installation: Installation, _ kind: BackupKind, folders: BackupFolders, newest: BackupID) throws {
    let valid = Set(try BackupReport.list(installation).filter { $0.kind == kind && $0.isValid }.map(\.id))
    for component in Component.allCases {
      let ids = try FileSystem.textNames(in: folders[component]).compactMap { name -> BackupID? in
        guard let parsed = BackupKind.parse(archiveName: name), parsed.component == component, parsed.kind == kind
        else { return nil }
        return valid.contains(parsed.id) && parsed.id < newest ? parsed.id : nil
      }
      for id in ids.sorted(by: >).dropFirst(folders.history(of: component)) {
        try FileSystem.remove(folders[component] + "/" + kind.archiveName(component, id))
      }
    }
  }
}
