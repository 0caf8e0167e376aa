import Archive
import Crypto
import CryptoExtras
import Platform

/// Salted hashes of production's hosts: a set carries them, so that the post-restore setup can refuse those hosts
/// without the set containing them. scrypt makes trying all names or addresses expensive.
public struct ProductionHosts: Codable, Sendable, Equatable {
  /// The salt, hex.
  package let salt: String
  /// scrypt's N.
  let cost: Int
  /// The hashes, hex, sorted so that their order tells nothing.
  package let hashes: [String]

  // 4 MiB and some milliseconds a host; with r=8, p=1 as RFC 7914 recommends.
  private static let usualCost = 4096

  /// Hashes hosts under a fresh salt.
  package init(_ hosts: Set<HostName>) throws {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.salt = Digest.hex(salt)
    cost = ProductionHosts.usualCost
    let hosts = Array(hosts)
    let hashes = Guarded<[String]>([])
    try SharedWork.run(hosts.count, workers: Processors.count) { _, index in
      let hash = try ProductionHosts.hash(hosts[index], salt: salt, cost: ProductionHosts.usualCost)
      hashes.withLock { $0.append(hash) }
    }
    self.hashes = hashes.withLock { $0.sorted() }
  }

  /// Whether a host is one of them.
  package func contains(_ host: HostName) throws -> Bool {
    guard isUsable, let salt = Digest.bytes(hex: salt) else {
      throw AdminError(.dataError, "the hashes of production's hosts are damaged", next: "use another backup set")
    }
    return hashes.contains(try ProductionHosts.hash(host, salt: salt, cost: cost))
  }

  /// Whether it can be asked: an enemy's cost would take all memory.
  package var isUsable: Bool {
    Digest.bytes(hex: salt) != nil && (2...1 << 16).contains(cost) && cost & (cost - 1) == 0
  }

  private static func hash(_ host: HostName, salt: [UInt8], cost: Int) throws -> String {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(host.description.utf8), salt: salt, outputByteCount: 16, rounds: cost, blockSize: 8, parallelism: 1)
    return key.withUnsafeBytes { Digest.hex([UInt8]($0)) }
  }
}
