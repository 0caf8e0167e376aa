import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// One point in time for several connections, as for several machines: another connection stands for another machine.
func expectOneMoment(
  _ here: any SystemDatabase, _ there: any SystemDatabase, insert: () throws -> Void, writesMeanwhile: Bool,
  location: SourceLocation = #_sourceLocation
) throws {
  func count(_ database: any SystemDatabase) throws -> Int64? {
    try database.query("SELECT count(*) FROM lui_a").first?.first?.integer
  }
  var token: SnapshotToken?
  try here.withSharedSnapshot(
    { shared in
      token = shared
      var thrown: (any Error)?
      do { try insert() } catch { thrown = error }
      #expect((thrown == nil) == writesMeanwhile, sourceLocation: location)
      try there.withSnapshot(joining: shared) {
        let seen = try count(there)
        let views = try [there, here].map { try SnapshotDigest.of($0, $0.componentTables()) }
        #expect(seen == 1 && views[0] == views[1], sourceLocation: location)
      }
    },
    {
      // Writers go on, and the view stays.
      try insert()
      let seen = try count(here)
      #expect(seen == 1, sourceLocation: location)
    })
  // What is shared no longer, or by another engine, is joined by nobody.
  let shared = try #require(token, sourceLocation: location)
  for other in [shared, SnapshotToken(engine: shared.engine, value: "it's '; DROP TABLE lui_a; --")] {
    let error = Sample.error { try there.withSnapshot(joining: other) {} }
    #expect(error?.code == .configuration, "\(String(describing: error))", sourceLocation: location)
  }
  for engine in Engine.all.map(\.name) where engine != shared.engine {
    let error = Sample.error { try there.withSnapshot(joining: SnapshotToken(engine: engine, value: "x")) {} }
    #expect(error?.code == .configuration, sourceLocation: location)
  }
}

private let tables = """
  CREATE TABLE hub_settings (name VARCHAR(100) NOT NULL PRIMARY KEY, value VARCHAR(100));
  CREATE TABLE lui_a (id INTEGER NOT NULL); INSERT INTO lui_a VALUES (1);
  """

@Suite struct SQLiteMomentTests {
  @Test func aCopyIsNotTheDatabase() throws {
    let folder = try TemporaryFolder()
    try SQLiteConnection(path: folder["one.sqlite"], mode: .create).script(tables)
    try FileSystem.copy(folder["one.sqlite"], to: folder["copy.sqlite"])
    let copy = try SQLiteDatabase(path: folder["copy.sqlite"], mode: .readOnly)
    try SQLiteDatabase(path: folder["one.sqlite"], mode: .readOnly).withSharedSnapshot(
      { token in
        #expect(Sample.error { try copy.withSnapshot(joining: token) {} }?.code == .configuration)
      }, {})
  }
}
