/// Sets up a fresh single-server installation: all three components on localhost, the embedded internal database, one
/// administrator, sending disabled.
public enum Setup {
  /// The name of the account that every set-up makes.
  public static let administrator = "admin"

  /// Makes an installation in `folder`, which must be absent or empty; it appears as a whole or not at all.
  ///
  /// - Throws: `AdminError`: `cannotCreate` when something is there already, `usage` for a password that will not do.
  public static func create(_ folder: String, password: String) throws {
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
      try createDatabase(at: installation.internalDatabasePath) { database in
        try database.execute(
          "INSERT INTO hub_accounts (name, full_name, password_hash, is_administrator, is_enabled, created_at) VALUES (?, ?, ?, 1, 1, ?)",
          [.text(administrator), "Administrator", .text(hash), .text(Moment.database(Moment.now))])
      }
      try FileSystem.rename(partial, target)
    } catch {
      try FileSystem.remove(partial)
      throw error
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
      \(IniKey.databaseURL)=internal
      \(IniKey.databaseUser)=
      \(IniKey.databasePassword)=

      # Generated at the first start
      \(IniKey.instanceID)=\(InstanceID.random(component))

      """
    return try IniFile(Array(text.utf8), name: component.iniName)
  }

  /// A new system database with all tables, filled by `fill` in one transaction.
  static func createDatabase(at path: String, _ fill: (any SystemDatabase) throws -> Void) throws {
    let staging = try SQLiteStaging(path: path)
    for table in SystemSchema.tables { try staging.create(table) }
    try fill(staging.database)
    for table in SystemSchema.tables { try staging.createIndexes(of: table) }
    try staging.finish()
  }
}
