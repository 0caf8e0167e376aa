import Foundation
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What the two sides of a distributed backup tell each other, and how `ssh` is started.
@Suite struct RemoteTests {
  @Test func needlesKeepTheirMeaningOnTheWay() throws {
    var here = NeedleCollection()
    here.add("listserv.example.com", .address, rule: "listserv-host")
    here.add("s3cret-word", .secret, rule: "keys")
    here.add([UInt8](200...255), rule: "keys")
    here.add("no", .secret, rule: "keys")
    let there = try JSONDecoder().decode(NeedleCollection.self, from: JSONEncoder().encode(here))
    func named(_ needles: NeedleCollection) -> Set<String> {
      Set(needles.needles.map { "\($0.bytes) \($0.isWholeWord) \(needles.rules[$0.rule])" })
    }
    #expect(named(there) == named(here) && there.skipped == here.skipped && !here.needles.isEmpty)
    var merged = NeedleCollection()
    merged.add("listserv.example.com", .address, rule: "first")
    merged.merge(there)
    #expect(merged.needles.count == here.needles.count && merged.skipped == 1)
  }

  @Test func countsOfTwoMachinesAddUp() {
    func record(_ place: String, _ count: Int) -> SanitisationRecord {
      var record = SanitisationRecord()
      record.rules = [.init(id: "keys", places: [.init(place: place, count: count)]), .init(id: "outbox")]
      return record
    }
    let sum = record("a", 2).adding(record("b", 3)).adding(record("a", 4))
    #expect(sum.rules.map(\.count) == [9, 0] && sum.rules[0].places.map(\.count) == [6, 3])
    #expect(SanitisationRecord().adding(record("a", 2)) == record("a", 2))
  }

  @Test(arguments: ["-oProxyCommand=x", "-l", "a b", "$(id)", "a;b", "", "a/b", "ü", String(repeating: "a", count: 33)])
  func noUserIsAnotherWord(user: String) throws {
    #expect(ComponentAddress(host: try #require(HostName("lui")), user: user, folder: nil) == nil)
  }

  @Test(arguments: ["opt", "-x", "/opt;id", "/opt/a b", "/opt/$HOME", "/opt/../etc", "/", "/opt/`id`", "/opt\n", "/ü"])
  func noFolderIsAnotherWord(folder: String) throws {
    #expect(ComponentAddress(host: try #require(HostName("lui")), user: nil, folder: folder) == nil)
  }

  @Test func hostsThatAreNotPlainAreRefused() throws {
    #expect(HostName("-oProxyCommand=x") == nil && HostName("a b") == nil && HostName("a;b") == nil)
    // A name of other letters goes to ssh in the form that a name server knows.
    let address = ComponentAddress(host: try #require(HostName("lüi.example")), user: nil, folder: nil)
    #expect(address?.host.description == "xn--li-xka.example")
  }

  @Test func safetyIsSaidOnTheCommandLine() throws {
    let host = try #require(HostName("lui.example.com"))
    let address = try #require(ComponentAddress(host: host, user: "maestro", folder: "/opt/maestro"))
    let words = SshProcess.arguments(address, .lui, timeout: 30)
    for option in ["BatchMode=yes", "StrictHostKeyChecking=yes", "ClearAllForwardings=yes", "Compression=no"] {
      #expect(words.contains(option))
    }
    let end = try #require(words.firstIndex(of: "--"))
    #expect(
      Array(words[end...]) == [
        "--", "lui.example.com", "hubtui", "component", "serve", "--component", "LUI", "--install-folder",
        "/opt/maestro",
      ])
  }

  @Test func versionsAreToldApart() {
    let own = Hello()
    #expect(own.objection(to: own) == nil)
    var other = own
    (other.oldest, other.newest, other.product) = (3, 4, "2.0")
    #expect(own.objection(to: other)?.contains("newer (2.0)") == true)
    (other.oldest, other.newest) = (1, 1)
    #expect(own.objection(to: other)?.contains("older") == true)
    // A newer one that still speaks this protocol is served.
    (other.oldest, other.newest) = (1, 9)
    #expect(own.objection(to: other) == nil)
    other.format = Manifest.currentVersion + 1
    #expect(own.objection(to: other)?.contains("format \(other.format)") == true)
  }

  @Test(
    arguments: [
      (
        "@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.", 255, "has changed",
        77
      ),
      ("No ED25519 host key is known for x and you have requested strict checking.", 255, "is not known", 77),
      ("maestro@x: Permission denied (publickey).", 255, "permission denied", 69),
      ("ssh: connect to host x port 22: Connection refused", 255, "connection refused", 69),
      ("ssh: connect to host x port 22: No route to host", 255, "no route", 69),
      ("ssh: Could not resolve hostname x: Name or service not known", 255, "does not resolve", 69),
      ("ssh: connect to host x port 22: Connection timed out", 255, "does not answer", 69),
      ("sh: 1: hubtui: not found", 127, "not found on the other machine", 69),
      ("\u{1B}[2Jevil", 255, "ssh: ^[[2Jevil", 69), ("", 3, "the other side ended (3)", 69),
    ] as [(String, Int32, String, Int32)])
  func sshIsPutIntoWords(complaint: String, status: Int32, words: String, code: Int32) {
    let error = SshFailure.error(status: status, complaint: complaint, at: "LUI on x")
    #expect(error.what.contains(words) && error.code.rawValue == code && error.location == "LUI on x", "\(error)")
  }

  @Test func aReportTellsWhereArchivesAre() throws {
    let folder = try TemporaryFolder()
    let id = try Sample.id("20260101000000-AAAA")
    let report = try BackupReport(folder: folder.path, kind: .normal, id: id)
    for (component, host) in [(Component.lui, "lui.example.com" as String?), (.hub, nil)] {
      try report.line("  \(BackupKind.normal.archiveName(component, id)) 12 bytes sha256 abc")
      try report.line(BackupReport.place("/opt/a on b/backup", on: host))
    }
    try report.succeed()
    let summary = try #require(try BackupReport.read(report.path))
    #expect(summary.hosts == [BackupKind.normal.archiveName(.lui, id): "lui.example.com"])
    #expect(summary.archiveDigests.count == 2 && summary.isValid)
  }

  /// What is added or multiplied here must not trap: a peer's answer is an error in words, never the end of the Hub.
  @Test func numbersThatNothingHasAreRefused() throws {
    func record(_ count: Int) -> SanitisationRecord {
      SanitisationRecord(rules: [.init(id: "outbox", places: [.init(place: "x", count: count)])])
    }
    func written(rows: Int64, count: Int, digest: String) -> Reply {
      var outcome = ComponentWalk.Outcome()
      outcome.rows["database/lui_a.copy"] = rows
      return .written(
        WrittenArchive(digest: digest, size: 1, outcome: outcome), SanitizerResults(record: record(count)))
    }
    let digest = String(repeating: "ab", count: 32)
    #expect(written(rows: 3_000_000_000, count: 3_000_000, digest: digest).isPlausible)
    for reply: Reply in [
      written(rows: .max, count: 1, digest: digest), written(rows: 1, count: .max, digest: digest),
      written(rows: -1, count: 1, digest: digest), written(rows: 1, count: 1, digest: "\n"),
      .described(ComponentDescription(version: "1", time: .min)), .progress(done: .max, total: 1),
      .audited(contentHits: ["x": .max]), .archive(size: .max), .digest(digest, size: .max),
    ] {
      #expect(!reply.isPlausible, "\(reply)")
    }
    #expect(!Request.inspect(snapshotTime: .max).isPlausible && !Request.write(earlier: record(-1)).isPlausible)
  }

  @Test func framesGoBothWaysAndGarbageEndsTheLine() throws {
    var first: [Int32] = [0, 0]
    var second: [Int32] = [0, 0]
    #expect(pipe(&first) == 0 && pipe(&second) == 0)
    defer { for end in first + second { close(end) } }
    let here = try FrameChannel(input: first[0], output: second[1])
    let there = try FrameChannel(input: second[0], output: first[1])
    defer {
      here.stop()
      there.stop()
    }
    try here.start()
    try there.start()
    func send(_ channel: FrameChannel, _ kind: FrameChannel.Kind, _ text: String) throws {
      try Array(text.utf8).withUnsafeBytes { try channel.send(kind, $0, patience: 5) }
    }
    try send(there, .hello, "{}")
    try send(there, .data, String(repeating: "x", count: FrameChannel.frameLimit))
    #expect(here.receive(milliseconds: 5000)?.kind == .hello)
    #expect(here.receive(milliseconds: 5000)?.payload.count == FrameChannel.frameLimit)
    #expect(here.receive(milliseconds: 10) == nil && here.end == .none)
    #expect(write(first[1], "GARBAGE!", 8) == 8)
    for _ in 0..<500 where here.end == .none { usleep(10_000) }
    #expect(here.end == .garbage("GARBAGE!"))
  }
}
