import Database
import Detection
import Platform

/// The Hub settings in the system database.
public struct Settings {
  /// One setting with its value.
  public struct Item: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its value or default, nil when unset; a secret only as dots.
    public let shownValue: String?
    /// Whether the value is the default.
    public let isDefault: Bool
    /// What it is for; empty for one that a fresh installation does not know.
    public let help: String
  }

  /// The switch that says whether the outbox sends, and its two values.
  package static let outboxSwitch = "lui.outbox.sending"
  package static let sendingEnabled = "enabled"
  package static let sendingDisabled = "disabled"

  /// The table of the settings.
  package static let table = "hub_settings"

  /// A setting's name as it is compared: a database may do so without regard to case and blanks.
  package static func key(_ name: String) -> String { name.trimmingSpaces.lowercased() }

  package let database: any SystemDatabase

  /// The settings in `database`.
  public init(_ database: any SystemDatabase) { self.database = database }

  /// The stored value, or the default; nil when unset. No host, address or URL has a default.
  public func value(_ name: String) throws -> String? {
    try stored(name) ?? SettingCatalogue[name]?.defaultValue
  }

  /// The stored value alone.
  public func stored(_ name: String) throws -> String? {
    let value = try database.query("SELECT value FROM \(Settings.table) WHERE name = ?", [.text(name)]).first?.first
    let text = value.flatMap(Settings.text)
    return text?.isEmpty == true ? nil : text
  }

  /// A stored value as a component reads it: some drivers store texts as bytes.
  private static func text(_ value: SQLValue) -> String? {
    switch value {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Whether the outbox sends.
  ///
  /// A component may compare the switch's name and its values as its database does, without regard to case and blanks:
  /// whatever does not say that sending is disabled counts as enabled.
  public func isSendingEnabled() throws -> Bool {
    try switches().contains { !["", Settings.sendingDisabled].contains($0.value.trimmingSpaces.lowercased()) }
  }

  /// Closes the outbox, in every spelling in which the switch stands there.
  package func disableSending() throws {
    for name in try switches().map(\.name) + [Settings.outboxSwitch] { try store(name, Settings.sendingDisabled) }
  }

  private func switches() throws -> [(name: String, value: String)] {
    try all().filter { Settings.key($0.name) == Settings.outboxSwitch }
  }

  /// The stored names and values; an unset one is empty.
  package func all() throws -> [(name: String, value: String)] {
    try database.query("SELECT name, value FROM \(Settings.table)").compactMap { row in
      Settings.text(row[0]).map { ($0, Settings.text(row[1]) ?? "") }
    }
  }

  /// All known and all stored settings, in name order.
  public func list() throws -> [Item] {
    let values = Dictionary(try all().map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    return Set(values.keys).union(SettingCatalogue.definitions.map(\.name)).sorted().map { name in
      let definition = SettingCatalogue[name]
      let stored = values[name].flatMap { $0.isEmpty ? nil : $0 }
      let value = stored ?? definition?.defaultValue
      let isSecret = definition?.kind == .secret || (definition == nil && FieldName(name).isSecret)
      return Item(
        name: name, shownValue: value.map { isSecret ? EmbeddedSecrets.dots : EmbeddedSecrets.hidden(in: $0) },
        isDefault: stored == nil,
        help: definition?.help ?? "")
    }
  }

  /// Checks and stores a value an operator gave; empty unsets.
  ///
  /// - Throws: what `check` throws.
  public func set(_ name: String, to value: String) throws {
    try check(name, value)
    try store(name, value.isEmpty ? nil : value)
  }

  /// Checks and stores several values: all or none.
  public func set(_ values: [(name: String, value: String)]) throws {
    try database.transaction {
      for (name, value) in values { try set(name, to: value) }
    }
  }

  /// Looks at a value an operator gave and stores nothing.
  ///
  /// - Throws: `AdminError` whose subject is the setting: `usage` for an unknown name or a wrong value, `refused` for a setting that another command
  ///   guards, and on a test system for a host of production; `unavailable` there for one that does not resolve while the
  ///   outbox is open.
  public func check(_ name: String, _ value: String) throws {
    try AdminError.about(.setting(name)) { try examine(name, value) }
  }

  private func examine(_ name: String, _ value: String) throws {
    guard let definition = SettingCatalogue[name] else {
      throw AdminError(.usage, "no such setting", at: name, next: "see: hubtui settings list")
    }
    switch definition.access {
    case .none: break
    case .command(let command):
      throw AdminError(.refused, "this setting has a command of its own", at: name, next: "use: hubtui \(command)")
    case .fixed: throw AdminError(.refused, "only a restore writes this setting", at: name, next: "leave it as it is")
    }
    if !value.isEmpty, let objection = definition.objection(to: value) {
      throw AdminError(.usage, "the value \(objection)", at: name, next: "give another value: \(definition.help)")
    }
    if !value.isEmpty, let system = try TestSystem(self) {
      let isOpen = try isSendingEnabled()
      try system.refuseProduction(
        in: definition.addresses(in: value), for: name, mustResolve: isOpen && definition.namesServer)
    }
  }

  /// Stores a value without a check; nil unsets.
  package func store(_ name: String, _ value: String?) throws {
    let changed = try database.execute(
      "UPDATE \(Settings.table) SET value = ? WHERE name = ?", [SQLValue(value), .text(name)])
    if changed == 0, value != nil {
      try database.execute("INSERT INTO \(Settings.table) (name, value) VALUES (?, ?)", [.text(name), SQLValue(value)])
    }
  }
}
