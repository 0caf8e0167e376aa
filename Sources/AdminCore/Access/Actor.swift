import Glibc
import Platform

/// Who does something, for the audit log: a Hub account in the console, an account of the system for a command.
public struct Actor: Sendable, Equatable {
  /// `admin`, or `system account root`.
  public let account: String
  /// The other end of the SSH connection, or `local`.
  public let source: String

  /// A Hub account that logged in from here.
  public init(hubAccount: String) {
    account = hubAccount
    source = Actor.currentSource
  }

  private init(system: String) {
    account = "system account \(system)"
    source = Actor.currentSource
  }

  /// The variable in which the console tells an operation it starts for which Hub account it acts.
  public static let hubAccountVariable = "HUBTUI_HUB_ACCOUNT"

  /// The account of the system that runs this process, and the Hub account that it acts for in the console.
  public static var current: Actor {
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? String(geteuid())
    let sudo = getenv("SUDO_USER").map { " (sudo from \(String(cString: $0)))" } ?? ""
    let hub = getenv(hubAccountVariable).map { ", for Hub account \(printable(String(cString: $0)))" } ?? ""
    return Actor(system: name + sudo + hub)
  }

  // sshd sets SSH_CONNECTION: client address, client port, server address, server port (ssh(1), ENVIRONMENT).
  private static var currentSource: String {
    guard let text = getenv("SSH_CONNECTION").map({ String(cString: $0) }),
      let address = text.split(separator: " ").first
    else {
      return "local"
    }
    return "ssh \(printable(String(address)))"
  }
}
