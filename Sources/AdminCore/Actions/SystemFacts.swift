import Administration
import Archive
import Database
import Installation
import Platform
import Runs

/// What stands around every screen: which kind of system this is, what is left to do, when a session ends. Reading it may
/// wait for the system database, so it is never read by whoever draws.
public struct SystemFacts: Sendable, Equatable {
  /// What a system that is no production says of itself; empty on any other, or what is wrong with the database.
  public var banner = ""
  /// The steps of the post-restore setup that are open; nil on a system that is no restored copy.
  public var openSteps: Int?
  /// After how many idle minutes a session ends.
  public var idleMinutes = SystemFacts.usualIdleMinutes

  /// What holds while the setting cannot be read.
  public static let usualIdleMinutes = 15

  /// Nothing is known yet.
  public init() {}

  /// Reads them.
  ///
  /// - Parameters:
  ///   - former: what was known before; it stays where the database cannot be read.
  ///   - now: seconds since 1970, by which jobs are overdue.
  public static func read(_ hub: Hub, after former: SystemFacts = SystemFacts(), now: Int64) -> SystemFacts {
    var facts = former
    do {
      try hub.read { database in
        let settings = Settings(database)
        facts.idleMinutes =
          try settings.value("hub.session.idle-minutes").flatMap(Int.init).map { min(720, max(1, $0)) }
          ?? usualIdleMinutes
        facts.banner = try banner(settings, database) ?? ""
        let setup = PostRestoreSetup(hub.installation, database)
        facts.openSteps = try setup.testSystem() == nil ? nil : setup.steps(now: now).filter { !$0.isDone }.count
      }
    } catch {
      // While a restore exchanges the database there may be nothing to read for a moment.
      facts.banner = "The system database cannot be read: \(printable("\(error)"))"
    }
    return facts
  }

  private static func banner(_ settings: Settings, _ database: any SystemDatabase) throws -> String? {
    guard let system = try TestSystem(settings) else { return nil }
    let sending = try Outbox(database).isOpen() ? "the outbox is OPEN" : Outbox.disabledText
    return "TEST SYSTEM, restored from \(system.set) — \(sending)"
  }
}
