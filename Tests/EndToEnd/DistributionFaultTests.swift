import Glibc
import Testing

/// What can go wrong between machines: it ends in bounded time, is told in words, publishes nothing and leaves nothing.
@Suite struct DistributionFaultTests {
  /// Expects a backup to fail in words, within seconds, and to leave nothing on any machine.
  private func expectFailure(
    _ three: Distribution, _ code: Int32, _ words: String..., within seconds: Int = 30,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let begin = time(nil)
    let run = try three.hubtui("backup", "create", "--test-bed")
    #expect(time(nil) - begin <= seconds, "it took \(time(nil) - begin) s", sourceLocation: location)
    #expect(run.status == code, "\(run.errors)", sourceLocation: location)
    #expect(run.errorLines.count == 1, "\(run.errors)", sourceLocation: location)
    for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: location) }
    #expect(try three.published() == [], sourceLocation: location)
    let reports = try names(in: three.production + "/hub/logs").filter { $0.hasPrefix("testBedBackupReport_") }
    for report in reports {
      let text = try text(of: three.production + "/hub/logs/" + report)
      #expect(text.hasSuffix("it is not usable for a restore\n"), sourceLocation: location)
    }
  }

  @Test func aStoppedSshd() throws {
    let three = try Distribution()
    kill(try three.sshd("trk"))
    try expectFailure(three, 69, "TRK on 127.0.0.13")
    // A port at which nobody listens.
    try run(["sed", "-i", "s/^ *Port .*/Port 1/", three.folder["ssh/config"]]).succeeded()
    try expectFailure(three, 69, "connection refused", "LUI on 127.0.0.12")
  }

  @Test func aHostKeyThatChangedOrIsNotKnown() throws {
    let three = try Distribution()
    let known = three.folder["ssh/known"]
    let before = try text(of: known)
    try run(["sed", "-i", "/127.0.0.13/d", known]).succeeded()
    try expectFailure(three, 77, "the host key is not known", "TRK on 127.0.0.13")
    // TRK's name with LUI's key.
    let line = try #require(before.split(separator: "\n").first { $0.contains("127.0.0.13") }).split(separator: " ")[0]
    let other = try #require(before.split(separator: "\n").first { $0.contains("127.0.0.12") }).split(separator: " ")
    try write(
      before.split(separator: "\n").filter { !$0.contains("127.0.0.13") }.joined(separator: "\n")
        + "\n\(line) \(other[1]) \(other[2])\n", to: known)
    try expectFailure(three, 77, "the host key has changed", "TRK on 127.0.0.13")
    // Nobody was asked, and nothing was added.
    #expect(try text(of: known).split(separator: "\n").count == 3)
  }

  @Test func aKeyThatIsNotTaken() throws {
    let three = try Distribution()
    try write("", to: three.folder["ssh/authorized-lui"])
    try expectFailure(three, 69, "permission denied", "LUI on 127.0.0.12")
  }

  @Test func aKilledSsh() throws {
    let three = try Distribution()
    try run(["truncate", "-s", "3G", three.machine("lui") + "/lui/data/uploads/large.bin"]).succeeded()
    let backup = try three.start("backup", "create", "--test-bed")
    try eventually("LUI's archive is being written") {
      try names(in: three.backups("lui")).contains { $0.hasSuffix(".partial") }
    }
    let children = try run(["pgrep", "-P", String(backup.process), "-x", "ssh"]).output.split(separator: "\n")
    #expect(children.count == 2)
    for child in children { kill(pid_t(child) ?? 0) }
    let ended = try backup.wait(seconds: 30)
    #expect(ended.status == 69 && ended.errors.contains("the connection was lost"), "\(ended.errors)")
    #expect(try three.published() == [])
  }

  @Test func aCancelledOrKilledHub() throws {
    let three = try Distribution()
    try run(["truncate", "-s", "3G", three.machine("lui") + "/lui/data/uploads/large.bin"]).succeeded()
    for signal in [SIGTERM, SIGKILL] {
      let backup = try three.start("backup", "create", "--test-bed")
      try eventually("LUI's archive is being written") {
        try names(in: three.backups("lui")).contains { $0.hasSuffix(".partial") }
      }
      backup.signal(signal)
      let ended = try backup.wait(seconds: 30)
      #expect(ended.status == (signal == SIGTERM ? 130 : 128 + SIGKILL), "\(ended.errors)")
      #expect(try three.published() == [])
    }
  }

  @Test func anErrorAfterAPublicationTakesTheArchivesBack() throws {
    let three = try Distribution()
    // TRK's answers take a while, so that there is time between LUI's publication and HUB's.
    try three.line("trk", ["rate": 10_000_000, "delay": 600])
    let backup = try three.start("backup", "create", "--test-bed")
    try eventually("LUI's archive is published") {
      try FileManagerLite.exists(three.backups("lui"))
        && names(in: three.backups("lui")).contains { $0.hasPrefix("LUI_") }
    }
    let hub = three.production + "/hub/backup"
    try run(["sh", "-c", "rm \"$1\"/.*.partial", "sh", hub]).succeeded()
    let ended = try backup.wait(seconds: 60)
    #expect(ended.status == 74 && !ended.errors.contains("may still be there"), "\(ended.errors)")
    #expect(try three.published() == [])
    for component in ["lui", "trk"] {
      #expect(
        try text(of: three.machine(component) + "/\(component)/logs/audit.jsonl").contains("\"archive withdraw\""))
    }
  }

  @Test func aLineThatIsCutOrFallsSilent() throws {
    let three = try Distribution(timeout: 5)
    // After the log-in, in the middle of the conversation.
    for bytes in [500, 3000, 4500, 6000] {
      try three.line("trk", ["cut": bytes])
      try expectFailure(three, 69, "TRK on 127.0.0.13")
    }
    try three.line("trk", ["stall": 6000])
    try expectFailure(three, 69, "TRK on 127.0.0.13", within: 40)
  }

  @Test func aFullDiskOfAComponent() throws {
    let three = try Distribution()
    let backups = three.backups("trk")
    try run(["mkdir", "-p", backups]).succeeded()
    let isMounted = try run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", backups]).status == 0
    guard isMounted else {
      // Without the right to mount: a limit of the service's file size is as good.
      return try expectFullByLimit()
    }
    defer { do { try run(["umount", backups]).succeeded() } catch { Issue.record("\(error)") } }
    try expectFailure(three, 74, "TRK on 127.0.0.13", "No space left on device")
  }

  private func expectFullByLimit() throws {
    let folder = try TemporaryFolder()
    let three = try Distribution(commands: [
      "trk": "sh \(folder["limited"])"
    ])
    try write(
      "ulimit -f 40; exec \(Program.path) component serve --component TRK --install-folder \(three.machine("trk"))\n",
      to: folder["limited"])
    try expectFailure(three, 74, "TRK on 127.0.0.13", "File too large")
  }

  /// A peer that is no hubtui, or none that is well.
  @Test(arguments: [
    ("sleep", 69, "no "), ("hello-then-silence", 69, "no sign of life"), ("beats-for-ever", 69, "no answer within"),
    ("zeros", 65, "what answers is not hubtui"), ("banner", 65, "what answers is not hubtui (it begins: Welcome"),
    ("hello-then-zeros", 65, "it sends garbage"), ("hello-then-data", 65, "it sends what was not asked for"),
    ("hello-then-endless", 65, "its answer has no end"), ("hello-then-nonsense", 65, "its answer cannot be understood"),
    ("newer", 78, "it is newer (9.0)"), ("older", 78, "it is older (0.0.1)"),
    ("format", 78, "writes archives of format 99"),
    ("rules", 77, "its rules for a test-bed backup are not this version's"),
    ("other-component", 78, "serves TRK, not LUI"),
    ("not-found", 69, "hubtui is not found"),
  ])
  func aPeerThatIsNotWell(mode: String, code: Int, words: String) throws {
    let folder = try TemporaryFolder()
    try write(peerCode, to: folder["peer.py"])
    let three = try Distribution(
      commands: ["lui": mode == "not-found" ? "/nowhere/hubtui" : "python3 \(folder["peer.py"]) \(mode)"],
      timeout: mode == "beats-for-ever" ? 10 : 5)
    let begin = time(nil)
    let run = try EndToEnd.run(
      ["/usr/bin/time", "-f", "%M", "-o", folder["memory"]]
        + Program.command(["backup", "create", "--test-bed"], on: three.production), environment: three.environment)
    #expect(time(nil) - begin <= 150, "it took \(time(nil) - begin) s")
    #expect(run.status == Int32(code) && run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.contains("LUI on 127.0.0.12"))
    let memory = Int(try text(of: folder["memory"]).split(separator: "\n").last ?? "") ?? .max
    #expect(memory < 64_000, "\(memory) KiB")
    #expect(try three.published() == [])
  }
}

/// A peer that speaks the protocol up to a point: `A[0]` says to which.
private let peerCode = #"""
  import json, os, signal, struct, sys, time

  # Some of them hang for ever, and sshd leaves such a process behind.
  signal.alarm(300)
  mode = sys.argv[1]
  out = sys.stdout.buffer
  def frame(kind, payload):
      out.write(struct.pack('>I', len(payload)) + kind + payload)
      out.flush()
  try:
      if mode == 'sleep':
          time.sleep(600)
      if mode == 'zeros':
          while True:
              out.write(bytes(1 << 20))
      if mode == 'banner':
          print('Welcome to this machine, it is ours alone.\nBehave.', flush=True)
          time.sleep(600)
      head = sys.stdin.buffer.read(5)
      theirs = json.loads(sys.stdin.buffer.read(struct.unpack('>I', head[:4])[0]))
      hello = {'word': 'hubtui-component', 'oldest': theirs['oldest'], 'newest': theirs['newest'],
                     'product': '0.1.0', 'format': theirs['format'],
               'rules': '' if mode == 'rules' else theirs['rules'],
               'rulesVersion': theirs['rulesVersion'], 'component': 'LUI'}
      hello.update({'newer': {'oldest': 7, 'newest': 9, 'product': '9.0'},
                    'older': {'oldest': 0, 'newest': 0, 'product': '0.0.1'},
                    'format': {'format': 99, 'product': '9.0'}, 'other-component': {'component': 'TRK'}}.get(mode, {}))
      frame(b'H', json.dumps(hello).encode())
      if mode == 'hello-then-zeros':
          while True:
              out.write(bytes(1 << 20))
      if mode == 'hello-then-data':
          while True:
              frame(b'D', bytes(200000))
      if mode == 'hello-then-endless':
          while True:
              frame(b'P', b' ' * 200000)
      if mode == 'hello-then-nonsense':
          frame(b'M', b'{"hello": "world"}')
      if mode == 'beats-for-ever':
          while True:
              frame(b'B', b'')
              time.sleep(0.1)
      time.sleep(600)
  except BrokenPipeError:
      os._exit(0)
  """#
