import Glibc

/// Lets Hub accounts in, each failure slower than the one before.
public struct Login: Sendable {
  private let installation: Installation
  private var failures: Int32 = 0

  /// The door of an installation.
  public init(_ installation: Installation) { self.installation = installation }

  /// Seconds to wait before the next try is answered: none at first, then 1, 2, 4 … up to 30.
  public var delay: Int { failures == 0 ? 0 : min(30, 1 << (failures - 1)) }

  /// Checks name and password; waits first after failures.
  ///
  /// - Returns: the hub as this account; nil when name and password do not belong together. Both go to the audit log.
  public mutating func attempt(_ name: String, _ password: String) throws -> Hub? {
    if delay > 0 { sleep(UInt32(delay)) }
    let actor = Actor(hubAccount: name)
    let log = AuditLog(installation)
    let accounts = HubAccounts(try installation.openDatabase(.readOnly))
    guard try accounts.verify(name, password) else {
      failures += 1
      try log.append("login", "", by: actor, result: "wrong name or password")
      return nil
    }
    failures = 0
    guard try accounts.list().contains(where: { $0.name == name && $0.isAdministrator }) else {
      try log.append("login", "", by: actor, result: "no administrator")
      throw AdminError(
        .refused, "this account is no administrator, and everything here is administration", at: name,
        next: "log in with an administrator's account")
    }
    do {
      try Operation.run("login", on: installation, by: actor, quiet: true) { _ in
        try HubAccounts(installation.openDatabase(.readWrite)).noteLogin(name)
      }
    } catch let error as AdminError where error.code == .busy {
      // While an operation runs the database is its own; the audit log has the login.
    }
    try log.append("login", "", by: actor)
    return Hub(installation, actor)
  }
}
