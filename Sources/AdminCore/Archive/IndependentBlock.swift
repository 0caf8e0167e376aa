/// What makes compressed blocks one ordinary deflate stream, each of which can be inflated without the others.
///
/// A block begins on a byte and refers to nothing before it. Every block but the last ends with the empty stored block
/// of zlib's sync flush (RFC 1951, 3.2.4), which brings the next one to a byte again.
enum IndependentBlock {
  /// An empty stored block, from the byte after its header on.
  private static let mark: [UInt8] = [0, 0, 0xFF, 0xFF]

  /// The most bytes by which `open` makes a stream longer.
  static let growth = 5

  /// Takes the end away from a whole stream, so that another block can follow it.
  ///
  /// - Parameters:
  ///   - count: bytes of `stream` that are the whole stream; `growth` bytes of room must follow.
  ///   - layout: of that very stream.
  /// - Returns: the bytes that count now.
  package static func open(_ stream: UnsafeMutableRawBufferPointer, count: Int, _ layout: DeflateLayout) -> Int {
    // The first bit of a deflate block says that it is the last.
    stream[layout.lastBlockBit / 8] &= ~(1 << UInt8(layout.lastBlockBit % 8))
    var end = count
    // The header of a stored block that is not the last is three bits of zero, as are the bits left in the last byte.
    if 8 * count - layout.endBit < 3 {
      stream[end] = 0
      end += 1
    }
    for byte in mark {
      stream[end] = byte
      end += 1
    }
    return end
  }

  /// Ends the opened blocks for the reader, in memory: a last, stored block of bytes that the archive's maker cannot
  /// know. They come out at the end of the block only when the block itself ended on a byte, between two deflate blocks;
  /// nothing in it that runs on into them can imitate that.
  struct Terminator {
    private let stored: [UInt8]

    /// How many bytes come out after the block's own.
    package static let length = 8
    /// How many bytes go in after the block's own.
    static let packedLength = 5 + length

    init() {
      let size = UInt8(Terminator.length)
      stored = [1, size, 0, ~size, 0xFF] + (0..<Terminator.length).map { _ in UInt8.random(in: 0...255) }
    }

    /// Writes it behind the block's `count` bytes.
    package func append(to block: UnsafeMutableRawBufferPointer, count: Int) -> UnsafeRawBufferPointer {
      for (index, byte) in stored.enumerated() { block[count + index] = byte }
      return UnsafeRawBufferPointer(rebasing: block[..<(count + stored.count)])
    }

    /// What came out, without it; nil when it did not come out.
    func strip(_ content: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
      guard content.count >= Terminator.length else { return nil }
      let own = content.count - Terminator.length
      for index in 0..<Terminator.length where content[own + index] != stored[5 + index] { return nil }
      return UnsafeRawBufferPointer(rebasing: content[..<own])
    }
  }
}
