import AdminCore
import TUIKitLite

extension PlainConsole {
  /// Accounts: add, new password, enable, disable.
  func accounts() throws {
    while true {
      let accounts = try hub.read { try HubAccounts($0).list() }
      for account in accounts { prompt.say(line(for: account)) }
      switch try choose("Accounts", [.init("Password"), .init("Add"), .init("Disable"), .init("Enable")]) {
      case 0:
        try visit {
          guard let account = try choose(accounts, "Whose password") else { return }
          try fill(AccountsScreen.password(account.name))
        }
      case 1: try visit { try fill(AccountsScreen.add) }
      case 2: try visit { try disable(accounts) }
      case 3:
        try visit {
          guard let account = try choose(accounts, "Enable which account") else { return }
          try hub.enableAccount(account.name)
          prompt.say("Enabled: \(account.name)", .good)
        }
      default: return
      }
    }
  }

  private func line(for account: HubAccounts.Account) -> String {
    let login = account.lastLogin.isEmpty ? "never logged in" : "last login \(account.lastLogin)"
    return [
      account.name, account.fullName, account.isAdministrator ? "administrator" : "user",
      account.isEnabled ? "enabled" : "disabled", login,
    ].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private func choose(_ accounts: [HubAccounts.Account], _ title: String) throws -> HubAccounts.Account? {
    try choose(title, accounts.map { .init($0.name) }).map { accounts[$0] }
  }

  private func disable(_ accounts: [HubAccounts.Account]) throws {
    guard let name = try choose(accounts, "Disable which account")?.name else { return }
    let isSure = try confirm(
      "Disable", "Keep \(name) from logging in?", .confirm(yes: "Disable", no: "Keep"), .warning)
    guard isSure else { return }
    try hub.change("account disable", name) { try HubAccounts($0).disable(name) }
    prompt.say("Disabled: \(name)", .good)
  }

  /// Database Connections: the external recipient databases, disable.
  func databaseConnections() throws {
    while true {
      let connections = try hub.read { try DatabaseConnections($0).list() }
      guard !connections.isEmpty else { return prompt.say("No external database connection.") }
      let items = connections.map { connection in
        Menu.Item(
          [
            connection.name, connection.kind, "host \(connection.host.isEmpty ? "unset" : connection.host)",
            "database \(connection.databaseName.isEmpty ? "unset" : connection.databaseName)",
            connection.isEnabled ? "enabled" : "disabled",
          ].joined(separator: ", "), disabled: connection.isEnabled ? nil : "nothing to disable")
      }
      guard let place = try choose("Database Connections, a number disables one", items) else { return }
      try visit { try disable(connections[place]) }
    }
  }

  private func disable(_ connection: DatabaseConnections.Connection) throws {
    let isSure = try confirm(
      "Disable", "Keep jobs from selecting through \(connection.name)?", .confirm(yes: "Disable", no: "Keep"), .warning)
    guard isSure else { return }
    try hub.change("database connection disable", connection.name) {
      try DatabaseConnections($0).disable(connection.id)
    }
    prompt.say("Disabled: \(connection.name)", .good)
  }

  /// Component Hosts: live state, the connection test, the settings for ssh.
  func componentHosts() throws {
    while true {
      for state in try hub.componentStates() {
        prompt.say(
          [
            state.component.rawValue, state.host ?? "this machine", state.state, state.description?.version ?? "",
            state.description?.freeSpace.map { "\(Output.size($0)) free" } ?? "",
            state.description?.lastBackup.map { "last backup \($0)" } ?? "", state.problem?.description ?? "",
          ].filter { !$0.isEmpty }.joined(separator: ", "))
      }
      switch try choose("Component Hosts", [.init("Test"), .init("Set hosts")]) {
      case 0:
        try visit {
          for check in try hub.testComponents() {
            prompt.say(
              "\(check.title): \(check.error?.description ?? check.detail)", check.error == nil ? .good : .error)
          }
        }
      case 1: try visit { try fill(SettingsScreen.componentHosts) }
      default: return
      }
    }
  }

  /// Backup Reports, newest first.
  func reports() throws {
    while true {
      let reports = try BackupReport.list(installation)
      guard !reports.isEmpty else { return prompt.say("No report yet.") }
      let items = reports.map { Menu.Item("\($0.id), \($0.kind.rawValue), \($0.lastLine)") }
      guard let place = try choose("Backup Reports", items) else { return }
      try visit { try show(file: reports[place].path) }
    }
  }

  /// Audit Log, newest first.
  func auditLog() throws {
    let entries = try AuditLog(installation).entries()
    guard !entries.isEmpty else { return prompt.say("Nothing was changed yet.") }
    try show(
      entries.reversed().map { entry in
        [entry.time, entry.account, entry.source, entry.action, entry.detail, entry.result].filter { !$0.isEmpty }
          .joined(separator: ", ")
      })
  }
}
