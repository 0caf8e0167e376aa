extension EngineName {
  /// MariaDB and MySQL.
  public static let mariadb = EngineName(rawValue: "mariadb")
}

extension Engine {
  package static let mariadb = Engine(
    name: .mariadb, schemes: ["mariadb", "mysql"],
    storage: .server(.mariadb))
}

extension ServerEngine {
  package static let mariadb = ServerEngine(
    port: 3306, hasSchemas: false, open: { try MariaDBDatabase($0, $1) },
    stage: { try MariaDBStaging($0, namespace: $1) }, namespaces: { try MariaDBNamespaces($0) })
}
