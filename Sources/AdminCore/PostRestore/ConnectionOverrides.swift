import Database
import Installation
import Platform

/// What groups and accounts have instead of the default LISTSERV connection and tracking URL. A test-bed backup unsets all
/// of them, and one that is unset is no way back to the default: that is decided here, for each.
public struct ConnectionOverrides {
  /// One of them.
  public struct Override: Sendable, Equatable {
    /// What it overrides.
    public enum Kind: Sendable {
      /// Through which LISTSERV mail goes.
      case listserv
      /// Where opens and clicks are reported.
      case tracking
    }

    /// What it overrides.
    public let kind: Kind
    /// Its number among those of its kind.
    public let id: Int64
    /// For whom it holds: a group, an account, or everybody who chooses it.
    public let owner: String
    /// Where it leads; empty when that is unset.
    public let value: String

    /// What tells it from every other: `listserv-1`.
    public var name: String { "\(kind == .listserv ? "listserv" : "tracking")-\(id)" }
    /// What it is.
    public var title: String { kind == .listserv ? "LISTSERV connection" : "tracking URL" }
  }

  private let database: any SystemDatabase

  /// The overrides in `database`.
  public init(_ database: any SystemDatabase) { self.database = database }

  /// All of them, LISTSERV connections first; none in tables that a set of an earlier version does not have.
  public func list() throws -> [Override] {
    try rows(.listserv, "o.host, o.port, NULL").map { row in
      let port = row[4].integer.map { ":\($0)" } ?? ""
      return override(.listserv, row, value: row[3].text.map { $0.isEmpty ? "" : $0 + port } ?? "")
    } + rows(.tracking, "o.url, NULL, o.name").map { override(.tracking, $0, value: $0[3].text ?? "") }
  }

  /// Removes one, so that the default holds there.
  ///
  /// - Throws: `AdminError`: `refused` on a system that is no restored copy, `usage` when it is not there.
  public func clear(_ override: Override) throws {
    try change(override, "DELETE FROM \(table(override.kind)) WHERE id = ?", [])
  }

  /// Gives one the values that the default has now.
  ///
  /// - Throws: as `clear`; `configuration` while the default is not set.
  public func setLikeDefault(_ override: Override) throws {
    let settings = Settings(database)
    let values: [(column: String, setting: String)]
    let command: String
    switch override.kind {
    case .listserv:
      values = [
        ("host", "lui.listserv.host"), ("port", "lui.listserv.port"),
        ("external_host", "lui.listserv.external-host"), ("client_address", "lui.listserv.client-address"),
        ("client_password", "lui.listserv.client-password"), ("bounce_host", "lui.listserv.bounce-host"),
        ("bounce_port", "lui.listserv.bounce-port"),
      ]
      command = "hubtui post-restore listserv-host HOST[:PORT]"
    case .tracking:
      values = [("url", "trk.tracking.public-url")]
      command = "hubtui post-restore tracking-host HOST --public-url URL"
    }
    guard try settings.value(values[0].setting) != nil else {
      throw AdminError(
        .configuration, "the default is not set", at: values[0].setting, next: "set it first: \(command)")
    }
    let new = try values.map { value in
      try settings.value(value.setting).map { text in
        value.column.hasSuffix("port") ? Int64(text).map(SQLValue.integer) ?? .null : .text(text)
      } ?? .null
    }
    try change(
      override,
      "UPDATE \(table(override.kind)) SET \(values.map { "\($0.column) = ?" }.joined(separator: ", ")) WHERE id = ?",
      new)
  }

  private func change(_ override: Override, _ sql: String, _ values: [SQLValue]) throws {
    guard try TestSystem(Settings(database)) != nil else {
      throw AdminError(
        .refused, "this is no restored test system; its groups and accounts keep what they have", at: override.name,
        next: "change it where it was entered")
    }
    // A statement that changes nothing may count no row, so that the row itself is asked for.
    guard try list().contains(where: { $0.name == override.name }) else {
      throw AdminError(.usage, "no such override", at: override.name, next: "look at the list again")
    }
    try database.execute(sql, values + [.integer(override.id)])
  }

  private func override(_ kind: Override.Kind, _ row: [SQLValue], value: String) -> Override {
    let choice = row[5].text.map { " (\($0))" } ?? ""
    let owner = row[1].text.map { "group \($0)" } ?? row[2].text.map { "account \($0)" } ?? "everybody"
    return Override(kind: kind, id: row[0].integer ?? 0, owner: owner + choice, value: value)
  }

  private func rows(_ kind: Override.Kind, _ columns: String) throws -> [[SQLValue]] {
    let table = table(kind)
    do {
      return try database.query(
        "SELECT o.id, g.name, a.name, \(columns) FROM \(table) o LEFT JOIN hub_groups g ON g.id = o.group_id "
          + "LEFT JOIN hub_accounts a ON a.id = o.account_id ORDER BY o.id")
    } catch {
      guard try database.componentTables().allSatisfy({ $0.name != table }) else { throw error }
      return []
    }
  }

  private func table(_ kind: Override.Kind) -> String {
    kind == .listserv ? "lui_listserv_connections" : "trk_tracking_urls"
  }
}
