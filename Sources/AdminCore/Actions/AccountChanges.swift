import Administration

/// Changes of accounts that are more than a row of the system database.
extension Hub {
  /// Sets a new password and ends the wait after failed logins.
  ///
  /// - Throws: `AdminError` (`usage`) for an unknown account or a password that will not do.
  public func setPassword(of name: String, _ password: String) throws {
    try change("account passwd", name) { try HubAccounts($0).setPassword(name, password) }
    try LoginDelays(installation).forget(name)
  }

  /// Lets an account log in again, at once.
  ///
  /// - Throws: `AdminError` (`usage`) for an unknown account.
  public func enableAccount(_ name: String) throws {
    try change("account enable", name) { try HubAccounts($0).enable(name) }
    try LoginDelays(installation).forget(name)
  }
}
