import Glibc
import Testing

@Suite(.waiting) struct NormalBackupTests {
  private static let dumpOf = "print(dump(db(A[0])))"

  /// The three data folders and INI files, and everything in the database.
  private struct State: Equatable {
    let trees: [Tree]
    let database: String

    init(_ production: String, _ database: String) throws {
      trees =
        try ["hub", "lui", "trk"].map { try Tree("\(production)/\($0)/data") }
        + ["hub/hub.ini", "lui/lui.ini", "trk/tracker.ini"].map { try Tree("\(production)/\($0)") }
      self.database = try python(NormalBackupTests.dumpOf, [database])
    }
  }

  private func damage(_ demo: Demo) throws {
    try demo.sql(
      """
      DELETE FROM trk_events WHERE id % 3 = 0; DELETE FROM lui_outbox; UPDATE lui_jobs SET title = 'wrong';
      INSERT INTO lui_subscribers (email, is_confirmed) VALUES ('new@example.invalid', 1);
      DROP TABLE hub_web_hooks; UPDATE hub_settings SET value = NULL WHERE name = 'lui.listserv.host'
      """)
    try run([
      "sh", "-ec",
      """
      cd "$1"
      rm -r lui/data/templates lui/data/uploads/none hub/data/keystore.p12 trk/data/state/latest.txt
      echo more >> trk/data/state/counters.txt
      chmod 777 lui/data/uploads
      touch hub/data/branding/footer.txt
      ln -s ../../elsewhere trk/data/state/latest.txt
      mkdir hub/data/new; echo new > hub/data/new/file
      echo 'log.level2=debug' >> trk/tracker.ini
      """, "sh", demo.production,
    ]).succeeded()
  }

  @Test func everyRowAndFileComesBackAndARollBackBringsTheChangedStateBack() throws {
    let demo = try Demo()
    let original = try State(demo.production, demo.database)
    let id = try demo.backup()
    #expect(try State(demo.production, demo.database) == original)
    try damage(demo)
    let damaged = try State(demo.production, demo.database)
    #expect(damaged != original)

    // Distributed, with its external database: no --from, since the settings know the folders.
    try hubtui("restore", id, "--yes", on: demo.production).succeeded()
    let restored = try State(demo.production, demo.database)
    for (now, then) in zip(restored.trees, original.trees) { #expect(now.differences(to: then) == []) }
    #expect(restored.database == original.database)
    #expect(try !names(in: demo.production).contains("database"))
    #expect(try text(of: demo.production + "/lui/lui.ini").contains("database.url=sqlite://\(demo.database)\n"))

    for expected in [damaged, original, damaged] {
      try hubtui("restore", "rollback", "--yes", on: demo.production).succeeded()
      let now = try State(demo.production, demo.database)
      for (left, right) in zip(now.trees, expected.trees) { #expect(left.differences(to: right) == []) }
      #expect(now.database == expected.database)
    }
  }

  @Test func whatTheDemoHoldsIsWorthComparing() throws {
    let shared = try Shared.get()
    let tree = try Tree(shared.demo.production + "/lui/data")
    #expect(tree.nodes.values.contains { $0.mode & S_IFMT == S_IFLNK })
    #expect(tree.nodes.values.contains { $0.modified.count == 2 && $0.modified[1] % 1000 != 0 })
    #expect(tree.nodes["uploads/none"]?.mode == S_IFDIR | 0o700)
    #expect(tree.nodes["uploads/terms of use.txt"]?.mode == S_IFREG | 0o640)
  }

  /// Runs a command at a terminal, answers when it asks, prints what it showed and ends as it did.
  private static let atTerminal = """
    import pty
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(A[1], A[1:])
    shown, answered = b'', False
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not answered and b'to go on: ' in shown:
            os.write(terminal, A[0].encode() + b'\\n')
            answered = True
    sys.stdout.write(shown.decode('utf-8', 'replace'))
    print(f'\\nexit {os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}, asked {answered}')
    """

  @Test func aLostOriginIsRebuiltOnAnEmptyInstallationAfterATypedWord() throws {
    let demo = try Demo()
    let original = try State(demo.production, demo.database)
    let id = try demo.backup()
    let safe = try TemporaryFolder()
    try run(["cp", "-a"] + demo.archives(id, testBed: false) + [safe.path]).succeeded()
    try run(["rm", "-rf", demo.production, demo.folder["production-database"], demo.share]).succeeded()
    try hubtui("setup", demo.production, "--password-file", "-", input: "long-enough-password\n").succeeded()
    let empty = try Tree(demo.production, ignoring: Tree.databaseLogs)
    let command = Program.command(["restore", id, "--from", safe.path, "--yes"], on: demo.production)

    let piped = try run(command, input: "REBUILD \(id)\n")
    #expect(piped.status == 77)
    #expect(piped.errorLines.count == 1)
    let wrong = try python(NormalBackupTests.atTerminal, ["REBUILD"] + command)
    #expect(wrong.hasSuffix("\nexit 77, asked True\n"))
    #expect(try Tree(demo.production, ignoring: Tree.databaseLogs).differences(to: empty) == [])

    let right = try python(NormalBackupTests.atTerminal, ["REBUILD \(id)"] + command)
    #expect(right.hasSuffix("\nexit 0, asked True\n"), "\(right)")
    let rebuilt = try State(demo.production, demo.database)
    for (now, then) in zip(rebuilt.trees, original.trees) { #expect(now.differences(to: then) == []) }
    #expect(rebuilt.database == original.database)
  }
}
