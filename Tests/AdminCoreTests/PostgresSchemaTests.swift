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
  /// What the catalogue says, and what a backup refuses by name.
  @Suite struct Schema {
    private let sample: PostgresSample

    init() throws { sample = try PostgresSample() }

    @Test func aRichSchemaIsRead() throws {
      try sample.run(PostgresSample.rich)
      let database = try sample.open()
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
      #expect(
        jobs.indexes[1].isUnique && jobs.indexes[1].columns[0].isDescending && jobs.indexes[1].isConstraint == nil)
      #expect(jobs.indexes[3].columns[0].collation == "POSIX")
      #expect(
        jobs.foreignKeys == [
          .init(
            columns: ["Owner"], table: "hub_accounts", references: ["id"], onDelete: "SET NULL", onUpdate: "CASCADE")
        ])
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
      try sample.run("CREATE TABLE lui_x (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int, b text)")
      #expect(try sample.open().componentTables().count == 1)
      try sample.run(sql)
      let error = Sample.error { _ = try sample.open().componentTables() }
      #expect(error?.code == .dataError && error?.what.hasPrefix("a backup cannot carry the ") == true)
      #expect(error?.what.contains(thing) == true, "\(String(describing: error))")
    }

    @Test func aHostileSetRunsNoSQL() throws {
      let staging = try PostgresStaging(sample.address, namespace: "staged")
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
  }
}
