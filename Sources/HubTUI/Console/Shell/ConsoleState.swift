import AdminCore
import Glibc
import Synchronization
import TUIKitLite

/// What stands around every screen: who is in, what was said last, what runs. Whoever draws only looks here.
package final class ConsoleState: Sendable {
  private struct Shown {
    var hub: Hub
    var isLoggedIn = false
    var status = ""
    var statusStyle = Style.status
    var statusSaid = ContinuousClock.now
    var operation: OperationStatus?
  }

  private let shown: Mutex<Shown>
  private let host: String
  private let system: KnownSystem
  /// The installation while nobody is logged in.
  private let signedOut: Hub

  init(_ hub: Hub, _ system: KnownSystem, host: String) {
    shown = Mutex(Shown(hub: hub))
    signedOut = hub
    self.system = system
    self.host = host
  }

  /// The hub as the account that is logged in.
  var hub: Hub { shown.withLock { $0.hub } }

  /// The installation.
  var installation: Installation { hub.installation }

  func logIn(_ hub: Hub) {
    shown.withLock {
      $0.hub = hub
      $0.isLoggedIn = true
      $0.status = ""
    }
  }

  /// How long nobody may press a key until the session ends; nil while nobody is logged in.
  var idleLimit: Duration? {
    shown.withLock { $0.isLoggedIn } ? .seconds(system.facts.idleMinutes * 60) : nil
  }

  /// Nobody is logged in any more. What was started goes on.
  func endSession() {
    let text = "The session ended after \(system.facts.idleMinutes) idle minutes."
    shown.withLock {
      $0.hub = signedOut
      $0.isLoggedIn = false
      $0.status = text
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

  func note(_ operation: OperationStatus) { shown.withLock { $0.operation = operation } }

  /// What was shown as running has ended; the watch may not have seen it yet.
  func noteEnd() { shown.withLock { $0.operation = nil } }

  /// The chrome as it is now.
  func chrome() -> Chrome {
    let banner = system.facts.banner
    return shown.withLock { shown in
      // A word about what was done long ago would pass for one about what is done now.
      if shown.statusSaid.duration(to: .now) > .seconds(10) { shown.status = "" }
      var chrome = Chrome(
        host: host, user: shown.isLoggedIn ? shown.hub.actor.account : "", banner: banner, status: shown.status)
      chrome.statusStyle = shown.statusStyle
      if let operation = shown.operation, operation.outcome == .running { chrome.activity = operation.line }
      return chrome
    }
  }

  /// This machine's name.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
