import Database

/// The tables that a fresh installation has, and what each column means for a copy. Tables that an installation has
/// beyond these are backed up as well; of their columns nothing is known, and unknown is dangerous.
public enum SystemSchema {
  /// What a column's values are, apart from what a rule says of them.
  public enum Role: Sendable, Equatable {
    /// Names, states, numbers, times: no danger.
    case plain
    /// What users wrote or collected: it may mention a host, and a copy keeps it.
    case content
    /// Tells who a recipient or subscriber is: kept, unless recipients are to be masked.
    case personal(Mask)
    /// The digest of an account's password: it goes with the account.
    case digest
  }

  /// How `--mask-recipients` replaces a personal value.
  public enum Mask: String, Sendable, Codable {
    /// An address under `example.invalid`; the same address gives the same one.
    case email
    /// An invented name; the same name gives the same one.
    case name
    /// A word without meaning; the same text gives the same one.
    case text
    /// The unset value.
    case remove
  }

  struct KnownColumn: Sendable {
    package var column: TableSchema.Column
    package var role: Role
  }

  struct KnownTable: Sendable {
    package var schema: TableSchema
    var roles: [String: Role]
  }

  /// All tables, those referred to before those that refer.
  public static let tables: [TableSchema] = known.map(\.schema)

  /// The role of a known column, nil for one that no fresh installation has.
  public static func role(_ table: String, _ column: String) -> Role? { byName[table]?[column] }

  private static let byName = Dictionary(uniqueKeysWithValues: known.map { ($0.schema.name, $0.roles) })

  private static let known: [KnownTable] = hub + lui + trk

  private static let hub: [KnownTable] = [
    table(
      "hub_accounts",
      [
        text("name", 64, required: true), text("full_name", 200), text("email", 254),
        text("password_hash", 400, .digest),
        flag("is_administrator"), flag("is_enabled", "1"), moment("created_at"), moment("last_login_at"),
      ], unique: ["name"]),
    table("hub_groups", [text("name", 100, required: true), text("description", 1000, .content)], unique: ["name"]),
    table(
      "hub_group_members", key: ["group_id", "account_id"],
      [number("group_id", required: true), number("account_id", required: true)],
      references: [reference("group_id", "hub_groups"), reference("account_id", "hub_accounts")]),
    table(
      "hub_rights",
      [
        number("group_id", required: true), text("component", 3, required: true), text("name", 100, required: true),
        flag("is_granted"),
      ],
      references: [reference("group_id", "hub_groups")]),
    table(Settings.table, key: ["name"], [text("name", 100, required: true), text("value", nil)]),
    table(
      "hub_database_connections",
      [
        text("name", 100, required: true), text("kind", 20), text("url", 1000), text("host", 255), number("port"),
        text("database_name", 100), text("user_name", 100), text("password", 200), text("options", 1000),
        flag("is_enabled", "1"),
      ], unique: ["name"]),
    table(
      "hub_key_stores",
      [
        text("name", 100, required: true), text("kind", 20), bytes("content"), text("password", 200),
        moment("valid_until"),
      ]),
    table(
      "hub_directories",
      [
        text("name", 100, required: true), text("kind", 20), text("url", 1000), text("bind_dn", 400),
        text("bind_password", 200),
        text("client_secret", 200), text("base_dn", 400), flag("is_enabled", "1"),
      ]),
    table(
      "hub_sessions",
      [
        number("account_id"), text("token", 100, required: true), text("ip_address", 45), moment("created_at"),
        moment("expires_at"),
      ],
      references: [reference("account_id", "hub_accounts")]),
    table(
      "hub_one_time_tokens",
      [number("account_id"), text("purpose", 40), text("token", 100, required: true), moment("expires_at")],
      references: [reference("account_id", "hub_accounts")]),
    table(
      "hub_api_keys",
      [text("name", 100, required: true), text("secret", 200), flag("is_enabled", "1"), moment("created_at")]),
    table(
      "hub_web_hooks",
      [
        text("name", 100, required: true), text("event", 40), text("url", 1000), text("secret", 200),
        flag("is_enabled", "1"),
      ]),
  ]

  private static let lui: [KnownTable] = [
    table(
      "lui_sender_profiles",
      [
        text("name", 100, required: true), text("from_name", 200, .content), text("from_address", 254, .content),
        text("bounce_address", 254), text("relay_host", 255), text("relay_user", 100), text("relay_password", 200),
        text("dkim_domain", 255), text("dkim_selector", 63), text("dkim_private_key", nil),
      ]),
    // What a group or an account has instead of the default connection, which the settings hold.
    table(
      "lui_listserv_connections",
      [
        number("group_id"), number("account_id"), text("host", 255), text("external_host", 255), number("port"),
        text("client_address", 254), text("client_password", 200), text("bounce_host", 255), number("bounce_port"),
      ],
      references: [reference("group_id", "hub_groups"), reference("account_id", "hub_accounts")]),
    table(
      "lui_recipient_lists",
      [
        text("name", 200, required: true), text("kind", 20), number("connection_id"), text("query", nil, .content),
        text("description", 1000, .content),
      ], references: [reference("connection_id", "hub_database_connections")]),
    table(
      "lui_recipients",
      [
        number("list_id", required: true), text("email", 254, required: true, .personal(.email)),
        text("name", 200, .personal(.name)), text("field_1", 400, .personal(.text)),
        text("field_2", 400, .personal(.text)),
      ], indexes: [["list_id"], ["email"]], references: [reference("list_id", "lui_recipient_lists")]),
    table(
      "lui_subscribers",
      [
        text("email", 254, required: true, .personal(.email)), text("first_name", 100, .personal(.name)),
        text("last_name", 100, .personal(.name)), text("language", 10), flag("is_confirmed"), moment("joined_at"),
        text("notes", nil, .personal(.text)), bytes("photo", .personal(.remove)), real("engagement"),
        decimal("credit"),
      ], unique: ["email"]),
    table("lui_profile_fields", [text("name", 100, required: true), text("kind", 20)], unique: ["name"]),
    table(
      "lui_profile_values", key: ["subscriber_id", "field_id"],
      [
        number("subscriber_id", required: true), number("field_id", required: true),
        text("value", nil, .personal(.text)),
      ],
      references: [reference("subscriber_id", "lui_subscribers"), reference("field_id", "lui_profile_fields")]),
    table(
      "lui_jobs",
      [
        text("title", 200, required: true, .content), number("owner_account_id"), text("state", 20, required: true),
        text("kind", 20), text("subject", 400, .content), number("sender_profile_id"), text("body_text", nil, .content),
        text("body_html", nil, .content), number("recipient_list_id"), number("connection_id"),
        text("recipient_query", nil, .content), moment("scheduled_at"), text("repeat_rule", 200),
        text("trigger_event", 40),
        text("date_field", 100), flag("is_suspended"), text("review_note", 400), number("recipient_count"),
        number("sent_count"), moment("created_at"), moment("modified_at"), text("origin", 40),
      ], indexes: [["state"]],
      references: [
        reference("owner_account_id", "hub_accounts"), reference("sender_profile_id", "lui_sender_profiles"),
        reference("recipient_list_id", "lui_recipient_lists"), reference("connection_id", "hub_database_connections"),
      ]),
    table(
      "lui_attachments",
      [
        number("job_id", required: true), text("file_name", 255, .content), text("media_type", 100),
        bytes("content", .content),
      ],
      references: [reference("job_id", "lui_jobs")]),
    table(
      "lui_outbox", key: ["job_id"],
      [number("job_id", required: true), moment("due_at"), moment("queued_at"), number("attempts", default: "0")],
      indexes: [["due_at"]], references: [reference("job_id", "lui_jobs")]),
    table(
      "lui_mailboxes",
      [
        text("name", 100, required: true), text("protocol", 10), text("host", 255), number("port"),
        text("user_name", 254),
        text("password", 200), text("folder", 100), flag("deletes_after_fetch"), flag("is_enabled", "1"),
      ]),
    table(
      "lui_reports",
      [
        text("name", 200, required: true), text("kind", 20), text("definition", nil, .content), flag("is_scheduled"),
        text("schedule_rule", 200), text("mail_to", 1000),
      ]),
    table(
      "lui_drop_ins",
      [
        text("name", 100, required: true), text("kind", 20), text("content", nil, .content), text("url", 1000),
        text("user_name", 100), text("password", 200), number("refresh_minutes"), flag("is_enabled", "1"),
      ]),
    table(
      "lui_feeds",
      [
        text("name", 100, required: true), text("url", 1000), text("authorization_header", 400), moment("fetched_at"),
        flag("is_enabled", "1"),
      ]),
  ]

  private static let trk: [KnownTable] = [
    // URLs to choose from beside the default: one group's, one account's, or everybody's.
    table(
      "trk_tracking_urls",
      [text("name", 100, required: true), number("group_id"), number("account_id"), text("url", 1000)],
      references: [reference("group_id", "hub_groups"), reference("account_id", "hub_accounts")]),
    table(
      "trk_urls",
      [
        number("job_id", required: true), text("url", 2000, .content), text("title", 200, .content),
        flag("is_tracked", "1"),
      ],
      indexes: [["job_id"]], references: [reference("job_id", "lui_jobs")]),
    table(
      "trk_events",
      [
        number("job_id", required: true), number("url_id"), number("subscriber_id"),
        text("email", 254, .personal(.email)),
        text("kind", 10, required: true), moment("occurred_at"), text("ip_address", 45, .personal(.remove)),
        text("user_agent", 400, .content),
      ], indexes: [["job_id", "occurred_at"]],
      references: [reference("job_id", "lui_jobs"), reference("url_id", "trk_urls")]),
  ]
}

extension SystemSchema {
  private static func table(
    _ name: String, key: [String]? = nil, _ columns: [KnownColumn], unique: [String] = [], indexes: [[String]] = [],
    references: [TableSchema.ForeignKey] = []
  ) -> KnownTable {
    var columns = columns
    if key == nil {
      let id = TableSchema.Column(name: "id", type: .integer, declared: "INTEGER", isNullable: false)
      columns.insert(KnownColumn(column: id, role: .plain), at: 0)
    }
    var all: [TableSchema.Index] = []
    if !unique.isEmpty {
      all.append(.init(name: nil, isUnique: true, columns: unique.map { TableSchema.IndexColumn($0) }))
    }
    for columns in indexes {
      let indexName = ([name] + columns).joined(separator: "_")
      all.append(.init(name: indexName, isUnique: false, columns: columns.map { TableSchema.IndexColumn($0) }))
    }
    let schema = TableSchema(
      name: name, columns: columns.map(\.column), primaryKey: key ?? ["id"], autoIncrementNext: key == nil ? 1 : nil,
      indexes: all, foreignKeys: references)
    return KnownTable(
      schema: schema, roles: Dictionary(uniqueKeysWithValues: columns.map { ($0.column.name, $0.role) }))
  }

  private static func text(_ name: String, _ length: Int?, required: Bool = false, _ role: Role = .plain) -> KnownColumn
  {
    column(name, .text, length.map { "VARCHAR(\($0))" } ?? "TEXT", required: required, role: role, size: length)
  }

  private static func number(_ name: String, required: Bool = false, default value: String? = nil) -> KnownColumn {
    column(name, .integer, "BIGINT", required: required, default: value.map { .number($0) })
  }

  private static func real(_ name: String) -> KnownColumn { column(name, .real, "DOUBLE") }

  private static func decimal(_ name: String) -> KnownColumn {
    column(name, .numeric, "DECIMAL(12,2)", size: 12, scale: 2)
  }

  private static func bytes(_ name: String, _ role: Role = .plain) -> KnownColumn {
    column(name, .binary, "BLOB", role: role)
  }

  private static func moment(_ name: String) -> KnownColumn { column(name, .timestamp, "TIMESTAMP", size: 0) }

  private static func flag(_ name: String, _ value: String = "0") -> KnownColumn {
    column(name, .boolean, "BOOLEAN", required: true, default: .number(value))
  }

  private static func column(
    _ name: String, _ type: ColumnType, _ declared: String, required: Bool = false,
    default value: TableSchema.DefaultValue? = nil, role: Role = .plain, size: Int? = nil, scale: Int? = nil
  ) -> KnownColumn {
    KnownColumn(
      column: .init(
        name: name, type: type, declared: declared, isNullable: !required, defaultValue: value, size: size,
        scale: scale), role: role)
  }

  private static func reference(_ column: String, _ table: String) -> TableSchema.ForeignKey {
    TableSchema.ForeignKey(columns: [column], table: table, references: ["id"])
  }
}
