/// A database engine: all that the floors above need to know of it. Adding one is a folder beside this file and a line in
/// `Engines/Engines.swift`.
package struct Engine: Sendable {
  /// Its name.
  package let name: EngineName
  /// The schemes of the URLs that lead to it.
  package let schemes: [String]
  /// How it keeps a database.
  package let storage: Storage

  /// How a database is kept.
  package enum Storage: Sendable {
    /// In a file of this machine.
    case file(FileEngine)
    /// By a server.
    case server(ServerEngine)
  }
}

/// An engine whose database is one file.
package struct FileEngine: Sendable {
  /// What the names of the files that belong to a database end with, its own (empty) first: they go where it goes.
  package let suffixes: [String]
  /// Opens the database in a file.
  package let open: @Sendable (_ path: String, DatabaseAccess) throws -> any SystemDatabase
  /// Starts new tables in a file that does not exist yet; `live` is the file that it will replace, nil for none.
  package let stage: @Sendable (_ path: String, _ live: String?) throws -> any TableStaging
  /// Makes the file alone the database, so that a rename leaves nothing behind.
  ///
  /// Throws `AdminError` (`dataError`) for a file that is no database.
  package let fold: @Sendable (_ path: String) throws -> Void
}

/// An engine whose databases a server keeps.
package struct ServerEngine: Sendable {
  /// The port of a URL that names none.
  package let port: Int
  /// Whether a database holds schemas, one of which has the tables.
  package let hasSchemas: Bool
  /// Connects.
  package let open: @Sendable (ServerAddress, DatabaseAccess) throws -> any SystemDatabase
  /// Starts new tables in a namespace beside the live one.
  package let stage: @Sendable (ServerAddress, _ namespace: String) throws -> any TableStaging
  /// Its namespaces, for the exchange.
  package let namespaces: @Sendable (ServerAddress) throws -> any NamespaceServer
}
