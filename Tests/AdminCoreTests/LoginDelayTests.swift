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

/// Waits after failed logins, told by clocks that the test sets.
@Suite struct LoginDelayTests {
  /// Clocks that stand until they are set.
  private final class Hands: Sendable {
    let wall = Mutex<Int64>(1_800_000_000)
    let sinceBoot = Mutex<Int64>(5000)
    let boot = Mutex("first")

    func pass(_ seconds: Int64) {
      wall.withLock { $0 += seconds }
      sinceBoot.withLock { $0 += seconds }
    }

    var clock: LoginDelays.Clock {
      LoginDelays.Clock(
        wall: { [self] in wall.withLock { $0 } }, sinceBoot: { [self] in sinceBoot.withLock { $0 } },
        boot: { [self] in boot.withLock { $0 } })
    }
  }

  private let folder: TemporaryFolder
  private let installation: Installation
  private let hands = Hands()

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
  }

  /// A program that was started just now.
  private var delays: LoginDelays { LoginDelays(installation, clock: hands.clock) }

  private func fail(_ name: String = "admin", isAccount: Bool = true) throws -> LoginDelays.Outcome {
    try delays.attempt(name, isAccount: isAccount) { false }
  }

  private func fail(times: Int) throws {
    for _ in 0..<times {
      hands.pass(Int64(LoginDelays.longest))
      _ = try fail()
    }
  }

  @Test func eachFailureWaitsLongerUpToFiveMinutes() throws {
    var waits: [Int] = []
    for _ in 0..<12 {
      guard case .wrong(let seconds) = try fail() else {
        Issue.record("it was not looked at")
        return
      }
      waits.append(seconds)
      hands.pass(Int64(seconds) - 1)
      #expect(
        try fail() == .wait(1), "a new start of the program shortens nothing, and a refused try lengthens nothing")
      hands.pass(1)
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    #expect(try delays.attempt("admin", isAccount: true) { true } == .right)
    #expect(try fail() == .wrong(1), "a good login forgets the failures")
  }

  @Test func accountsWaitEachForThemselves() throws {
    try fail(times: 5)
    #expect(try fail() == .wait(16) && fail("other") == .wrong(1))
    #expect(try fail("nobody", isAccount: false) == .wrong(1))
    #expect(try delays.attempt("other", isAccount: true) { true } == .wait(1))
  }

  @Test func manyInventedNamesNeedNoRoom() throws {
    for number in 0..<500 {
      hands.pass(301)
      _ = try fail("invented \(number)", isAccount: false)
    }
    #expect(try FileSystem.read(installation.home(of: .hub) + "/login-delays.json").count < 10_000)
  }

  @Test func aKilledTryCountsAsAFailure() throws {
    _ = try delays.attempt("admin", isAccount: true) {
      // What another program finds while the password is looked at is what a kill leaves.
      let text = try Sample.text(installation.home(of: .hub) + "/login-delays.json")
      #expect(text.contains("\"failures\":1"), "\(text)")
      return true
    }
    #expect(
      Sample.error {
        _ = try delays.attempt("admin", isAccount: true) { throw AdminError(.inputOutput, "no database", next: "x") }
      } != nil)
    #expect(try fail() == .wrong(1), "what could not be looked at is no failure")
  }

  @Test func aWallClockSetBackNeitherUnlocksNorLocksForEver() throws {
    try fail(times: 9)
    hands.wall.withLock { $0 -= 1_000_000_000 }
    #expect(try fail() == .wait(256))
    hands.pass(256)
    #expect(try fail() == .wrong(300))
    // The same over a new start of the machine, whose other clock begins anew.
    hands.wall.withLock { $0 -= 500_000_000 }
    hands.sinceBoot.withLock { $0 = 3 }
    hands.boot.withLock { $0 = "second" }
    #expect(try fail() == .wait(300))
    hands.pass(299)
    #expect(try fail() == .wait(1))
    hands.pass(1)
    #expect(try fail() == .wrong(300))
  }

  @Test func aWallClockSetForwardUnlocksNothing() throws {
    try fail(times: 9)
    hands.wall.withLock { $0 += 1_000_000_000 }
    #expect(try fail() == .wait(256))
  }

  @Test func aDayForgetsAndSoDoesAnAdministratorAtAShell() throws {
    try fail(times: 9)
    hands.pass(LoginDelays.memory)
    #expect(try fail() == .wrong(1))
    try fail(times: 6)
    let hub = Hub(installation, Actor(hubAccount: "shell"))
    try enable("admin", hub)
    #expect(try fail() == .wrong(1))
    try fail(times: 6)
    _ = try AccountActions.setPassword(of: "admin", "a new password", hub)
    #expect(try fail() == .wrong(1))
    #expect(Sample.error { try enable("nobody", hub) }?.code == .usage)
  }

  private func enable(_ name: String, _ hub: Hub) throws {
    let account = HubAccounts.Account(
      name: name, fullName: "", isAdministrator: true, isEnabled: false, lastLogin: "")
    guard case .quick(let enable) = AccountActions.enable.work else { return }
    _ = try enable([account], hub)
  }

  @Test func aDamagedFileLocksNobodyOut() throws {
    try Sample.write("{", to: installation.home(of: .hub) + "/login-delays.json")
    #expect(try delays.attempt("admin", isAccount: true) { true } == .right)
    #expect(
      try FileSystem.status(installation.home(of: .hub) + "/login-delays.json").map { $0.st_mode & 0o777 } == 0o600)
  }

  @Test func triesAtTheSameTimeAreOneAfterAnother() throws {
    let done = Counter()
    let looked = Counter()
    let delays = delays
    for _ in 0..<8 {
      BackgroundThread.run {
        do {
          _ = try delays.attempt("admin", isAccount: true) {
            looked.add()
            return false
          }
        } catch { done.note("\(error)") }
        done.add()
      }
    }
    while done.count < 8 { usleep(1000) }
    #expect(looked.count == 1 && done.problems == [], "only one of them may look at a password")
  }

  @Test func aLongWaitIsToldAndAShortOneIsWaited() throws {
    try HubAccounts(installation.openDatabase(.readWrite)).setPassword("admin", "right password")
    let hands = hands
    let waited = Mutex<[Int]>([])
    func login() -> Login {
      Login(installation, delays: delays) { seconds in
        waited.withLock { $0.append(seconds) }
        hands.pass(Int64(seconds))
      }
    }
    var first = login()
    #expect(try (first.attempt("admin", "wrong") == nil) && first.delay == 1)
    var second = login()
    #expect(try second.attempt("admin", "wrong") == nil && second.delay == 2)
    #expect(waited.withLock { $0 } == [1])
    try fail(times: 6)
    let error = Sample.error { _ = try second.attempt("admin", "right password") }
    #expect(error?.code == .refused && error?.what.contains("128 s") == true && error?.next.contains("enable") == true)
    hands.pass(128)
    #expect(try second.attempt("admin", "right password") != nil && second.delay == 0)
    let results = try AuditLog(installation).entries().map(\.result)
    #expect(results == ["wrong name or password", "wrong name or password", "too many failures", "done"])
  }
}
