import Glibc
import Synchronization
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A real MariaDB server on a socket in a temporary folder, one for all tests of this process; each test has a database
/// of its own.
final class MariaDBSample: Sendable {
  let folder: TemporaryFolder
  let server: MariaDBServer
  /// The test's own database.
  let name: String

  private static let shared = Result<(TemporaryFolder, MariaDBServer), any Error> {
    let folder = try TemporaryFolder()
    let server = MariaDBServer(folder: folder["server"])
    do {
      try server.initialise(for: server.folder)
      try server.start()
    } catch {
      // The log goes with the folder.
      throw Command.Failure(what: "\(error)\n\((try? Sample.text(server.logPath)) ?? "no log")")
    }
    // A static value has no end of life, so the server ends with the process.
    atexit { MariaDBSample.end() }
    return (folder, server)
  }

  private static func end() {
    guard let (folder, server) = try? shared.get() else { return }
    try? server.stop()
    folder.remove()
  }

  private static let names = Mutex(0)

  init() throws {
    (folder, server) = try MariaDBSample.shared.get()
    let number = MariaDBSample.names.withLock { number in
      number += 1
      return number
    }
    name = "maestro_\(number)"
    try sql("")
  }

  /// A server's database as an external system database; the test's own unless told.
  func address(_ database: String? = nil) -> ServerAddress {
    var address = server.address
    address.database = database ?? name
    return address
  }

  /// Runs SQL by the server's own program, on a new or an existing database.
  @discardableResult
  func sql(_ statements: String, on other: String? = nil, location: SourceLocation = #_sourceLocation) throws
    -> String
  {
    let database = other ?? name
    let file = folder["\(name).sql"]
    try Sample.write("CREATE DATABASE IF NOT EXISTS `\(database)`; USE `\(database)`;\n" + statements, to: file)
    defer { _ = try? Command(["rm", file]) }
    let result = try Command([
      "sh", "-c", "mariadb --no-defaults --default-character-set=utf8mb4 -N -u root -S \"$1\" < \"$2\"", "sh",
      server.socket,
      file,
    ])
    #expect(result.status == 0, "\(result.errors)", sourceLocation: location)
    return result.output
  }
}

/// Tables through the row codec, as a set carries them.
enum Carried {
  static func encoded(_ database: any SystemDatabase, _ table: TableSchema) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var encoder = RowEncoder(table) { bytes.append(contentsOf: $0) }
    try database.rows(of: table) { try encoder.encode($0) }
    try encoder.flush()
    return bytes
  }

  static func digest(_ bytes: [UInt8]) -> RowDigest {
    var digest = RowDigest()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest
  }

  /// Makes all component tables of `source` anew in `staging`, through JSON and COPY text.
  static func copy(_ source: any SystemDatabase, into staging: any TableStaging) throws -> [(TableSchema, [UInt8])] {
    let tables = try source.withSnapshot { try source.componentTables().map { ($0, try encoded(source, $0)) } }
    for (table, bytes) in tables {
      let carried = try TableSchema.decode(try table.encoded(), archive: "test")
      #expect(carried == table)
      try staging.create(carried)
      let loader = try staging.loader(of: carried)
      var decoder = RowDecoder(carried) { try loader.insert($0) }
      try bytes.withUnsafeBytes { try decoder.decode($0) }
      try decoder.finish()
      try loader.finish()
      try staging.createIndexes(of: carried)
    }
    try staging.finish()
    return tables
  }
}
