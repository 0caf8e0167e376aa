import DatabaseServers
import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

extension PostgresEngineTests {
  /// Connections: who gets in, what is locked, what breaks.
  @Suite struct Session {
    private let sample: PostgresSample

    init() throws { sample = try PostgresSample() }

    @Test func aWrongPasswordIsNoSecretInTheError() throws {
      for wrong in try [
        sample.server.address(PostgresSample.database, password: "wrong-secret"),
        sample.server.address(PostgresSample.database, password: ""), sample.server.address("nowhere"),
      ] {
        let error = Sample.error { _ = try PostgresDatabase(wrong, .readOnly) }
        #expect(error?.code == .configuration, "\(String(describing: error))")
        #expect(error?.description.contains("secret") == false && error?.description.contains("\n") == false)
      }
      var away = sample.address
      away.port = 1
      #expect(Sample.error { _ = try PostgresDatabase(away, .readOnly) }?.code == .unavailable)
    }

    @Test func theEnvironmentFillsInNothing() throws {
      for (name, value) in [
        ("PGPASSWORD", PostgresServer.password), ("PGSERVICE", "none"), ("PGOPTIONS", "-c nonsense=1"),
        ("PGHOSTADDR", "127.0.0.1"),
      ] {
        setenv(name, value, 1)
      }
      #expect(
        Sample.error {
          _ = try PostgresDatabase(sample.server.address(PostgresSample.database, password: ""), .readOnly)
        }?.code == .configuration)
      _ = try sample.open()
    }

    @Test func aSecureLineChecksTheServersCertificate() throws {
      let folder = try TemporaryFolder()
      let port = 20_000 + Int(getpid()) % 20_000
      let secure = try PostgresServer(folder: folder.path, securePort: port)
      func connect(_ host: String, _ options: String) throws {
        _ = try PostgresDatabase(
          ServerAddress(
            url: "postgresql://\(host):\(port)/postgres\(options)", among: Engine.all, user: PostgresServer.user,
            password: Secret(PostgresServer.password), at: "test"), .readOnly)
      }
      try connect("localhost", "?tls=verify&ca=\(secure.certificate)")
      try connect("localhost", "?tls=off")
      for (host, options) in [
        ("localhost", "?tls=verify"), ("127.0.0.1", "?tls=verify&ca=\(secure.certificate)"),
        ("localhost", "?tls=verify&ca=/nowhere"),
      ] {
        let error = Sample.error { try connect(host, options) }
        #expect(
          error?.code == .configuration && error?.what.contains("not safe") == true, "\(String(describing: error))")
      }
    }

    @Test func aLockHeldElsewhereIsNamed() throws {
      try sample.run("CREATE TABLE lui_a (a text)")
      let other = try sample.open(.readWrite)
      try other.transaction {
        try other.execute("LOCK TABLE lui_a IN ACCESS EXCLUSIVE MODE", [])
        let database = try sample.open()
        try database.connection.run("SET lock_timeout = '200ms'")
        let error = Sample.error { try database.withSnapshot {} }
        #expect(error?.code == .unavailable && error?.what.contains("locked by another program") == true)
      }
    }

    @Test func aSnapshotSeesOneMoment() throws {
      try sample.run(
        "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE lui_a (a text, m mood); INSERT INTO lui_a VALUES ('x')")
      let database = try sample.open()
      try database.withSnapshot {
        let tables = try database.componentTables()
        try sample.run("INSERT INTO lui_a VALUES ('y'); CREATE TABLE lui_b (a text)")
        #expect(try database.rowCount(of: tables[0]) == 1)
        #expect(try database.componentTables() == tables)
        try database.confirm(tables)
        #expect(throws: AdminError.self) { try sample.run("SET lock_timeout = 100; ALTER TABLE lui_a DROP a") }
        try sample.run("ALTER TYPE mood RENAME VALUE 'a' TO 'b'")
        #expect(Sample.error { try database.confirm(tables) }?.what.contains("labels of lui_a.m") == true)
      }
    }

    @Test func anEndedReadDrainsNothing() throws {
      struct Enough: Error {}
      try sample.run("CREATE TABLE lui_a AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 200000)")
      let database = try sample.open()
      let table = try database.componentTables()[0]
      let start = ContinuousClock.now
      #expect(throws: Enough.self) {
        try database.withSnapshot { try database.rows(of: table) { _ in throw Enough() } }
      }
      #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test func aServerThatDiesIsUnavailable() throws {
      let folder = try TemporaryFolder()
      let mortal = try PostgresServer(folder: folder.path)
      try mortal.run("CREATE TABLE lui_a AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 100000)")
      let database = try PostgresDatabase(mortal.address(), .readOnly)
      let table = try database.componentTables()[0]
      var rows = 0
      let error = Sample.error {
        try database.rows(of: table) { _ in
          rows += 1
          if rows == 10 { mortal.kill() }
        }
      }
      #expect(error?.code == .unavailable && rows < 100_000, "\(String(describing: error))")
      #expect(Sample.error { _ = try PostgresDatabase(mortal.address(), .readOnly) }?.code == .unavailable)
      try mortal.start()
      let loader = try PostgresLoader(table, PostgresDatabase(mortal.address(), .readWrite).connection)
      let failure = Sample.error {
        for row in 0..<100_000 {
          if row == 10 { mortal.kill() }
          try Codec.withFields([.text(String(repeating: "y", count: 1000))]) { try loader.insert($0) }
        }
        try loader.finish()
      }
      #expect(failure?.code == .unavailable, "\(String(describing: failure))")
    }
  }
}
