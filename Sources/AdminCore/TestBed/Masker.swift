import Crypto
import Installation

/// Invents values for personal ones: the same value gives the same invention everywhere in one set, so that joins still
/// hold, and nobody without the run's key, which is thrown away, can go back.
package final class Masker {
  private let key: SymmetricKey
  /// The inventions of one row. One piece is enough but for a table with hundreds of personal columns.
  private var pieces = [UnsafeMutableRawBufferPointer.allocate(byteCount: Masker.pieceSize, alignment: 1)]
  private var piece = 0
  private var used = 0

  private static let pieceSize = 4096

  /// The letters of inventions, none of which is easily taken for another.
  static let letters = Array("abcdefghjkmnpqrstvwxyz0123456789".utf8)
  /// How many letters an invented address has before its @, beside `r-`.
  static let addressLetters = 20
  private static let domain = Array("@example.invalid".utf8)
  /// The characters of an invented address.
  static let addressLength = 2 + addressLetters + domain.count

  /// The keyed hashes of the addresses that were masked, to find them again where they still stand.
  package let maskedAddresses = MaskedAddresses()

  /// A masker with a fresh key.
  package init() { key = SymmetricKey(size: .bits256) }

  /// The same masker on another machine.
  package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// The key, for the other machines of one backup alone.
  package var keyBytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

  deinit { for piece in pieces { piece.deallocate() } }

  /// Frees the inventions of the row before.
  func startRow() { (piece, used) = (0, 0) }

  /// An invention for `bytes`, valid until the next `startRow()`.
  ///
  /// - Parameter limit: the most characters that it may have.
  func mask(
    _ bytes: UnsafeRawBufferPointer, as mask: SystemSchema.Mask, limit: Int = .max
  ) -> UnsafeRawBufferPointer {
    let invention: [UInt8]
    switch mask {
    case .email: invention = address(bytes)
    // A person whose address stands in another field is the same person.
    case .text where limit >= Self.addressLength && Self.isAddress(bytes): invention = address(bytes)
    case .name: invention = Array("Name ".utf8) + Self.spelled(hash(bytes, ""), 8)
    case .text, .remove: invention = Array("text-".utf8) + Self.spelled(hash(bytes, ""), 12)
    }
    // Where the word has no room its end, which tells it from others, is what stays.
    return store(invention.count <= limit ? invention : Array(invention.suffix(limit)))
  }

  private static func isAddress(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= 254, let at = bytes.firstIndex(of: 0x40), at > 0, at < bytes.count - 3 else { return false }
    let domain = bytes[(at + 1)...]
    return domain.contains(0x2E) && !bytes.contains { $0 <= 0x20 || [0x2C, 0x3B, 0x3C, 0x3E, 0x22].contains($0) }
      && !domain.contains(0x40)
  }

  /// Mail systems take addresses without regard to case, and a database may not: addresses that differ in case only get
  /// inventions that differ in case only, so that whoever told two apart, or took them for one, still does.
  private func address(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let code = addressHash(bytes)
    maskedAddresses.insert(code)
    var letters = code.suffix(Self.addressLetters).map { 0x61 + $0 % 26 }
    if bytes.contains(where: { (0x41...0x5A).contains($0) }) {
      let spelling = hash(bytes, "spelling")
      for index in letters.indices where spelling[index] & 1 == 1 { letters[index] &= 0xDF }
      // Never the spelling without capitals.
      letters[0] &= 0xDF
    }
    return Array("r-".utf8) + letters + Self.domain
  }

  /// What addresses are found by again, whatever their case.
  package func addressHash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map(foldedCase).withUnsafeBytes { hash($0, "") }
  }

  /// 32 bytes that nobody can make without the key, others for each purpose.
  func hash(_ bytes: UnsafeRawBufferPointer, _ purpose: String) -> [UInt8] {
    var code = HMAC<SHA256>(key: key)
    if !purpose.isEmpty { code.update(data: Array(purpose.utf8) + [0]) }
    code.update(data: bytes)
    return Array(code.finalize())
  }

  /// So many letters of a hash.
  static func spelled(_ hash: [UInt8], _ count: Int) -> [UInt8] { hash.prefix(count).map { letters[Int($0 & 31)] } }

  /// Keeps an invention until the next row.
  func store(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    if used + bytes.count > pieces[piece].count {
      (piece, used) = (piece + 1, 0)
      if piece == pieces.count {
        pieces.append(.allocate(byteCount: max(Self.pieceSize, bytes.count), alignment: 1))
      }
      if bytes.count > pieces[piece].count { return store(bytes) }
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: pieces[piece][used..<used + bytes.count])
    room.copyBytes(from: bytes)
    used += bytes.count
    return UnsafeRawBufferPointer(room)
  }
}
