/// The tables of all three components, loaded beside the live ones and read back.
final class StagedTables {
  private let staging: any TableStaging
  private let operation: Operation
  private var digests: [String: RowDigest] = [:]

  init(_ staging: any TableStaging, operation: Operation) {
    self.staging = staging
    self.operation = operation
  }

  /// Loads every table, its indexes after the rows.
  func stage(_ set: OpenBackupSet) throws {
    for component in Component.allCases {
      let reader = try set.reader(component)
      for (schema, entry) in try reader.tables() {
        operation.phase("loading \(schema.name)")
        try staging.create(schema)
        let loader = try staging.loader(of: schema)
        var decoder = RowDecoder(schema) { try loader.insert($0) }
        var digest = RowDigest()
        try reader.read(entry) { bytes in
          try operation.cancellation.check()
          digest.update(bytes)
          try decoder.decode(bytes)
          operation.advance(component, by: UInt64(bytes.count))
        }
        try decoder.finish()
        try loader.finish()
        guard decoder.rowCount == entry.rows else {
          throw AdminError(
            .dataError, "table \(schema.name) has \(decoder.rowCount) rows, its manifest says \(entry.rows ?? 0)",
            at: reader.path,
            next: "use another backup set")
        }
        digests[schema.name] = digest
        try staging.createIndexes(of: schema)
      }
    }
    try staging.keepOthers()
  }

  /// Encodes every staged row again: the rows must be those of the archive, so what was loaded is what was backed up.
  func verify(_ set: OpenBackupSet) throws {
    for component in Component.allCases {
      let reader = try set.reader(component)
      for (schema, _) in try reader.tables() {
        operation.phase("verifying \(schema.name)")
        let running = RunningDigest()
        var encoder = RowEncoder(schema) { bytes in
          running.digest.update(bytes)
          try self.operation.cancellation.check()
          self.operation.advance(component, by: UInt64(bytes.count))
        }
        try staging.database.rows(of: schema) { try encoder.encode($0) }
        try encoder.flush()
        guard running.digest == digests[schema.name] else {
          throw AdminError(
            .dataError,
            "the loaded table \(schema.name) is not what the backup holds, so this database cannot hold one of its values exactly",
            at: staging.database.place, next: "restore into an installation with another kind of internal database")
        }
      }
    }
  }

  /// Applies what a restore itself changes, and makes everything durable.
  func finish(_ adjust: (any SystemDatabase) throws -> Void) throws {
    try adjust(staging.database)
    try staging.finish()
  }
}

/// A digest that a closure can feed.
private final class RunningDigest {
  var digest = RowDigest()
}
