import DatabaseServers
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
  /// A restore's tables, staged and exchanged.
  @Suite struct Exchange {
    private let sample: PostgresSample

    init() throws { sample = try PostgresSample() }

    @Test func aRestoreExchangesAllTablesAtOnce() throws {
      try sample.run(PostgresSample.rich)
      try sample.server.run("DROP ROLE IF EXISTS component; CREATE ROLE component")
      try sample.run("GRANT SELECT, INSERT ON lui_jobs TO component; GRANT SELECT (name) ON hub_accounts TO PUBLIC")
      let before = try sample.open().componentTables()
      let rights = try sample.ask(
        "SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relname ~ '^(hub|lui)_'")
      let exchange = TableExchange(sample.address, token: "TOKEN1")
      #expect(exchange.live == "public" && exchange.staged == "public_restore_staged_token1")
      try sample.carry(into: PostgresStaging(sample.address, namespace: exchange.staged))
      #expect(try PostgresDatabase(sample.address, .readOnly, namespace: exchange.staged).componentTables() == before)
      let server = try PostgresNamespaces(sample.address)
      // A namespace that nobody marked as complete is none.
      try sample.run("CREATE SCHEMA unmarked; CREATE TABLE unmarked.lui_jobs (a text)")
      var unmarked = exchange
      unmarked.staged = "unmarked"
      try server.perform(unmarked)
      #expect(try sample.ask("SELECT to_regnamespace('unmarked')") == "\n")
      #expect(try sample.open().componentTables() == before)
      try server.mark(exchange)
      #expect(try sample.ask("SELECT to_regnamespace('\(exchange.former)')") == "\n")
      try sample.run("INSERT INTO trk_plain VALUES ('after the backup')")
      for _ in 1...2 {
        try server.perform(exchange)
        #expect(try sample.open().componentTables() == before)
        #expect(try sample.ask("SELECT count(*) FROM trk_plain") == "0\n")
        #expect(try sample.ask("SELECT count(*) FROM \(exchange.former).trk_plain") == "1\n")
        #expect(try sample.ask("SELECT to_regnamespace('\(exchange.staged)')") == "\n")
        #expect(try sample.open().otherTables() == ["other_table", "other_view"])
      }
      #expect(
        try sample.ask(
          "SELECT relname, relacl FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 'public'::regnamespace AND relname ~ '^(hub|lui)_'"
        ) == rights)
      #expect(
        try sample.ask("SELECT attacl FROM pg_attribute WHERE attrelid = 'hub_accounts'::regclass AND attname = 'name'")
          != "\n")
      // The next number is the one that was next.
      try sample.run("INSERT INTO hub_accounts (name) VALUES ('c'); INSERT INTO lui_jobs (\"Owner\") VALUES (3)")
      #expect(try sample.ask("SELECT max(id) FROM hub_accounts UNION ALL SELECT max(id) FROM lui_jobs") == "3\n3\n")
      // Back, and away with what is former then.
      let back = exchange.reversed(token: "TOKEN2")
      for _ in 1...2 { try server.perform(back) }
      #expect(try sample.ask("SELECT count(*) FROM trk_plain") == "1\n")
      for _ in 1...2 { try server.removeNamespace(back.former) }
      #expect(try sample.open().componentTables() == before)
      #expect(try sample.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%restore%'") == "0\n")
    }

    @Test func aNameThatIsTakenShowsBeforeTheExchange() throws {
      try sample.run("CREATE TABLE lui_a (a text); CREATE INDEX taken ON lui_a (a)")
      let exchange = TableExchange(sample.address, token: "T")
      try sample.carry(into: PostgresStaging(sample.address, namespace: exchange.staged))
      try sample.run("DROP TABLE lui_a; CREATE TABLE other (a text); CREATE INDEX taken ON other (a)")
      let error = Sample.error { try PostgresNamespaces(sample.address).mark(exchange) }
      #expect(error?.code == .dataError && error?.what.contains("taken") == true, "\(String(describing: error))")
      #expect(try sample.ask("SELECT to_regclass('other'), to_regnamespace('\(exchange.former)')") == "other|\n")
    }

    @Test func whatHangsOnALiveTableIsNotLost() throws {
      try sample.run("CREATE TABLE lui_a (a text); CREATE VIEW mine AS SELECT a FROM lui_a")
      _ = try sample.open().componentTables()
      let error = Sample.error { _ = try PostgresStaging(sample.address, namespace: "staged") }
      #expect(error?.code == .dataError && error?.what.contains("view mine") == true, "\(String(describing: error))")
      try sample.run(
        "DROP VIEW mine; CREATE SCHEMA former; CREATE TABLE former.lui_a (a text); CREATE VIEW mine AS SELECT a FROM former.lui_a"
      )
      let refused = Sample.error { try PostgresNamespaces(sample.address).removeNamespace("former") }
      #expect(refused?.code == .dataError)
      #expect(try sample.ask("SELECT count(*) FROM mine") == "0\n")
    }

    @Test func anAccountWithoutPowerRestores() throws {
      try sample.server.run(
        "DROP ROLE IF EXISTS app; CREATE ROLE app LOGIN PASSWORD 'app'; DROP ROLE IF EXISTS lui; CREATE ROLE lui")
      try sample.run(
        """
        \(PostgresSample.rich) ALTER TABLE hub_accounts OWNER TO app; ALTER TABLE lui_jobs OWNER TO app;
        ALTER TABLE trk_plain OWNER TO lui; ALTER TYPE mood OWNER TO app; GRANT SELECT ON trk_plain TO app
        """)
      let weak = try sample.server.address(PostgresSample.database, user: "app", password: "app")
      let exchange = TableExchange(weak, token: "W")
      let error = Sample.error { _ = try PostgresStaging(weak, namespace: exchange.staged) }
      #expect(error?.code == .configuration && error?.next.contains("GRANT CREATE ON DATABASE") == true)
      try sample.run(
        "GRANT CREATE ON DATABASE \(quoted(PostgresSample.database)) TO app; GRANT CREATE, USAGE ON SCHEMA public TO app"
      )
      try sample.carry(into: PostgresStaging(weak, namespace: exchange.staged))
      let namespaces = try PostgresNamespaces(weak)
      // A table that belongs to somebody else shows before anything live moves.
      #expect(Sample.error { try namespaces.mark(exchange) }?.code == .configuration)
      try sample.run("GRANT lui TO app; GRANT CREATE, USAGE ON SCHEMA public TO lui")
      try namespaces.mark(exchange)
      for _ in 1...2 { try namespaces.perform(exchange) }
      #expect(
        try sample.ask(
          "SELECT relname, relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^(trk|hub)_.*[^y]$' AND relkind = 'r' ORDER BY 1"
        )
          == "hub_accounts|app\ntrk_plain|lui\n")
      try namespaces.removeNamespace(exchange.former)
      try sample.run(
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; REVOKE ALL ON DATABASE \(quoted(PostgresSample.database)) FROM app"
      )
    }

    @Test func anInstallationIsBackedUpRestoredAndRolledBack() throws {
      let folder = try TemporaryFolder()
      let installation = Installation(folder: folder["install"])
      try Setup.makeFolders(installation)
      let url = "postgresql:///test%20%221%22?socket=\(sample.address.socket ?? "")"
      for component in Component.allCases {
        let ini = String(decoding: try Setup.singleServerIni(of: component).bytes, as: UTF8.self)
          .replacing("\(DatabaseKey.url)=internal", with: "\(DatabaseKey.url)=\(url)")
          .replacing("\(DatabaseKey.user)=\n", with: "\(DatabaseKey.user)=\(PostgresServer.user)\n")
          .replacing(
            "\(DatabaseKey.password)=\n", with: "\(DatabaseKey.passwordFile)=\(folder["password"])\n")
        try FileSystem.replace(installation.iniPath(of: component), with: Array(ini.utf8))
      }
      try Sample.write(PostgresServer.password + "\n", to: folder["password"])
      try Setup.fill(try PostgresStaging(sample.address, namespace: "public")) {
        try $0.database.execute("INSERT INTO hub_accounts (name, is_enabled) VALUES (?, ?)", ["kept", 1])
      }
      let tables = try sample.open().componentTables()
      #expect(Set(tables.map(\.name)) == Set(SystemSchema.tables.map(\.name)))
      let id = try BackupRun.create(
        BackupOptions(kind: .normal, level: 1), in: .on(installation), with: RemoteComponent.all)
      try sample.run("UPDATE hub_accounts SET name = 'changed'; CREATE TABLE other (a text)")
      try RestoreRun.restore(
        id, from: try BackupFolders(installation, Settings(sample.open())).all, in: .on(installation))
      #expect(try sample.open().componentTables() == tables)
      #expect(try sample.ask("SELECT name FROM hub_accounts") == "kept\n")
      #expect(try RestoreRun.rollBack(in: .on(installation)) == id)
      #expect(try sample.ask("SELECT name FROM hub_accounts") == "changed\n")
      #expect(try RestoreRun.rollBack(in: .on(installation)) == id)
      #expect(try sample.ask("SELECT name FROM hub_accounts") == "kept\n")
      #expect(try sample.open().otherTables() == ["other"])
      #expect(try sample.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%restore%'") == "1\n")
    }
  }
}
