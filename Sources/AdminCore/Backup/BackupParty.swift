/// One component's part in a backup, on this machine or on another: the same work, done by `ComponentBackup` wherever the
/// component is. `BackupRun` calls it in this order.
protocol BackupParty: AnyObject {
  /// The component.
  var component: Component { get }
  /// The component's machine, nil for this one.
  var host: String? { get }
  /// The folder into which it publishes its archive, on its machine.
  var folder: String { get }
  /// What the report says of its times; empty on this machine, whose times the report has already.
  var times: [String] { get }
  /// After a preview on another machine: what is new there since the last test-bed backup.
  var news: [String] { get }

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
}

extension BackupParty {
  /// The component for phases and reports: `LUI`, or `LUI on HOST`.
  var name: String { component.rawValue + (host.map { " on \($0)" } ?? "") }
}

/// A component's archive, written and not yet published.
struct WrittenArchive: Codable {
  /// SHA-256, hexadecimal.
  let digest: String
  /// Bytes.
  let size: UInt64
  /// What the walk met.
  let outcome: ComponentWalk.Outcome
}
