/// What one side of a distributed backup tells the others while it keeps writers off, so that all begin their views of
/// the one system database at one point: the engine, and what proves there that it is the same database.
public struct SnapshotToken: Codable, Sendable, Equatable {
  /// The engine.
  let engine: TableSchema.Engine
  /// PostgreSQL: the exported snapshot. MariaDB: a lock that this side holds under this name. SQLite: nothing, for the
  /// lock on the file is proof by itself.
  let value: String
}

/// What a view holds, in so few bytes that both sides can compare it: the structure of all tables and the Hub settings.
enum SnapshotDigest {
  static func of(_ database: any SystemDatabase, _ tables: [TableSchema]) throws -> String {
    var hasher = SHA256Hasher()
    func add(_ bytes: [UInt8]) {
      // With the length in front: two texts must not pass for two others.
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hasher.update($0) }
      bytes.withUnsafeBytes { hasher.update($0) }
    }
    for table in tables {
      var table = table
      // It grows with every new row, and not with the view.
      table.autoIncrementNext = nil
      add(try table.encoded())
    }
    for (name, value) in try Settings(database).all().sorted(by: { $0.name < $1.name }) {
      add(Array(name.utf8))
      add(Array(value.utf8))
    }
    return Digest.hex(hasher.digest())
  }
}

extension SystemDatabase {
  /// That the other side's database is not this one.
  func differs(_ how: String) -> AdminError {
    AdminError(
      .configuration, "the components do not see one system database (\(how))", at: place,
      next: "make \(IniKey.databaseURL) in the INI files of all machines name the same database")
  }

  func expect(_ token: SnapshotToken, _ engine: TableSchema.Engine) throws {
    guard token.engine == engine else {
      throw differs("\(token.engine.rawValue) at the Hub, \(engine.rawValue) here")
    }
  }
}
