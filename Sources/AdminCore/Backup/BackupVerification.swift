import Administration
import Installation

/// Reads a whole backup set back.
package enum BackupVerification {
  /// Checks every byte of a set: sizes, digests, row counts, and that its archives belong together.
  ///
  /// - Throws: `AdminError` (`dataError`) for anything that is not as it was written.
  package static func verify(_ id: BackupID, from folders: [String], in context: OperationContext) throws -> BackupSet {
    try Operation.run("verification of a backup", in: context) { operation in
      operation.set(backupID: id)
      let set = try BackupCatalog.find(id, context.installation, from: folders)
      operation.phase("opening the archives")
      let reader = try BackupSetReader(set, cancellation: operation.cancellation)
      for component in Component.allCases {
        operation.plan(component, total: try reader.reader(component).contents.bytes)
      }
      operation.phase("reading the archives back")
      try reader.verify { operation.advance($0, by: $1) }
      return set
    }
  }
}
