import Glibc

/// Finds masked addresses in a stream: in what users wrote, and in their files. It looks where an `@` stands, plain or
/// percent-encoded, so a stream without one costs almost nothing.
final class AddressSearch {
  private let masker: Masker
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize + before + after, alignment: 16)
  private var count = 0
  /// Where the search goes on: before it everything was looked at.
  private var next = 0
  private var startColumn = 0

  private static let pieceSize = 1 << 20
  /// The longest local part (RFC 5321) and an escape before it.
  private static let before = 72
  /// The longest domain, and what separates it.
  private static let after = 260
  /// How many beginnings of an address are tried in a long run of characters that may all belong to one.
  private static let mostBeginnings = 12

  init(_ masker: Masker) { self.masker = masker }

  deinit { buffer.deallocate() }

  /// Forgets the stream before and starts another.
  func start() { (count, next, startColumn) = (0, 0, 0) }

  /// Looks at the next bytes, of any count.
  ///
  /// - Parameter found: is told in which column of a `.copy` file an address stands.
  func scan(_ bytes: UnsafeRawBufferPointer, _ found: (Int) -> Void) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Self.pieceSize)
      UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + piece.count]).copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      count += piece.count
      search(below: count - Self.after, found)
      let keep = min(count, Self.before + Self.after)
      startColumn = column(at: count - keep)
      if let base = buffer.baseAddress { memmove(base, base + count - keep, keep) }
      next = max(0, next - (count - keep))
      count = keep
    }
  }

  /// Ends the stream.
  func finish(_ found: (Int) -> Void) { search(below: count, found) }

  private func search(below end: Int, _ found: (Int) -> Void) {
    guard end > next, let base = buffer.baseAddress else { return }
    for mark: UInt8 in [0x40, 0x25] {
      var position = next
      while position < end, let hit = memchr(base + position, Int32(mark), end - position) {
        let index = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
        position = index + 1
        let isEncoded = mark == 0x25
        if isEncoded, index + 2 >= count || buffer[index + 1] != 0x34 || buffer[index + 2] != 0x30 { continue }
        if isMasked(at: index, domain: index + (isEncoded ? 3 : 1)) { found(column(at: index)) }
      }
    }
    next = end
  }

  private func isMasked(at mark: Int, domain start: Int) -> Bool {
    var end = start
    while end < count, end - start < 255, Self.isDomain(buffer[end]) { end += 1 }
    while end > start, [0x2E, 0x2D].contains(buffer[end - 1]) { end -= 1 }
    let domain = buffer[start..<end]
    // What the masking wrote itself is what stands in most places.
    guard !domain.isEmpty, !domain.elementsEqual("example.invalid".utf8) else { return false }
    var begin = mark
    var tries = 0
    while begin > 0, mark - begin < 64, Self.isLocal(buffer[begin - 1]), tries < Self.mostBeginnings {
      begin -= 1
      guard isBeginning(begin) else { continue }
      tries += 1
      let address = Array(buffer[begin..<mark]) + [0x40] + domain
      if masker.maskedAddresses.contains(masker.addressHash(address)) { return true }
    }
    return false
  }

  // An address may begin wherever a word does, and behind an escape whose last characters look like a part of it.
  private func isBeginning(_ index: Int) -> Bool {
    guard index > 0, Self.isWord(buffer[index - 1]) else { return true }
    if index >= 2, buffer[index - 2] == 0x5C { return true }
    return index >= 3 && buffer[index - 3] == 0x25
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
  }

  private static func isDomain(_ byte: UInt8) -> Bool { isWord(byte) || byte == 0x2D || byte == 0x2E || byte >= 0x80 }

  // The characters of RFC 5322, and what is not ASCII.
  private static func isLocal(_ byte: UInt8) -> Bool {
    isDomain(byte)
      || [0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2F, 0x3D, 0x3F, 0x5E, 0x5F, 0x60, 0x7B, 0x7C, 0x7D, 0x7E]
        .contains(byte)
  }

  private func column(at position: Int) -> Int {
    CopyColumn.index(at: position, in: UnsafeRawBufferPointer(buffer), first: startColumn)
  }
}
