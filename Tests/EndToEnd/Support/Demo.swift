import Glibc

/// A folder that is removed when the test ends.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/hubtui-e2e-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove() }

  func remove() { _ = try? run(["rm", "-rf", path]) }

  subscript(_ name: String) -> String { path + "/" + name }
}

/// A demo production and its test server, for one test alone.
struct Demo: Sendable {
  let folder: TemporaryFolder
  var production: String { folder["production"] }
  var testServer: String { folder["test-server"] }
  var database: String { folder["production-database/maestro.sqlite"] }
  var share: String { folder["share/lui-backup"] }
  /// Where production's archives are.
  var backupFolders: [String] { [production + "/hub/backup", share, production + "/trk/backup"] }
  var from: [String] { backupFolders.flatMap { ["--from", $0] } }

  init(_ more: String...) throws {
    folder = try TemporaryFolder()
    try run(
      Program.command(["demo", folder.path, "--subscribers", "200", "--events", "1000"] + more)
    ).succeeded()
  }

  /// Makes a backup and gives its ID.
  func backup(_ flags: String...) throws -> String {
    let run = try run(Program.command(["backup", "create"] + flags, on: production)).succeeded()
    guard let id = run.lines.last else { throw Failure("no ID on the last line: \(run.output)") }
    return id
  }

  /// The three archives of an ID, HUB's first.
  func archives(_ id: String, testBed: Bool) -> [String] {
    zip(["HUB", "LUI", "TRK"], backupFolders).map { "\($1)/\($0)_\(testBed ? "TestBedBackup" : "Backup")_\(id).zip" }
  }

  func reportPath(_ id: String, testBed: Bool) -> String {
    "\(production)/hub/logs/\(testBed ? "testBedBackupReport" : "backupReport")_\(id).txt"
  }

  /// Everything of production: its install folder, its database, its share.
  func productionTree(ignoring: Set<String> = []) throws -> Tree {
    // A reader of the database makes its log files and removes them, which shows in the time of its folder alone.
    let logs = ["-wal", "-shm"].map { "production-database/maestro.sqlite" + $0 }
    return try Tree(folder.path, ignoring: Set(ignoring.map { "production/" + $0 } + logs + ["test-server"]))
  }

  /// Changes the system database as a component does.
  func sql(_ statements: String, on path: String? = nil) throws {
    try python("c = sqlite3.connect(A[0]); c.executescript(A[1]); c.close()", [path ?? database, statements])
  }
}

/// One demo with its sets for all tests that only read them; nobody runs the program on its production again.
final class Shared: Sendable {
  let demo: Demo
  /// Two test-bed sets and a normal one.
  let testBed: String
  let otherTestBed: String
  let normal: String
  /// A test server into which `testBed` was restored.
  let restored: TemporaryFolder

  static func get() throws -> Shared { try result.get() }

  private static let result = Result<Shared, any Error> { try Shared() }

  private init() throws {
    demo = try Demo()
    testBed = try demo.backup("--test-bed")
    otherTestBed = try demo.backup("--test-bed")
    normal = try demo.backup()
    restored = try TemporaryFolder()
    try run(["cp", "-a", demo.testServer, restored["server"]]).succeeded()
    try run(Program.command(["restore", testBed, "--yes"] + demo.from, on: restored["server"])).succeeded()
    // A static value has no end of life, so its folders go with the process.
    atexit { try? Shared.removeFolders() }
  }

  private static func removeFolders() throws {
    let shared = try get()
    shared.demo.folder.remove()
    shared.restored.remove()
  }

  /// A folder of one's own with a set's archives and, unless told otherwise, its report.
  func copy(_ id: String, testBed: Bool = true, report: Bool = true) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let report = report ? [demo.reportPath(id, testBed: testBed)] : []
    try run(["cp", "-a"] + demo.archives(id, testBed: testBed) + report + [folder.path]).succeeded()
    return folder
  }
}

/// An empty test server, or a restored one, for one test alone.
struct TestServer: Sendable {
  let folder: TemporaryFolder
  var path: String { folder["server"] }
  var database: String { folder["server/database/maestro.sqlite"] }

  init(restored: Bool = false) throws {
    let shared = try Shared.get()
    folder = try TemporaryFolder()
    let source = restored ? shared.restored["server"] : shared.demo.testServer
    try run(["cp", "-a", source, path]).succeeded()
  }

  /// Edits an INI file with sed.
  func edit(_ ini: String, _ script: String) throws { try run(["sed", "-i", script, "\(path)/\(ini)"]).succeeded() }
}

/// Text of a file.
func text(of path: String) throws -> String { try run(["cat", path]).succeeded().output }

func write(_ text: String, to path: String) throws {
  try run(["sh", "-c", "cat > \"$1\"", "sh", path], input: text).succeeded()
}

/// Names in a folder, hidden ones too.
func names(in folder: String) throws -> [String] {
  try run(["ls", "-A", folder]).succeeded().output.split(separator: "\n").map(String.init)
}
