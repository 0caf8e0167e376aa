import Database
import Installation
import Platform

/// Sets up a fresh single-server installation: all three components on localhost, the embedded internal database, one
/// administrator, sending disabled.
public enum Setup {
  /// The name of the account that every set-up makes.
  public static let administrator = "admin"

  /// What the internal database is.
  public enum InternalDatabase: String, Sendable, CaseIterable {
    /// A file, with the engine in this program.
    case embedded
    /// A MariaDB server of the installation's own.
    case mariadb
  }

  /// Makes an installation in `folder`, which must be absent or empty; it appears as a whole or not at all. A server of
  /// its own runs when this returns, unless the folder will be moved to `place`.
  ///
  /// - Throws: `AdminError`: `cannotCreate` when something is there already, `usage` for a password that will not do,
  ///   `configuration` when MariaDB is not installed.
  public static func create(
    _ folder: String, password: String, database: InternalDatabase = .embedded, place: String? = nil
  ) throws {
    let target = FileSystem.absolute(folder)
    guard try FileSystem.textNames(in: target).isEmpty, try !FileSystem.exists(target) || FileSystem.isFolder(target)
    else {
      throw AdminError(
        .cannotCreate, "something is there already", at: target, next: "name a folder that is absent or empty")
    }
    let partial = FileSystem.folder(of: target) + "/." + FileSystem.name(of: target) + ".partial"
    try FileSystem.remove(partial)
    do {
      let installation = Installation(folder: partial)
      try makeFolders(installation)
      for component in Component.allCases {
        try FileSystem.replace(installation.iniPath(of: component), with: singleServerIni(of: component).bytes)
      }
      let hash = try HubAccounts.hash(password)
      func administrator(_ database: any SystemDatabase) throws {
        try database.execute(
          "INSERT INTO hub_accounts (name, full_name, password_hash, is_administrator, is_enabled, created_at) VALUES (?, ?, ?, 1, 1, ?)",
          [
            .text(Setup.administrator), "Administrator", .text(hash), .text(Moment.database(Moment.now)),
          ])
      }
      switch database {
      case .embedded:
        try fill(try FileEngine.sqlite.stage(installation.internalDatabasePath, nil)) { try administrator($0.database) }
      case .mariadb:
        let server = MariaDBServer(folder: installation.internalServerFolder)
        try server.initialise(for: Installation(folder: place ?? target).internalServerFolder)
        try server.whileRunning {
          try fill(try server.address.server.stage(server.address, MariaDBServer.databaseName)) {
            try administrator($0.database)
          }
        }
      }
      try FileSystem.rename(partial, target)
    } catch {
      try FileSystem.remove(partial)
      throw error
    }
    if database == .mariadb, place == nil {
      try MariaDBServer(folder: Installation(folder: target).internalServerFolder).start()
    }
  }

  /// The folders of an installation.
  static func makeFolders(_ installation: Installation) throws {
    try FileSystem.makeFolder(installation.folder + "/database")
    for component in Component.allCases {
      for name in ["logs", "backup", "data"] {
        try FileSystem.makeFolder(installation.home(of: component) + "/" + name)
      }
    }
  }

  /// The INI file of a component on a single server.
  static func singleServerIni(of component: Component) throws -> IniFile {
    let others = Component.allCases.filter { $0 != component }.map {
      "\n# Where \($0.title) is\n\($0.folderName).host=localhost\n\($0.folderName).port=\($0.defaultPort)\n"
    }
    let text = """
      # LISTSERV Maestro: \(component.title)
      \(IniKey.host)=localhost
      \(IniKey.port)=\(component.defaultPort)
      \(others.joined())
      # The system database: internal, or a URL
      \(DatabaseKey.url)=internal
      \(DatabaseKey.user)=
      \(DatabaseKey.password)=

      # Generated at the first start
      \(IniKey.instanceID)=\(InstanceID.random(component))

      """
    return try IniFile(Array(text.utf8), name: component.iniName)
  }

  /// All tables of a system database, with the rows that `rows` puts in before the indexes are made.
  static func fill(_ staging: any TableStaging, _ rows: (any TableStaging) throws -> Void) throws {
    for table in SystemSchema.tables { try staging.create(table) }
    try rows(staging)
    for table in SystemSchema.tables { try staging.createIndexes(of: table) }
    try staging.finish()
  }
}
