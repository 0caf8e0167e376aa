import Foundation

/// The addresses that were masked, as a Bloom filter over their keyed hashes: it takes the same memory for a hundred and
/// for ten million addresses, and tells nobody without the key which they are. Of a million addresses it takes another
/// one for a masked one in fewer than one case in a million, of ten million in 4 of a hundred.
package final class MaskedAddresses {
  private static let bitCount: UInt64 = 1 << 26
  private static let probes: UInt64 = 6
  private var words: [UInt64] = []

  /// Whether no address was masked.
  package var isEmpty: Bool { words.isEmpty }

  /// All of it, for another machine of the same backup; nil when no address was masked.
  package var data: Data? { words.isEmpty ? nil : words.withUnsafeBytes { Data($0) } }

  /// Takes over what another machine masked.
  package func merge(_ data: Data) {
    guard data.count == Int(Self.bitCount / 8) else { return }
    if words.isEmpty { words = Array(repeating: 0, count: Int(Self.bitCount / 64)) }
    data.withUnsafeBytes { bytes in
      for index in words.indices { words[index] |= bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
    }
  }

  /// Adds an address by its hash.
  func insert(_ hash: [UInt8]) {
    if words.isEmpty { words = Array(repeating: 0, count: Int(Self.bitCount / 64)) }
    for bit in Self.bits(of: hash) { words[Int(bit >> 6)] |= 1 << (bit & 63) }
  }

  /// Whether the address with this hash was added, or, rarely, seems so.
  func contains(_ hash: [UInt8]) -> Bool {
    !words.isEmpty && Self.bits(of: hash).allSatisfy { words[Int($0 >> 6)] & (1 << ($0 & 63)) != 0 }
  }

  private static func bits(of hash: [UInt8]) -> [UInt64] {
    func number(_ start: Int) -> UInt64 { hash[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    let (first, step) = (number(0), number(8) | 1)
    return (0..<probes).map { (first &+ $0 &* step) & (bitCount - 1) }
  }
}
