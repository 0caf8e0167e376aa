import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What every engine must do, whichever it is. An engine of its own kind has further tests of its own.
@Suite(.serialized) struct EngineConformanceTests {
  // MARK: Types and values

  /// Values of a type at its ends, as the row format has them. A new type has no values yet: the compiler asks for them.
  private static func values(of type: ColumnType) -> [Codec.Value] {
    switch type {
    case .integer: [.integer(.min), .integer(.max), .integer(0), .integer(-1)]
    case .numeric: ["-0.1", "9999999999.99", "0", "100", "0.01"].map { .number(Array($0.utf8)) }
    case .real: [.real(0.1), .real(-1.7976931348623157e308), .real(.leastNonzeroMagnitude), .real(1e16), .real(0)]
    case .text: TypeTables.hardTexts.map { .text($0) } + [.text(String(repeating: "ü\t", count: 100_000))]
    case .binary:
      [.binary([]), .binary([0x00, 0xFF, 0x5C, 0x0A, 0x09]), .binary(Array(repeating: 0, count: 300_000))]
    case .bit: [.text("101"), .text("000")]
    case .boolean: [.integer(0), .integer(1)]
    case .date: [.text("2026-11-24"), .text("1000-01-01"), .text("9999-12-31")]
    case .time: [.text("00:00:00"), .text("12:00:00.5"), .text("23:59:59.999999")]
    case .timestamp, .instant: [.text("1000-01-01 00:00:00.000001"), .text("9999-12-31 23:59:59.5")]
    case .json: [.text(#"{"a": [1.50, null], "b":"\n"}"#), .text("12"), .text("null")]
    case .uuid: [.text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    case .enumeration: ["a", "b c", "it's", "ü,\\"].map { .text($0) }
    }
  }

  /// A table with a column of every type, in no engine's words, and a row for each place of the longest list of values.
  private static func everyType(foreignTo name: EngineName) -> (table: TableSchema, rows: [[Codec.Value]]) {
    let columns = ColumnType.allCases.enumerated().map { index, type in
      var column = TableSchema.Column(name: "c\(index)", type: type, declared: "")
      switch type {
      case .numeric: (column.size, column.scale) = (12, 2)
      case .bit: column.size = 3
      case .enumeration:
        column.declared = "mood"
        column.values = ["a", "b c", "it's", "ü,\\"]
      default: break
      }
      return column
    }
    let table = TableSchema(
      name: "lui_types", columns: columns, primaryKey: [], engine: name == .postgresql ? .mariadb : .postgresql)
    let values = ColumnType.allCases.map(values)
    let rows = (0...(values.map(\.count).max() ?? 0)).map { row in
      values.map { row < $0.count ? $0[row] : .null }
    }
    return (table, rows)
  }

  @Test(arguments: EmptyDatabase.engines) func everyTypeIsMadeLoadedAndReadBack(engine: EngineName) throws {
    let database = try EmptyDatabase(engine)
    let (table, rows) = Self.everyType(foreignTo: engine)
    let bytes = try Codec.encode(table, rows)
    let staging = try database.stage()
    try staging.create(table)
    try load(bytes, of: table, into: staging)
    try staging.createIndexes(of: table)
    try staging.finish()
    #expect(try staging.database.rowCount(of: table) == Int64(rows.count))
    let back = try Carried.encoded(staging.database, table)
    #expect(Carried.digest(back) == Carried.digest(bytes))
    // A server keeps the order of a table that was only ever loaded; each line is that of the row format, byte for byte.
    #expect(lines(back) == lines(bytes))
    // As the engine's own set says it, the table is the same again.
    try database.exchange()
    let own = try #require(try database.open().componentTables().first)
    #expect(own.columns.map(\.name) == table.columns.map(\.name))
    #expect(lines(try Carried.encoded(database.open(), own)).count == rows.count)
    let carried = try TableSchema.decode(try own.encoded(), archive: "test")
    #expect(carried == own)
  }

  @Test(arguments: EmptyDatabase.engines) func oddNamesAreNames(engine: EngineName) throws {
    let database = try EmptyDatabase(engine)
    let columns = ["select", "a\"b", "c`d", "e'f", "g\\h", "i]j", "k?l", "ü; --", "%s", "a b"]
    let table = TableSchema(
      name: #"lui_select from "where" `x` 'y' \ ; --"#,
      columns: columns.map { .init(name: $0, type: .text, declared: "text", isNullable: true, size: 20) },
      primaryKey: [], indexes: [.init(name: "k \"1\" `2`", isUnique: false, columns: [.init("c`d"), .init("a\"b")])],
      engine: engine == .postgresql ? .mariadb : .postgresql)
    let bytes = try Codec.encode(table, [columns.map { .text($0) }, columns.map { _ in .null }])
    let staging = try database.stage()
    try staging.create(table)
    try load(bytes, of: table, into: staging)
    try staging.createIndexes(of: table)
    try staging.finish()
    try database.exchange()
    let live = try database.open()
    let found = try live.componentTables()
    #expect(found.map(\.name) == [table.name] && found.first?.columns.map(\.name) == columns)
    #expect(found.first?.indexes.map { $0.columns.map(\.name) } == [["c`d", "a\"b"]])
    #expect(lines(try Carried.encoded(live, try #require(found.first))) == lines(bytes))
    try live.confirm(found)
  }

  @Test(arguments: EmptyDatabase.engines) func smallQueriesTakeArgumentsAsTheyAre(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE hub_settings (name VARCHAR(100) NOT NULL PRIMARY KEY, value VARCHAR(100))")
    let database = try sample.open(.readWrite)
    let hard = "'; DROP TABLE hub_settings; -- \\' ? 😀"
    #expect(
      try database.execute("INSERT INTO hub_settings (name, value) VALUES (?, ?)", [.text(hard), .text("?\\")]) == 1)
    // An exact number is a text, so that no digit is lost; SQLite has none.
    let number: SQLValue = sample.isFile ? .real(1.5) : .text("1.5")
    #expect(
      try database.query("SELECT name, value, 1, NULL, 1.5 FROM hub_settings WHERE name = ?", [.text(hard)]) == [
        [.text(hard), .text("?\\"), .integer(1), .null, number]
      ])
    #expect(try database.execute("UPDATE hub_settings SET value = ?", [.null]) == 1)
    #expect(try database.query("SELECT value FROM hub_settings") == [[.null]])
  }

  // MARK: Views, transactions, structure

  @Test(arguments: EmptyDatabase.engines) func aSnapshotShowsOneMomentBesideAWriter(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE lui_a (a INTEGER PRIMARY KEY)", "CREATE TABLE lui_b (a INTEGER PRIMARY KEY)")
    try sample.run("INSERT INTO lui_a VALUES (1)")
    let database = try sample.open()
    func view() throws -> [String] {
      try database.componentTables().map { String(decoding: try Carried.encoded(database, $0), as: UTF8.self) }
    }
    try database.withSnapshot {
      let tables = try database.componentTables()
      try sample.run("INSERT INTO lui_a VALUES (2)", "INSERT INTO lui_b VALUES (2)")
      #expect(try view() == ["1\n", ""])
      #expect(try tables.map { try database.rowCount(of: $0) } == [1, 0])
      // Rows change no structure.
      try database.confirm(tables)
    }
    #expect(try view() == ["1\n2\n", "2\n"])
    // Who only reads cannot write.
    #expect(throws: AdminError.self) { try database.execute("INSERT INTO lui_b VALUES (9)", []) }
    #expect(try sample.open().query("SELECT a FROM lui_b") == [[2]])
  }

  @Test(arguments: EmptyDatabase.engines) func aTransactionIsAllOrNothing(engine: EngineName) throws {
    struct Enough: Error {}
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE lui_a (a INTEGER PRIMARY KEY)")
    let database = try sample.open(.readWrite)
    #expect(throws: Enough.self) {
      try database.transaction {
        try database.execute("INSERT INTO lui_a VALUES (?)", [1])
        #expect(try database.query("SELECT a FROM lui_a") == [[1]])
        throw Enough()
      }
    }
    // The server's own refusal takes back what came before it, too.
    let error = Sample.error {
      try database.transaction {
        try database.execute("INSERT INTO lui_a VALUES (2)", [])
        try database.execute("INSERT INTO lui_a VALUES (2)", [])
      }
    }
    #expect(error?.code == .dataError)
    #expect(try sample.open().query("SELECT a FROM lui_a") == [])
    #expect(try database.transaction { try database.execute("INSERT INTO lui_a VALUES (3)", []) } == 1)
    #expect(try sample.open().query("SELECT a FROM lui_a") == [[3]])
  }

  @Test(arguments: EmptyDatabase.engines) func componentsHaveTheirTablesAndNobodyTheOthers(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    // An underscore is a letter like any other: `luixa` is no table of LUI.
    for name in ["trk_b", "lui_a", "hub_c", "lui_B2", "luixa", "other", "xlui_a", "hub"] {
      try sample.run("CREATE TABLE \(sample.quoted(name)) (a INTEGER)")
    }
    try sample.run("CREATE VIEW seen AS SELECT a FROM other")
    let database = try sample.open()
    let tables = try database.componentTables()
    #expect(tables.map(\.name).sorted() == ["hub_c", "lui_B2", "lui_a", "trk_b"])
    #expect(try database.otherTables().sorted() == ["hub", "luixa", "other", "seen", "xlui_a"])
    #expect(tables.allSatisfy { ($0.engine ?? .sqlite) == engine })
    for table in tables { #expect(try database.rowCount(of: table) == 0 && database.estimatedRowCount(of: table) == 0) }
  }

  @Test(arguments: EmptyDatabase.engines) func aChangedStructureIsNoticedOrKeptAway(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE lui_a (a INTEGER PRIMARY KEY)", "INSERT INTO lui_a VALUES (1)")
    let database = try sample.open()
    try database.withSnapshot {
      let tables = try database.componentTables()
      try database.rows(of: tables[0]) { _ in }
      var isChanged = true
      do { try sample.impatient().execute("ALTER TABLE lui_a ADD b INTEGER", []) } catch is AdminError {
        isChanged = false
      }
      do {
        try database.confirm(tables)
        // Nobody could change it, or the view has the tables as they were, with their rows.
        let sameView = try database.componentTables() == tables
        #expect(sameView && (!isChanged || sample.isFile))
        #expect(String(decoding: try Carried.encoded(database, tables[0]), as: UTF8.self) == "1\n")
      } catch let error as AdminError {
        #expect(isChanged && error.code == .dataError && error.what.contains("table lui_a was"), "\(error)")
      }
    }
  }

  @Test(arguments: EmptyDatabase.engines) func severalMachinesSeeOneMoment(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE hub_settings (name VARCHAR(100) NOT NULL PRIMARY KEY, value VARCHAR(100))")
    try sample.run("CREATE TABLE lui_a (id INTEGER NOT NULL)", "INSERT INTO lui_a VALUES (1)")
    let writer = try sample.impatient()
    try expectOneMoment(
      sample.open(), sample.open(), insert: { try writer.execute("INSERT INTO lui_a VALUES (2)", []) },
      // PostgreSQL's view is exported, so it needs nobody kept from writing.
      writesMeanwhile: engine == .postgresql)
  }

  // MARK: Staging and exchange

  @Test(arguments: EmptyDatabase.engines) func stagedTablesAreInvisibleUntilAllOfThemAreLive(engine: EngineName) throws
  {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE lui_a (a INTEGER PRIMARY KEY)", "INSERT INTO lui_a VALUES (1)")
    try sample.run("CREATE TABLE lui_gone (a INTEGER)", "CREATE TABLE mine (a INTEGER)", "INSERT INTO mine VALUES (7)")
    let column = TableSchema.Column(name: "a", type: .integer, declared: "", isNullable: false)
    let foreign: EngineName = engine == .postgresql ? .mariadb : .postgresql
    let tables = [
      TableSchema(name: "lui_a", columns: [column], primaryKey: ["a"], engine: foreign),
      TableSchema(
        name: "lui_b", columns: [column], primaryKey: ["a"],
        foreignKeys: [.init(columns: ["a"], table: "lui_a", references: ["a"], onDelete: "CASCADE")], engine: foreign),
    ]
    func expectFormer() throws {
      let live = try sample.open()
      #expect(try live.componentTables().map(\.name) == ["lui_a", "lui_gone"])
      #expect(try live.query("SELECT a FROM lui_a") == [[1]] && live.otherTables() == ["mine"])
    }
    let staging = try sample.stage()
    // References may lead to a table that comes later.
    for table in tables.reversed() {
      try staging.create(table)
      try load(Codec.encode(table, [[.integer(2)]]), of: table, into: staging)
      try staging.createIndexes(of: table)
      try expectFormer()
    }
    try staging.keepOthers()
    try expectFormer()
    try staging.finish()
    try expectFormer()
    // What a restore's journal does, which a crash may make it do again.
    for _ in 1...2 {
      try sample.exchange()
      let live = try sample.open(.readWrite)
      #expect(try live.componentTables().map(\.name) == ["lui_a", "lui_b"])
      #expect(try live.query("SELECT lui_b.a FROM lui_a JOIN lui_b ON lui_a.a = lui_b.a") == [[2]])
      #expect(try live.otherTables() == ["mine"] && live.query("SELECT a FROM mine") == [[7]])
    }
    // The references are there, and hold.
    let live = try sample.open(.readWrite)
    #expect(throws: AdminError.self) { try live.execute("INSERT INTO lui_b VALUES (3)", []) }
    try live.execute("DELETE FROM lui_a", [])
    #expect(try live.query("SELECT count(*) FROM lui_b") == [[0]])
  }

  @Test(arguments: EmptyDatabase.engines.filter { EmptyDatabase.isServer($0) })
  func aServerExchangesOnceAndBack(engine: EngineName) throws {
    let sample = try EmptyDatabase(engine)
    try sample.run("CREATE TABLE lui_a (a INTEGER PRIMARY KEY)", "INSERT INTO lui_a VALUES (1)")
    try sample.run("CREATE TABLE lui_gone (a INTEGER)", "CREATE TABLE mine (a INTEGER)")
    let server = try sample.location.namespaces()
    let exchange = try sample.tableExchange(token: "ABCD")
    func stage(_ names: String...) throws {
      let staging = try sample.location.staging(namespace: exchange.staged)
      for name in names {
        let table = TableSchema(
          name: name, columns: [.init(name: "a", type: .integer, declared: "", isNullable: false)], primaryKey: ["a"],
          engine: engine == .postgresql ? .mariadb : .postgresql)
        try staging.create(table)
        try load(Codec.encode(table, [[.integer(2)]]), of: table, into: staging)
      }
      try staging.finish()
    }
    func expect(_ names: [String], _ row: SQLValue) throws {
      let live = try sample.open()
      #expect(try live.componentTables().map(\.name) == names && live.otherTables() == ["mine"])
      #expect(try live.query("SELECT a FROM lui_a") == [[row]])
    }
    try stage("lui_a", "lui_b")
    #expect(try !server.isMarked(exchange))
    try server.mark(exchange)
    #expect(try server.isMarked(exchange))
    try expect(["lui_a", "lui_gone"], 1)
    for _ in 1...2 {
      try server.perform(exchange)
      #expect(try !server.isMarked(exchange))
      try expect(["lui_a", "lui_b"], 2)
    }
    let back = exchange.reversed(token: "WXYZ")
    for _ in 1...2 {
      try server.perform(back)
      try expect(["lui_a", "lui_gone"], 1)
    }
    // Nothing else of the two exchanges is left.
    let left = try sample.open().query(
      "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?",
      [.text("\(exchange.live)_restore%")])
    #expect(left == [[.text(back.former)]])
    // What is former now goes away, as often as it is asked.
    for _ in 1...2 { try server.removeNamespace(back.former) }
    try expect(["lui_a", "lui_gone"], 1)
    // Tables that were never marked as complete are not exchanged; they go away.
    try stage("lui_a")
    try server.perform(exchange)
    try expect(["lui_a", "lui_gone"], 1)
  }

  // MARK: Means

  private func load(_ bytes: [UInt8], of table: TableSchema, into staging: any TableStaging) throws {
    let loader = try staging.loader(of: table)
    var decoder = RowDecoder(table) { try loader.insert($0) }
    try bytes.withUnsafeBytes { try decoder.decode($0) }
    try decoder.finish()
    try loader.finish()
  }

  private func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
  }
}

extension EngineName: CustomTestStringConvertible {
  /// The engine's name alone.
  public var testDescription: String { rawValue }
}

/// An empty database of one engine, of a test's own, as an installation's INI file would name it.
final class EmptyDatabase {
  /// The names of all engines: a new one needs an empty database here.
  static let engines = Engine.all.map(\.name)

  let location: DatabaseLocation
  private let folder: TemporaryFolder
  private let patience: String
  private let server: AnyObject?
  private let quote: String

  init(_ engine: EngineName) throws {
    folder = try TemporaryFolder()
    switch engine {
    case .sqlite:
      let path = folder["live.sqlite"]
      _ = try SQLiteConnection(path: path, mode: .create)
      location = .externalFile(path: path)
      (server, quote, patience) = (nil, "\"", "PRAGMA busy_timeout=100")
    case .mariadb:
      let sample = try MariaDBSample()
      location = .server(sample.address())
      (server, quote, patience) = (sample, "\"", "SET SESSION lock_wait_timeout=1")
    case .postgresql:
      let sample = try PostgresSample(database: PostgresSample.newName())
      location = .server(sample.address)
      (server, quote, patience) = (sample, "\"", "SET lock_timeout = '200ms'")
    default: throw Command.Failure(what: "no empty database of \(engine.rawValue) is known here")
    }
  }

  static func isServer(_ name: EngineName) -> Bool {
    if case .server? = Engine.named(name)?.storage { true } else { false }
  }

  var isFile: Bool { location.file != nil }

  func open(_ access: DatabaseAccess = .readOnly) throws -> any SystemDatabase { try location.open(access) }

  /// Another connection, which waits for no lock.
  func impatient() throws -> any SystemDatabase {
    let database = try open(.readWrite)
    try database.execute(patience, [])
    return database
  }

  /// Statements of another connection.
  func run(_ statements: String...) throws {
    let database = try open(.readWrite)
    for statement in statements { try database.execute(statement, []) }
  }

  func quoted(_ name: String) -> String { quote + name + quote }

  /// Starts new tables beside the live ones.
  func stage() throws -> any TableStaging {
    guard let live = location.file else {
      return try location.staging(namespace: try tableExchange(token: "T").staged)
    }
    return try FileEngine.sqlite.stage(live + ".staged", live)
  }

  func tableExchange(token: String) throws -> TableExchange {
    TableExchange(try #require(location.address), token: token)
  }

  /// Makes the staged tables live, as a restore's journal does; nothing when that was done.
  func exchange() throws {
    guard let live = location.file else {
      let exchange = try tableExchange(token: "T")
      let namespaces = try location.namespaces()
      // The journal's decision is made once; what follows it may be repeated.
      if !isDecided { try namespaces.mark(exchange) }
      isDecided = true
      return try namespaces.perform(exchange)
    }
    guard try FileSystem.exists(live + ".staged") else { return }
    try FileEngine.sqlite.fold(live)
    for suffix in FileEngine.sqlite.suffixes { try FileSystem.remove(live + suffix) }
    try FileSystem.rename(live + ".staged", live)
  }

  private var isDecided = false
}
