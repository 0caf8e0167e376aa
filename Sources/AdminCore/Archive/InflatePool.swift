/// Reads and inflates the independent blocks of one entry on several threads, giving them back in order.
enum InflatePool {
  /// The most bytes that a block may take in the archive: what `DeflatePool` can make of one.
  static let blockLimit = ZipFormat.blockSize + (64 << 10)

  /// A ring whose workers read from `file`; `place` names archive and entry in errors.
  static func make(file: File, method: ZipEntry.Method, place: String, threads: Int) throws -> BlockRing {
    // One byte more than a block may give, so that a block that gives too much shows itself.
    try BlockRing(
      threads: threads, inputCapacity: blockLimit + IndependentBlock.Terminator.packedLength,
      outputCapacity: ZipFormat.blockSize + IndependentBlock.Terminator.length + 1
    ) {
      try InflateWorker(file: file, method: method, place: place)
    }
  }
}

private final class InflateWorker: BlockWorker {
  private let decompressor: BlockDecompressor
  private let terminator = IndependentBlock.Terminator()
  private let file: File
  private let method: ZipEntry.Method
  private let place: String

  init(file: File, method: ZipEntry.Method, place: String) throws {
    decompressor = try BlockDecompressor()
    self.file = file
    self.method = method
    self.place = place
  }

  func run(_ slot: BlockSlot) {
    do {
      let packed = UnsafeMutableRawBufferPointer(rebasing: slot.input[..<slot.inputCount])
      guard try file.read(into: packed, at: slot.fileOffset) == packed.count else {
        throw ZipFault.error("the archive became shorter while it was read", at: place)
      }
      slot.result = method == .stored ? UnsafeRawBufferPointer(packed) : try inflate(packed, slot)
      guard slot.result.count == slot.expected else {
        throw ZipFault.error("a block has another size than the manifest says", at: place)
      }
      slot.crc = Checksum.crc32(slot.result)
    } catch {
      slot.failure = error
    }
  }

  private func inflate(_ packed: UnsafeMutableRawBufferPointer, _ slot: BlockSlot) throws -> UnsafeRawBufferPointer {
    let input =
      slot.isLast ? UnsafeRawBufferPointer(packed) : terminator.append(to: slot.input, count: packed.count)
    let content = decompressor.inflate(input, into: slot.output).flatMap { count in
      let content = UnsafeRawBufferPointer(rebasing: slot.output[..<count])
      return slot.isLast ? content : terminator.strip(content)
    }
    guard let content else { throw ZipFault.error("a compressed block is damaged", at: place) }
    return content
  }
}
