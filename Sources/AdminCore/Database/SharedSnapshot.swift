import Platform

/// What one side of a distributed backup tells the others while it keeps writers off, so that all begin their views of
/// the one system database at one point: the engine, and what proves there that it is the same database.
public struct SnapshotToken: Codable, Sendable, Equatable {
  /// The engine.
  let engine: EngineName
  /// PostgreSQL: the exported snapshot. MariaDB: a lock that this side holds under this name. SQLite: nothing, for the
  /// lock on the file is proof by itself.
  package let value: String
}

extension SystemDatabase {
  /// That the other side's database is not this one.
  package func differs(_ how: String) -> AdminError {
    AdminError(
      .configuration, "the components do not see one system database (\(how))", at: displayName,
      next: "make \(DatabaseKey.url) in the INI files of all machines name the same database")
  }

  func expect(_ token: SnapshotToken, _ engine: EngineName) throws {
    guard token.engine == engine else {
      throw differs("\(token.engine.rawValue) at the Hub, \(engine.rawValue) here")
    }
  }
}
