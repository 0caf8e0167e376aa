import Administration
import Database
import Installation

extension Installation {
  /// Starts the internal database's server, with a line in the audit log. Not through the installation's start: an
  /// unfinished restore may be waiting for this very server.
  ///
  /// - Throws: `AdminError`: `configuration` when the internal database is a file, `unavailable` when the server does not
  ///   come up.
  public func startInternalServer(by actor: Actor) throws -> MariaDBServer {
    let server = try internalServer()
    if case .running = try server.state() { return server }
    try AuditLog(self).record("database start", "", by: actor) { try server.start() }
    return server
  }

  /// Stops the internal database's server, with a line in the audit log.
  ///
  /// - Throws: `AdminError`: `configuration` when the internal database is a file, `busy` while an operation runs, which
  ///   would lose its database.
  public func stopInternalServer(by actor: Actor) throws {
    let server = try internalServer()
    if case .stopped = try server.state() { return }
    // No restore is brought to its end first: it may be waiting for this very server.
    try Operation.change("database stop", in: OperationContext(self, by: actor) { _ in nil }) {
      try AuditLog(self).record("database stop", "", by: actor) { try server.stop() }
    }
  }
}
