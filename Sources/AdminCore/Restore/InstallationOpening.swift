import Administration
import Archive
import Installation
import Platform

extension Installation {
  /// Opens an installation as the console and every command do: brings an interrupted restore to its end, and after a
  /// test-bed restore generates the new instance IDs.
  ///
  /// - Throws: `AdminError`: `configuration` when there is no installation.
  public static func open(_ folder: String, by actor: Actor) throws -> Installation {
    // In the middle of a commit hub.ini may be where the restore put it, so the journal is looked at first.
    let candidate = Installation(folder: folder)
    // Nothing of another account's installation is believed, its journal least of all.
    try candidate.checkOwner()
    if try RestoreJournal.read(candidate) != nil {
      // Every operation brings it to its end before anything else.
      try unlessBusy { try Operation.change("recovery", in: OperationContext(onHub: candidate, by: actor)) {} }
    }
    let installation = try locate(folder)
    guard try installation.components().contains(where: { try installation.ini(of: $0)[IniKey.instanceID] == nil })
    else {
      return installation
    }
    try unlessBusy {
      try Operation.change("first start", in: OperationContext(onHub: installation, by: actor)) {
        let components = try installation.generateInstanceIDs()
        let names = components.map(\.rawValue).joined(separator: ", ")
        if !components.isEmpty {
          try AuditLog(installation).append("first start", "new instance IDs: \(names)", by: actor)
        }
      }
    }
    return installation
  }

  // Whoever runs an operation now brings it to its own end; looking at it must not fail because of it.
  private static func unlessBusy(_ body: () throws -> Void) throws {
    do { try body() } catch let error as AdminError where error.code == .busy { return }
  }
}

extension OperationContext {
  /// Where restores happen: on the Hub's machine each operation first brings one to its end that was interrupted.
  package init(
    onHub installation: Installation, by actor: Actor, observer: (@Sendable (OperationStatus) -> Void)? = nil
  ) {
    self.init(installation, by: actor, observer: observer, recover: RestoreCommit.recover)
  }
}
