import AdminCore
import TUIKitLite

/// Hub accounts: add, new password, enable, disable.
enum AccountsScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<HubAccounts.Account>(
      "Accounts", context,
      [
        .init("Name", minimum: 10), .init("Rights", minimum: 13), .init("State", minimum: 8),
        .init("Last login (UTC)", minimum: 16, priority: 1), .init("Full name", minimum: 8, priority: 2),
      ], emptyText: "no account",
      commands: [
        .init(.enter, "New password", help: "sets a new password") { accounts in
          accounts.first.map { .push(FormScreen(password($0.name), context)) } ?? .none
        },
        .init(.character("a"), "Add", help: "adds an account", needsItem: false) { _ in .push(FormScreen(add, context))
        },
        .init(.character("e"), "Enable", help: "lets the account log in again, at once") { accounts in
          guard let name = accounts.first?.name else { return .none }
          return .push(
            WorkScreen("Enable", "Working…") {
              try context.hub.enableAccount(name)
              return "Enabled: \(name)"
            })
        },
        .init(.character("d"), "Disable", help: "keeps the account from logging in") { accounts in
          guard let name = accounts.first?.name else { return .none }
          return .push(
            DialogScreen(
              Dialog(
                "Disable", "Keep \(name) from logging in? The account stays, with all that belongs to it.",
                .confirm(yes: "Disable", no: "Keep"), .warning),
              confirmed: .push(
                WorkScreen("Disable", "Working…") {
                  try context.hub.change("account disable", name) { try HubAccounts($0).disable(name) }
                  return "Disabled: \(name)"
                })))
        },
      ],
      load: { try $0.hub.read { try HubAccounts($0).list() } },
      row: { account, _ in
        Table.Row(
          [
            account.name, account.isAdministrator ? "administrator" : "user",
            account.isEnabled ? "enabled" : "disabled",
            account.lastLogin.isEmpty ? "never" : account.lastLogin, account.fullName,
          ], account.isEnabled ? .normal : .disabled)
      })
  }

  private static var passwordFields: [FormField] {
    [
      FormField(
        "password", "Password", .password(TextInput(limit: 1024)), help: "At least 8 characters.",
        check: HubAccounts.objection(toPassword:)),
      FormField("again", "Again", .password(TextInput(limit: 1024))) { $0.isEmpty ? "type it again" : nil },
    ]
  }

  static func password(_ name: String) -> FormDescription {
    FormDescription("Password of \(name)", fields: { _ in passwordFields }) { answers, context in
      let password = try same(answers)
      try context.hub.setPassword(of: name, password)
      return "New password set: \(name)"
    }
  }

  static var add: FormDescription {
    FormDescription(
      "New Account",
      fields: { _ in
        [
          .text(
            "name", "Name", limit: 200, help: "Letters, digits and . _ - @", check: HubAccounts.objection(toName:)),
          .text("full", "Full name", limit: 1000, check: HubAccounts.objection(toFullName:)),
          FormField("administrator", "Administrator", .toggle(false), help: "May change everything."),
        ] + passwordFields
      }
    ) { answers, context in
      let password = try same(answers)
      let name = answers["name"] ?? ""
      do {
        try context.hub.change("account add", name) {
          try HubAccounts($0).add(
            name, fullName: answers["full"] ?? "", isAdministrator: answers["administrator"] == "yes",
            password: password)
        }
      } catch let error as AdminError where error.code == .usage {
        throw FormDescription.Rejection(field: "name", problem: error.what)
      }
      return "Added: \(name)"
    }
  }

  private static func same(_ answers: [String: String]) throws -> String {
    guard let password = answers["password"], password == answers["again"] else {
      throw FormDescription.Rejection(field: "again", problem: "the two passwords differ")
    }
    return password
  }
}
