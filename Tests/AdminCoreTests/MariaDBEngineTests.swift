import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// The engine over a real server.
@Suite(.serialized) struct MariaDBEngineTests {
  private let sample: MariaDBSample
  private let folder: TemporaryFolder

  init() throws {
    sample = try MariaDBSample()
    folder = try TemporaryFolder()
  }

  private func open() throws -> MariaDBDatabase { try MariaDBDatabase(sample.address(), .readOnly) }

  @Test func everyTypeComesBackFromMariaDBAndFromSQLite() throws {
    try sample.sql(TypeTables.mariadb)
    let source = try open()
    let staging = try MariaDBStaging(sample.address(), namespace: sample.name + "_copy")
    let tables = try Carried.copy(source, into: staging)
    #expect(tables.count == 9)
    for (table, bytes) in tables {
      let back = try Carried.encoded(staging.database, table)
      #expect(Carried.digest(back) == Carried.digest(bytes), "\(table.name)")
    }
    // What the server says of the copies is what it says of the originals.
    let copies = try MariaDBDatabase(sample.address(sample.name + "_copy"), .readOnly).componentTables()
    for (copy, table) in zip(copies, tables.map(\.0)) where copy != table {
      let texts = try [copy, table].map { String(decoding: try $0.encoded(), as: UTF8.self).split(separator: "\n") }
      Issue.record("\(table.name): \(texts[0].difference(from: texts[1]).map { "\($0)" })")
    }
    #expect(copies.count == tables.count)

    let file = try SQLiteStaging(path: folder["copy.sqlite"])
    for (table, bytes) in try Carried.copy(source, into: file) {
      let back = try Carried.encoded(file.database, table)
      #expect(Carried.digest(back) == Carried.digest(bytes), "\(table.name) in SQLite")
    }
  }

  // A copy can agree with a value that was read wrong: these are as the server itself spells them.
  @Test func valuesAreThoseOfTheServer() throws {
    try sample.sql(TypeTables.mariadb)
    try sample.sql(
      "SET SESSION sql_mode='ALLOW_INVALID_DATES'; INSERT INTO lui_moments VALUES (6,'0001-01-01','-48:00:00','100:00:00.000001','0001-01-01 00:00:00','2026-00-00 00:00:00',NULL,'2026-01-01 00:00:00.5')"
    )
    let source = try open()
    let tables = try source.componentTables()
    let moments = try #require(tables.first { $0.name == "lui_moments" })
    #expect(
      String(decoding: try Carried.encoded(source, moments), as: UTF8.self) == #"""
        1	0000-00-00	00:00:00	00:00:00	0000-00-00 00:00:00	0000-00-00 00:00:00	0000-00-00 00:00:00	1970-01-01 00:00:01
        2	9999-12-31	838:59:59	-838:59:59.999999	9999-12-31 23:59:59	9999-12-31 23:59:59.999999	2038-01-19 03:14:07	2038-01-19 03:14:07.999999
        3	2026-00-00	-00:00:01	12:00:00.5	2026-11-25 00:00:00	2026-11-25 00:00:00.12	2026-11-25 01:02:03	2026-11-25 01:02:03.000001
        4	2024-02-31	\N	\N	\N	\N	\N	\N
        5	\N	\N	\N	\N	\N	\N	\N
        6	0001-01-01	-48:00:00	100:00:00.000001	0001-01-01 00:00:00	2026-00-00 00:00:00	\N	2026-01-01 00:00:00.5

        """#)
    var numbers = try #require(tables.first { $0.name == "lui_numbers" })
    numbers.columns = numbers.columns.filter { !["d", "wide", "whole", "small"].contains($0.name) }
    #expect(
      String(decoding: try Carried.encoded(source, numbers), as: UTF8.self) == #"""
        -4	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
        1	-128	0	-32768	0	-8388608	0	-2147483648	0	-9223372036854775808	0	0	0	0	-3.4028234663852886e+38	-1.7976931348623157e+308
        2	127	255	32767	65535	8388607	16777215	2147483647	4294967295	9223372036854775807	18446744073709551615	99999999	2155	1	3.4028234663852886e+38	1.7976931348623157e+308
        3	0	1	-1	1	1	1	7	7	7	9223372036854775808	42	1901	127	0.10000000149011612	0.1
        5	1	1	1	1	1	1	1	1	1	1	1	2000	0	1.1754943508222875e-38	5e-324
        6	1	1	1	1	1	1	1	1	1	1	1	2000	0	16777216.0	1.2345678901234568e+20

        """#)
  }

  @Test func everyTypeOfSQLiteComesBackFromMariaDB() throws {
    let path = folder["source.sqlite"]
    try Sample.write(TypeTables.sqlite, to: folder["source.sql"])
    let made = try Command(["sh", "-c", "sqlite3 -bail \"$1\" < \"$2\"", "sh", path, folder["source.sql"]])
    #expect(made.status == 0, "\(made.errors)")
    let source = try SQLiteDatabase(path: path, mode: .readOnly)
    let staging = try MariaDBStaging(sample.address(), namespace: sample.name + "_copy")
    for (table, bytes) in try Carried.copy(source, into: staging) {
      let back = try Carried.encoded(staging.database, table)
      #expect(Carried.digest(back) == Carried.digest(bytes), "\(table.name)")
    }
    #expect(
      try sample.sql(
        "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_NAME='lui_numbers' AND TABLE_SCHEMA='\(sample.name)_copy'"
      )
        == "1000\n")
  }

  @Test(arguments: [
    ("CREATE TABLE lui_a (a INT) ENGINE=MyISAM", "storage engine MyISAM of table lui_a"),
    ("CREATE VIEW lui_a AS SELECT 1 AS a", "view lui_a"), ("CREATE SEQUENCE lui_a", "sequence lui_a"),
    ("CREATE TABLE lui_a (a INT, b INT AS (a + 1))", "generated column lui_a.b"),
    ("CREATE TABLE lui_a (a POINT)", "type point of column lui_a.a"),
    ("CREATE TABLE lui_a (a INT CHECK (a > 1))", "check a of table lui_a"),
    ("CREATE TABLE lui_a (a VARCHAR(40) DEFAULT (UUID()))", "default expression of column lui_a.a"),
    ("CREATE TABLE lui_a (a INT) PARTITION BY HASH(a)", "partitions of table lui_a"),
    ("CREATE TABLE lui_a (a INT) WITH SYSTEM VERSIONING", "system versioned lui_a"),
    (
      "CREATE TABLE lui_a (a INT); CREATE TRIGGER tr BEFORE INSERT ON lui_a FOR EACH ROW SET NEW.a=1",
      "trigger tr of table lui_a"
    ),
    (
      "CREATE TABLE other (a INT PRIMARY KEY); CREATE TABLE lui_a (a INT REFERENCES other (a))",
      "foreign key lui_a_ibfk_1 of table lui_a"
    ),
  ])
  func whatCannotBeCarriedIsRefusedByName(sql: String, thing: String) throws {
    try sample.sql(sql)
    let error = Sample.error { _ = try open().componentTables() }
    #expect(error?.code == .dataError)
    #expect(error?.what.hasPrefix("a backup cannot carry the \(thing)") == true, "\(error?.what ?? "")")
  }

  @Test func changedStructureIsNoticed() throws {
    try sample.sql(
      "CREATE TABLE lui_a (a INT PRIMARY KEY); CREATE TABLE lui_b (a INT PRIMARY KEY); INSERT INTO lui_b VALUES (1)")
    let database = try open()
    try database.withSnapshot {
      let tables = try database.componentTables()
      try database.rows(of: tables[0]) { _ in }
      // The lock of a table that was read is given back.
      try sample.sql("ALTER TABLE lui_a ADD b INT")
      #expect(Sample.error { try database.confirm(tables) }?.what.contains("table lui_a was") == true)
      try sample.sql("ALTER TABLE lui_b MODIFY a BIGINT; DROP TABLE lui_a")
      let error = Sample.error { try database.rows(of: tables[1]) { _ in } }
      #expect(error?.code == .dataError && error?.what.contains("changed") == true, "\(error?.what ?? "")")
    }
  }

  @Test func lockedTableIsUnavailable() throws {
    try sample.sql("CREATE TABLE lui_a (a INT PRIMARY KEY)")
    let other = try MariaDBConnection(sample.address(), database: sample.name)
    try other.run("LOCK TABLES lui_a WRITE")
    let database = try open()
    try database.connection.run("SET SESSION lock_wait_timeout=1")
    let error = Sample.error { _ = try database.rowCount(of: TableSchema(name: "lui_a", columns: [], primaryKey: [])) }
    #expect(error?.code == .unavailable)
    #expect(error?.what.hasPrefix("the system database is locked by another program") == true)
  }

  @Test func valueThatDoesNotFitIsRefused() throws {
    let table = TableSchema(
      name: "lui_a", columns: [.init(name: "a", type: .real, declared: "double precision")], primaryKey: [],
      engine: .postgresql)
    let staging = try MariaDBStaging(sample.address(), namespace: sample.name + "_copy")
    try staging.create(table)
    let loader = try staging.loader(of: table)
    let error = Sample.error {
      try Codec.withFields([.real(.nan)]) { try loader.insert($0) }
    }
    #expect(error?.what == "MariaDB cannot hold the value nan in a column of type double precision")
    #expect(error?.location == "lui_a.a")
    let narrow = TableSchema(
      name: "lui_b", columns: [.init(name: "a", type: .integer, declared: "", size: 8)], primaryKey: [],
      engine: .postgresql)
    try staging.create(narrow)
    let second = try staging.loader(of: narrow)
    let refused = Sample.error {
      try Codec.withFields([.integer(300)]) { try second.insert($0) }
      try second.finish()
    }
    #expect(
      refused?.code == .dataError && refused?.location.hasSuffix("table lui_b") == true, "\(refused?.description ?? "")"
    )
  }

  /// As MySQL takes them.
  @Test func rowsGoInOneByOneWhereTheServerTakesNoBatches() throws {
    try sample.sql(TypeTables.mariadb)
    let source = try open()
    let staging = try MariaDBStaging(sample.address(), namespace: sample.name + "_copy")
    for table in try source.componentTables() where table.name != "trk_large" {
      try staging.create(table)
      let connection = try MariaDBConnection(sample.address(), database: sample.name + "_copy")
      try connection.run("SET SESSION foreign_key_checks=0")
      let loader = try MariaDBLoader(table, connection: connection, takesBatches: false)
      try source.rows(of: table) { try loader.insert($0) }
      try loader.finish()
      #expect(
        Carried.digest(try Carried.encoded(staging.database, table))
          == Carried.digest(try Carried.encoded(source, table)),
        "\(table.name)")
    }
  }

  @Test func wrongPasswordIsAMatterOfConfiguration() throws {
    try sample.sql("CREATE USER u@localhost IDENTIFIED BY 'right'")
    let address = try ServerAddress(
      url: "mariadb:///\(sample.name)?socket=\(sample.server.socket)", among: Engine.all, user: "u",
      password: Secret("wr0ng-secret"),
      at: "test")
    let error = Sample.error { _ = try MariaDBDatabase(address, .readOnly) }
    #expect(error?.code == .configuration)
    #expect(error?.description.contains("wr0ng-secret") == false)
  }
}
