import Platform

extension Engine {
  /// All engines.
  package static let all: [Engine] = [.sqlite, .mariadb, .postgresql]

  /// The engine of this name; nil when there is none.
  package static func named(_ name: EngineName) -> Engine? { all.first { $0.name == name } }
}

extension ServerAddress {
  /// The engine that serves it.
  ///
  /// - Throws: `AdminError` (`configuration`) for an address that leads to no server.
  package var server: ServerEngine {
    get throws {
      guard case .server(let server)? = Engine.named(engine)?.storage else {
        throw AdminError(.configuration, "not a database server", at: displayName, next: "check database.url")
      }
      return server
    }
  }
}
