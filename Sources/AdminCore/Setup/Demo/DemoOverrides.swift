import Database

/// What groups and accounts of the demo production have instead of the default LISTSERV connection and tracking URL.
struct DemoOverrides {
  private let options: DemoOptions
  private let tables: DemoTables
  private let domain = DemoProduction.domain

  init(options: DemoOptions, tables: DemoTables) {
    self.options = options
    self.tables = tables
  }

  func fill() throws {
    var generator = SeededGenerator(seed: options.seed, .overrides)
    for (name, group, account) in [("members", 2, .null), ("ines", .null, 2)] as [(String, SQLValue, SQLValue)] {
      try tables.insert(
        "lui_listserv_connections",
        [
          "group_id": group, "account_id": account, "host": .text("listserv-\(name).internal.\(domain)"),
          "external_host": .text("lists-\(name).\(domain)"), "port": 2306,
          "client_address": .text("maestro-\(name)@\(domain)"),
          "client_password": .text(generator.secret("listserv-\(name)")),
          "bounce_host": .text("bounces-\(name).\(domain)"), "bounce_port": 2306,
        ])
    }
    for (name, group, account) in [
      ("Company", .null, .null), ("Members", 2, .null), ("Shop", 1, .null), ("Campaigns", .null, 2),
    ] as [(String, SQLValue, SQLValue)] {
      try tables.insert(
        "trk_tracking_urls",
        [
          "name": .text(name), "group_id": group, "account_id": account,
          "url": .text("https://\(name.lowercased())-track.\(domain)/t"),
        ])
    }
  }
}
