import Database
import Installation
import Platform

/// How large a demo production is, and what makes it the same twice.
public struct DemoOptions: Sendable {
  /// What `subscribers` and `events` may be.
  public static let sizes = 1...10_000_000
  /// What `now` may be: the years 2001 to 2099.
  public static let moments: Range<Int64> = 978_307_200..<4_102_444_800

  /// How many subscribers, 1 to 10,000,000.
  public var subscribers = 20_000
  /// How many tracking events, 1 to 10,000,000.
  public var events = 100_000
  /// The same seed and the same `now` give the same production, but for the paths in it.
  public var seed: UInt64 = 1
  /// The moment, in seconds since 1970, on which due dates and histories turn.
  public var now: Int64 = Moment.now

  /// What production's external database and the test server's internal one are.
  public var database = Setup.InternalDatabase.embedded

  /// The usual sizes.
  public init() {}

  package func check() throws {
    for (name, value) in [("subscribers", subscribers), ("events", events)] where !DemoOptions.sizes.contains(value) {
      throw AdminError(
        .usage, "the number of \(name) must be from \(DemoOptions.sizes.lowerBound) to \(DemoOptions.sizes.upperBound)",
        at: String(value), next: "give another number")
    }
    guard DemoOptions.moments.contains(now) else {
      throw AdminError(
        .usage, "the moment must be in the years 2001 to 2099", at: String(now), next: "give another moment")
    }
  }
}

/// Two installations to try everything on: a production that is as dangerous as a real one, with invented hosts, people
/// and secrets, and an empty test server.
public enum Demo {
  /// The password of the account `admin` of both installations.
  public static let password = "demo-admin"

  /// Makes `production` and `test-server` in `folder`, and beside them what production has outside its install folder:
  /// `production-database` and `share`. All or nothing.
  ///
  /// - Throws: `AdminError`: `usage` for sizes out of range, `cannotCreate` when one of the four is there already.
  public static func create(
    _ folder: String, _ options: DemoOptions, progress: (String) -> Void = { _ in }
  ) throws {
    try options.check()
    let root = FileSystem.absolute(folder)
    for name in parts where try FileSystem.exists(root + "/" + name) {
      throw AdminError(
        .cannotCreate, "something is there already", at: root + "/" + name,
        next: "name another folder, or remove this one")
    }
    let firstNew = try firstMissingFolder(of: root)
    let partial = root + "/.demo.partial"
    do {
      try FileSystem.remove(partial)
      try FileSystem.makeFolder(partial)
      progress("test server")
      try Setup.create(
        partial + "/test-server", password: password, database: options.database, place: root + "/test-server")
      try DemoProduction(options: options, root: root, partial: partial).create(progress)
      try publish(from: partial, to: root)
      try FileSystem.remove(partial)
      if options.database == .mariadb {
        for server in servers(in: root) { try server.start() }
      }
    } catch {
      // The first error is the one to tell; what cannot be cleaned away now is cleaned away by the next attempt.
      do { try FileSystem.remove(firstNew ?? partial) } catch let second { progress("cannot clean up: \(second)") }
      throw error
    }
  }

  /// The database servers of a demo that was made with MariaDB: production's and the test server's.
  public static func servers(in folder: String) -> [MariaDBServer] {
    let root = FileSystem.absolute(folder)
    return [
      MariaDBServer(folder: root + "/production-database"),
      MariaDBServer(folder: Installation(folder: root + "/test-server").internalServerFolder),
    ]
  }

  /// In the order in which they appear: production last, when all that it needs is there.
  private static let parts = ["test-server", "share", "production-database", "production"]

  private static func publish(from partial: String, to root: String) throws {
    var done: [String] = []
    do {
      for name in parts {
        try FileSystem.rename(partial + "/" + name, root + "/" + name)
        done.append(name)
      }
    } catch {
      for name in done.reversed() { try FileSystem.remove(root + "/" + name) }
      throw error
    }
  }

  /// The topmost folder that has to be made for `path`, nil when `path` is there.
  private static func firstMissingFolder(of path: String) throws -> String? {
    var missing: String?
    var place = path
    while try !FileSystem.exists(place) {
      missing = place
      place = FileSystem.folder(of: place)
    }
    return missing
  }
}
