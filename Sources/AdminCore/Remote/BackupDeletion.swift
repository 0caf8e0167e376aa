import Administration
import Installation
import Platform
import TestBed

/// Removes the archives of a set, wherever the components are.
package enum BackupDeletion {
  /// Removes a set's archives, HUB's first, so that a half removed set is never complete. Its report stays.
  ///
  /// - Throws: `AdminError`: `dataError` when there is no such set, `unavailable` for a machine that does not answer.
  package static func delete(_ id: BackupID, from folders: [String], in context: OperationContext) throws {
    let installation = context.installation
    try Operation.run("deletion of a backup", in: context) { operation in
      operation.set(backupID: id)
      try AuditLog(installation).record("backup delete", id.description, by: context.actor) {
        let set = try BackupCatalog.find(id, installation, from: folders)
        try operation.cancellation.check()
        for component in [Component.hub, .lui, .trk] {
          guard let path = set.archives[component] else { continue }
          operation.phase("deleting \(component.rawValue)")
          try FileSystem.remove(path)
        }
        let settings = Settings(try installation.openDatabase(.readOnly))
        for component in set.elsewhere.keys.sorted() {
          guard let address = try ComponentAddresses.address(of: component, installation, settings) else { continue }
          operation.phase("deleting \(component.rawValue) on \(address.host)")
          let archives = try RemoteArchives(component, address, operation.cancellation)
          defer { archives.close() }
          try archives.withdraw(set.kind, id)
        }
      }
    }
  }
}
