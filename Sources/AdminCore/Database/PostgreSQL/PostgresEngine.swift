extension EngineName {
  /// PostgreSQL.
  public static let postgresql = EngineName(rawValue: "postgresql")
}

extension Engine {
  package static let postgresql = Engine(
    name: .postgresql, schemes: ["postgresql", "postgres"],
    storage: .server(
      ServerEngine(
        port: 5432, hasSchemas: true, open: { try PostgresDatabase($0, $1) },
        stage: { try PostgresStaging($0, namespace: $1) }, namespaces: { try PostgresNamespaces($0) })))
}
