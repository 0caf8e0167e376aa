import Database
import Installation
import Platform

/// The Hub accounts in the system database.
public struct HubAccounts {
  /// One account.
  public struct Account: Sendable, Equatable {
    /// Its name, unique.
    public let name: String
    /// The person's name.
    public let fullName: String
    /// Whether it may change everything.
    public let isAdministrator: Bool
    /// Whether it may log in.
    public let isEnabled: Bool
    /// The last login, UTC; empty when there was none.
    public let lastLogin: String
  }

  private let database: any SystemDatabase

  /// The accounts in `database`.
  public init(_ database: any SystemDatabase) { self.database = database }

  /// All accounts, in name order.
  public func list() throws -> [Account] {
    try database.query(
      "SELECT name, full_name, is_administrator, is_enabled, last_login_at FROM hub_accounts ORDER BY name"
    ).map {
      Account(
        name: $0[0].text ?? "", fullName: $0[1].text ?? "", isAdministrator: $0[2].integer == 1,
        isEnabled: $0[3].integer == 1,
        lastLogin: $0[4].text ?? "")
    }
  }

  /// Adds an account.
  ///
  /// - Throws: `AdminError` (`usage`) for a name or password that will not do, or a name that is taken.
  public func add(_ name: String, fullName: String, isAdministrator: Bool, password: String) throws {
    try HubAccounts.refuse(HubAccounts.objection(toName: name), at: name)
    try HubAccounts.refuse(HubAccounts.objection(toFullName: fullName), at: name)
    try database.transaction {
      guard try account(name) == nil else {
        throw AdminError(
          .usage, "the account exists already", at: name, next: "choose another name, or: hubtui account passwd \(name)"
        )
      }
      try database.execute(
        """
        INSERT INTO hub_accounts (name, full_name, password_hash, is_administrator, is_enabled, created_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
          .text(name), .text(fullName), .text(try HubAccounts.hash(password)), .integer(isAdministrator ? 1 : 0), 1,
          .text(Moment.database(Moment.now)),
        ])
    }
  }

  /// Sets a new password.
  public func setPassword(_ name: String, _ password: String) throws {
    let changed = try database.execute(
      "UPDATE hub_accounts SET password_hash = ? WHERE name = ?", [.text(try HubAccounts.hash(password)), .text(name)])
    if changed == 0 { throw unknown(name) }
  }

  /// Keeps an account from logging in.
  ///
  /// - Throws: `AdminError` (`refused`) for the last administrator, who could never be enabled again.
  public func disable(_ name: String) throws {
    try database.transaction {
      guard let account = try account(name) else { throw unknown(name) }
      let others = try list().filter { $0.isAdministrator && $0.isEnabled && $0.name != name }
      guard !account.isAdministrator || !others.isEmpty else {
        throw AdminError(
          .refused, "the last administrator cannot be disabled", at: name, next: "make another administrator first")
      }
      try database.execute("UPDATE hub_accounts SET is_enabled = ? WHERE name = ?", [0, .text(name)])
    }
  }

  /// Lets an account log in again; one that is enabled stays so.
  ///
  /// - Throws: `AdminError` (`usage`) for an unknown account.
  package func enable(_ name: String) throws {
    try database.transaction {
      // Some engines count only the rows that an update really changes.
      guard try account(name) != nil else { throw unknown(name) }
      try database.execute("UPDATE hub_accounts SET is_enabled = 1 WHERE name = ?", [.text(name)])
    }
  }

  /// Whether name and password belong to an enabled account.
  public func verify(_ name: String, _ password: String) throws -> Bool {
    let row = try database.query("SELECT password_hash, is_enabled FROM hub_accounts WHERE name = ?", [.text(name)])
      .first
    // An unknown name costs the same time as a known one.
    let hash =
      row?[0].text ?? "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    let matches = try PasswordHash(stored: hash).matches(password)
    return matches && row?[1].integer == 1
  }

  /// Notes a login.
  public func noteLogin(_ name: String) throws {
    try database.execute(
      "UPDATE hub_accounts SET last_login_at = ? WHERE name = ?", [.text(Moment.database(Moment.now)), .text(name)])
  }

  /// Why this can be no account's name, in words; nil when it can.
  public static func objection(toName name: String) -> String? {
    let isGood = name.utf8.allSatisfy {
      [0x2D, 0x2E, 0x5F, 0x40].contains($0) || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
    }
    return isGood && (1...64).contains(name.utf8.count)
      ? nil : "an account's name has 1 to 64 letters, digits or any of . _ - @"
  }

  /// Why this can be nobody's full name, in words; nil when it can.
  public static func objection(toFullName name: String) -> String? {
    name.count <= 200 && printable(name) == name ? nil : "the full name is too long or has control characters"
  }

  /// Why this can be no password, in words; nil when it can.
  public static func objection(toPassword password: String) -> String? {
    switch password.utf8.count {
    case ..<8: "a password has at least 8 characters"
    case 1025...: "a password has at most 1024 bytes"
    default: nil
    }
  }

  private static func refuse(_ objection: String?, at place: String = "") throws {
    if let objection { throw AdminError(.usage, objection, at: place, next: "give another one") }
  }

  static func hash(_ password: String) throws -> String {
    try refuse(objection(toPassword: password))
    return try PasswordHash(password).text
  }

  private func account(_ name: String) throws -> Account? { try list().first { $0.name == name } }

  private func unknown(_ name: String) -> AdminError {
    AdminError(.usage, "no such account", at: name, next: "see: hubtui account list")
  }
}
