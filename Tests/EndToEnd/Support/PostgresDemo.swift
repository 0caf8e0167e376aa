import DatabaseServers

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A demo production whose system database is on a PostgreSQL server, each component with an account of its own there,
/// for one test alone; the server ends with it. The demo's SQLite file stays, with the same rows.
final class PostgresDemo {
  let demo: Demo
  let server: PostgresServer
  private let serverFolder: TemporaryFolder
  private static let database = "maestro_production"
  /// What must not be found in a copy: the server's place, database, accounts and passwords.
  private(set) var secrets: [String]

  init() throws {
    let now = Moment.now
    demo = try Demo("--now", Moment.text(now))
    serverFolder = try TemporaryFolder()
    server = try PostgresServer(folder: serverFolder.path) { try EndToEnd.run($0).succeeded().output }
    secrets = [serverFolder.path, PostgresDemo.database]
    let production = Installation(folder: demo.production)
    for component in Component.allCases {
      var ini = try production.ini(of: component)
      let account = ini[DatabaseKey.user] ?? ""
      let password = ini[DatabaseKey.password] ?? ""
      secrets += [account, password]
      try server.run("CREATE ROLE \(account) LOGIN PASSWORD '\(password)'")
      try ini.set(DatabaseKey.url, "postgresql:///\(PostgresDemo.database)?socket=\(serverFolder.path)")
      var text = String(decoding: ini.bytes, as: UTF8.self)
      if component == .hub {
        // Both ways to give a password have to be forgotten.
        let file = demo.folder["hub-database-password"]
        try write(password + "\n", to: file)
        text.replace("\n\(DatabaseKey.password)=\(password)\n", with: "\n\(DatabaseKey.passwordFile)=\(file)\n")
        secrets.append(file)
      }
      try write(text, to: production.iniPath(of: component))
    }
    try server.run("CREATE DATABASE \(PostgresDemo.database) OWNER maestro_hub")
    var options = DemoOptions()
    (options.subscribers, options.events, options.now) = (200, 1000, now)
    guard let address = try DatabaseLocation(of: production).address else { throw Failure("no server") }
    try DemoProduction(options: options, root: demo.folder.path, partial: demo.folder.path)
      .fill(try PostgresStaging(address, namespace: address.namespace)) { _ in }
    try sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO maestro_lui, maestro_trk")
  }

  deinit { server.stop() }

  /// What the server's own program says.
  @discardableResult
  func sql(_ statements: String) throws -> String { try server.run(statements, database: PostgresDemo.database) }
}

/// The rows of every component table as a set would carry them, in an order that no engine decides.
func contents(_ location: DatabaseLocation) throws -> [String: [String]] {
  let database = try location.open(.readOnly)
  return try database.withSnapshot {
    var contents: [String: [String]] = [:]
    for table in try database.componentTables() {
      var bytes: [UInt8] = []
      var encoder = RowEncoder(table) { bytes.append(contentsOf: $0) }
      try database.rows(of: table) { try encoder.encode($0) }
      try encoder.flush()
      contents[table.name] = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
    }
    return contents
  }
}

/// The same of an installation's system database.
func contents(of folder: String) throws -> [String: [String]] {
  try contents(DatabaseLocation(of: Installation(folder: folder)))
}
