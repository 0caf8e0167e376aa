import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A production on a real PostgreSQL server, which no test server is.
@Suite(.serialized, .waitingFirst) struct PostgresTests {
  @Test func testBedSetGoesIntoBothKindsOfInternalDatabase() throws {
    let production = try PostgresDemo()
    let demo = production.demo
    let real = try contents(of: demo.production)
    // So the file, which other eyes can read, stands for the server below.
    try expectSame(contents(.externalFile(path: demo.database)), real)
    let id = try demo.backup("--test-bed")
    let report = try text(of: demo.reportPath(id, testBed: true))
    #expect(report.split(separator: "\n").last == "The test-bed-backup was completed successfully")
    let verified = try run(Program.command(["backup", "verify", id] + demo.from, on: demo.production)).succeeded()
    #expect(verified.errors.isEmpty)

    production.server.stop()
    let socket = production.server.folder + "/.s.PGSQL.5432"
    try run(["rm", "-f", socket]).succeeded()
    let trap = try trap(socket)
    let server = demo.folder["mariadb-server"]
    try run(Program.command(["setup", server, "--database", "mariadb", "--password-file", "-"]), input: "demo-admin\n")
      .succeeded()
    defer { _ = try? hubtui("database", "stop", on: server) }
    for copy in [demo.testServer, server] {
      try run(Program.command(["restore", id, "--yes"] + demo.from, on: copy)).succeeded()
      let outbox = try hubtui("outbox", "list", on: copy).succeeded()
      #expect(outbox.lines.first == "Sending is disabled")
      let status = try hubtui("post-restore", "status", on: copy).succeeded()
      #expect(status.lines.first?.hasPrefix("TEST SYSTEM, restored from test-bed backup \(id) on 20") == true)
      for component in Component.allCases {
        let ini = try Installation(folder: copy).ini(of: component)
        #expect(ini[DatabaseKey.url] == "internal")
        for key in [DatabaseKey.user, DatabaseKey.password, DatabaseKey.passwordFile] {
          #expect(ini[key] == nil, "\(component) \(key)")
        }
        #expect(!String(decoding: ini.bytes, as: UTF8.self).contains("postgres"), "\(component)")
      }
    }

    // Against production by eyes of their own, table by table and rule by rule; then the one copy against the other.
    try python(
      RestoreTests.compare,
      [
        demo.production, demo.database, demo.reportPath(id, testBed: true), demo.testServer,
        demo.testServer + "/database/maestro.sqlite",
      ])
    var copies = try [demo.testServer, server].map { try contents(of: $0) }
    for index in copies.indices {
      // The two were restored one after the other.
      copies[index]["hub_settings"]?.removeAll { $0.hasPrefix("hub.test-system.restored\t") }
      #expect(copies[index]["hub_settings"]?.count == 39)
    }
    try expectSame(copies[1], copies[0])
    let names = real.keys.sorted()
    let counts = try run(
      [
        "mariadb", "--no-defaults", "-N", "-u", "root", "-S", server + "/database/mariadb/mariadb.sock", "maestro",
        "-e", names.map { "SELECT count(*) FROM \($0)" }.joined(separator: ";"),
      ]
    ).succeeded()
    #expect(
      try counts.output
        == python(
          "c = db(A[0])\nfor t in A[1:]: print(*c.execute('SELECT count(*) FROM ' + t).fetchone())",
          [demo.testServer + "/database/maestro.sqlite"] + names))

    // They work on, and make sets of their own.
    for copy in [demo.testServer, server] {
      let own = try hubtui("backup", "create", on: copy).succeeded()
      #expect(own.lines.last?.count == 19)
    }
    #expect(!trap.outputSoFar.contains("called"))
    trap.stop()
    try hubtui("database", "stop", on: server).succeeded()
    for copy in [demo.testServer, server] {
      let found = try run(["grep", "-rlaF"] + production.secrets.flatMap { ["-e", $0] } + [copy])
      #expect(found.status == 1, "\(found.output)\(found.errors)")
    }
  }

  @Test func normalBackupComesBackIntoItsOriginAndCanBeRolledBack() throws {
    let production = try PostgresDemo()
    let demo = production.demo
    let before = try contents(of: demo.production)
    let rights =
      "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege('maestro_lui', oid, 'UPDATE')"
    let id = try demo.backup()
    try production.sql("DELETE FROM trk_events; UPDATE lui_jobs SET title = 'changed'; CREATE TABLE notes (a int)")
    let changed = try contents(of: demo.production)
    #expect(changed != before)
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    try expectSame(contents(of: demo.production), before)
    // The other components get in as before.
    #expect(try production.sql(rights) == "\(before.count)\n")
    #expect(try production.sql("SELECT to_regclass('notes')") == "notes\n")
    try hubtui("restore", "rollback", "--yes", on: demo.production).succeeded()
    try expectSame(contents(of: demo.production), changed)
    try hubtui("restore", "rollback", "--yes", on: demo.production).succeeded()
    try expectSame(contents(of: demo.production), before)
    // Two states are there, this one and the one before.
    #expect(try production.sql("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'public'") == "2\n")
    try hubtui("settings", "list", on: demo.production).succeeded()
  }
}

/// Expects the same rows in the same tables; tells the first row that differs, not all of them.
private func expectSame(
  _ tables: [String: [String]], _ expected: [String: [String]], location: SourceLocation = #_sourceLocation
) throws {
  #expect(tables.keys.sorted() == expected.keys.sorted(), sourceLocation: location)
  for (name, rows) in expected.sorted(by: { $0.key < $1.key }) where tables[name] != rows {
    let found = tables[name] ?? []
    let first = zip(found, rows).first { $0 != $1 }
    Issue.record(
      "\(name): \(found.count) rows instead of \(rows.count); \(first?.0.prefix(300) ?? "") instead of \(first?.1.prefix(300) ?? "")",
      sourceLocation: location)
  }
}
