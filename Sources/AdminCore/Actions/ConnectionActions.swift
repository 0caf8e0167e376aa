import Administration
import Archive
import Database
import Runs

/// The external recipient databases that jobs can select from. After a test-bed restore they are disconnected.
public enum ConnectionActions {
  /// The connections, in name order.
  public static let list: Listing<DatabaseConnections.Connection> = Listing(
    "connection list", "Database Connections", noun: "connection", emptyText: "no external database connection",
    columns: [
      .init("Name", 12) { $0.name }, .init("Kind", 6, priority: 1) { $0.kind }, .init("Host", 12, host),
      .init("Database", 8, priority: 2) { $0.databaseName }, .init("State", 9, state),
    ],
    table: [
      .init("ID") { String($0.id) }, .init("NAME") { $0.name }, .init("KIND") { $0.kind }, .init("HOST", host),
      .init("DATABASE") { $0.databaseName.isEmpty ? "(unset)" : $0.databaseName }, .init("STATE", state),
    ],
    tone: { $0.isEnabled ? .normal : .disabled }, identity: { String($0.id) },
    line: { connection, _ in
      Listing<DatabaseConnections.Connection>.joined([
        connection.name, connection.kind, "host \(connection.host.isEmpty ? "unset" : connection.host)",
        "database \(connection.databaseName.isEmpty ? "unset" : connection.databaseName)", state(connection),
      ])
    },
    json: {
      Row(
        id: $0.id, name: $0.name, kind: $0.kind, host: $0.host, database: $0.databaseName, isEnabled: $0.isEnabled)
    },
    load: { hub, _ in .init(try hub.read { try DatabaseConnections($0).list() }) }, actions: [disable])

  /// Keeps jobs from selecting through a connection.
  public static let disable: Action<DatabaseConnections.Connection> = Action(
    "connection disable", "d", "Disable", help: "keeps jobs from selecting through it",
    obstacle: { $0.allSatisfy(\.isEnabled) ? nil : "nothing to disable" },
    confirmation: { connections, _ in
      .choice("Disable", "Keep jobs from selecting through \(connections[0].name)?", yes: "Disable", no: "Keep")
    },
    work: .quick { connections, hub in
      let connection = connections[0]
      try hub.change(disable.name, connection.name) { try DatabaseConnections($0).disable(connection.id) }
      return "Disabled: \(connection.name)"
    })

  private struct Row: Encodable {
    let id: Int64
    let name: String
    let kind: String
    let host: String
    let database: String
    let isEnabled: Bool
  }

  @Sendable private static func host(_ connection: DatabaseConnections.Connection) -> String {
    connection.host.isEmpty ? "(unset)" : connection.host
  }
  @Sendable private static func state(_ connection: DatabaseConnections.Connection) -> String {
    connection.isEnabled ? "enabled" : "disabled"
  }
}
