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
  /// How many of production's servers had no address that was known when the hashes were made; nil in older sets.
  package let unresolved: Int?

  // 4 MiB and some milliseconds a host; with r=8, p=1 as RFC 7914 recommends.
  private static let usualCost = 4096
  // For so many hosts it takes seconds; for more of them each is made cheaper, so that all together take no longer.
  private static let usualCount = 1024
  private static let lowestCost = 64

  /// Hashes hosts under a fresh salt.
  ///
  /// - Parameter unresolved: how many of production's servers have no address that is known.
  package init(_ hosts: Set<HostName>, unresolved: Int = 0) throws {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.salt = Digest.hex(salt)
    self.unresolved = unresolved
    let cost = ProductionHosts.cost(of: hosts.count)
    self.cost = cost
    let hosts = Array(hosts)
    let hashes = Guarded<[String]>([])
    try SharedWork.run(hosts.count, workers: Processors.count) { _, index in
      let hash = try ProductionHosts.hash(hosts[index], salt: salt, cost: cost)
      hashes.withLock { $0.append(hash) }
    }
    self.hashes = hashes.withLock { $0.sorted() }
  }

  /// scrypt's N for so many hosts.
  static func cost(of count: Int) -> Int {
    var cost = usualCost
    var count = count
    while count > usualCount, cost > lowestCost {
      count /= 2
      cost /= 2
    }
    return cost
  }

  /// Whether a host is one of them, under the name or address that is given.
  package func contains(_ host: HostName) throws -> Bool {
    guard isUsable, let bytes = Digest.bytes(hex: salt) else {
      throw AdminError(.dataError, "the hashes of production's hosts are damaged", next: "use another backup set")
    }
    let question = Question(salt: salt, cost: cost, host: host)
    let hash: String
    if let known = ProductionHosts.answered.withLock({ $0[question] }) {
      hash = known
    } else {
      hash = try ProductionHosts.hash(host, salt: bytes, cost: cost)
      ProductionHosts.answered.withLock { answered in
        if answered.count >= ProductionHosts.mostAnswers { answered.removeAll(keepingCapacity: true) }
        answered[question] = hash
      }
    }
    return hashes.contains(hash)
  }

  /// Whether it can be asked: an enemy's cost would take all memory.
  package var isUsable: Bool {
    Digest.bytes(hex: salt) != nil && (2...1 << 16).contains(cost) && cost & (cost - 1) == 0
  }

  private struct Question: Hashable {
    let salt: String
    let cost: Int
    let host: HostName
  }

  // A console looks at the same few hosts again and again, and each costs milliseconds.
  private static let answered = Guarded<[Question: String]>([:])
  private static let mostAnswers = 4096

  private static func hash(_ host: HostName, salt: [UInt8], cost: Int) throws -> String {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(host.description.utf8), salt: salt, outputByteCount: 16, rounds: cost, blockSize: 8, parallelism: 1)
    return key.withUnsafeBytes { Digest.hex([UInt8]($0)) }
  }
}
