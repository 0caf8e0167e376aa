import Archive
import Database
import Platform

/// Where the INI files say that the system database is.
public enum DatabaseLocation: Sendable, Equatable {
  /// The internal database, a file at this path.
  case embedded(path: String)
  /// The internal database, a server of its own in this folder of the installation.
  case internalServer(folder: String)
  /// An external file of an engine that keeps a database in one.
  case externalFile(path: String, engine: EngineName = .sqlite)
  /// An external database server.
  case server(ServerAddress)

  /// Reads it from the three INI files of an installation, which must agree.
  ///
  /// - Throws: `AdminError` (`configuration`) when one names none (there is no default) or they differ.
  public init(of installation: Installation) throws {
    let inis = try installation.components().map { ($0, try installation.ini(of: $0)) }
    try self.init(inis: inis, installation: installation)
  }

  package init(inis: [(component: Component, ini: IniFile)], installation: Installation) throws {
    var location: DatabaseLocation?
    for (component, ini) in inis {
      let place = "\(installation.iniPath(of: component)): \(DatabaseKey.url)"
      let here = try DatabaseLocation(ini: ini, installation: installation, place: place)
      // Each component may have an account of its own there.
      guard location == nil || location?.displayName == here.displayName else {
        throw AdminError(
          .configuration, "the components name different system databases", at: place,
          next: "make the three INI files agree")
      }
      location = location ?? here
    }
    guard let location else {
      throw AdminError(.configuration, "no INI file", at: installation.folder, next: "check the install folder")
    }
    self = location
  }

  /// What one INI file says.
  package init(ini: IniFile, installation: Installation, place: String) throws {
    guard let text = ini[DatabaseKey.url] else {
      throw AdminError(
        .configuration, "no system database is set", at: place, next: "set it to internal, or to a database URL")
    }
    if text == "internal" {
      self =
        installation.hasInternalServer
        ? .internalServer(folder: installation.internalServerFolder)
        : .embedded(path: installation.internalDatabasePath)
    } else if let (engine, path) = DatabaseLocation.file(text) {
      self = .externalFile(path: FileSystem.absolute(path), engine: engine)
    } else {
      self = .server(
        try ServerAddress(
          url: text, among: Engine.all, user: ini[DatabaseKey.user], password: DatabaseLocation.password(ini, place),
          at: place))
    }
  }

  private static func password(_ ini: IniFile, _ place: String) throws -> Secret {
    guard let path = ini[DatabaseKey.passwordFile] else { return Secret(ini.value(of: DatabaseKey.password) ?? "") }
    guard ini[DatabaseKey.password] == nil else {
      throw AdminError(
        .configuration, "the database password is given twice", at: place,
        next: "keep \(DatabaseKey.password) or \(DatabaseKey.passwordFile), not both")
    }
    let bytes = try FileSystem.read(path, limit: 4096)
    return Secret(String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self))
  }

  /// Whether it is the internal database.
  public var isInternal: Bool {
    switch self {
    case .embedded, .internalServer: true
    case .externalFile, .server: false
    }
  }

  /// The SQLite file; nil for a server.
  package var file: String? {
    switch self {
    case .embedded(let path), .externalFile(let path, _): path
    case .internalServer, .server: nil
    }
  }

  /// The engine of the file; nil for a server. An embedded database is SQLite.
  package var fileEngine: FileEngine? {
    switch self {
    case .embedded: .sqlite
    case .externalFile(_, let name):
      if case .file(let engine)? = Engine.named(name)?.storage { engine } else { nil }
    case .internalServer, .server: nil
    }
  }

  // `sqlite:///path`: the scheme of an engine that keeps a database in a file, and no host.
  private static func file(_ text: String) -> (engine: EngineName, path: String)? {
    for engine in Engine.all {
      guard case .file = engine.storage else { continue }
      for scheme in engine.schemes where text.hasPrefix("\(scheme):///") {
        return (engine.name, String(text.dropFirst(scheme.count + "://".count)))
      }
    }
    return nil
  }

  /// The server; nil for a file.
  package var address: ServerAddress? {
    switch self {
    case .embedded, .externalFile: nil
    case .internalServer(let folder): MariaDBServer(folder: folder).address
    case .server(let address): address
    }
  }

  /// For messages: a path, or a server without its password.
  public var displayName: String { file ?? address?.displayName ?? "" }

  /// The folder on whose disk the rows are; nil when they are on another machine's.
  package var folder: String? {
    switch self {
    case .embedded(let path), .externalFile(let path, _): FileSystem.folder(of: path)
    case .internalServer(let folder): folder
    case .server: nil
    }
  }

  /// Whether there is a database: a file that is there, a server always.
  package func exists() throws -> Bool { try file.map { try FileSystem.exists($0) } ?? true }

  /// Connects.
  ///
  /// - Throws: `AdminError`: `unavailable` when the server does not answer, `configuration` when it does not let us in.
  public func open(_ access: DatabaseAccess) throws -> any SystemDatabase {
    if let file, let fileEngine { return try fileEngine.open(file, access) }
    guard let address else { throw unknown }
    return try address.server.open(address, access)
  }

  /// Starts new tables in `namespace` of the server.
  package func staging(namespace: String) throws -> any TableStaging {
    guard let address else { throw unknown }
    return try address.server.stage(address, namespace)
  }

  /// The server's namespaces.
  package func namespaces() throws -> any NamespaceServer {
    guard let address else { throw unknown }
    return try address.server.namespaces(address)
  }

  private var unknown: AdminError {
    AdminError(.configuration, "not a database server", at: displayName, next: "report this")
  }
}
