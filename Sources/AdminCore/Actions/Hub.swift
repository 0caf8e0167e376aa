import Administration
import Database
import Installation
import Platform
import Runs

/// Is called with an operation's status at most five times a second, from the thread that works.
public typealias OperationObserver = @Sendable (OperationStatus) -> Void

/// AdminCore's public face: an installation that was opened by somebody. Actions and listings are made over it; the console
/// and the commands do nothing past it.
public struct Hub: Sendable {
  /// The installation.
  public let installation: Installation
  /// Who acts.
  public let actor: Actor

  /// Opens an installation: brings an interrupted restore to its end and does what a first start does.
  public init(installFolder: String, actor: Actor = .current) throws {
    installation = try Installation.open(installFolder, by: actor)
    self.actor = actor
  }

  /// An installation that was opened before.
  init(_ installation: Installation, _ actor: Actor) {
    self.installation = installation
    self.actor = actor
  }

  /// Reads the system database.
  public func read<Result>(_ body: (any SystemDatabase) throws -> Result) throws -> Result {
    try body(try installation.openDatabase(.readOnly))
  }

  /// Makes a short change: alone, and with a line in the audit log.
  ///
  /// - Parameters:
  ///   - action: the action's name.
  ///   - detail: to what; never a secret.
  package func change<Result>(_ action: String, _ detail: String, _ body: (any SystemDatabase) throws -> Result) throws
    -> Result
  {
    try Operation.change(action, in: context()) {
      try AuditLog(installation).record(action, detail, by: actor) {
        try body(try installation.openDatabase(.readWrite))
      }
    }
  }

  /// Makes a short change to files alone: under the lock, and with a line in the audit log.
  ///
  /// - Parameters:
  ///   - action: the action's name.
  ///   - detail: to what; never a secret.
  package func changeFiles(_ action: String, _ detail: String, _ body: () throws -> Void) throws {
    try Operation.change(action, in: context()) {
      try AuditLog(installation).record(action, detail, by: actor, body)
    }
  }

  private func context(_ observer: OperationObserver? = nil) -> OperationContext {
    OperationContext(onHub: installation, by: actor, observer: observer)
  }

  /// Makes a backup and gives its ID.
  public func createBackup(_ options: BackupOptions, observer: OperationObserver? = nil) throws -> BackupID {
    try BackupRun.create(options, in: context(observer), with: RemoteComponent.all)
  }

  /// Makes a backup under an ID that the caller chose, so that tests can compare what is shown of it.
  package func createBackup(_ options: BackupOptions, as id: BackupID) throws {
    _ = try BackupRun.create(options, as: id, in: context(), with: RemoteComponent.all)
  }

  /// What a backup would do.
  public func previewBackup(_ options: BackupOptions, observer: OperationObserver? = nil) throws -> BackupPreview {
    try BackupRun.preview(options, in: context(observer), with: RemoteComponent.all)
  }

  /// All sets that can be found.
  public func backupSets(from folders: [String] = []) throws -> [BackupSet] {
    try BackupCatalog.list(installation, from: folders)
  }

  /// Reads a whole set back.
  ///
  /// - Throws: `AdminError` (`dataError`) for anything that is not as it was written.
  public func verifyBackup(
    _ id: BackupID, from folders: [String] = [], observer: OperationObserver? = nil
  ) throws -> BackupSet {
    try BackupVerification.verify(id, from: folders, in: context(observer))
  }

  /// Brings a set's archives and report together in one folder.
  public func collectBackup(_ id: BackupID, to folder: String, observer: OperationObserver? = nil) throws -> BackupSet {
    try BackupCollection.collect(id, to: folder, in: context(observer))
  }

  /// Removes a set's archives.
  public func deleteBackup(_ id: BackupID, from folders: [String] = [], observer: OperationObserver? = nil) throws {
    try BackupDeletion.delete(id, from: folders, in: context(observer))
  }

  /// Tries the way to the components on other machines.
  public func testComponents(_ only: Component? = nil, observer: OperationObserver? = nil) throws -> [ComponentCheck] {
    try ComponentHosts.test(only, in: context(observer))
  }

  /// Asks everything that a restore asks first.
  public func preflight(_ id: BackupID, from folders: [String] = []) throws -> RestorePreflight {
    try RestorePreflight.run(id, installation, from: folders).closed()
  }

  /// Restores a set.
  public func restore(
    _ id: BackupID, from folders: [String] = [], after preflight: RestorePreflight? = nil,
    confirmsRebuild: Bool = false, observer: OperationObserver? = nil
  ) throws {
    try RestoreRun.restore(
      id, from: folders, after: preflight, confirmsRebuild: confirmsRebuild, in: context(observer))
  }

  /// Exchanges the live state and the one before the last restore.
  public func rollBackRestore(observer: OperationObserver? = nil) throws -> BackupID {
    try RestoreRun.rollBack(in: context(observer))
  }

  /// Asks the running operation to stop.
  ///
  /// - Throws: what `OperationStatus.cancel` throws.
  public func cancelOperation() throws {
    try AuditLog(installation).record("operation cancel", "", by: actor) { try OperationStatus.cancel(installation) }
  }

  /// Holds the installation's lock in a process's name while `body` runs, so that tests can see what is said meanwhile.
  package func whileLocked<Result>(
    _ name: String, token: String?, processID: Int32, _ body: () throws -> Result
  ) throws -> Result {
    try Operation.whileLocked(name, token: token, processID: processID, in: context(), body)
  }
}
