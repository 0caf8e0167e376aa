import Administration
import Database
import Installation
import TestBed

/// One component's part in a backup, on this machine or on another: the same work, done by `ComponentBackup` wherever the
/// component is. `BackupRun` calls it in this order. On this machine the steps before `inspect` have nothing to do.
package protocol BackupParticipant: AnyObject {
  /// The component.
  var component: Component { get }
  /// The component's machine, nil for this one.
  var host: String? { get }
  /// The folder into which it publishes its archive, on its machine.
  var folder: String { get }
  /// What the report says of its times; empty on this machine, whose times the report has already.
  var times: [String] { get }
  /// After a preview on another machine: what is new there since the last test-bed backup.
  var drift: [String] { get }

  /// Makes the other machine ready: its lock, its database, the rules.
  func prepare(_ order: BackupOrder) throws

  /// Asks for its view of the database to begin; the answer is awaited apart, so that all begin at once.
  func askSnapshot(_ token: SnapshotToken) throws

  /// Waits until its view has begun.
  func awaitSnapshot() throws

  /// Takes its part in the run, once all views have begun.
  func join(_ context: BackupContext) throws

  /// Looks at what can be refused before a row is read; what it finds goes to the run's sanitiser.
  func inspect() throws

  /// Works out how much work there is.
  func plan() throws

  /// Walks without writing.
  func preview() throws -> ComponentWalk.Outcome

  /// Writes the archive as a partial file; what the rules did goes to the run's sanitiser.
  ///
  /// - Parameter otherDigests: for HUB's, the digests of the others.
  func write(otherDigests: [String: String]?) throws -> WrittenArchive

  /// Reads the archive back.
  func audit(_ audit: LeakAudit?) throws

  /// Gives the archive its name.
  func publish() throws

  /// Removes what this run has left, under either name.
  ///
  /// - Throws: `AdminError` when an archive that was published cannot be taken back now.
  func withdraw() throws

  /// Removes archives beyond the history.
  ///
  /// - Parameter valid: the backups of this kind whose reports are valid.
  func trim(valid: Set<BackupID>) throws

  /// Ends its part in order.
  func finish() throws

  /// Ends its part whatever happened: what was not published on another machine is removed there.
  func close()
}

/// Finds the components on other machines and gives, for each, what connects to it; connecting is for the caller to
/// time. It is handed to a backup, which knows nothing of how machines are reached.
package typealias ParticipantsElsewhere =
  @Sendable (Installation, Settings) throws -> [(Operation) throws -> any BackupParticipant]

/// What a backup is made by, as each machine must know it.
package struct BackupOrder: Codable, Sendable {
  let kind: BackupKind
  package let id: BackupID
  let level: Int
  let masksRecipients: Bool
  let siteRules: String
  let maskingKey: [UInt8]
  let originFingerprint: String
  /// Where an operator adds a rule, for messages.
  let rulesPath: String
  /// Whether it only looks.
  var isPreview = false
}

extension BackupParticipant {
  /// The component for phases and reports: `LUI`, or `LUI on HOST`.
  package var name: String { component.rawValue + (host.map { " on \($0)" } ?? "") }
}

/// A component's archive, written and not yet published.
package struct WrittenArchive: Codable {
  /// SHA-256, hexadecimal.
  let digest: String
  /// Bytes.
  let size: UInt64
  /// What the walk met.
  let outcome: ComponentWalk.Outcome
}
