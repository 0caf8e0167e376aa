import Database
import Platform

/// The external recipient databases in the system database; passwords and URLs are never read here.
public struct DatabaseConnections {
  /// One connection.
  public struct Connection: Sendable, Equatable {
    /// Its number.
    public let id: Int64
    /// Its name.
    public let name: String
    /// The kind of database.
    public let kind: String
    /// Its host; empty when unset.
    public let host: String
    /// The database's name; empty when unset.
    public let databaseName: String
    /// Whether jobs may select through it.
    public let isEnabled: Bool
  }

  private let database: any SystemDatabase

  /// The connections in `database`.
  public init(_ database: any SystemDatabase) { self.database = database }

  /// All connections, in name order.
  public func list() throws -> [Connection] {
    try database.query(
      "SELECT id, name, kind, host, database_name, is_enabled FROM hub_database_connections ORDER BY name"
    ).map { row in
      Connection(
        id: row[0].integer ?? 0, name: row[1].text ?? "", kind: row[2].text ?? "", host: row[3].text ?? "",
        databaseName: row[4].text ?? "", isEnabled: row[5].integer == 1)
    }
  }

  /// Keeps jobs from selecting through a connection.
  public func disable(_ id: Int64) throws {
    guard
      try database.execute("UPDATE hub_database_connections SET is_enabled = ? WHERE id = ?", [0, .integer(id)]) == 1
    else {
      throw AdminError(.usage, "no such database connection", at: String(id), next: "look at the list again")
    }
  }
}
