import Database
import Installation

/// The rules of every test-bed backup, in the order of reports. A site adds its own in `hub/test-bed-rules.yaml`; it
/// cannot take one away.
public enum BuiltInRules {
  /// The version of the rules: raised with every change of what one of them does. `RulesTextTests` says when.
  package static let version = 2

  /// The rules that always apply.
  public static let all: [Rule] = [
    Rule(
      id: "distribution", danger: "the copy's components would connect to production's",
      afterRestore: "none: everything is on localhost",
      matches: Component.allCases.flatMap { component in
        [
          ini(IniKey.host, .set("localhost"), .address, of: component),
          ini(IniKey.port, .set(.text(String(component.defaultPort))), of: component),
          ini("\(component.folderName).host", .set("localhost"), .address),
          ini("\(component.folderName).port", .set(.text(String(component.defaultPort)))),
        ]
      } + [
        setting("lui.public-url", .unset, .address),
        ini("component.*.host", .set("localhost"), .address, in: HubFile.components),
        ini("connector.proxy-name", .unset, .address, in: HubFile.container),
      ]
        + [Component.lui, .trk].flatMap { component in
          [
            setting("\(component.folderName).ssh.host", .unset, .address),
            setting("\(component.folderName).ssh.user", .unset),
            setting("\(component.folderName).ssh.folder", .unset),
          ]
        }),
    Rule(
      id: "system-database", danger: "the copy would read and write production's database",
      afterRestore: "none: the internal database is used",
      matches: [
        ini(DatabaseKey.url, .set("internal"), .address), ini(DatabaseKey.user, .unset),
        ini(DatabaseKey.password, .unset, .secret), ini(DatabaseKey.passwordFile, .unset),
      ]),
    Rule(
      id: "instance-id", danger: "the copy would pass for production",
      afterRestore: "none: generated at the first start",
      matches: [
        ini(IniKey.instanceID, .unset, .secret),
        ini("component.*.instance-id", .unset, .secret, in: HubFile.components),
      ]),
    Rule(
      id: "listserv-host", danger: "the copy would send through production's LISTSERV",
      afterRestore: "hubtui post-restore listserv-host HOST[:PORT]; hubtui post-restore overrides",
      matches: [
        setting("lui.listserv.host", .unset, .address), setting("lui.listserv.port", .unset),
        setting("lui.listserv.client-name", .unset), setting("lui.listserv.client-password", .unset, .secret),
        setting("lui.listserv.client-address", .unset, .address),
        setting("lui.listserv.external-host", .unset, .address), setting("lui.listserv.bounce-host", .unset, .address),
        setting("lui.listserv.bounce-port", .unset), column("lui_listserv_connections", "host", .unset, .address),
        column("lui_listserv_connections", "external_host", .unset, .address),
        column("lui_listserv_connections", "port", .unset),
        column("lui_listserv_connections", "client_address", .unset, .address),
        column("lui_listserv_connections", "client_password", .unset, .secret),
        column("lui_listserv_connections", "bounce_host", .unset, .address),
        column("lui_listserv_connections", "bounce_port", .unset),
      ]),
    Rule(
      id: "tracking-host", danger: "the copy's mails would report to production's Tracker",
      afterRestore: "hubtui post-restore tracking-host HOST; hubtui post-restore overrides",
      matches: [
        setting("trk.tracking.host", .unset, .address), setting("trk.tracking.public-url", .unset, .address),
        column("trk_tracking_urls", "url", .unset, .address),
      ]),
    Rule(
      id: "outbox", danger: "the copy would send production's scheduled jobs to the real recipients again",
      afterRestore: "hubtui outbox list, revoke or delete production's jobs, then hubtui outbox open",
      matches: [
        setting(Settings.outboxSwitch, .set(.text(Settings.sendingDisabled))),
        column("lui_jobs", "origin", .setBackupID),
      ]),
    Rule(
      id: "sending-in-progress", danger: "a job caught while sending would be half sent again",
      afterRestore: "review in the outbox",
      matches: [
        column("lui_jobs", "state", .set("scheduled"), when: [.equals(column: "state", "sending")]),
        column("lui_jobs", "is_suspended", .set(1), when: [.equals(column: "state", "sending")]),
      ]),
    Rule(
      id: "auto-repeat", danger: "repeating, triggered and date-driven jobs would start by themselves",
      afterRestore: "review in the outbox",
      matches: ["repeat_rule", "trigger_event", "date_field"].map {
        column("lui_jobs", "is_suspended", .set(1), when: [.isSet(column: $0)])
      }),
    Rule(
      id: "recipient-databases", danger: "jobs would select real recipients from external databases",
      afterRestore: "enter test connections under Database Connections",
      matches: [
        column("hub_database_connections", "url", .unset, .address),
        column("hub_database_connections", "host", .unset, .address),
        column("hub_database_connections", "port", .unset), column("hub_database_connections", "database_name", .unset),
        column("hub_database_connections", "user_name", .unset),
        column("hub_database_connections", "password", .unset, .secret),
        column("hub_database_connections", "options", .unset, .secret),
        column("hub_database_connections", "is_enabled", .set(0)),
        column("lui_jobs", "review_note", .set(.text(selectsExternally)), when: [.isSet(column: "connection_id")]),
        column(
          "lui_jobs", "review_note", .set(.text(selectsExternally)),
          when: [
            .isIn(
              column: "recipient_list_id", query: "SELECT id FROM lui_recipient_lists WHERE connection_id IS NOT NULL")
          ]),
      ]),
    Rule(
      id: "backup-folder", danger: "the copy would write its backups into production's folders",
      afterRestore: "hubtui settings set hub.backup.folder, lui.backup.folder, trk.backup.folder",
      // Absolute, or relative and out of the home folder.
      matches: Component.allCases.flatMap { component in
        ["/*", "*..*"].map { pattern in
          Rule.Match(
            target: .setting("\(component.folderName).backup.folder"),
            conditions: [.matches(column: "value", pattern)], action: .set("backup"), sensitivity: .address)
        }
      }),
    Rule(
      id: "schedule", danger: "the copy would make backups and reports by itself",
      afterRestore: "hubtui settings set hub.backup.daily.enabled true, lui.reports.scheduled true",
      matches: [
        setting("hub.backup.daily.enabled", .set("false")), setting("lui.reports.scheduled", .set("false")),
        column("lui_reports", "is_scheduled", .set(0)),
      ]),
    Rule(
      id: "notifications", danger: "the copy would send system mail to production's staff and customers",
      afterRestore: "hubtui settings set hub.notifications.recipients (and lui, trk); addresses of test accounts",
      matches: Component.allCases.map { setting("\($0.folderName).notifications.recipients", .unset, .address) }
        + [
          column("lui_reports", "mail_to", .unset, .address), column("hub_accounts", "email", .unset),
          ini("account.*.email", .unset, in: HubFile.accounts),
        ]),
    Rule(
      id: "incoming-mail", danger: "the copy would drain production's mailboxes",
      afterRestore: "enter test mailboxes",
      matches: [
        column("lui_mailboxes", "host", .unset, .address), column("lui_mailboxes", "port", .unset),
        column("lui_mailboxes", "user_name", .unset, .address), column("lui_mailboxes", "password", .unset, .secret),
        column("lui_mailboxes", "is_enabled", .set(0)),
      ]),
    Rule(
      id: "mail-identity", danger: "the copy's mail would pass for production's, and its bounces go there",
      afterRestore: "hubtui settings set lui.mail.bounce-address, lui.mail.relay-host; enter test sender profiles",
      matches: [
        setting("lui.mail.bounce-address", .unset, .address), setting("lui.mail.relay-host", .unset, .address),
        setting("lui.mail.relay-port", .unset), setting("lui.mail.relay-user", .unset),
        setting("lui.mail.relay-password", .unset, .secret),
        column("lui_sender_profiles", "bounce_address", .unset, .address),
        column("lui_sender_profiles", "relay_host", .unset, .address),
        column("lui_sender_profiles", "relay_user", .unset),
        column("lui_sender_profiles", "relay_password", .unset, .secret),
        column("lui_sender_profiles", "dkim_domain", .unset, .address),
        column("lui_sender_profiles", "dkim_selector", .unset),
        column("lui_sender_profiles", "dkim_private_key", .unset, .secret),
      ]),
    Rule(
      id: "directory", danger: "the copy would bind to production's directory with production's credentials",
      afterRestore: "enter a test directory",
      matches: [
        column("hub_directories", "url", .unset, .address), column("hub_directories", "bind_dn", .unset, .address),
        column("hub_directories", "bind_password", .unset, .secret),
        column("hub_directories", "client_secret", .unset, .secret),
        column("hub_directories", "base_dn", .unset, .address), column("hub_directories", "is_enabled", .set(0)),
        ini("directory.url", .unset, .address, in: HubFile.accounts),
        ini("directory.bind-dn", .unset, .address, in: HubFile.accounts),
        ini("directory.bind-password", .unset, .secret, in: HubFile.accounts),
      ]),
    Rule(
      id: "content-fetch", danger: "the copy would fetch from, and post to, other systems in production's name",
      afterRestore: "enter test URLs in drop-ins, feeds, web hooks and API keys",
      matches: [
        column("lui_drop_ins", "is_enabled", .set(0), when: [.isSet(column: "url")]),
        column("lui_drop_ins", "url", .unset, .address), column("lui_drop_ins", "user_name", .unset),
        column("lui_drop_ins", "password", .unset, .secret), column("lui_feeds", "url", .unset, .address),
        column("lui_feeds", "authorization_header", .unset, .secret), column("lui_feeds", "is_enabled", .set(0)),
        column("hub_web_hooks", "url", .unset, .address), column("hub_web_hooks", "secret", .unset, .secret),
        column("hub_web_hooks", "is_enabled", .set(0)), column("hub_api_keys", "secret", .unset, .secret),
        column("hub_api_keys", "is_enabled", .set(0)), setting("hub.proxy.url", .unset, .address),
      ]),
    Rule(
      id: "keys", danger: "the copy would hold production's keys, licence and open sessions",
      afterRestore: "enter a test licence and test key stores",
      matches: [
        ini(IniKey.keyStore, .unset, .address), ini(IniKey.keyStorePassword, .unset, .secret),
        ini("component.*.registration-key", .unset, .secret, in: HubFile.components),
        ini("connector.*.keystore", .unset, .address, in: HubFile.container),
        ini("connector.*.keystore-password", .unset, .secret, in: HubFile.container),
        ini("shutdown.word", .unset, .secret, in: HubFile.container),
        setting("hub.licence.key", .unset, .secret), column("hub_key_stores", "content", .unset, .secret),
        column("hub_key_stores", "password", .unset, .secret), rows("hub_sessions"), rows("hub_one_time_tokens"),
      ]
        + ["*.p12", "*.pfx", "*.jks", "*.keystore", "*.pem", "*.key"].map {
          Rule.Match(target: .file(nil, $0), conditions: [], action: .leaveOut, sensitivity: .none)
        }),
    Rule(
      id: "remote-administration", danger: "production's password would open the copy, and tell of production",
      afterRestore: "set RemoteAdminPassword in the INI files",
      matches: [ini(IniKey.remoteAdminPassword, .unset, .secret)]),
    Rule(
      id: "nested-data",
      danger: "a database or an earlier backup inside a folder would carry everything that was removed",
      afterRestore: "none: the file stays on production", matches: []),
    Rule(
      id: "comments", danger: "comments of INI files would tell production's hosts and secrets",
      afterRestore: "none: the former file stays on production", matches: []),
  ]

  /// What looks dangerous and must travel: who may log in to the copy.
  static let harmless: [Rule.Target] = ["name", "full-name", "password-hash"].map {
    .ini(file: HubFile.accounts, key: "account.*.\($0)")
  }

  /// The Hub's files of Java properties beside its INI file.
  private enum HubFile {
    static let accounts = "hub/accountreg"
    static let components = "hub/hubreg"
    static let container = "hub/tomcat.ini"
  }

  /// The rule that `--mask-recipients` adds: derived from what the schema says of each personal column.
  public static let masking = Rule(
    id: "mask-recipients", danger: "a mistake would reach real recipients",
    afterRestore: "none: the addresses are invented",
    matches: SystemSchema.tables.flatMap { table in
      table.columns.compactMap { known in
        guard case .personal(let mask) = SystemSchema.role(table.name, known.name) else { return nil }
        return column(table.name, known.name, mask == .remove ? .unset : .mask(mask))
      }
    })

  /// What `lui_jobs.review_note` says of a job whose recipients come from an external database.
  public static let selectsExternally =
    "selects its recipients from an external database that the test-bed backup disconnected"

  private static func ini(
    _ key: String, _ action: Rule.Action, _ sensitivity: Rule.Sensitivity = .none, of component: Component? = nil
  ) -> Rule.Match {
    Rule.Match(target: .ini(component, key: key), conditions: [], action: action, sensitivity: sensitivity)
  }

  private static func ini(
    _ key: String, _ action: Rule.Action, _ sensitivity: Rule.Sensitivity = .none, in file: String
  ) -> Rule.Match {
    Rule.Match(target: .ini(file: file, key: key), conditions: [], action: action, sensitivity: sensitivity)
  }

  private static func setting(_ name: String, _ action: Rule.Action, _ sensitivity: Rule.Sensitivity = .none)
    -> Rule.Match
  {
    Rule.Match(target: .setting(name), conditions: [], action: action, sensitivity: sensitivity)
  }

  private static func column(
    _ table: String, _ column: String, _ action: Rule.Action, _ sensitivity: Rule.Sensitivity = .none,
    when conditions: [Rule.Condition] = []
  ) -> Rule.Match {
    Rule.Match(
      target: .column(table: table, column: column), conditions: conditions, action: action, sensitivity: sensitivity)
  }

  private static func rows(_ table: String) -> Rule.Match {
    Rule.Match(target: .rows(table: table), conditions: [], action: .leaveOut, sensitivity: .none)
  }
}
