import Administration
import Archive
import Database
import Installation
import Platform
import TestBed

/// The tables of all three components, loaded beside the live ones and read back; several at a time where the engine
/// allows it.
final class TableStager {
  private let staging: any TableStaging
  private let operation: Operation
  private let digests = Guarded<[String: RowDigest]>([:])

  init(_ staging: any TableStaging, operation: Operation) {
    self.staging = staging
    self.operation = operation
  }

  /// Loads every table, its indexes after the rows.
  func stage(_ set: BackupSetReader) throws {
    try eachTable(of: set) { staging, table in
      operation.phase("loading \(table.schema.name)")
      try staging.create(table.schema)
      let loader = try staging.loader(of: table.schema)
      var decoder = RowDecoder(table.schema) { try loader.insert($0) }
      var digest = RowDigest()
      try table.reader.read(table.entry) { bytes in
        try operation.cancellation.check()
        digest.update(bytes)
        try decoder.decode(bytes)
        operation.advance(table.component, by: UInt64(bytes.count))
      }
      try decoder.finish()
      try loader.finish()
      guard decoder.rowCount == table.entry.rows else {
        throw AdminError(
          .dataError,
          "table \(table.schema.name) has \(decoder.rowCount) rows, its manifest says \(table.entry.rows ?? 0)",
          at: table.reader.path, next: "use another backup set")
      }
      digests.withLock { $0[table.schema.name] = digest }
      try staging.createIndexes(of: table.schema)
    }
    try staging.keepOthers()
  }

  /// Encodes every staged row again: the rows must be those of the archive, so what was loaded is what was backed up.
  package func verify(_ set: BackupSetReader) throws {
    try eachTable(of: set) { staging, table in
      operation.phase("verifying \(table.schema.name)")
      let running = RunningDigest()
      var encoder = RowEncoder(table.schema) { bytes in
        running.digest.update(bytes)
        try self.operation.cancellation.check()
        self.operation.advance(table.component, by: UInt64(bytes.count))
      }
      try staging.database.rows(of: table.schema) { try encoder.encode($0) }
      try encoder.flush()
      guard running.digest == digests.withLock({ $0[table.schema.name] }) else {
        throw AdminError(
          .dataError,
          "the loaded table \(table.schema.name) is not what the backup holds, so this database cannot hold one of its values exactly",
          at: staging.database.displayName, next: "restore into an installation with another kind of internal database")
      }
    }
  }

  /// Applies what a restore itself changes, and makes everything durable.
  func finish(_ adjust: (any SystemDatabase) throws -> Void) throws {
    try adjust(staging.database)
    try staging.finish()
  }

  private struct Table {
    var component: Component
    var reader: ArchiveReader
    var schema: TableSchema
    var entry: ArchivedEntry
  }

  /// Gives every table to `body`, the largest first, so that the threads end at about the same time.
  private func eachTable(of set: BackupSetReader, _ body: (any TableStaging, Table) throws -> Void) throws {
    var tables: [Table] = []
    for component in Component.allCases {
      let reader = try set.reader(component)
      for (schema, entry) in try reader.tables() {
        tables.append(Table(component: component, reader: reader, schema: schema, entry: entry))
      }
    }
    var workers = [staging]
    while workers.count < min(Processors.count, tables.count), let worker = try staging.makeWorker() {
      workers.append(worker)
    }
    if workers.count > 1 { tables.sort { $0.entry.size > $1.entry.size } }
    // Each thread has a worker of its own and readers of its own; the tables are read only.
    let readers = workers.map { _ in Readers() }
    try SharedWork.run(tables.count, workers: workers.count) { worker, index in
      var table = tables[index]
      if workers.count > 1 { table.reader = readers[worker].reader(table) }
      try body(workers[worker], table)
    }
  }

  /// The readers of one thread.
  private final class Readers {
    private var readers: [Component: ArchiveReader] = [:]

    func reader(_ table: Table) -> ArchiveReader {
      let reader = readers[table.component] ?? ArchiveReader(besides: table.reader)
      readers[table.component] = reader
      return reader
    }
  }
}

/// A digest that a closure can feed.
private final class RunningDigest {
  var digest = RowDigest()
}
