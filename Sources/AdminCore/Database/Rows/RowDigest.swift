import Crypto

/// A digest of rows that does not depend on their order, since every engine gives them back in an order of its own: the
/// sum of the SHA-256 of all rows, lane by lane. It tells whether two sets of rows are the same; against forgery the
/// digest of the whole entry stands.
package struct RowDigest: Equatable {
  private var sums: SIMD4<UInt64> = .zero
  private var rows: Int64 = 0
  private var hash: SHA256?

  /// The digest of no row.
  package init() {}

  package static func == (left: RowDigest, right: RowDigest) -> Bool {
    left.sums == right.sums && left.rows == right.rows && left.hash == nil && right.hash == nil
  }

  /// Takes the next bytes of a `.copy` file; rows may span any number of calls.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A)
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)])
      if end == nil || hash != nil {
        var hash = self.hash ?? SHA256()
        hash.update(bufferPointer: piece)
        self.hash = hash
      }
      guard let end else { return }
      if let hash { add(hash.finalize()) } else { add(SHA256.hash(data: piece)) }
      self.hash = nil
      start = end + 1
    }
  }

  private mutating func add(_ digest: SHA256.Digest) {
    digest.withUnsafeBytes { sums &+= $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    rows += 1
  }
}
