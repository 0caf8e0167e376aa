import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What the chain of digests shows, and what only the head file does.
@Suite struct AuditChainTests {
  private let folder: TemporaryFolder
  private let log: AuditLog
  private let actor = Actor(hubAccount: "ann")

  init() throws {
    folder = try TemporaryFolder()
    log = AuditLog(Installation(folder: folder.path))
  }

  private func write(_ count: Int) throws {
    for number in 1...count { try log.append("action \(number)", "", by: actor) }
  }

  private func lines() throws -> [String] {
    try Sample.text(log.path).split(separator: "\n").map(String.init)
  }

  /// Replaces the log behind the program's back.
  private func forge(_ lines: [String], end: String = "\n") throws {
    try FileSystem.replace(log.path, with: Array((lines.joined(separator: "\n") + end).utf8))
  }

  private func problem(known: String? = nil) throws -> AuditVerification.Problem? {
    try AuditVerification(log, known: known).problem
  }

  @Test func aWholeLogIsCounted() throws {
    #expect(try problem() == nil && AuditVerification(log).lines == 0)
    try write(5)
    let found = try AuditVerification(log)
    #expect(found.problem == nil && found.lines == 5 && found.earlierLines == 0 && found.notes == [])
    #expect(try found.head == Digest.hex(Digest.sha256(Array(lines()[4].utf8))))
    let first = try #require(AuditLine(Array(lines()[0].utf8)))
    #expect(first.previous == AuditLine.genesis && first.number == 1)
    try write(3)
    #expect(try problem(known: found.head) == nil && problem(known: String(found.head.reversed())) != nil)
    #expect(try FileSystem.status(log.headPath).map { $0.st_mode & 0o777 } == 0o600)
  }

  @Test(arguments: 0..<6) func aChangedLineIsNamed(place: Int) throws {
    try write(6)
    var lines = try lines()
    lines[place] = lines[place].replacing("ann", with: "bob")
    try forge(lines)
    #expect(try problem() == .init(line: place + 1, what: "line \(place + 1) was changed"))
  }

  @Test(arguments: [(0, 1), (2, 1), (2, 2), (4, 1)]) func removedLinesAreNamed(place: Int, count: Int) throws {
    try write(6)
    var lines = try lines()
    lines.removeSubrange(place..<(place + count))
    try forge(lines)
    let found = try #require(try problem())
    #expect(found.line == place + 1 && found.what.contains("removed"), "\(found)")
  }

  @Test(arguments: [1, 2, 6]) func aTruncatedLogIsNamedByItsHead(count: Int) throws {
    try write(6)
    try forge(Array(try lines().dropLast(count)), end: count == 6 ? "" : "\n")
    let found = try #require(try problem())
    #expect(found.line == 7 - count && found.what.contains("removed from the end"), "\(found)")
    // The next entry must not heal it.
    try write(1)
    #expect(try problem()?.what.contains("not as it was left") == true)
    #expect(try log.entries().last?.action == "action 1")
  }

  @Test func aRemovedLogIsNamedByItsHead() throws {
    try write(2)
    try FileSystem.remove(log.path)
    #expect(try problem()?.what.contains("missing") == true)
    try write(1)
    #expect(try problem()?.what.contains("not as it was left") == true)
  }

  @Test func anInsertedLineIsNamed() throws {
    try write(6)
    let good = try lines()
    var lines = good
    lines.insert(good[1], at: 2)
    try forge(lines)
    #expect(try problem()?.what.contains("inserted") == true)
    // One that pretends to follow the second line.
    var line = AuditLine("forged", "", by: actor, result: "done")
    (line.number, line.previous) = (3, Digest.hex(Digest.sha256(Array(good[1].utf8))))
    lines = good
    lines.insert(String(decoding: try line.bytes(), as: UTF8.self), at: 2)
    try forge(lines)
    #expect(try problem() == .init(line: 3, what: "line 3 was inserted"))
    // One as an earlier version wrote them.
    (line.number, line.previous) = (nil, nil)
    lines[2] = String(decoding: try line.bytes(), as: UTF8.self)
    try forge(lines)
    #expect(try problem() == .init(line: 3, what: "line 3 was inserted"))
    try forge([lines[2]] + good)
    #expect(try problem()?.line == 1)
  }

  @Test func anotherOrderIsNamed() throws {
    try write(6)
    var lines = try lines()
    lines.swapAt(2, 3)
    try forge(lines)
    #expect(try problem() == .init(line: 3, what: "line 3 is out of order: it was line 4"))
  }

  @Test(arguments: [1, 5, 40]) func aTornLineIsNamedAndDoesNotStopTheLog(kept: Int) throws {
    try write(3)
    // A power failure in the midst of the fourth line, whose head was not written.
    let whole = try lines()
    try forge(whole + [String(whole[2].prefix(kept))], end: "")
    #expect(try problem() == .init(line: 4, what: "line 4 is torn; the next entry closes it"))
    try write(2)
    let found = try AuditVerification(log)
    #expect(
      found.problem == nil
        && found.notes == ["line 4 is torn, as a power failure leaves it; the chain goes on behind it"])
    #expect(
      try log.entries().map(\.action) == ["action 1", "action 2", "action 3", "?", "audit log", "action 1", "action 2"])
  }

  @Test func tearingAKnownLineOffDoesNotPassForAPowerFailure() throws {
    try write(3)
    let whole = try lines()
    try forge([whole[0], whole[1], String(whole[2].dropLast(9))], end: "")
    #expect(try problem()?.line == 3)
    try write(1)
    #expect(try problem()?.what.contains("not as it was left") == true)
  }

  @Test func aWriterThatDiedBeforeTheHeadIsNoProblem() throws {
    try write(2)
    let head = try FileSystem.read(log.headPath)
    try write(1)
    try FileSystem.replace(log.headPath, with: head)
    #expect(try AuditVerification(log).notes == ["1 lines follow the head: their writer was stopped"])
    #expect(try problem() == nil)
    try write(1)
    #expect(try problem() == nil && lines().count == 4)
  }

  @Test func aMissingOrDamagedHeadIsNamed() throws {
    try write(2)
    try FileSystem.replace(log.headPath, with: Array("{}".utf8))
    #expect(try problem()?.what.contains("head") == true)
    try FileSystem.remove(log.headPath)
    #expect(try problem()?.what.contains("head file is missing") == true)
    try write(1)
    #expect(try problem()?.what.contains("the head file was missing") == true)
  }

  @Test func linesOfAnEarlierVersionStandBeforeTheChain() throws {
    try FileSystem.makeFolder(FileSystem.folder(of: log.path))
    let old = (1...3).map {
      "{\"account\":\"a\",\"action\":\"old \($0)\",\"detail\":\"\",\"result\":\"done\",\"source\":\"local\",\"time\":\"t\"}"
    }
    try forge(old)
    #expect(try problem() == nil && AuditVerification(log).earlierLines == 3)
    try write(2)
    let found = try AuditVerification(log)
    #expect(found.problem == nil && found.lines == 6 && found.earlierLines == 3 && found.notes.count == 1)
    #expect(try log.entries().map(\.action) == ["old 1", "old 2", "old 3", "audit log", "action 1", "action 2"])
    let lines = try lines()
    for place in 0..<3 {
      var forged = lines
      forged[place] = forged[place].replacing("old", with: "new")
      try forge(forged)
      #expect(try (problem()?.line).map { $0 <= 3 } == true, "\(place)")
    }
    try forge(Array(lines.dropFirst()))
    #expect(try problem() != nil)
  }

  @Test func writersAtTheSameTimeKeepTheChain() throws {
    let log = log
    let count = 24
    let done = Counter()
    for writer in 1...count {
      BackgroundThread.run {
        do { try log.record("writer \(writer)", "", by: Actor(hubAccount: "w")) {} } catch { done.note("\(error)") }
        done.add()
      }
    }
    while done.count < count { usleep(1000) }
    #expect(done.problems == [])
    let found = try AuditVerification(log)
    #expect(found.problem == nil && found.lines == 2 * count && found.notes == [])
    #expect(try log.entries().count == count && log.entries().allSatisfy { $0.result == "done" })
  }
}
