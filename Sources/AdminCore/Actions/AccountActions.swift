import Administration
import Archive
import Database
import Installation
import Platform
import Runs

/// Hub accounts: add, new password, enable, disable.
public enum AccountActions {
  /// The accounts, in name order.
  public static let list: Listing<HubAccounts.Account> = Listing(
    "account list", "Accounts", noun: "account", emptyText: "no account",
    columns: [
      .init("Name", 10) { $0.name }, .init("Rights", 13, rights), .init("State", 8, state),
      .init("Last login (UTC)", 16, priority: 1, lastLogin), .init("Full name", 8, priority: 2) { $0.fullName },
    ],
    table: [
      .init("NAME") { $0.name }, .init("RIGHTS", rights), .init("STATE", state), .init("LAST LOGIN", lastLogin),
      .init("FULL NAME") { $0.fullName },
    ],
    tone: { $0.isEnabled ? .normal : .disabled }, identity: { $0.name },
    line: { account, _ in
      let login = account.lastLogin.isEmpty ? "never logged in" : "last login \(account.lastLogin)"
      return Listing<HubAccounts.Account>.joined([
        account.name, account.fullName, rights(account), state(account), login,
      ])
    },
    json: {
      Row(
        name: $0.name, fullName: $0.fullName, isAdministrator: $0.isAdministrator, isEnabled: $0.isEnabled,
        lastLogin: $0.lastLogin)
    },
    load: { hub, _ in .init(try hub.read { try HubAccounts($0).list() }) },
    actions: [passwd, add, enable, disable])

  /// Sets a new password.
  public static let passwd: Action<HubAccounts.Account> = Action(
    "account passwd", nil, "New password", help: "sets a new password", work: .form { password(of: $0[0].name) })

  /// Adds an account.
  public static let add: Action<HubAccounts.Account> = Action(
    "account add", "a", "Add", help: "adds an account", .installation, work: .form { _ in newAccount })

  /// Lets an account log in again, at once.
  public static let enable: Action<HubAccounts.Account> = Action(
    "account enable", "e", "Enable", help: "lets the account log in again, at once",
    work: .quick { accounts, hub in
      let name = accounts[0].name
      try hub.change(enable.name, name) { try HubAccounts($0).enable(name) }
      try LoginDelays(hub.installation).forget(name)
      return "Enabled: \(name)"
    })

  /// Keeps an account from logging in.
  public static let disable: Action<HubAccounts.Account> = Action(
    "account disable", "d", "Disable", help: "keeps the account from logging in",
    confirmation: { accounts, _ in
      .choice(
        "Disable", "Keep \(accounts[0].name) from logging in? The account stays, with all that belongs to it.",
        yes: "Disable", no: "Keep")
    },
    work: .quick { accounts, hub in
      let name = accounts[0].name
      try hub.change(disable.name, name) { try HubAccounts($0).disable(name) }
      return "Disabled: \(name)"
    })

  private struct Row: Encodable {
    let name: String
    let fullName: String
    let isAdministrator: Bool
    let isEnabled: Bool
    let lastLogin: String
  }

  @Sendable private static func rights(_ account: HubAccounts.Account) -> String {
    account.isAdministrator ? "administrator" : "user"
  }
  @Sendable private static func state(_ account: HubAccounts.Account) -> String {
    account.isEnabled ? "enabled" : "disabled"
  }
  @Sendable private static func lastLogin(_ account: HubAccounts.Account) -> String {
    account.lastLogin.isEmpty ? "never" : account.lastLogin
  }

  private static var passwordQuestions: [Question] {
    [
      Question(
        "password", "Password", .secret(limit: 1024), help: "At least 8 characters.",
        check: HubAccounts.objection(toPassword:)),
      Question("again", "Again", .secret(limit: 1024)) { $0.isEmpty ? "type it again" : nil },
    ]
  }

  private static func password(of name: String) -> FormDescription {
    FormDescription("Password of \(name)", questions: { _ in passwordQuestions }) { answers, hub in
      try setPassword(of: name, same(answers), hub)
    }
  }

  /// Sets a new password, ends the wait after failed logins, and says so.
  ///
  /// - Throws: `AdminError` (`usage`) for an unknown account or a password that will not do.
  public static func setPassword(of name: String, _ password: String, _ hub: Hub) throws -> String {
    try hub.change(passwd.name, name) { try HubAccounts($0).setPassword(name, password) }
    try LoginDelays(hub.installation).forget(name)
    return "New password set: \(name)"
  }

  /// Adds an account and says so.
  ///
  /// - Throws: `AdminError` (`usage`) for a name or password that will not do.
  public static func add(
    _ name: String, fullName: String, isAdministrator: Bool, password: String, _ hub: Hub
  ) throws -> String {
    try hub.change(add.name, name) {
      try HubAccounts($0).add(name, fullName: fullName, isAdministrator: isAdministrator, password: password)
    }
    return "Added: \(name)"
  }

  private static let newAccount = FormDescription(
    "New Account",
    questions: { _ in
      [
        Question(
          "name", "Name", .text("", limit: 200), help: "Letters, digits and . _ - @",
          check: HubAccounts.objection(toName:)),
        Question("full", "Full name", .text("", limit: 1000), check: HubAccounts.objection(toFullName:)),
        Question("administrator", "Administrator", .toggle(false), help: "May change everything."),
      ] + passwordQuestions
    },
    store: { answers, hub in
      let password = try same(answers)
      do {
        return try add(
          answers["name"] ?? "", fullName: answers["full"] ?? "", isAdministrator: answers["administrator"] == "yes",
          password: password, hub)
      } catch let error as AdminError where error.code == .usage {
        throw FormDescription.Rejection(field: "name", problem: error.what)
      }
    })

  private static func same(_ answers: Answers) throws -> String {
    guard let password = answers["password"], password == answers["again"] else {
      throw FormDescription.Rejection(field: "again", problem: "the two passwords differ")
    }
    return password
  }
}
