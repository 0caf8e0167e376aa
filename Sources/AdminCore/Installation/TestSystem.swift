import Database
import Detection
import Foundation
import Platform

/// What marks an installation as a restored test system: Hub settings that only a restore writes, so that they travel
/// with the system's own backups.
public struct TestSystem: Sendable, Equatable {
  static let setName = "hub.test-system.set"
  static let restoredName = "hub.test-system.restored"
  static let hostsName = "hub.test-system.production-hosts"
  static let recipientsName = "hub.test-system.recipients"
  private static let masked = "masked"

  /// The set it came from.
  public let set: BackupID
  /// When it was restored, UTC.
  public let restored: String
  package let hosts: [ProductionHosts]
  /// Whether the set's recipients were masked; false when nobody knows.
  public let masksRecipients: Bool

  /// What the settings say; nil on a system that is no restored copy.
  public init?(_ settings: Settings) throws {
    guard let text = try settings.stored(TestSystem.setName) else { return nil }
    guard let set = BackupID(text), let hosts = try settings.stored(TestSystem.hostsName) else {
      throw AdminError(
        .configuration, "the mark of the test system is damaged", at: TestSystem.setName,
        next: "restore a test-bed set again")
    }
    self.set = set
    restored = try settings.stored(TestSystem.restoredName) ?? ""
    masksRecipients = try settings.stored(TestSystem.recipientsName) == TestSystem.masked
    do {
      self.hosts = try JSONDecoder().decode([ProductionHosts].self, from: Data(hosts.utf8))
    } catch {
      throw AdminError(
        .configuration, "the hashes of production's hosts are damaged", at: TestSystem.hostsName,
        next: "restore a test-bed set again")
    }
  }

  /// Writes the mark.
  package static func mark(
    _ settings: Settings, set: BackupID, hosts: [ProductionHosts], masksRecipients: Bool = false
  ) throws {
    try settings.store(setName, set.description)
    try settings.store(restoredName, Moment.text(Moment.now))
    try settings.store(recipientsName, masksRecipients ? masked : "real")
    // In one order of keys, so that two restores of one set store the same bytes.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try settings.store(hostsName, String(decoding: try encoder.encode(hosts), as: UTF8.self))
  }

  /// How many of production's servers had no address that was known when the set was made: under another name a copy
  /// does not recognise them.
  public var unresolvedHosts: Int { hosts.reduce(0) { $0 + ($1.unresolved ?? 0) } }

  /// Whether one of these is a host of production, in any of its forms. What never leaves this machine is none.
  package func isProduction(_ candidates: [HostName]) throws -> Bool {
    for candidate in candidates.flatMap(\.equivalents) where !candidate.isLoopback {
      for known in hosts where try known.contains(candidate) { return true }
    }
    return false
  }

  /// Refuses a host of production, under its name and under every address it has now.
  ///
  /// - Parameters:
  ///   - purpose: what the host is for, in words or as a setting's name.
  ///   - mustResolve: whether a host is refused that does not resolve now and may stand for production tomorrow. While
  ///     the outbox is closed it need not: `HostReview` stands before the opening.
  /// - Throws: `AdminError`: `refused` for production's, and for an address that nobody can tell from production's;
  ///   `unavailable` for one that does not resolve and must.
  public func refuseProduction(_ host: HostName, for purpose: String, mustResolve: Bool = false) throws {
    // The name itself first: an own name of production's is the more telling refusal.
    try refuseProduction(host, resolvedTo: .addresses([]), for: purpose, mustResolve: false)
    try refuseProduction(host, resolvedTo: host.resolution(), for: purpose, mustResolve: mustResolve)
  }

  /// The same for a host that a name server was asked for already.
  package func refuseProduction(
    _ host: HostName, resolvedTo resolution: HostName.Resolution, for purpose: String, mustResolve: Bool
  ) throws {
    if try isProduction([host] + resolution.addresses) {
      throw AdminError(
        .refused, "this is a host of production, which a test system must not use", at: "\(purpose): \(host)",
        next: "give a host that is meant for testing")
    }
    if host.isAddress, !host.isLoopback, unresolvedHosts > 0, try !OwnHosts.addresses().contains(host) {
      throw AdminError(
        .refused,
        "the addresses of \(unresolvedHosts) of production's servers were not known when the set was made, so nobody can tell this one from theirs",
        at: "\(purpose): \(host)",
        next: "give the machine's name instead; a line in /etc/hosts will do")
    }
    switch resolution {
    case .addresses: break
    case .none(let reason), .unknown(let reason):
      guard mustResolve else { break }
      throw AdminError(
        .unavailable,
        "this host does not resolve (\(reason)), so nobody can tell whether it is production's, and the outbox would send",
        at: "\(purpose): \(host)",
        next:
          "make the name resolve, or set another host, or unset it; with the outbox closed it can be set all the same")
    }
  }

  /// Refuses what names a host of production, anywhere in it.
  ///
  /// - Parameter mustResolve: as in `refuseProduction(_:for:mustResolve:)`; it is asked of servers alone, since a mail
  ///   domain may have none.
  package func refuseProduction(in value: AddressValue, for purpose: String, mustResolve: Bool) throws {
    guard value.unreadable.isEmpty else { throw TestSystem.unreadable(purpose) }
    for host in value.servers { try refuseProduction(host, for: purpose, mustResolve: mustResolve) }
    for host in value.names + value.domains { try refuseProduction(host, for: purpose) }
  }

  /// The refusal of what cannot be taken apart. It does not show it: nobody can tell whether there is a secret in it.
  package static func unreadable(_ purpose: String) -> AdminError {
    AdminError(
      .refused, "this address cannot be understood, so nobody can tell whether it is production's", at: purpose,
      next: "spell it as HOST, HOST:PORT or a URL, or unset it")
  }
}
