import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SQLiteEngineTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database file made by the sqlite3 program.
  private func make(_ sql: String, _ name: String = "live.sqlite") throws -> String {
    let result = try Command(["sqlite3", "-bail", folder[name], sql])
    #expect(result.status == 0, "\(result.errors)")
    return folder[name]
  }

  private func ask(_ path: String, _ sql: String) throws -> String {
    let result = try Command(["sqlite3", "-bail", path, sql])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    return result.output
  }

  private func schema(_ path: String) throws -> [TableSchema] {
    try SQLiteDatabase(path: path, mode: .readOnly).componentTables()
  }

  /// Rebuilds all component tables of `path` in a new file, through JSON and the row codec as a backup set does.
  private func rebuild(_ path: String) throws -> String {
    let copy = folder["copy.sqlite"]
    let live = try SQLiteDatabase(path: path, mode: .readOnly)
    let staging = try SQLiteStaging(path: copy)
    for table in try live.componentTables() {
      let carried = try TableSchema.decode(try table.encoded(), archive: "test")
      #expect(carried == table)
      try staging.create(carried)
      let first = try encoded(live, table)
      let loader = try staging.loader(of: carried)
      var decoder = RowDecoder(carried) { try loader.insert($0) }
      try first.withUnsafeBytes { try decoder.decode($0) }
      try decoder.finish()
      try staging.createIndexes(of: carried)
      #expect(try encoded(staging.database, carried) == first, "\(table.name)")
    }
    try staging.copyOtherObjects(from: path)
    try staging.finish()
    return copy
  }

  private func encoded(_ database: any SystemDatabase, _ table: TableSchema) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var encoder = RowEncoder(table) { bytes.append(contentsOf: $0) }
    try database.rows(of: table) { try encoder.encode($0) }
    try encoder.flush()
    return bytes
  }

  /// Everything SQLite itself says of a table.
  private func description(_ path: String, _ table: String) throws -> String {
    let name = literal(table)
    let indexes =
      "SELECT group_concat(seqno||':'||ifnull(x.name,'')||':'||\"desc\"||':'||coll||':'||key) FROM pragma_index_xinfo(i.name) x"
    return try ask(
      path,
      """
      SELECT * FROM pragma_table_xinfo(\(name));
      SELECT name, wr, strict FROM pragma_table_list WHERE name = \(name);
      SELECT "unique", origin, partial, CASE origin WHEN 'c' THEN name END, (\(indexes)) FROM pragma_index_list(\(name)) i;
      SELECT * FROM pragma_foreign_key_list(\(name));
      SELECT seq FROM sqlite_sequence WHERE name = \(name);
      """)
  }

  @Test(arguments: [
    ("INTEGER", "CAST('Infinity' AS TEXT)"), ("DECIMAL(12,2)", "CAST('NaN' AS TEXT)"),
    ("BOOLEAN", "CAST('-Infinity' AS TEXT)"),
  ])
  func textThatLooksLikeANumberIsRefusedByName(type: String, value: String) throws {
    let path = try make("CREATE TABLE lui_t(a INTEGER, c1 \(type)); INSERT INTO lui_t VALUES(1, NULL), (2, \(value))")
    let table = try #require(try schema(path).first)
    let error = Sample.error { _ = try encoded(try SQLiteDatabase(path: path, mode: .readOnly), table) }
    #expect(error?.code == .dataError && error?.location == "lui_t.c1", "\(error?.description ?? "")")
  }

  private static let oddTables = #"""
    CREATE TABLE dummy(a INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE TABLE hub_auto(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
    INSERT INTO hub_auto VALUES(7,'x'),(3,'y'); UPDATE sqlite_sequence SET seq=1000 WHERE name='hub_auto';
    CREATE TABLE hub_wr(a TEXT, b INT, c BLOB, PRIMARY KEY(b, a)) WITHOUT ROWID;
    INSERT INTO hub_wr VALUES('b',1,x'00ff'),('a',1,NULL),('z',0,x'');
    CREATE TABLE hub_strict(i INT, r REAL, t TEXT, b BLOB) STRICT;
    INSERT INTO hub_strict VALUES(1,2.5,'007',x'aa'),(-9223372036854775808,-0.0,'',x'');
    CREATE TABLE hub_words("select" TEXT, "a b" TEXT, "it's ""x""" TEXT, [br"x] TEXT, `tick` TEXT, "check" INT);
    INSERT INTO hub_words VALUES('a','b',char(9)||char(10),NULL,'\N',5);
    CREATE TABLE lui_def(a INT DEFAULT 5, b TEXT DEFAULT 'it''s; --', c TEXT DEFAULT CURRENT_TIMESTAMP, d REAL DEFAULT -1.5e3,
      e TEXT DEFAULT NULL, f BOOLEAN NOT NULL DEFAULT TRUE, g TEXT DEFAULT '', h TEXT DEFAULT 'x''' , i INT DEFAULT 0x1F);
    INSERT INTO lui_def DEFAULT VALUES;
    CREATE TABLE lui_types(a VARCHAR(10,2) COLLATE NOCASE, b DECIMAL(10,2), c "DOUBLE PRECISION", d DATETIME, e JSON,
      f UNSIGNED BIG INT, text TEXT COLLATE RTRIM, g TEXT, UNIQUE(g COLLATE NOCASE, b));
    INSERT INTO lui_types VALUES('Ab','abc',1,'2026-11-24 00:00:00','{}',5,'x ','q'),('aB',1.50,1e300,9.5,'5',6,'y','Q2');
    CREATE INDEX lui_types_a ON lui_types(a COLLATE BINARY DESC, g COLLATE RTRIM);
    CREATE UNIQUE INDEX lui_types_f ON lui_types(f DESC);
    CREATE TABLE lui_parent(a INT, b TEXT, UNIQUE(a, b));
    CREATE TABLE lui_child(id INTEGER PRIMARY KEY, a INT, b TEXT, p INTEGER REFERENCES hub_auto ON DELETE SET NULL,
      FOREIGN KEY(a, b) REFERENCES lui_parent(a, b) ON DELETE CASCADE ON UPDATE RESTRICT);
    INSERT INTO lui_parent VALUES(1,'x'); INSERT INTO lui_child VALUES(2,1,'x',7),(1,1,'x',NULL);
    CREATE TABLE trk_cover(a INT, b INT); CREATE INDEX trk_cover_all ON trk_cover(a, b);
    INSERT INTO trk_cover VALUES(3,1),(1,2),(2,3),(1,1);
    CREATE TABLE trk_rowid(rowid TEXT, oid TEXT); INSERT INTO trk_rowid VALUES('b','1'),('a','2');
    CREATE TABLE trk_none(id INT PRIMARY KEY, v); INSERT INTO trk_none VALUES(5,x'01'),(1,NULL);
    CREATE TABLE "trk_na""me 'q'"(a TEXT); INSERT INTO "trk_na""me 'q'" VALUES('x');
    """#

  @Test func oddTablesComeBackAsTheyWere() throws {
    let path = try make(SQLiteEngineTests.oddTables)
    let names = try schema(path).map(\.name)
    #expect(names.count == 12)
    let copy = try rebuild(path)
    for name in names {
      // No type is BLOB, a default of TRUE the number 1 and one of NULL none; all else is letter for letter.
      let before = try description(path, name).replacing("|v||", "|v|BLOB|").replacing("|TRUE|", "|1|").replacing(
        "e|TEXT|0|NULL|", "e|TEXT|0||")
      #expect(try description(copy, name) == before, "\(name)")
      #expect(
        try ask(copy, "SELECT quote(rowid) FROM \(quoted("trk_cover"))")
          == ask(path, "SELECT quote(rowid) FROM trk_cover"))
    }
    #expect(try ask(copy, "PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
    #expect(try ask(copy, "INSERT INTO hub_auto(v) VALUES('new'); SELECT max(id) FROM hub_auto") == "1001\n")
    #expect(
      try ask(copy, "INSERT INTO lui_def DEFAULT VALUES; SELECT b, d, f, h, i FROM lui_def")
        == "it's; --|-1500.0|1|x'|31\nit's; --|-1500.0|1|x'|31\n")
  }

  @Test func threeHundredColumnsComeBack() throws {
    let columns = (0..<300).map { "c\($0) INT" }.joined(separator: ",")
    let values = (0..<300).map(String.init).joined(separator: ",")
    let path = try make("CREATE TABLE lui_wide(\(columns)); INSERT INTO lui_wide VALUES(\(values))")
    let copy = try rebuild(path)
    #expect(try ask(copy, "SELECT * FROM lui_wide") == (0..<300).map(String.init).joined(separator: "|") + "\n")
  }

  @Test(arguments: [
    ("CREATE TABLE hub_a(a); CREATE TRIGGER watch AFTER INSERT ON hub_a BEGIN SELECT 1; END", "trigger watch"),
    ("CREATE VIEW hub_v AS SELECT 1", "view hub_v"),
    ("CREATE TABLE hub_a(a INT, b INT AS (a+1))", "generated column hub_a.b"),
    ("CREATE TABLE hub_a(a INT, b INT GENERATED ALWAYS AS (a) STORED)", "generated column hub_a.b"),
    ("CREATE TABLE hub_a(a INT CHECK(a>0))", "CHECK"), ("CREATE TABLE hub_a(a INT, /*x*/ check (a))", "CHECK"),
    ("CREATE TABLE hub_a(a); CREATE INDEX hub_i ON hub_a(a) WHERE a>1", "partial index hub_i"),
    ("CREATE TABLE hub_a(a); CREATE INDEX hub_i ON hub_a(a+1)", "expression in index hub_i"),
    ("CREATE VIRTUAL TABLE hub_f USING fts5(a)", "virtual hub_f"),
    ("CREATE TABLE hub_a(a ANY) STRICT", "type ANY of column hub_a.a"),
    ("CREATE TABLE hub_a(a TEXT DEFAULT (lower('A')))", "default expression of column hub_a.a"),
    ("CREATE TABLE hub_a(a INT UNIQUE ON CONFLICT REPLACE)", "ON CONFLICT"),
    ("CREATE TABLE hub_a(a INT REFERENCES hub_a DEFERRABLE INITIALLY DEFERRED)", "deferred foreign key"),
    ("CREATE TABLE hub_a(a INTEGER PRIMARY KEY DESC)", "primary key of table hub_a"),
    ("CREATE TABLE hub_a(a TEXT, PRIMARY KEY(a COLLATE NOCASE)) WITHOUT ROWID", "primary key of table hub_a"),
  ])
  func whatCannotBeCarriedIsRefusedByName(sql: String, name: String) throws {
    let path = try make(sql)
    let error = Sample.error { _ = try schema(path) }
    #expect(error?.code == .dataError && error?.what.contains(name) == true, "\(error?.what ?? "")")
  }

  @Test func wordsInStringsAndCommentsRefuseNothing() throws {
    let path = try make(
      "CREATE TABLE hub_a(a TEXT DEFAULT 'check', \"check\" INT /* check */, [on conflict] INT -- autoincrement\n)")
    #expect(try schema(path).first?.columns.map(\.name) == ["a", "check", "on conflict"])
    #expect(try schema(path).first?.autoIncrementNext == nil)
  }

  @Test func tablesOfNobodySurvive() throws {
    let path = try make(
      """
      CREATE TABLE other(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT CHECK(a<>''), b TEXT AS (upper(a)));
      INSERT INTO other(a) VALUES('x'),('y'); UPDATE sqlite_sequence SET seq=50;
      CREATE TABLE log(t TEXT); CREATE INDEX log_t ON log(t) WHERE t > 'a'; CREATE TABLE odd(z, a); CREATE INDEX odd_c ON odd(a, z);
      INSERT INTO odd VALUES(2,2),(1,1);
      CREATE VIEW seen AS SELECT a FROM other JOIN lui_a USING(a);
      CREATE TRIGGER note AFTER INSERT ON other BEGIN INSERT INTO log VALUES(new.a); END;
      CREATE TABLE lui_a(a TEXT); INSERT INTO lui_a VALUES('y');
      """)
    #expect(try SQLiteDatabase(path: path, mode: .readOnly).otherTables() == ["log", "odd", "other", "seen"])
    let copy = try rebuild(path)
    #expect(try ask(copy, "SELECT count(*) FROM log") == "0\n", "copying ran the trigger")
    #expect(
      try ask(copy, "SELECT a, b FROM other; SELECT * FROM seen; SELECT rowid, z FROM odd") == "x|X\ny|Y\ny\n1|2\n2|1\n"
    )
    #expect(
      try ask(copy, "INSERT INTO other(a) VALUES('n'); SELECT max(id) FROM other; SELECT * FROM log") == "51\nn\n")
    #expect(
      try ask(copy, "SELECT sql FROM sqlite_schema WHERE name IN ('log_t','note','seen') ORDER BY name").contains(
        "t > 'a'"))
  }

  @Test(arguments: [
    #"{"declared":"TEXT); DROP TABLE victim; --"}"#, #"{"declared":"TEXT DEFAULT 5 CHECK (1)"}"#,
    #"{"defaultValue":{"number":{"_0":"1); DROP TABLE victim; --"}}}"#, #"{"defaultValue":{"number":{"_0":"nan"}}}"#,
    #"{"defaultValue":{"text":{"_0":"'); DROP TABLE victim; --"}}}"#,
    #"{"defaultValue":{"text":{"_0":"'́); DROP TABLE victim; --"}}}"#,
    #"{"defaultValue":{"moment":{"_0":"(SELECT 1)"}}}"#, #"{"collation":"NOCASE); DROP TABLE victim; --"}"#,
    #"{"name":"a\"); DROP TABLE victim; --"}"#, #"{"name":"a\u0000); DROP TABLE victim; --"}"#,
  ])
  func aHostileColumnRunsNoSQL(change: String) throws {
    try expectHarmless { json in
      json.replacing(
        #"{"declared":"TEXT","isNullable":true,"name":"a","type":"text"}"#,
        "{" + Self.merged(change) + "}")
    }
  }

  @Test(arguments: [
    (#""primaryKey":[]"#, #""primaryKey":["missing"]"#),
    (#""primaryKey":[]"#, #""primaryKey":["a) ; DROP TABLE victim; --"]"#),
    (
      #""foreignKeys":[]"#,
      #""foreignKeys":[{"columns":["a"],"table":"x","references":[],"onDelete":"CASCADE); DROP TABLE victim; --","onUpdate":"CASCADE"}]"#
    ),
    (
      #""foreignKeys":[]"#,
      #""foreignKeys":[{"columns":["nope"],"table":"x","references":[],"onDelete":"CASCADE","onUpdate":"CASCADE"}]"#
    ),
    (#""options":[]"#, #""options":["strict); DROP TABLE victim; --"]"#),
    (
      #""indexes":[]"#,
      #""indexes":[{"name":"i\" ON victim(a); DROP TABLE victim; --","isUnique":false,"columns":[{"name":"a","isDescending":false}]}]"#
    ),
    (
      #""indexes":[]"#,
      #""indexes":[{"name":"i","isUnique":false,"columns":[{"name":"a","isDescending":false,"collation":"x"}]}]"#
    ),
    (#""indexes":[]"#, #""indexes":[{"isUnique":true,"columns":[{"name":"gone","isDescending":false}]}]"#),
    (#""name":"lui_x""#, #""name":"lui_x\"(a); DROP TABLE victim; --""#),
    (#""autoNothing":0,"#, #""autoIncrementNext":5,"#),
  ])
  func aHostileTableRunsNoSQL(old: String, new: String) throws {
    try expectHarmless { $0.replacing(old, new) }
  }

  private static func merged(_ change: String) -> String {
    let inner = String(change.dropFirst().dropLast())
    let usual = [#""declared":"TEXT""#, #""isNullable":true"#, #""name":"a""#, #""type":"text""#]
    return ([inner] + usual.filter { !inner.hasPrefix($0.prefix(7)) }).joined(separator: ",")
  }

  private func expectHarmless(_ edit: (String) -> String) throws {
    let json =
      #"{"autoNothing":0,"columns":[{"declared":"TEXT","isNullable":true,"name":"a","type":"text"}],"foreignKeys":[],"indexes":[],"name":"lui_x","options":[],"primaryKey":[]}"#
    let edited = edit(json)
    #expect(edited != json)
    let staging = try SQLiteStaging(path: folder["staging.sqlite"])
    let victim = TableSchema(name: "victim", columns: [.init(name: "a", type: .text, declared: "TEXT")], primaryKey: [])
    try staging.create(victim)
    let before = try staging.database.query("SELECT sql FROM sqlite_schema WHERE name='victim'")
    do {
      let table = try TableSchema.decode(Array(edited.utf8), archive: "x")
      try staging.create(table)
      try staging.createIndexes(of: table)
      // What was taken holds the text as text: nothing but the table's own definition was made.
      let made = try staging.database.query(
        "SELECT count(*) FROM sqlite_schema WHERE tbl_name NOT IN ('victim', 'sqlite_sequence') AND type='table'")
      #expect(made == [[1]])
    } catch let error as AdminError {
      #expect(error.code == .dataError)
    }
    #expect(try staging.database.query("SELECT sql FROM sqlite_schema WHERE name='victim'") == before)
  }
}
