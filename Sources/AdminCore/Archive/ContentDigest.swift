import Crypto

/// A SHA-256 digest kept in place: an archive may have a great many, and an array for each would take twice the room.
public struct ContentDigest: Sendable, Hashable {
  private let first, second, third, fourth: UInt64

  package init(_ digest: SHA256.Digest) { self = digest.withUnsafeBytes { ContentDigest(in: $0) } }

  /// Reads 64 digits of lower-case hexadecimal; nil for any other text.
  public init?(hex text: String) {
    guard text.utf8.count == 64, let bytes = Digest.bytes(hex: text) else { return nil }
    self = bytes.withUnsafeBytes { ContentDigest(in: $0) }
  }

  private init(in bytes: UnsafeRawBufferPointer) {
    func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
    (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { withUnsafeBytes(of: (first, second, third, fourth)) { Array($0) } }

  /// The digest as 64 digits of lower-case hexadecimal.
  public var hex: String { Digest.hex(bytes) }
}
