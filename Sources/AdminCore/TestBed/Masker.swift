import Crypto
import Installation

/// Invents values for personal ones: the same value gives the same invention everywhere in one set, so that joins still
/// hold, and nobody without the run's key, which is thrown away, can go back.
package final class Masker {
  private let key: SymmetricKey
  private var arena = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
  private var used = 0

  /// A masker with a fresh key.
  package init() { key = SymmetricKey(size: .bits256) }

  /// The same masker on another machine.
  package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// The key, for the other machines of one backup alone.
  package var keyBytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

  deinit { arena.deallocate() }

  /// Frees the inventions of the row before.
  func startRow() { used = 0 }

  /// An invention for `bytes`, valid until the next `startRow()`.
  func mask(_ bytes: UnsafeRawBufferPointer, as mask: SystemSchema.Mask) -> UnsafeRawBufferPointer {
    var code = HMAC<SHA256>(key: key)
    // Mail systems take addresses without regard to case, so the same person may be spelled two ways.
    if mask == .email {
      code.update(data: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    } else {
      code.update(data: bytes)
    }
    let letters = Array("abcdefghjkmnpqrstvwxyz0123456789".utf8)
    let digest = code.finalize().prefix(16).map { letters[Int($0 & 31)] }
    switch mask {
    case .email: return store(Array("r-".utf8) + digest + Array("@example.invalid".utf8))
    case .name: return store(Array("Name ".utf8) + digest.prefix(8))
    case .text, .remove: return store(Array("text-".utf8) + digest.prefix(12))
    }
  }

  private func store(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    // Inventions are short and a row has few personal columns; the arena holds some sixty.
    if used + bytes.count > arena.count { used = 0 }
    let room = UnsafeMutableRawBufferPointer(rebasing: arena[used..<used + bytes.count])
    room.copyBytes(from: bytes)
    used += bytes.count
    return UnsafeRawBufferPointer(room)
  }
}
