import Database
import Foundation
import Platform

/// What marks an installation as a restored test system: Hub settings that only a restore writes, so that they travel
/// with the system's own backups.
public struct TestSystem: Sendable, Equatable {
  static let setName = "hub.test-system.set"
  static let restoredName = "hub.test-system.restored"
  static let hostsName = "hub.test-system.production-hosts"

  /// The set it came from.
  public let set: BackupID
  /// When it was restored, UTC.
  public let restored: String
  package let hosts: [ProductionHosts]

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
    do {
      self.hosts = try JSONDecoder().decode([ProductionHosts].self, from: Data(hosts.utf8))
    } catch {
      throw AdminError(
        .configuration, "the hashes of production's hosts are damaged", at: TestSystem.hostsName,
        next: "restore a test-bed set again")
    }
  }

  /// Writes the mark.
  package static func mark(_ settings: Settings, set: BackupID, hosts: [ProductionHosts]) throws {
    try settings.store(setName, set.description)
    try settings.store(restoredName, Moment.text(Moment.now))
    // In one order of keys, so that two restores of one set store the same bytes.
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try settings.store(hostsName, String(decoding: try encoder.encode(hosts), as: UTF8.self))
  }

  /// Refuses a host of production, under its name and under every address it has now.
  ///
  /// - Parameters:
  ///   - purpose: what the host is for, in words or as a setting's name.
  ///   - mustResolve: whether a host is refused that does not resolve now and may stand for production tomorrow. While
  ///     the outbox is closed it need not: `HostReview` stands before the opening.
  /// - Throws: `AdminError`: `refused` for production's, `unavailable` for one that does not resolve and must.
  public func refuseProduction(_ host: HostName, for purpose: String, mustResolve: Bool = false) throws {
    var candidates = [host]
    switch host.resolution() {
    case .addresses(let addresses): candidates += addresses
    case .none(let reason), .unknown(let reason):
      // The name itself is looked at below, and an own name of production's is the more telling refusal.
      guard mustResolve else { break }
      try refuse([host], host, purpose)
      throw AdminError(
        .unavailable,
        "this host does not resolve (\(reason)), so nobody can tell whether it is production's, and the outbox would send",
        at: "\(purpose): \(host)",
        next:
          "make the name resolve, or set another host, or unset it; with the outbox closed it can be set all the same")
    }
    try refuse(candidates, host, purpose)
  }

  private func refuse(_ candidates: [HostName], _ host: HostName, _ purpose: String) throws {
    for candidate in candidates where !candidate.isLocalhost {
      for known in hosts where try known.contains(candidate) {
        throw AdminError(
          .refused, "this is a host of production, which a test system must not use", at: "\(purpose): \(host)",
          next: "give a host that is meant for testing")
      }
    }
  }
}
