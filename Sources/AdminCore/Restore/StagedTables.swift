/// The tables of all three components, loaded into a new database file beside the live one.
final class StagedTables {
  private let path: String
  private let operation: Operation
  private var staging: SQLiteStaging?

  init(path: String, operation: Operation) {
    self.path = path
    self.operation = operation
  }

  /// Loads every table, its indexes after the rows.
  ///
  /// - Parameter live: the database whose other tables, of no component, are kept.
  func stage(_ set: OpenBackupSet, keepingOthersOf live: String) throws {
    for suffix in ["", "-wal", "-shm", "-journal"] { try FileSystem.remove(path + suffix) }
    let staging = try SQLiteStaging(path: path)
    self.staging = staging
    for component in Component.allCases {
      let reader = try set.reader(component)
      for (schema, entry) in try reader.tables() {
        operation.phase("loading \(schema.name)")
        try staging.create(schema)
        let loader = try staging.loader(of: schema)
        var decoder = RowDecoder(schema) { try loader.insert($0) }
        try reader.read(entry) { bytes in
          try operation.cancellation.check()
          try decoder.decode(bytes)
          operation.advance(component, by: UInt64(bytes.count))
        }
        try decoder.finish()
        guard decoder.rowCount == entry.rows else {
          throw AdminError(
            .dataError, "table \(schema.name) has \(decoder.rowCount) rows, its manifest says \(entry.rows ?? 0)",
            at: reader.path,
            next: "use another backup set")
        }
        try staging.createIndexes(of: schema)
      }
    }
    guard try FileSystem.exists(live) else { return }
    do {
      try staging.copyOtherObjects(from: live)
    } catch let error as AdminError where error.code == .dataError {
      throw AdminError(
        .dataError, "the live database cannot be read, so tables of its own could be lost (\(error.what))", at: live,
        next: "move the damaged file away, keep it, and start the restore again")
    }
  }

  /// Encodes every staged row again: the digest must be the manifest's, so what was loaded is what was backed up.
  func verify(_ set: OpenBackupSet) throws {
    guard let database = staging?.database else { return }
    for component in Component.allCases {
      let reader = try set.reader(component)
      for (schema, entry) in try reader.tables() {
        operation.phase("verifying \(schema.name)")
        let hasher = RunningDigest()
        var encoder = RowEncoder(schema) { bytes in
          hasher.update(bytes)
          try self.operation.cancellation.check()
          self.operation.advance(component, by: UInt64(bytes.count))
        }
        try database.rows(of: schema) { try encoder.encode($0) }
        try encoder.flush()
        guard hasher.hex == entry.sha256 else {
          throw AdminError(
            .dataError, "the loaded table \(schema.name) is not what the manifest says", at: reader.path,
            next: "use another backup set")
        }
      }
    }
  }

  /// Applies what a restore itself changes, and syncs the file.
  func finish(_ adjust: (any SystemDatabase) throws -> Void) throws {
    guard let staging else { return }
    try adjust(staging.database)
    try staging.finish()
    self.staging = nil
  }
}

/// A digest that a closure can feed.
private final class RunningDigest {
  private var hasher = SHA256Hasher()

  func update(_ bytes: UnsafeRawBufferPointer) { hasher.update(bytes) }

  var hex: String { Digest.hex(hasher.digest()) }
}
