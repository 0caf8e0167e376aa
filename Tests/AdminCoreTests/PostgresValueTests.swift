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
  /// Every type, out and in again.
  @Suite struct Value {
    private let sample: PostgresSample

    init() throws { sample = try PostgresSample() }

    // Every type, and values at its ends.
    private static let types: [(type: String, values: [String])] = [
      ("smallint", ["-32768", "32767"]), ("integer", ["-2147483648", "2147483647"]),
      ("bigint", ["-9223372036854775808", "9223372036854775807"]),
      ("numeric(12,2)", ["-0.10", "9999999999.99", "NaN", "0", "100"]), ("numeric(5,0)", ["-99999", "10"]),
      ("numeric(3,-2)", ["12300"]), ("numeric(40,39)", ["0.\(String(repeating: "9", count: 39))"]),
      ("numeric", ["1.500", "-0.00", "1e-30", "1e40", "NaN", "Infinity", "-Infinity", "007"]),
      ("real", ["0.1", "-0", "3.4028235e38", "1e-45", "NaN", "Infinity", "-Infinity"]),
      (
        "double precision",
        ["0.1", "-0", "1.7976931348623157e308", "5e-324", "NaN", "Infinity", "-Infinity", "12345678901234567"]
      ),
      ("boolean", ["t", "f"]), ("bytea", ["\\x", "\\x00ff5c090a0d", "\\x\(String(repeating: "00", count: 300_000))"]),
      ("bit(3)", ["101", "000"]), ("bit varying(70)", ["", "1", String(repeating: "10", count: 35)]),
      ("bit varying", ["0"]),
      (
        "text",
        [
          "", "\\N", "\\\\.", "a\tb\nc\rd\\e\u{8}\u{B}\u{C}\u{1}\u{7F}", "é 🎉 \u{202E}", "12",
          String(repeating: "x", count: 200_000),
        ]
      ),
      ("character varying(5)", ["", "ab   ", "ééééé"]), ("character(5)", ["", "a", "a b"]), ("name", ["pg"]),
      ("date", ["0044-03-15 BC", "infinity", "-infinity", "5874897-12-31", "2026-11-24"]),
      ("time without time zone", ["00:00", "24:00", "12:00:00.5", "23:59:59.999999"]),
      ("time(0) without time zone", ["12:00:01"]),
      ("time with time zone", ["12:00:00.25+05:30", "00:00-15:59"]),
      (
        "timestamp without time zone",
        ["4713-01-01 00:00 BC", "294276-12-31 23:59:59.999999", "infinity", "2026-11-24 21:34:05.100"]
      ),
      ("timestamp(3) without time zone", ["2026-11-24 21:34:05.12345"]),
      (
        "timestamp with time zone",
        [
          "2026-11-24 21:34:05.5+02", "0044-03-15 00:00+00 BC", "infinity", "-infinity",
          "1850-01-01 00:00 Europe/Berlin",
        ]
      ),
      ("interval", ["1 year -2 days +03:04:05.000006", "-1 mon -1 day -00:00:01", "0", "178000000 years"]),
      ("interval day to second(3)", ["-1 day +02:03:04.5678"]),
      ("json", ["{\"b\": 1,  \"a\":\"\\u0000\\n\"}", "12", "null", "\"x\""]),
      ("jsonb", ["{\"b\": 1,  \"a\":1.50}", "12"]),
      ("uuid", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"]), ("inet", ["::1/64", "10.0.0.1"]), ("cidr", ["10.0.0.0/8"]),
      ("macaddr", ["08:00:2b:01:02:03"]), ("macaddr8", ["08:00:2b:01:02:03:04:05"]),
      ("xml", ["<a>&amp;</a>", "text only"]),
      ("tsvector", ["'a':1A,2 'it''s'"]), ("tsquery", ["a & !b"]), ("jsonpath", ["$.a[*]"]),
      ("pg_lsn", ["16/B374D848"]),
      ("point", ["(0.1,-1e300)"]), ("polygon", ["((0,0),(1,1),(1,0))"]), ("circle", ["<(1,2),3>"]),
      ("line", ["{1,2,3}"]),
      ("lseg", ["[(0,0),(1,1)]"]), ("box", ["(1,1),(0,0)"]), ("path", ["[(0,0),(1,1)]"]),
      ("integer[]", ["{}", "{1,NULL,-3}", "[2:3]={1,2}", "{{1,2},{3,4}}"]),
      ("text[]", ["{\"a,b\",\"\",NULL,\"NULL\",\"q\\\"\\\\\"}"]), ("character varying(3)[]", ["{abc}"]),
      ("timestamp with time zone[]", ["{\"2026-11-24 21:34:05+02\"}"]), ("real[]", ["{0.1,NaN}"]),
      ("int4range", ["[1,5)", "empty", "(,)"]), ("tstzrange", ["[2026-01-01 00:00+00,)"]),
      ("datemultirange", ["{[2026-01-01,2026-01-05)}"]),
      ("mood", ["it's", "b"]),
    ]

    private func makeTypes(withNegativeZero: Bool = true) throws {
      try sample.run("CREATE TYPE mood AS ENUM ('b', 'it''s')")
      let columns = Self.types.enumerated().map { "c\($0.offset) \($0.element.type)" }
      try sample.run("CREATE TABLE lui_types (\(columns.joined(separator: ", ")))")
      let database = try sample.open(.readWrite)
      let rows = Self.types.map(\.values.count).max() ?? 0
      for row in 0...rows {
        let values = Self.types.map {
          row < $0.values.count
            ? SQLValue.text($0.values[row] == "-0" && !withNegativeZero ? "0" : $0.values[row]) : .null
        }
        let marks = Self.types.enumerated().map { "CAST(CAST(? AS text) AS \($0.element.type))" }.joined(
          separator: ", ")
        #expect(try database.execute("INSERT INTO lui_types VALUES (\(marks))", values) == 1)
      }
    }

    @Test func everyValueComesBack() throws {
      try makeTypes()
      try sample.carry(into: PostgresStaging(sample.address, namespace: "staged"))
      let columns = Self.types.indices.map { "c\($0)::text" }.joined(separator: ", ")
      #expect(
        try sample.ask(
          "SELECT count(*) FROM (SELECT \(columns) FROM lui_types EXCEPT ALL SELECT \(columns) FROM staged.lui_types) x"
        )
          == "0\n")
      let table = try sample.open().componentTables()[0]
      #expect(table.columns.map(\.declared) == Self.types.map(\.type))
    }

    @Test func theSpellingsAreThoseOfTheRowFormat() throws {
      try sample.run(
        """
        CREATE TABLE lui_a (n numeric(9,3), d numeric, r real, f double precision, b boolean, y bytea, i timestamptz, t timestamp(6), c char(4));
        INSERT INTO lui_a VALUES ('1.500', '1.500', '0.1', '1e-7', true, '\\xdead', '2026-11-24 21:34:05.50+02', '2026-01-01 00:00:00', 'ab'),
        ('-0.000', '-7', 'NaN', '100', false, '\\x', '0044-03-15 00:00+00 BC', 'infinity', NULL)
        """)
      let database = try sample.open()
      let bytes = try Carried.encoded(database, try database.componentTables()[0])
      #expect(
        String(decoding: bytes, as: UTF8.self) == """
          1.5\t1.500\t0.10000000149011612\t1e-07\t1\t\\\\xdead\t2026-11-24 19:34:05.5\t2026-01-01 00:00:00\tab  
          0\t-7\tNaN\t100.0\t0\t\\\\x\t0044-03-15 00:00:00 BC\tinfinity\t\\N

          """)
    }

    @Test func aSetGoesIntoSQLiteToo() throws {
      // SQLite makes it a zero, which a restore refuses.
      try makeTypes(withNegativeZero: false)
      let folder = try TemporaryFolder()
      try sample.carry(into: SQLiteStaging(path: folder["new.sqlite"]))
    }

    @Test func everyTypeOfSQLiteComesBackFromPostgreSQL() throws {
      let folder = try TemporaryFolder()
      // A text with a NUL byte is the one that PostgreSQL refuses.
      try Sample.write(
        TypeTables.sqlite
          + "\nDELETE FROM lui_texts WHERE instr(CAST(t AS BLOB), X'00') > 0; DELETE FROM trk_large WHERE id < 3;",
        to: folder["source.sql"]
      )
      let made = try Command([
        "sh", "-c", "sqlite3 -bail \"$1\" < \"$2\"", "sh", folder["source.sqlite"], folder["source.sql"],
      ])
      #expect(made.status == 0, "\(made.errors)")
      let source = try SQLiteDatabase(path: folder["source.sqlite"], mode: .readOnly)
      let staging = try PostgresStaging(sample.address, namespace: "staged")
      for (table, bytes) in try Carried.copy(source, into: staging) {
        let back = try Carried.encoded(staging.database, table)
        #expect(Carried.digest(back) == Carried.digest(bytes), "\(table.name)")
      }
      #expect(try sample.ask("INSERT INTO staged.lui_numbers (i) VALUES (1) RETURNING id") == "1000\n")
    }

    @Test func aSetGoesIntoMariaDBToo() throws {
      try sample.run(PostgresSample.rich)
      try sample.run(
        """
        CREATE TABLE lui_plain (id uuid PRIMARY KEY, b bytea, r real, f double precision, t timestamp, z timestamptz, d date,
        n numeric(30,10), u numeric, v varchar(20) COLLATE "C" UNIQUE, j jsonb, i inet, o boolean, k bit(9), w time(3));
        INSERT INTO lui_plain VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff', 0.1, -5e-324, '1000-01-01 00:00:00.000001',
        '9999-12-31 23:59:59.5+00', '2026-11-24', 12345678901234567890.0123456789, 1.500, 'a', '{"b": 1.50}', '::1/64', true, B'000000101', '12:00:00.5'),
        ('b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x', NULL, NULL, NULL, NULL, NULL, -0.1, 1e40, 'A', NULL, NULL, NULL, NULL, NULL)
        """)
      let mariadb = try MariaDBSample()
      try sample.carry(into: MariaDBStaging(mariadb.address(), namespace: mariadb.name))
    }

    @Test func aValueThatDoesNotFitIsNamedWithItsColumn() throws {
      try sample.run("CREATE TABLE lui_a (a varchar(3), b int)")
      let table = try sample.open().componentTables()[0]
      for (row, place) in [
        ([Codec.Value.text("secret words"), .integer(1)], ".a"), ([.text("x"), .text("1x")], ".b"),
        ([.text("\0"), .null], ".a"), ([.text([0xFF]), .null], ""),
      ] {
        let loader = try PostgresLoader(table, sample.open(.readWrite).connection)
        let error = Sample.error {
          try Codec.withFields(row) { try loader.insert($0) }
          try loader.finish()
        }
        #expect(
          error?.code == .dataError && error?.location.hasSuffix("lui_a" + place) == true,
          "\(String(describing: error))")
        #expect(error?.description.contains("secret") == false)
      }
    }

    @Test func theProgramsOwnStatementsWorkOnTruthValues() throws {
      try sample.run(
        """
        CREATE TABLE hub_accounts (id bigserial PRIMARY KEY, name text, full_name text, password_hash text,
        is_administrator boolean, is_enabled smallint, created_at timestamp, last_login_at timestamptz);
        CREATE TABLE hub_settings (name text PRIMARY KEY, value text)
        """)
      let database = try sample.open(.readWrite)
      let accounts = HubAccounts(database)
      try accounts.add("one", fullName: "O'Ne ?", isAdministrator: true, password: "password 1")
      try accounts.add("two", fullName: "", isAdministrator: false, password: "password 2")
      try accounts.noteLogin("two")
      try accounts.disable("two")
      let list = try accounts.list()
      #expect(list.map(\.isAdministrator) == [true, false] && list.map(\.isEnabled) == [true, false])
      #expect(list[1].lastLogin.count == 19 && list[0].fullName == "O'Ne ?")
      #expect(try accounts.verify("one", "password 1"))
      #expect(try database.execute("UPDATE hub_accounts SET is_administrator = ?", [0]) == 2)
      #expect(
        try database.query(
          "SELECT is_administrator, 1.50::numeric, 2::numeric, '\\x01ff'::bytea, ?::text, NULL FROM hub_accounts LIMIT 1",
          ["a?'\\"])
          == [[0, "1.5", 2, .binary([1, 255]), "a?'\\", .null]])
      let error = Sample.error {
        try PostgresDatabase(sample.address, .readOnly).execute("DELETE FROM hub_accounts", [])
      }
      #expect(error?.code == .configuration)
    }
  }
}
