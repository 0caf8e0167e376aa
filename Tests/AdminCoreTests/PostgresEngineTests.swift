import Glibc
import Testing

@testable import AdminCore

/// One server and one database for all tests of the suite, emptied before each.
private enum SharedServer {
  nonisolated(unsafe) private static var running: (server: PostgresServer, folder: TemporaryFolder)?
  static let database = "test \"1\""

  static func get() throws -> PostgresServer {
    if let running { return running.server }
    let folder = try TemporaryFolder()
    let server = try PostgresServer(folder: folder.path)
    try server.run("CREATE DATABASE \(quoted(database))")
    running = (server, folder)
    atexit { SharedServer.running = nil }
    return server
  }
}

@Suite(.serialized) struct PostgresEngineTests {
  private let server: PostgresServer
  private let name = SharedServer.database
  private var address: ServerAddress { server.address(name) }

  init() throws {
    server = try SharedServer.get()
    let connection = try PostgresConnection(address, namespace: "public")
    for row in try connection.texts("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'") {
      try connection.run("DROP SCHEMA \(quoted(row[0] ?? "")) CASCADE")
    }
    try connection.run("CREATE SCHEMA public")
  }

  private func run(_ sql: String) throws { try PostgresConnection(address, namespace: "public").run(sql) }

  // By another program than the one that is tested.
  private func ask(_ sql: String) throws -> String { try server.run(sql, database: name) }

  private func open(_ access: DatabaseAccess = .readOnly) throws -> PostgresDatabase {
    try PostgresDatabase(address, access)
  }

  private func encoded(_ database: any SystemDatabase, _ table: TableSchema) throws -> (RowDigest, [UInt8]) {
    var bytes: [UInt8] = []
    var encoder = RowEncoder(table) { bytes.append(contentsOf: $0) }
    try database.rows(of: table) { try encoder.encode($0) }
    try encoder.flush()
    var digest = RowDigest()
    bytes.withUnsafeBytes { digest.update($0) }
    return (digest, bytes)
  }

  /// Carries all component tables into `staging` as a backup set would, and compares what is there.
  private func carry(into staging: any TableStaging) throws {
    let live = try open()
    for table in try live.componentTables() {
      let carried = try TableSchema.decode(try table.encoded(), archive: "test")
      #expect(carried == table)
      try staging.create(carried)
      let first = try encoded(live, table)
      let loader = try staging.loader(of: carried)
      var decoder = RowDecoder(carried) { try loader.insert($0) }
      try first.1.withUnsafeBytes { try decoder.decode($0) }
      try decoder.finish()
      try loader.finish()
      try staging.createIndexes(of: carried)
      let second = try encoded(staging.database, carried)
      #expect(second.0 == first.0, "\(table.name)\n\(String(decoding: second.1, as: UTF8.self))")
    }
    try staging.keepOthers()
    try staging.finish()
  }

  private static let rich = """
    CREATE TYPE mood AS ENUM ('sad', 'it''s "fine"', 'z');
    CREATE TABLE hub_accounts (id bigserial PRIMARY KEY, name varchar(64) NOT NULL, is_enabled boolean NOT NULL DEFAULT true,
      mood mood DEFAULT 'sad', CONSTRAINT accounts_name UNIQUE (name));
    CREATE TABLE lui_jobs (id integer GENERATED ALWAYS AS IDENTITY, "Owner" bigint DEFAULT '-1'::integer
      REFERENCES hub_accounts (id) ON DELETE SET NULL ON UPDATE CASCADE, title text DEFAULT 'it''s ::text' COLLATE "C",
      code character(5) DEFAULT 'a', price numeric(12,2) DEFAULT 0.00, made timestamp(3) DEFAULT now(), day date DEFAULT CURRENT_DATE,
      flags bit(3) DEFAULT B'101', tags text[] DEFAULT '{}', note jsonb DEFAULT '{}', size smallint DEFAULT 7 NOT NULL,
      moods mood, "a""b" interval DEFAULT '1 day', PRIMARY KEY (id, size));
    CREATE INDEX jobs_tags ON lui_jobs USING gin (tags);
    CREATE UNIQUE INDEX jobs_two ON lui_jobs (title DESC, "Owner");
    CREATE INDEX jobs_hash ON lui_jobs USING hash (code);
    CREATE INDEX jobs_order ON lui_jobs (title COLLATE "POSIX");
    CREATE TABLE trk_plain (a text);
    CREATE TABLE other_table (x money);
    CREATE VIEW other_view AS SELECT * FROM other_table;
    INSERT INTO hub_accounts (name) VALUES ('a'), ('b');
    INSERT INTO lui_jobs ("Owner", title, tags) VALUES (1, 'one', '{a,"b c"}'), (2, NULL, NULL);
    DELETE FROM lui_jobs WHERE "Owner" = 2;
    """

  @Test func aRichSchemaIsRead() throws {
    try run(Self.rich)
    let database = try open()
    #expect(try database.otherTables() == ["other_table", "other_view"])
    let tables = try database.componentTables()
    #expect(tables.map(\.name) == ["hub_accounts", "lui_jobs", "trk_plain"])
    typealias Column = TableSchema.Column
    #expect(
      tables[0]
        == TableSchema(
          name: "hub_accounts",
          columns: [
            Column(name: "id", type: .integer, declared: "bigint", isNullable: false, size: 64),
            Column(name: "name", type: .text, declared: "character varying(64)", isNullable: false, size: 64),
            Column(
              name: "is_enabled", type: .boolean, declared: "boolean", isNullable: false, defaultValue: .number("1")),
            Column(
              name: "mood", type: .enumeration, declared: "mood", defaultValue: .text("sad"),
              values: ["sad", "it's \"fine\"", "z"]),
          ], primaryKey: ["id"], autoIncrementNext: 3, indexes: tables[0].indexes, engine: .postgresql))
    #expect(tables[0].indexes.map(\.name) == ["accounts_name"] && tables[0].indexes[0].isConstraint == true)
    let jobs = tables[1]
    #expect(jobs.primaryKey == ["id", "size"] && jobs.autoIncrementColumn == "id" && jobs.autoIncrementNext == 3)
    #expect(jobs.options == ["identity always"])
    #expect(
      jobs.columns.map(\.defaultValue) == [
        nil, .number("-1"), .text("it's ::text"), .text("a"), .number("0.00"), .moment("CURRENT_TIMESTAMP"),
        .moment("CURRENT_DATE"), .text("101"), .text("{}"), .text("{}"), .number("7"), nil, .text("1 day"),
      ])
    #expect(jobs.columns[2].collation == "C" && jobs.columns[3].collation == nil)
    #expect(jobs.columns[4].size == 12 && jobs.columns[4].scale == 2 && jobs.columns[5].size == 3)
    #expect(jobs.indexes.map(\.method) == ["gin", nil, "hash", nil])
    #expect(jobs.indexes[1].isUnique && jobs.indexes[1].columns[0].isDescending && jobs.indexes[1].isConstraint == nil)
    #expect(jobs.indexes[3].columns[0].collation == "POSIX")
    #expect(
      jobs.foreignKeys == [
        .init(
          columns: ["Owner"], table: "hub_accounts", references: ["id"], onDelete: "SET NULL", onUpdate: "CASCADE")
      ])
  }

  @Test func aRestoreExchangesAllTablesAtOnce() throws {
    try run(Self.rich)
    try server.run("DROP ROLE IF EXISTS component; CREATE ROLE component")
    try run("GRANT SELECT, INSERT ON lui_jobs TO component; GRANT SELECT (name) ON hub_accounts TO PUBLIC")
    let before = try open().componentTables()
    let rights = try ask("SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relname ~ '^(hub|lui)_'")
    let exchange = TableExchange(address, token: "TOKEN1")
    #expect(exchange.live == "public" && exchange.staged == "public_restore_staged_token1")
    try carry(into: PostgresStaging(address, namespace: exchange.staged))
    #expect(try PostgresDatabase(address, .readOnly, namespace: exchange.staged).componentTables() == before)
    let server = try PostgresNamespaces(address)
    // A namespace that nobody marked as complete is none.
    try run("CREATE SCHEMA unmarked; CREATE TABLE unmarked.lui_jobs (a text)")
    var unmarked = exchange
    unmarked.staged = "unmarked"
    try server.perform(unmarked)
    #expect(try ask("SELECT to_regnamespace('unmarked')") == "\n")
    #expect(try open().componentTables() == before)
    try server.mark(exchange)
    #expect(try ask("SELECT to_regnamespace('\(exchange.former)')") == "\n")
    try run("INSERT INTO trk_plain VALUES ('after the backup')")
    for _ in 1...2 {
      try server.perform(exchange)
      #expect(try open().componentTables() == before)
      #expect(try ask("SELECT count(*) FROM trk_plain") == "0\n")
      #expect(try ask("SELECT count(*) FROM \(exchange.former).trk_plain") == "1\n")
      #expect(try ask("SELECT to_regnamespace('\(exchange.staged)')") == "\n")
      #expect(try open().otherTables() == ["other_table", "other_view"])
    }
    #expect(
      try ask(
        "SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 'public'::regnamespace AND relname ~ '^(hub|lui)_'"
      ) == rights)
    #expect(
      try ask("SELECT attacl FROM pg_attribute WHERE attrelid = 'hub_accounts'::regclass AND attname = 'name'") != "\n")
    // The next number is the one that was next.
    try run("INSERT INTO hub_accounts (name) VALUES ('c'); INSERT INTO lui_jobs (\"Owner\") VALUES (3)")
    #expect(try ask("SELECT max(id) FROM hub_accounts UNION ALL SELECT max(id) FROM lui_jobs") == "3\n3\n")
    // Back, and away with what is former then.
    let back = exchange.reversed(token: "TOKEN2")
    for _ in 1...2 { try server.perform(back) }
    #expect(try ask("SELECT count(*) FROM trk_plain") == "1\n")
    for _ in 1...2 { try server.removeNamespace(back.former) }
    #expect(try open().componentTables() == before)
    #expect(try ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%restore%'") == "0\n")
  }

  @Test func aNameThatIsTakenShowsBeforeTheExchange() throws {
    try run("CREATE TABLE lui_a (a text); CREATE INDEX taken ON lui_a (a)")
    let exchange = TableExchange(address, token: "T")
    try carry(into: PostgresStaging(address, namespace: exchange.staged))
    try run("DROP TABLE lui_a; CREATE TABLE other (a text); CREATE INDEX taken ON other (a)")
    let error = Sample.error { try PostgresNamespaces(address).mark(exchange) }
    #expect(error?.code == .dataError && error?.what.contains("taken") == true, "\(String(describing: error))")
    #expect(try ask("SELECT to_regclass('other'), to_regnamespace('\(exchange.former)')") == "other|\n")
  }

  @Test func whatHangsOnALiveTableIsNotLost() throws {
    try run("CREATE TABLE lui_a (a text); CREATE VIEW mine AS SELECT a FROM lui_a")
    _ = try open().componentTables()
    let error = Sample.error { _ = try PostgresStaging(address, namespace: "staged") }
    #expect(error?.code == .dataError && error?.what.contains("view mine") == true, "\(String(describing: error))")
    try run(
      "DROP VIEW mine; CREATE SCHEMA former; CREATE TABLE former.lui_a (a text); CREATE VIEW mine AS SELECT a FROM former.lui_a"
    )
    let refused = Sample.error { try PostgresNamespaces(address).removeNamespace("former") }
    #expect(refused?.code == .dataError)
    #expect(try ask("SELECT count(*) FROM mine") == "0\n")
  }

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
      ["2026-11-24 21:34:05.5+02", "0044-03-15 00:00+00 BC", "infinity", "-infinity", "1850-01-01 00:00 Europe/Berlin"]
    ),
    ("interval", ["1 year -2 days +03:04:05.000006", "-1 mon -1 day -00:00:01", "0", "178000000 years"]),
    ("interval day to second(3)", ["-1 day +02:03:04.5678"]),
    ("json", ["{\"b\": 1,  \"a\":\"\\u0000\\n\"}", "12", "null", "\"x\""]),
    ("jsonb", ["{\"b\": 1,  \"a\":1.50}", "12"]),
    ("uuid", ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"]), ("inet", ["::1/64", "10.0.0.1"]), ("cidr", ["10.0.0.0/8"]),
    ("macaddr", ["08:00:2b:01:02:03"]), ("macaddr8", ["08:00:2b:01:02:03:04:05"]),
    ("xml", ["<a>&amp;</a>", "text only"]),
    ("tsvector", ["'a':1A,2 'it''s'"]), ("tsquery", ["a & !b"]), ("jsonpath", ["$.a[*]"]), ("pg_lsn", ["16/B374D848"]),
    ("point", ["(0.1,-1e300)"]), ("polygon", ["((0,0),(1,1),(1,0))"]), ("circle", ["<(1,2),3>"]), ("line", ["{1,2,3}"]),
    ("lseg", ["[(0,0),(1,1)]"]), ("box", ["(1,1),(0,0)"]), ("path", ["[(0,0),(1,1)]"]),
    ("integer[]", ["{}", "{1,NULL,-3}", "[2:3]={1,2}", "{{1,2},{3,4}}"]),
    ("text[]", ["{\"a,b\",\"\",NULL,\"NULL\",\"q\\\"\\\\\"}"]), ("character varying(3)[]", ["{abc}"]),
    ("timestamp with time zone[]", ["{\"2026-11-24 21:34:05+02\"}"]), ("real[]", ["{0.1,NaN}"]),
    ("int4range", ["[1,5)", "empty", "(,)"]), ("tstzrange", ["[2026-01-01 00:00+00,)"]),
    ("datemultirange", ["{[2026-01-01,2026-01-05)}"]),
    ("mood", ["it's", "b"]),
  ]

  private func makeTypes(withNegativeZero: Bool = true) throws {
    try run("CREATE TYPE mood AS ENUM ('b', 'it''s')")
    let columns = Self.types.enumerated().map { "c\($0.offset) \($0.element.type)" }
    try run("CREATE TABLE lui_types (\(columns.joined(separator: ", ")))")
    let database = try open(.readWrite)
    let rows = Self.types.map(\.values.count).max() ?? 0
    for row in 0...rows {
      let values = Self.types.map {
        row < $0.values.count
          ? SQLValue.text($0.values[row] == "-0" && !withNegativeZero ? "0" : $0.values[row]) : .null
      }
      let marks = Self.types.enumerated().map { "CAST(CAST(? AS text) AS \($0.element.type))" }.joined(separator: ", ")
      #expect(try database.execute("INSERT INTO lui_types VALUES (\(marks))", values) == 1)
    }
  }

  @Test func everyValueComesBack() throws {
    try makeTypes()
    try carry(into: PostgresStaging(address, namespace: "staged"))
    let columns = Self.types.indices.map { "c\($0)::text" }.joined(separator: ", ")
    #expect(
      try ask(
        "SELECT count(*) FROM (SELECT \(columns) FROM lui_types EXCEPT ALL SELECT \(columns) FROM staged.lui_types) x")
        == "0\n")
    let table = try open().componentTables()[0]
    #expect(table.columns.map(\.declared) == Self.types.map(\.type))
  }

  @Test func theSpellingsAreThoseOfTheRowFormat() throws {
    try run(
      """
      CREATE TABLE lui_a (n numeric(9,3), d numeric, r real, f double precision, b boolean, y bytea, i timestamptz, t timestamp(6), c char(4));
      INSERT INTO lui_a VALUES ('1.500', '1.500', '0.1', '1e-7', true, '\\xdead', '2026-11-24 21:34:05.50+02', '2026-01-01 00:00:00', 'ab'),
      ('-0.000', '-7', 'NaN', '100', false, '\\x', '0044-03-15 00:00+00 BC', 'infinity', NULL)
      """)
    let database = try open()
    let bytes = try encoded(database, try database.componentTables()[0]).1
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
    try carry(into: SQLiteStaging(path: folder["new.sqlite"]))
  }

  @Test(arguments: [
    ("CREATE VIEW lui_v AS SELECT 1 AS a", "view lui_v"),
    ("CREATE MATERIALIZED VIEW lui_v AS SELECT 1 AS a", "materialized view lui_v"),
    ("CREATE TABLE lui_p (a int) PARTITION BY LIST (a)", "partitions of table lui_p"),
    ("CREATE TABLE lui_c () INHERITS (lui_x)", "inheritance of table"),
    ("CREATE UNLOGGED TABLE lui_u (a int)", "unlogged table lui_u"),
    ("CREATE SEQUENCE lui_s", "sequence lui_s"),
    (
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON lui_x FOR EACH ROW EXECUTE FUNCTION f()",
      "trigger t of table lui_x"
    ),
    ("CREATE RULE r AS ON INSERT TO lui_x DO NOTHING", "rule r of table lui_x"),
    ("ALTER TABLE lui_x ENABLE ROW LEVEL SECURITY", "row security of table lui_x"),
    ("CREATE POLICY p ON lui_x", "row security policy p of table lui_x"),
    ("CREATE STATISTICS s ON a, b FROM lui_x", "statistics s of table lui_x"),
    ("ALTER TABLE lui_x ADD c int GENERATED ALWAYS AS (a + 1) STORED", "generated column lui_x.c"),
    ("ALTER TABLE lui_x ADD CONSTRAINT k CHECK (a > 0)", "check k of table lui_x"),
    ("ALTER TABLE lui_x ADD r int4range, ADD CONSTRAINT k EXCLUDE USING gist (r WITH &&)", "exclusion constraint k"),
    ("ALTER TABLE lui_x ADD CONSTRAINT k UNIQUE (a) DEFERRABLE", "deferrable key k of table lui_x"),
    ("ALTER TABLE lui_x ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a)", "equal NULLs of index k"),
    ("CREATE INDEX i ON lui_x ((a + 1))", "expression in index i of table lui_x"),
    ("CREATE INDEX i ON lui_x (a) WHERE a > 0", "partial index i of table lui_x"),
    ("CREATE INDEX i ON lui_x (b text_pattern_ops)", "operator class of index i"),
    ("CREATE INDEX i ON lui_x (a) INCLUDE (b)", "included columns of index i"),
    ("CREATE INDEX i ON lui_x (a NULLS FIRST)", "order of NULLs of index i"),
    (
      "CREATE TABLE other (a int PRIMARY KEY); ALTER TABLE lui_x ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES other",
      "foreign key k of table lui_x, which leads to"
    ),
    ("ALTER TABLE lui_x ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES lui_x (id) NOT VALID", "unchecked foreign key k"),
    ("ALTER TABLE lui_x ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES lui_x (id) MATCH FULL", "MATCH FULL k"),
    ("CREATE DOMAIN d AS int; ALTER TABLE lui_x ADD c d", "type d of column lui_x.c"),
    ("CREATE TYPE d AS (x int); ALTER TABLE lui_x ADD c d", "type d of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c money", "type money of column lui_x.c"),
    ("CREATE TABLE other (a int); ALTER TABLE lui_x ADD c other[]", "type other[] of column"),
    ("ALTER TABLE lui_x ADD c oid", "type oid of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c regclass", "type regclass of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c text DEFAULT md5('x')", "default expression of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c uuid DEFAULT gen_random_uuid()", "default expression of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c bytea DEFAULT '\\x01'", "default expression of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c text DEFAULT 'abc'::varchar(2)", "default expression of column lui_x.c"),
    ("CREATE SEQUENCE s; ALTER TABLE lui_x ADD c int DEFAULT nextval('s')", "default expression of column lui_x.c"),
    ("ALTER TABLE lui_x ADD c serial", "sequence lui_x_c_seq of column lui_x.c"),
    ("ALTER TABLE lui_x ALTER id SET INCREMENT BY 2", "sequence lui_x_id_seq of column lui_x.id"),
    (
      "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE lui_x ADD c text COLLATE ci",
      "collation ci of column lui_x.c"
    ),
  ])
  func whatABackupCannotCarryIsNamed(sql: String, thing: String) throws {
    try run("CREATE TABLE lui_x (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int, b text)")
    #expect(try open().componentTables().count == 1)
    try run(sql)
    let error = Sample.error { _ = try open().componentTables() }
    #expect(error?.code == .dataError && error?.what.hasPrefix("a backup cannot carry the ") == true)
    #expect(error?.what.contains(thing) == true, "\(String(describing: error))")
  }

  @Test func theProgramsOwnStatementsWorkOnTruthValues() throws {
    try run(
      """
      CREATE TABLE hub_accounts (id bigserial PRIMARY KEY, name text, full_name text, password_hash text,
      is_administrator boolean, is_enabled smallint, created_at timestamp, last_login_at timestamptz);
      CREATE TABLE hub_settings (name text PRIMARY KEY, value text)
      """)
    let database = try open(.readWrite)
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
    let error = Sample.error { try PostgresDatabase(address, .readOnly).execute("DELETE FROM hub_accounts", []) }
    #expect(error?.code == .configuration)
  }

  @Test func aWrongPasswordIsNoSecretInTheError() throws {
    for wrong in [
      server.address(name, password: "wrong-secret"), server.address(name, password: ""), server.address("nowhere"),
    ] {
      let error = Sample.error { _ = try PostgresDatabase(wrong, .readOnly) }
      #expect(error?.code == .configuration, "\(String(describing: error))")
      #expect(error?.description.contains("secret") == false && error?.description.contains("\n") == false)
    }
    var away = address
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
      Sample.error { _ = try PostgresDatabase(server.address(name, password: ""), .readOnly) }?.code == .configuration)
    _ = try open()
  }

  @Test func aLockHeldElsewhereIsNamed() throws {
    try run("CREATE TABLE lui_a (a text)")
    let other = try open(.readWrite)
    try other.transaction {
      try other.execute("LOCK TABLE lui_a IN ACCESS EXCLUSIVE MODE", [])
      let database = try open()
      try database.connection.run("SET lock_timeout = '200ms'")
      let error = Sample.error { try database.withSnapshot {} }
      #expect(error?.code == .unavailable && error?.what.contains("locked by another program") == true)
    }
  }

  @Test func aSnapshotSeesOneMoment() throws {
    try run("CREATE TYPE mood AS ENUM ('a'); CREATE TABLE lui_a (a text, m mood); INSERT INTO lui_a VALUES ('x')")
    let database = try open()
    try database.withSnapshot {
      let tables = try database.componentTables()
      try run("INSERT INTO lui_a VALUES ('y'); CREATE TABLE lui_b (a text)")
      #expect(try database.rowCount(of: tables[0]) == 1)
      #expect(try database.componentTables() == tables)
      try database.confirm(tables)
      #expect(throws: AdminError.self) { try run("SET lock_timeout = 100; ALTER TABLE lui_a DROP a") }
      try run("ALTER TYPE mood RENAME VALUE 'a' TO 'b'")
      #expect(Sample.error { try database.confirm(tables) }?.what.contains("labels of lui_a.m") == true)
    }
  }

  @Test func anEndedReadDrainsNothing() throws {
    struct Enough: Error {}
    try run("CREATE TABLE lui_a AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 200000)")
    let database = try open()
    let table = try database.componentTables()[0]
    let start = ContinuousClock.now
    #expect(throws: Enough.self) { try database.withSnapshot { try database.rows(of: table) { _ in throw Enough() } } }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test func aServerThatDiesIsUnavailable() throws {
    let folder = try TemporaryFolder()
    let mortal = try PostgresServer(folder: folder.path)
    try mortal.run("CREATE TABLE lui_a AS SELECT repeat('x', 1000) AS a FROM generate_series(1, 100000)")
    let database = try PostgresDatabase(mortal.address, .readOnly)
    let table = try database.componentTables()[0]
    var rows = 0
    let error = Sample.error {
      try database.rows(of: table) { _ in
        rows += 1
        if rows == 10 { mortal.kill() }
      }
    }
    #expect(error?.code == .unavailable && rows < 100_000, "\(String(describing: error))")
    #expect(Sample.error { _ = try PostgresDatabase(mortal.address, .readOnly) }?.code == .unavailable)
    try mortal.start()
    let loader = try PostgresLoader(table, PostgresDatabase(mortal.address, .readWrite).connection)
    let failure = Sample.error {
      for row in 0..<100_000 {
        if row == 10 { mortal.kill() }
        try Codec.withFields([.text(String(repeating: "y", count: 1000))]) { try loader.insert($0) }
      }
      try loader.finish()
    }
    #expect(failure?.code == .unavailable, "\(String(describing: failure))")
  }

  @Test func aValueThatDoesNotFitIsNamedWithItsColumn() throws {
    try run("CREATE TABLE lui_a (a varchar(3), b int)")
    let table = try open().componentTables()[0]
    for (row, place) in [
      ([Codec.Value.text("secret words"), .integer(1)], ".a"), ([.text("x"), .text("1x")], ".b"),
      ([.text("\0"), .null], ".a"), ([.text([0xFF]), .null], ""),
    ] {
      let loader = try PostgresLoader(table, open(.readWrite).connection)
      let error = Sample.error {
        try Codec.withFields(row) { try loader.insert($0) }
        try loader.finish()
      }
      #expect(
        error?.code == .dataError && error?.place.hasSuffix("lui_a" + place) == true, "\(String(describing: error))")
      #expect(error?.description.contains("secret") == false)
    }
  }

  @Test func aHostileSetRunsNoSQL() throws {
    let staging = try PostgresStaging(address, namespace: "staged")
    for type in [
      "text); DROP TABLE x; --", "text DEFAULT now()", "integer(1", "interval day to second) --", "pg_catalog.text",
      "numeric(1,2,3)",
    ] {
      let table = TableSchema(
        name: "lui_x", columns: [.init(name: "a", type: .text, declared: type)], primaryKey: [], engine: .postgresql)
      #expect(Sample.error { try staging.create(table) }?.code == .dataError, "\(type)")
    }
    let odd = TableSchema(
      name: "lui_\"x; --",
      columns: [
        .init(name: "a\"b", type: .enumeration, declared: "e\"; --", defaultValue: .text("'; --"), values: ["'; --"])
      ],
      primaryKey: [], engine: .postgresql)
    try staging.create(odd)
    #expect(try staging.database.componentTables() == [odd])
  }

  @Test func anInstallationIsBackedUpRestoredAndRolledBack() throws {
    let folder = try TemporaryFolder()
    let installation = Installation(folder: folder["install"])
    try Setup.makeFolders(installation)
    let url = "postgresql:///test%20%221%22?socket=\(address.socket ?? "")"
    for component in Component.allCases {
      let ini = String(decoding: try Setup.singleServerIni(of: component).bytes, as: UTF8.self)
        .replacing("\(IniKey.databaseURL)=internal", with: "\(IniKey.databaseURL)=\(url)")
        .replacing("\(IniKey.databaseUser)=\n", with: "\(IniKey.databaseUser)=\(PostgresServer.user)\n")
        .replacing(
          "\(IniKey.databasePassword)=\n", with: "\(IniKey.databasePasswordFile)=\(folder["password"])\n")
      try FileSystem.replace(installation.iniPath(of: component), with: Array(ini.utf8))
    }
    try Sample.write(PostgresServer.password + "\n", to: folder["password"])
    try Setup.fill(try PostgresStaging(address, namespace: "public")) {
      try $0.database.execute("INSERT INTO hub_accounts (name, is_enabled) VALUES (?, ?)", ["kept", 1])
    }
    let tables = try open().componentTables()
    #expect(Set(tables.map(\.name)) == Set(SystemSchema.tables.map(\.name)))
    let id = try BackupRun.create(installation, BackupOptions(kind: .normal, level: 1), by: .current)
    try run("UPDATE hub_accounts SET name = 'changed'; CREATE TABLE other (a text)")
    try RestoreRun.restore(
      id, installation, from: try BackupFolders(installation, Settings(open())).all, by: .current)
    #expect(try open().componentTables() == tables)
    #expect(try ask("SELECT name FROM hub_accounts") == "kept\n")
    #expect(try RestoreRun.rollBack(installation, by: .current) == id)
    #expect(try ask("SELECT name FROM hub_accounts") == "changed\n")
    #expect(try RestoreRun.rollBack(installation, by: .current) == id)
    #expect(try ask("SELECT name FROM hub_accounts") == "kept\n")
    #expect(try open().otherTables() == ["other"])
    #expect(try ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%restore%'") == "1\n")
  }

  @Test func anAccountWithoutPowerRestores() throws {
    try server.run(
      "DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN PASSWORD 'app'; DROP ROLE IF EXISTS lui; CREATE ROLE lui")
    try run(
      """
      \(Self.rich) ALTER TABLE hub_accounts OWNER TO app; ALTER TABLE lui_jobs OWNER TO app;
      ALTER TABLE trk_plain OWNER TO lui; ALTER TYPE mood OWNER TO app; GRANT SELECT ON trk_plain TO app
      """)
    let weak = server.address(name, user: "app", password: "app")
    let exchange = TableExchange(weak, token: "W")
    let error = Sample.error { _ = try PostgresStaging(weak, namespace: exchange.staged) }
    #expect(error?.code == .configuration && error?.next.contains("GRANT CREATE ON DATABASE") == true)
    try run("GRANT CREATE ON DATABASE \(quoted(name)) TO app; GRANT CREATE, USAGE ON SCHEMA public TO app")
    try carry(into: PostgresStaging(weak, namespace: exchange.staged))
    let namespaces = try PostgresNamespaces(weak)
    // A table that belongs to somebody else shows before anything live moves.
    #expect(Sample.error { try namespaces.mark(exchange) }?.code == .configuration)
    try run("GRANT lui TO app; GRANT CREATE, USAGE ON SCHEMA public TO lui")
    try namespaces.mark(exchange)
    for _ in 1...2 { try namespaces.perform(exchange) }
    #expect(
      try ask(
        "SELECT relname, relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^(trk|hub)_.*[^y]$' AND relkind = 'r' ORDER BY 1"
      )
        == "hub_accounts|app\ntrk_plain|lui\n")
    try namespaces.removeNamespace(exchange.former)
    try run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; REVOKE ALL ON DATABASE \(quoted(name)) FROM app")
  }

  @Test func aSecureLineChecksTheServersCertificate() throws {
    let folder = try TemporaryFolder()
    let port = 20_000 + Int(getpid()) % 20_000
    let secure = try PostgresServer(folder: folder.path, securePort: port)
    func connect(_ host: String, _ options: String) throws {
      _ = try PostgresDatabase(
        ServerAddress(
          url: "postgresql://\(host):\(port)/postgres\(options)", user: PostgresServer.user,
          password: Secret(PostgresServer.password), place: "test"), .readOnly)
    }
    try connect("localhost", "?tls=verify&ca=\(secure.certificate)")
    try connect("localhost", "?tls=off")
    for (host, options) in [
      ("localhost", "?tls=verify"), ("127.0.0.1", "?tls=verify&ca=\(secure.certificate)"),
      ("localhost", "?tls=verify&ca=/nowhere"),
    ] {
      let error = Sample.error { try connect(host, options) }
      #expect(error?.code == .configuration && error?.what.contains("not safe") == true, "\(String(describing: error))")
    }
  }
}
