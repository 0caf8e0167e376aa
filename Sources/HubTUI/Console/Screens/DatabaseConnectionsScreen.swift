import AdminCore
import TUIKitLite

/// The external recipient databases that jobs can select from. After a test-bed restore they are disconnected.
enum DatabaseConnectionsScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<DatabaseConnections.Connection>(
      "Database Connections", context,
      [
        .init("Name", minimum: 12), .init("Kind", minimum: 6, priority: 1), .init("Host", minimum: 12),
        .init("Database", minimum: 8, priority: 2), .init("State", minimum: 9),
      ], emptyText: "no external database connection",
      commands: [
        .init(.character("d"), "Disable", help: "keeps jobs from selecting through it") { connections in
          guard let connection = connections.first else { return .none }
          return .push(
            DialogScreen(
              Dialog(
                "Disable", "Keep jobs from selecting through \(connection.name)?", .confirm(yes: "Disable", no: "Keep"),
                .warning),
              confirmed: .push(
                WorkScreen("Disable", "Working…") {
                  try context.hub.change("database connection disable", connection.name) {
                    try DatabaseConnections($0).disable(connection.id)
                  }
                  return "Disabled: \(connection.name)"
                })))
        }
      ],
      load: { try $0.hub.read { try DatabaseConnections($0).list() } },
      row: { connection, _ in
        Table.Row(
          [
            connection.name, connection.kind, connection.host.isEmpty ? "(unset)" : connection.host,
            connection.databaseName,
            connection.isEnabled ? "enabled" : "disabled",
          ], connection.isEnabled ? .normal : .disabled)
      })
  }
}
