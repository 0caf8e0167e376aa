import Glibc
import Testing

/// A home folder holds more than `data`: what a component keeps there goes into a set and comes back.
@Suite(.waiting) struct HomeFolderTests {
  /// What ordinary tools see in an archive, but for INI file, tables and manifest.
  private func files(_ archive: String) throws -> [String] {
    try run(["unzip", "-Z1", archive]).succeeded().lines.filter { $0.hasPrefix("home/") }
  }

  private func prepare(_ production: String) throws {
    try run([
      "sh", "-ec",
      """
      cd "$1"
      mkdir -m 750 lui/conf; echo 'threads: 4' > lui/conf/web.yaml; chmod 640 lui/conf/web.yaml
      mkdir lui/empty; ln -s conf/web.yaml lui/current; ln -s /etc/hostname lui/out
      echo 4711 > lui/lui.pid; mkfifo lui/pipe
      """, "sh", production,
    ]).succeeded()
  }

  @Test func aTestServerGetsProductionsFilesAndKeepsItsOwn() throws {
    let demo = try Demo()
    try prepare(demo.production)
    let id = try demo.backup("--test-bed")
    let archives = demo.archives(id, testBed: true)
    #expect(try files(archives[0]) == ["home/", "home/accountreg", "home/hubreg", "home/tomcat.ini"])
    #expect(
      try files(archives[1]) == ["home/", "home/conf/", "home/conf/web.yaml", "home/current", "home/empty/"])
    let report = try text(of: demo.reportPath(id, testBed: true))
    for line in ["not taken, a FIFO: pipe", "not taken, a link out of the home folder: out"] {
      #expect(report.contains("    \(line)\n"))
    }
    #expect(report.contains("Not taken of any home folder: logs, backup folders, pid files,"))

    let server = demo.testServer
    try write("# rules of the test server\n", to: server + "/hub/test-bed-rules.yaml")
    try write("mine", to: server + "/hub/tomcat.ini")
    try write("mine", to: server + "/hub/certificate")
    let before = try Tree(server + "/hub", ignoring: ["operation.json", "operation.lock", "logs"])
    try run(Program.command(["restore", id, "--yes"] + demo.from, on: server)).succeeded()
    #expect(try text(of: server + "/hub/accountreg").contains("account.2.name=ines"))
    #expect(try text(of: server + "/hub/tomcat.ini").contains("connector.threads=200"))
    #expect(try text(of: server + "/hub/certificate") == "mine")
    #expect(try text(of: server + "/hub/test-bed-rules.yaml") == "# rules of the test server\n")
    #expect(try text(of: server + "/lui/current") == "threads: 4\n")
    #expect(try Tree(server + "/lui").nodes["conf"]?.mode == S_IFDIR | 0o750)
    #expect(try names(in: server + "/lui").contains("pipe") == false)

    try hubtui("restore", "rollback", "--yes", on: server).succeeded()
    var after = try Tree(server + "/hub", ignoring: ["operation.json", "operation.lock", "logs"], times: true)
    for path in after.nodes.keys where path.hasPrefix(".restore-former-") || path == "former-state.json" {
      after.remove(path)
    }
    #expect(after.differences(to: before) == [])
  }

  @Test func theOriginGetsItsHomeFoldersBack() throws {
    let demo = try Demo()
    try prepare(demo.production)
    try write("rules: []\n", to: demo.production + "/hub/test-bed-rules.yaml")
    let id = try demo.backup()
    #expect(try files(demo.archives(id, testBed: false)[0]).contains("home/test-bed-rules.yaml"))
    let original = try Tree(demo.production + "/lui/conf")
    try run([
      "sh", "-ec",
      "cd \"$1\"; rm -r lui/conf hub/test-bed-rules.yaml; echo lost > hub/accountreg; rm lui/out; echo new > lui/new",
      "sh", demo.production,
    ]).succeeded()
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    #expect(try Tree(demo.production + "/lui/conf").differences(to: original) == [])
    #expect(try text(of: demo.production + "/hub/accountreg").contains("account.2.name=ines"))
    #expect(try text(of: demo.production + "/hub/test-bed-rules.yaml") == "rules: []\n")
    #expect(try text(of: demo.production + "/lui/new") == "new\n")
    #expect(try Tree(demo.production + "/lui").nodes["out"]?.content == Array("/etc/hostname".utf8))
  }

  /// The backup folder of the Hub, mounted a second time in its data folder; a link where nothing can be mounted.
  @Test func aBackupFolderThatIsMountedInDataIsNeitherPackedNorLost() throws {
    let demo = try Demo()
    let (backups, second) = (demo.production + "/hub/backup", demo.production + "/hub/data/mounted")
    try run(["mkdir", second]).succeeded()
    let isMounted = try run(["mount", "--bind", backups, second]).status == 0
    defer { if isMounted { _ = try? run(["umount", "-l", second]) } }
    if !isMounted { try run(["sh", "-c", "rmdir \"$2\"; ln -s \"$1\" \"$2\"", "sh", backups, second]).succeeded() }
    let first = try demo.backup()
    for testBed in [false, true] {
      let id = try testBed ? demo.backup("--test-bed") : demo.backup()
      let held = try run(["unzip", "-Z1", demo.archives(id, testBed: testBed)[0]]).succeeded().lines
      #expect(held.filter { $0.contains("Backup_") } == [])
    }
    for _ in 0..<2 { try hubtui("restore", first, "--yes", on: demo.production).succeeded() }
    #expect(try names(in: backups).count == 3)
    try hubtui("backup", "verify", first, on: demo.production).succeeded()
  }

  /// A share below the data folder of a target: never moved, never emptied.
  @Test func aMountedShareIsLeftAlone() throws {
    let shared = try Shared.get()
    let server = try TestServer()
    let share = try TemporaryFolder()
    try write("precious", to: share["file"])
    let place = server.path + "/lui/data/elsewhere"
    try run(["mkdir", "-p", place]).succeeded()
    let isMounted = try run(["mount", "--bind", share.path, place]).status == 0
    defer { if isMounted { _ = try? run(["umount", "-l", place]) } }
    for _ in 0..<2 {
      try run(Program.command(["restore", shared.testBed, "--yes"] + shared.demo.from, on: server.path)).succeeded()
    }
    #expect(try text(of: share["file"]) == "precious")
    #expect(try !isMounted || text(of: place + "/file") == "precious")
  }
}
