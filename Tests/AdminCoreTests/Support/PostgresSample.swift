import DatabaseServers
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

/// A server for all tests of this process, and an empty database in it.
final class PostgresSample {
  static let database = "test \"1\""

  private struct Running: @unchecked Sendable {
    // Nothing in it changes once it runs, until the process ends.
    let server: PostgresServer
    let folder: TemporaryFolder
  }

  private static let running = Result<Running, any Error> {
    let folder = try TemporaryFolder()
    let server = try PostgresServer(folder: folder.path)
    try server.run("CREATE DATABASE \(quoted(PostgresSample.database))")
    // A static value has no end of life, so the server ends with the process.
    atexit { PostgresSample.end() }
    return Running(server: server, folder: folder)
  }

  private static func end() {
    guard let running = try? running.get() else { return }
    running.server.stop()
    running.folder.remove()
  }

  private static let names = Mutex(0)

  /// A database's name that no other test has.
  static func newName() -> String {
    names.withLock { number in
      number += 1
      return "own \"\(number)\""
    }
  }

  let server: PostgresServer
  let address: ServerAddress

  /// - Parameter database: made when it is not there; the one that most tests share, one after the other, unless told.
  init(database: String = PostgresSample.database) throws {
    server = try PostgresSample.running.get().server
    if database != PostgresSample.database { try server.run("CREATE DATABASE \(quoted(database))") }
    address = try server.address(database)
    let connection = try PostgresConnection(address, namespace: "public")
    for row in try connection.texts("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'") {
      try connection.run("DROP SCHEMA \(quoted(row[0] ?? "")) CASCADE")
    }
    try connection.run("CREATE SCHEMA public")
  }

  func run(_ sql: String) throws { try PostgresConnection(address, namespace: "public").run(sql) }

  /// By another program than the one that is tested.
  func ask(_ sql: String) throws -> String { try server.run(sql, database: PostgresSample.database) }

  func open(_ access: DatabaseAccess = .readOnly) throws -> PostgresDatabase { try PostgresDatabase(address, access) }

  /// Carries all component tables into `staging` as a backup set would, and compares what is there.
  func carry(into staging: any TableStaging) throws {
    for (table, bytes) in try Carried.copy(open(), into: staging) {
      let back = try Carried.encoded(staging.database, table)
      #expect(Carried.digest(back) == Carried.digest(bytes), "\(table.name)\n\(String(decoding: back, as: UTF8.self))")
    }
  }

  static let rich = """
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
}

extension PostgresServer {
  convenience init(folder: String, securePort: Int? = nil) throws {
    try self.init(folder: folder, securePort: securePort) { arguments in
      let result = try Command(arguments)
      guard result.status == 0 else { throw Command.Failure(what: result.output + result.errors) }
      return result.output
    }
  }

  /// The server's address with a database, and with another account or password.
  func address(
    _ database: String = "postgres", user: String = PostgresServer.user, password: String = PostgresServer.password
  ) throws
    -> ServerAddress
  {
    var address = try ServerAddress(
      url: "postgresql:///postgres?socket=\(folder)", among: Engine.all, user: user,
      password: Secret(password), at: "test")
    address.database = database
    return address
  }
}
