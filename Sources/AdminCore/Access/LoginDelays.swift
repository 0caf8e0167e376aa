import Archive
import Database
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// How long each account waits for the answer to its next login, after failures: 1 s, 2 s, 4 s … at most `longest`.
///
/// Kept in a file of the hub's home folder, so that neither a new start of the program nor a second one shortens a wait;
/// no backup takes it along. The wait is bounded and a refused try does not lengthen it, so nobody can lock the last
/// administrator out for good; `account enable` and `account passwd` end it at once. A day without a failure forgets all.
public struct LoginDelays: Sendable {
  /// The longest wait, in seconds.
  public static let longest = 300
  /// Seconds without a failure after which all is forgotten.
  static let memory: Int64 = 86_400

  /// The clocks that a wait is told by.
  package struct Clock: Sendable {
    /// Seconds since 1970; may be set to anything.
    var wall: @Sendable () -> Int64
    /// Seconds since the machine started; goes on by itself, while it sleeps too.
    var sinceBoot: @Sendable () -> Int64
    /// Tells one start of the machine from every other; empty when it cannot.
    var boot: @Sendable () -> String

    /// The machine's.
    package static let system = Clock(
      wall: { Moment.now },
      sinceBoot: {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec)
      },
      boot: {
        // Without it the wall clock is used, which is worse but bounded as well.
        let path = "/proc/sys/kernel/random/boot_id"
        guard let stream = fopen(path, "r") else { return "" }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = fread(&bytes, 1, bytes.count, stream)
        return String(decoding: bytes[..<count], as: UTF8.self).trimmingSpaces
      })
  }

  /// What came of a try.
  package enum Outcome: Equatable {
    /// Not looked at: so many seconds are still to wait.
    case wait(Int)
    /// The password is right.
    case right
    /// It is wrong; so many seconds to wait now.
    case wrong(Int)
  }

  private struct Record: Codable {
    var failures: Int
    /// When the last one was, by each clock.
    var wall: Int64
    var sinceBoot: Int64
    var boot: String
  }

  private let path: String
  private let lockPath: String
  private let clock: Clock

  /// The delays of an installation.
  public init(_ installation: Installation) { self.init(installation, clock: .system) }

  package init(_ installation: Installation, clock: Clock) {
    path = installation.home(of: .hub) + "/login-delays.json"
    lockPath = installation.home(of: .hub) + "/login-delays.lock"
    self.clock = clock
  }

  /// One try, alone among all programs on this installation. The failure is on disk before the password is looked at, so
  /// that whoever kills the program in between has gained nothing.
  ///
  /// - Parameters:
  ///   - isAccount: whether there is such an account; all other names share a few records, so that nobody fills the disk.
  ///   - check: whether the password is right; what it throws counts as no try.
  package func attempt(_ name: String, isAccount: Bool, _ check: () throws -> Bool) throws -> Outcome {
    let key = LoginDelays.key(name, isAccount: isAccount)
    let lock = try FileLock.open(lockPath, flags: O_RDWR)
    defer { lock.close() }
    var records = try read()
    let former = records[key].flatMap(current)
    if let former {
      let rest = LoginDelays.delay(former.failures) - elapsed(since: former)
      if rest > 0 {
        records[key] = former
        try write(records)
        return .wait(Int(rest))
      }
    }
    let failures = min(1 << 20, former?.failures ?? 0) + 1
    records[key] = Record(failures: failures, wall: clock.wall(), sinceBoot: clock.sinceBoot(), boot: clock.boot())
    try write(records)
    do {
      guard try check() else { return .wrong(Int(LoginDelays.delay(failures))) }
    } catch {
      records[key] = former
      try write(records)
      throw error
    }
    records[key] = nil
    try write(records)
    return .right
  }

  /// Ends an account's wait.
  public func forget(_ name: String) throws {
    let lock = try FileLock.open(lockPath, flags: O_RDWR)
    defer { lock.close() }
    var records = try read()
    guard records.removeValue(forKey: LoginDelays.key(name, isAccount: true)) != nil else { return }
    try write(records)
  }

  private static func delay(_ failures: Int) -> Int64 { failures > 9 ? Int64(longest) : 1 << (Int64(failures) - 1) }

  private static func key(_ name: String, isAccount: Bool) -> String {
    isAccount ? "account \(name)" : "no account, \(Digest.sha256(Array(name.utf8))[0] % 64)"
  }

  /// The record as it counts now: nil once it is forgotten. A wall clock that went backwards makes it begin anew, so that
  /// the wait neither ends at once nor lasts for ever.
  private func current(_ record: Record) -> Record? {
    guard record.failures > 0 else { return nil }
    let passed = elapsed(since: record)
    if passed >= LoginDelays.memory { return nil }
    guard passed < 0 else { return record }
    return Record(failures: record.failures, wall: clock.wall(), sinceBoot: clock.sinceBoot(), boot: clock.boot())
  }

  private func elapsed(since record: Record) -> Int64 {
    let boot = clock.boot()
    return boot.isEmpty || boot != record.boot
      ? clock.wall().subtractingReportingOverflow(record.wall).partialValue
      : clock.sinceBoot().subtractingReportingOverflow(record.sinceBoot).partialValue
  }

  // A damaged file must lock nobody out; who can damage it can do worse.
  private func read() throws -> [String: Record] {
    guard try FileSystem.exists(path) else { return [:] }
    do {
      return try JSONDecoder().decode([String: Record].self, from: Data(try FileSystem.read(path)))
    } catch is DecodingError {
      return [:]
    }
  }

  private func write(_ records: [String: Record]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try FileSystem.replace(path, with: [UInt8](try encoder.encode(records.filter { current($0.value) != nil })))
  }
}
