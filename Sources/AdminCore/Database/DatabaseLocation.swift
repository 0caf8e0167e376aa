/// Where the INI files say that the system database is.
public enum DatabaseLocation: Sendable, Equatable {
  /// The internal database, at this path.
  case embedded(path: String)
  /// An external SQLite file.
  case externalFile(path: String)

  /// Reads it from the three INI files of an installation, which must agree.
  ///
  /// - Throws: `AdminError` (`configuration`) when one names none (there is no default) or they differ.
  public init(of installation: Installation) throws {
    let inis = try Component.allCases.map { ($0, try installation.ini(of: $0)) }
    try self.init(inis: inis, installation: installation)
  }

  init(inis: [(component: Component, ini: IniFile)], installation: Installation) throws {
    var location: DatabaseLocation?
    for (component, ini) in inis {
      let place = "\(installation.iniPath(of: component)): \(IniKey.databaseURL)"
      guard let text = ini[IniKey.databaseURL] else {
        throw AdminError(
          .configuration, "no system database is set", at: place, next: "set it to internal, or to a database URL")
      }
      let here = try DatabaseLocation(text, installation: installation, place: place)
      guard location == nil || location == here else {
        throw AdminError(
          .configuration, "the components name different system databases", at: place,
          next: "make the three INI files agree")
      }
      location = here
    }
    guard let location else {
      throw AdminError(.configuration, "no INI file", at: installation.folder, next: "check the install folder")
    }
    self = location
  }

  private init(_ text: String, installation: Installation, place: String) throws {
    if text == "internal" {
      self = .embedded(path: installation.internalDatabasePath)
    } else if text.hasPrefix("sqlite:///") {
      self = .externalFile(path: FileSystem.absolute(String(text.dropFirst("sqlite://".count))))
    } else {
      throw AdminError(
        .configuration, "this kind of database URL is not known", at: place,
        next: "use internal, or sqlite:///path/of/the/file")
    }
  }

  /// Whether it is the internal database.
  public var isInternal: Bool { if case .embedded = self { true } else { false } }

  /// The file.
  public var path: String {
    switch self {
    case .embedded(let path), .externalFile(let path): path
    }
  }

  /// Connects.
  public func open(_ access: DatabaseAccess) throws -> any SystemDatabase {
    try SQLiteDatabase(path: path, mode: access == .readOnly ? .readOnly : .readWrite)
  }
}
