import AdminCore
import Glibc
import Synchronization
import TUIKitLite

/// What stands around every screen, kept so that drawing a frame asks no database: who is in, what kind of system this
/// is, what runs.
package final class ConsoleState: Sendable {
  private struct Shown {
    var hub: Hub
    var isLoggedIn = false
    var status = ""
    var statusStyle = Style.status
    var statusSaid = ContinuousClock.now
    var operation: OperationStatus?
    var banner = ""
    var bannerRead: ContinuousClock.Instant?
    var idleMinutes = SessionLimit.fallback
  }

  private let shown: Mutex<Shown>
  private let host: String
  /// The installation before anybody is in.
  private let signedOut: Hub

  init(_ hub: Hub, host: String) {
    shown = Mutex(Shown(hub: hub))
    signedOut = hub
    self.host = host
  }

  /// The hub as the account that is in.
  var hub: Hub { shown.withLock { $0.hub } }

  /// The installation.
  var installation: Installation { hub.installation }

  func enter(_ hub: Hub) {
    shown.withLock {
      $0.hub = hub
      $0.isLoggedIn = true
      $0.status = ""
      $0.bannerRead = nil
    }
  }

  /// How long nobody may press a key until the session ends; nil while nobody is in.
  var idleLimit: Duration? { shown.withLock { $0.isLoggedIn ? .seconds($0.idleMinutes * 60) : nil } }

  /// Nobody is in any more. What was started goes on.
  func endSession() {
    shown.withLock {
      $0.hub = signedOut
      $0.isLoggedIn = false
      $0.status = "The session ended after \($0.idleMinutes) idle minutes."
      $0.statusStyle = .warning
      $0.statusSaid = .now
    }
  }

  func say(_ text: String, _ style: Style) {
    shown.withLock {
      $0.status = text
      $0.statusStyle = style
      $0.statusSaid = .now
    }
  }

  func note(_ operation: OperationStatus) {
    shown.withLock {
      $0.operation = operation
      $0.bannerRead = nil
    }
  }

  /// Work was done that may have changed what kind of system this is: the next frame asks anew.
  func noteWork() { shown.withLock { $0.bannerRead = nil } }

  /// The chrome as it is now.
  func chrome() -> Chrome {
    shown.withLock { shown in
      if shown.bannerRead.map({ $0.duration(to: .now) > .seconds(1) }) ?? true {
        shown.banner = ConsoleState.banner(of: shown.hub)
        shown.idleMinutes = SessionLimit.minutes(shown.hub) ?? shown.idleMinutes
        shown.bannerRead = .now
      }
      // A word about what was done long ago would pass for one about what is done now.
      if shown.statusSaid.duration(to: .now) > .seconds(10) { shown.status = "" }
      var chrome = Chrome(
        host: host, user: shown.isLoggedIn ? shown.hub.actor.account : "", banner: shown.banner, status: shown.status)
      chrome.statusStyle = shown.statusStyle
      if let operation = shown.operation, operation.outcome == .running { chrome.activity = operation.line }
      return chrome
    }
  }

  // While a restore exchanges the database there may be nothing to read for a moment; the former banner then stays out
  // rather than the console failing.
  private static func banner(of hub: Hub) -> String {
    do {
      return try hub.testSystemBanner() ?? ""
    } catch {
      return "The system database cannot be read: \(printable("\(error)"))"
    }
  }

  /// This machine's name.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
