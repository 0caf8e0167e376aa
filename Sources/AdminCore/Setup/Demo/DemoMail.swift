import Database

/// LUI's smaller tables of the demo production: who sends, what is collected and fetched, lists, fields, reports.
struct DemoMail {
  package let options: DemoOptions
  package let tables: DemoTables
  private let domain = DemoProduction.domain

  init(options: DemoOptions, tables: DemoTables) {
    self.options = options
    self.tables = tables
  }

  func fill() throws {
    var generator = SeededGenerator(seed: options.seed, .mail)
    try fillSenders(&generator)
    try fillMailboxes(&generator)
    try fillLists()
    try fillFetched(&generator)
    try fillReports()
  }

  private func fillSenders(_ generator: inout SeededGenerator) throws {
    for (id, name, from, selector) in [
      (1, "Newsletter", "Die Redaktion ✉", "news"), (2, "Members", "Mitglieder-Büro", "members"),
    ]
      as [(Int64, String, String, String)]
    {
      try tables.insert(
        "lui_sender_profiles",
        [
          "id": .integer(id), "name": .text(name), "from_name": .text(from),
          "from_address": .text("\(selector)@\(domain)"),
          "bounce_address": .text("bounces+\(selector)@\(domain)"), "relay_host": .text("relay-\(selector).\(domain)"),
          "relay_user": .text("\(selector)-relay"), "relay_password": .text(generator.secret("\(selector)-relay")),
          "dkim_domain": .text(domain), "dkim_selector": .text("\(selector)2026"),
          "dkim_private_key": .text(generator.privateKey()),
        ])
    }
    try tables.insert(
      "lui_sender_profiles", ["id": 3, "name": "Internal", "from_name": "", "from_address": .text("team@\(domain)")])
  }

  private func fillMailboxes(_ generator: inout SeededGenerator) throws {
    try tables.insert(
      "lui_mailboxes",
      [
        "name": "Bounces", "protocol": "POP3", "host": .text("pop.\(domain)"), "port": 995,
        "user_name": .text("bounces@\(domain)"),
        "password": .text(generator.secret("pop")), "folder": .null, "deletes_after_fetch": 1, "is_enabled": 1,
      ])
    try tables.insert(
      "lui_mailboxes",
      [
        "name": "Replies", "protocol": "IMAP", "host": .text("imap.\(domain)"), "port": 993,
        "user_name": .text("replies@\(domain)"),
        "password": .text(generator.secret("imap")), "folder": "INBOX", "deletes_after_fetch": 1, "is_enabled": 1,
      ])
  }

  private func fillLists() throws {
    try tables.insert(
      "lui_recipient_lists",
      ["id": 1, "name": "Newsletter", "kind": "ordinary", "description": "Everyone who asked for it"])
    try tables.insert(
      "lui_recipient_lists", ["id": 2, "name": "Members — Mitglieder", "kind": "ordinary", "description": ""])
    try tables.insert(
      "lui_recipient_lists",
      [
        "id": 3, "name": "Customers", "kind": "external", "connection_id": 1,
        "query": "SELECT email, name FROM customers\nWHERE wants_mail = 1 AND city <> 'N/A'", "description": .null,
      ])
    for (index, field) in DemoSubscribers.fields.enumerated() {
      try tables.insert(
        "lui_profile_fields", ["id": .integer(Int64(index + 1)), "name": .text(field.name), "kind": .text(field.kind)])
    }
  }

  private func fillFetched(_ generator: inout SeededGenerator) throws {
    try tables.insert(
      "lui_drop_ins",
      ["name": "Signature", "kind": "text", "content": .text("Your editors\nhttps://news.\(domain)/"), "is_enabled": 1])
    try tables.insert(
      "lui_drop_ins",
      [
        "name": "Offers", "kind": "fetched", "content": "<p>Last offers</p>",
        "url": .text("https://cms.\(domain)/offers.html"),
        "user_name": "maestro", "password": .text(generator.secret("cms")), "refresh_minutes": 15, "is_enabled": 1,
      ])
    try tables.insert(
      "lui_drop_ins",
      [
        "name": "Weather", "kind": "fetched", "content": .null,
        "url": .text("https://maestro:\(generator.secret("weather"))@weather.example.net/today"), "refresh_minutes": 60,
        "is_enabled": 1,
      ])
    try tables.insert(
      "lui_feeds",
      [
        "name": "Press", "url": .text("https://press.\(domain)/feed.xml"),
        "authorization_header": .text("Bearer \(generator.secret("press"))"), "fetched_at": .moment(options.now - 900),
        "is_enabled": 1,
      ])
    try tables.insert(
      "lui_feeds", ["name": "Blog", "url": .text("https://blog.\(domain)/atom"), "fetched_at": .null, "is_enabled": 1])
  }

  private func fillReports() throws {
    let reports: [(String, SQLValue, SQLValue, Int64)] = [
      ("Weekly delivery", "FREQ=WEEKLY;BYDAY=MO", .text("board@\(domain)"), 1),
      ("Monthly clicks", "FREQ=MONTHLY;BYMONTHDAY=1", .text("customer@client.example.net, analysts@\(domain)"), 1),
      ("Once", .null, .null, 0),
    ]
    for (name, rule, mailTo, isScheduled) in reports {
      try tables.insert(
        "lui_reports",
        [
          "name": .text(name), "kind": "delivery", "definition": "{\"columns\": [\"job\", \"opens\", \"clicks\"]}",
          "is_scheduled": .integer(isScheduled), "schedule_rule": rule, "mail_to": mailTo,
        ])
    }
  }
}
