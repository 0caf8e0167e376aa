import Installation

/// The HUB's rows of the demo production: who may do what, all settings, and every other system that it knows.
struct DemoHub {
  package let production: DemoProduction
  package let tables: DemoTables
  private let now: Int64
  private let domain = DemoProduction.domain

  init(production: DemoProduction, tables: DemoTables) {
    self.production = production
    self.tables = tables
    now = production.options.now
  }

  func fill() throws {
    var generator = SeededGenerator(seed: production.options.seed, .hub)
    try fillAccounts(&generator)
    try fillSettings(&generator)
    try fillConnections(&generator)
    try fillSystems(&generator)
    try fillKeys(&generator)
  }

  private func fillAccounts(_ generator: inout SeededGenerator) throws {
    let accounts = [
      (Setup.administrator, "Administrator", Demo.password), ("ines", "Inês Gonçalves", generator.secret("ines")),
      ("li.wei", "李伟", generator.secret("li.wei")),
    ]
    for (index, account) in accounts.enumerated() {
      let hash = try PasswordHash(account.2, salt: generator.bytes(16))
      try tables.insert(
        "hub_accounts",
        [
          "id": .integer(Int64(index + 1)), "name": .text(account.0), "full_name": .text(account.1),
          "email": .text("\(account.0)@staff.\(domain)"), "password_hash": .text(hash.text),
          "is_administrator": index == 0 ? 1 : 0, "is_enabled": 1,
          "created_at": .moment(now - Int64(900 - index) * 86_400),
          "last_login_at": index == 2 ? .null : .moment(now - Int64(index + 1) * 5400),
        ])
    }
    try tables.insert("hub_groups", ["id": 1, "name": "Editors", "description": "They write; others send."])
    try tables.insert("hub_groups", ["id": 2, "name": "Senders", "description": .null])
    for (group, account) in [(1, 2), (1, 3), (2, 2)] as [(Int64, Int64)] {
      try tables.insert("hub_group_members", ["group_id": .integer(group), "account_id": .integer(account)])
    }
    for (group, component, name) in [
      (1, "LUI", "edit-jobs"), (1, "LUI", "edit-lists"), (2, "LUI", "authorise-jobs"), (2, "TRK", "see-reports"),
    ] as [(Int64, String, String)] {
      try tables.insert(
        "hub_rights",
        ["group_id": .integer(group), "component": .text(component), "name": .text(name), "is_granted": 1])
    }
  }

  private func fillSettings(_ generator: inout SeededGenerator) throws {
    let values: [(String, String)] = [
      ("hub.backup.folder", "backup"), ("hub.backup.history", "3"),
      ("lui.backup.folder", production.shareFolder), ("lui.backup.history", "7"),
      ("trk.backup.folder", "backup"), ("trk.backup.history", "2"),
      ("hub.backup.daily.enabled", "true"), ("hub.backup.daily.time", "02:30"),
      ("hub.licence.key", generator.secret("licence")),
      ("hub.notifications.recipients", "operators@\(domain), oncall@alerts.example.net"),
      ("hub.proxy.url", "http://maestro:\(generator.secret("proxy"))@proxy.\(domain):3128"),
      ("hub.session.idle-minutes", "30"), ("lui.general.charset", "UTF-8"), ("lui.general.language", "de"),
      ("lui.listserv.host", "listserv.\(domain)"), ("lui.listserv.port", "2306"),
      ("lui.listserv.client-name", "MAESTRO-PROD"), ("lui.listserv.client-password", generator.secret("listserv")),
      ("lui.listserv.external-host", "lists.\(domain)"), ("lui.listserv.client-address", "maestro@\(domain)"),
      ("lui.listserv.bounce-host", "bounces.\(domain)"), ("lui.listserv.bounce-port", "2306"),
      ("lui.mail.bounce-address", "bounces@\(domain)"), ("lui.mail.relay-host", "relay.\(domain)"),
      ("lui.mail.relay-port", "587"), ("lui.mail.relay-user", "maestro-relay"),
      ("lui.mail.relay-password", generator.secret("relay")), ("lui.notifications.recipients", "editors@\(domain)"),
      (Settings.outboxSwitch, Settings.sendingEnabled), ("lui.public-url", "https://news.\(domain)/lui"),
      ("lui.reports.scheduled", "true"), ("trk.tracking.enabled", "true"), ("trk.tracking.host", "track.\(domain)"),
      ("trk.tracking.public-url", "https://track.\(domain)/t"), ("trk.general.anonymise-days", "730"),
      ("trk.notifications.recipients", "analysts@\(domain)"),
    ]
    for (name, value) in values {
      try tables.insert(Settings.table, ["name": .text(name), "value": .text(value)])
    }
  }

  /// External recipient databases. Jobs and lists refer to the first two.
  private func fillConnections(_ generator: inout SeededGenerator) throws {
    let crm = generator.secret("crm")
    let shop = generator.secret("shop")
    let odbc = generator.secret("odbc")
    try tables.insert(
      "hub_database_connections",
      [
        "id": 1, "name": "Customers", "kind": "mysql",
        "url": .text("mysql://crm_reader:\(crm)@crm-db.\(domain):3306/crm"),
        "host": .text("crm-db.\(domain)"), "port": 3306, "database_name": "crm", "user_name": "crm_reader",
        "password": .text(crm), "options": .text("ssl-mode=REQUIRED&ssl-key-password=\(generator.secret("crm-tls"))"),
        "is_enabled": 1,
      ])
    try tables.insert(
      "hub_database_connections",
      [
        "id": 2, "name": "Orders", "kind": "postgresql",
        "url": .text("postgresql://shop-db.\(domain):5432/orders?user=maestro&password=\(shop)"),
        "host": .text("shop-db.\(domain)"), "port": 5432, "database_name": "orders", "user_name": "maestro",
        "password": .text(shop), "options": .null, "is_enabled": 1,
      ])
    try tables.insert(
      "hub_database_connections",
      [
        "id": 3, "name": "Members (former)", "kind": "odbc", "url": .null, "host": "192.0.2.44", "port": .null,
        "database_name": "members", "user_name": "sa", "password": .text(odbc),
        "options": .text("Driver={ODBC Driver 18 for SQL Server};Server=192.0.2.44;Uid=sa;Pwd=\(odbc)"),
        "is_enabled": 0,
      ])
  }

  private func fillSystems(_ generator: inout SeededGenerator) throws {
    try tables.insert(
      "hub_directories",
      [
        "name": "Staff", "kind": "ldap", "url": .text("ldaps://ldap.\(domain):636"),
        "bind_dn": "cn=maestro,ou=services,dc=maestro-prod,dc=example",
        "bind_password": .text(generator.secret("ldap")),
        "client_secret": .null, "base_dn": "ou=people,dc=maestro-prod,dc=example", "is_enabled": 1,
      ])
    try tables.insert(
      "hub_directories",
      [
        "name": "Single sign-on", "kind": "oidc", "url": .text("https://sso.\(domain)/realms/staff"), "bind_dn": .null,
        "bind_password": .null, "client_secret": .text(generator.secret("sso")), "base_dn": .null, "is_enabled": 1,
      ])
    for name in ["Shop", "Accounting"] {
      try tables.insert(
        "hub_api_keys",
        [
          "name": .text(name), "secret": .text(generator.secret("api-\(name.lowercased())")), "is_enabled": 1,
          "created_at": .moment(now - 40 * 86_400),
        ])
    }
    for (name, event, path) in [("Sales", "job-delivered", "crm"), ("Alarm", "job-failed", "alarm")] {
      try tables.insert(
        "hub_web_hooks",
        [
          "name": .text(name), "event": .text(event), "url": .text("https://hooks.\(domain)/\(path)/in"),
          "secret": .text(generator.secret("hook-\(path)")), "is_enabled": 1,
        ])
    }
  }

  private func fillKeys(_ generator: inout SeededGenerator) throws {
    for (name, kind) in [("TLS", "pkcs12"), ("Signing", "pkcs12")] {
      try tables.insert(
        "hub_key_stores",
        [
          "name": .text(name), "kind": .text(kind), "content": .binary(generator.keyStore(1500)),
          "password": .text(generator.secret("store-\(name.lowercased())")), "valid_until": .moment(now + 200 * 86_400),
        ])
    }
    for account in 1...3 as ClosedRange<Int64> {
      try tables.insert(
        "hub_sessions",
        [
          "account_id": .integer(account), "token": .text(generator.secret("session")),
          "ip_address": .text("203.0.113.\(account)"), "created_at": .moment(now - 600),
          "expires_at": .moment(now + 1200),
        ])
    }
    try tables.insert(
      "hub_one_time_tokens",
      [
        "account_id": 3, "purpose": "new-password", "token": .text(generator.secret("token")),
        "expires_at": .moment(now + 7200),
      ])
  }
}
