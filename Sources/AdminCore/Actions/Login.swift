import Administration
import Glibc
import Installation
import Platform
import Runs

/// Lets Hub accounts in, each failure slower than the one before, whichever program it was tried in.
public struct Login: Sendable {
  private let installation: Installation
  private let delays: LoginDelays
  private let pause: @Sendable (Int) -> Void

  /// Longer waits are told instead of waited for, in seconds.
  static let patience = 30

  /// The door of an installation.
  public init(_ installation: Installation) {
    self.init(installation, delays: LoginDelays(installation)) { sleep(UInt32($0)) }
  }

  init(_ installation: Installation, delays: LoginDelays, pause: @escaping @Sendable (Int) -> Void) {
    self.installation = installation
    self.delays = delays
    self.pause = pause
  }

  /// Seconds that the next try with the same name waits for its answer, after the last one; 0 after none or a good one.
  public private(set) var delay = 0

  /// Checks name and password; waits first after failures.
  ///
  /// - Returns: the hub as this account; nil when name and password do not belong together. Both go to the audit log.
  /// - Throws: `AdminError` (`refused`) for an account without rights, and while more than half a minute is to be waited.
  public mutating func attempt(_ name: String, _ password: String) throws -> Hub? {
    let actor = Actor(hubAccount: name)
    let log = AuditLog(installation)
    guard try isRight(name, password, log, actor) else {
      try log.append("login", "", by: actor, result: "wrong name or password")
      return nil
    }
    delay = 0
    let accounts = HubAccounts(try installation.openDatabase(.readOnly))
    guard try accounts.list().contains(where: { $0.name == name && $0.isAdministrator }) else {
      try log.append("login", "", by: actor, result: "no administrator")
      throw AdminError(
        .refused, "this account is no administrator, and everything here is administration", at: name,
        next: "log in with an administrator's account")
    }
    do {
      try Operation.change("login", in: OperationContext(onHub: installation, by: actor)) {
        try HubAccounts(installation.openDatabase(.readWrite)).noteLogin(name)
      }
    } catch let error as AdminError where error.code == .busy {
      // While an operation runs the database is its own; the audit log has the login.
    }
    try log.append("login", "", by: actor)
    return Hub(installation, actor)
  }

  private mutating func isRight(_ name: String, _ password: String, _ log: AuditLog, _ actor: Actor) throws -> Bool {
    while true {
      let accounts = HubAccounts(try installation.openDatabase(.readOnly))
      let isAccount = try accounts.list().contains { $0.name == name }
      switch try delays.attempt(name, isAccount: isAccount, { try accounts.verify(name, password) }) {
      case .right: return true
      case .wrong(let seconds):
        delay = seconds
        return false
      case .wait(let seconds) where seconds <= Login.patience: pause(seconds)
      case .wait(let seconds):
        try log.append("login", "", by: actor, result: "too many failures")
        throw AdminError(
          .refused, "too many failed logins: this name waits \(seconds) s more", at: name,
          next: "wait, or at a shell of this machine: hubtui account enable NAME")
      }
    }
  }
}
