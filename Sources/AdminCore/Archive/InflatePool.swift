/// Reads and inflates the independent blocks of one entry on several threads, giving them back in order.
enum InflatePool {
  /// The most bytes that a block may take in the archive: what `DeflatePool` can make of one.
  static let blockLimit = ZipFormat.blockSize + (64 << 10)

  /// A ring whose workers read from `file`; `place` names archive and entry in errors.
  static func make(file: File, method: ZipEntry.Method, place: String, threads: Int) throws -> BlockRing {
    // One byte more than a block may give, so that a block that gives too much shows itself.
    try BlockRing(threads: threads, inputCapacity: blockLimit, outputCapacity: ZipFormat.blockSize + 1) {
      try InflateWorker(file: file, method: method, place: place)
    }
  }
}

private final class InflateWorker: BlockWorker {
  private let inflater: Inflater
  private let file: File
  private let method: ZipEntry.Method
  private let place: String

  init(file: File, method: ZipEntry.Method, place: String) throws {
    inflater = try Inflater()
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
    inflater.reset()
    inflater.feed(UnsafeRawBufferPointer(packed))
    let (step, count) = inflater.step(into: slot.output)
    let isWhole = slot.isLast ? step == .ended : step == .going && inflater.isBetweenBlocks
    guard isWhole, inflater.unread == 0 else {
      throw ZipFault.error("a compressed block is damaged", at: place)
    }
    return UnsafeRawBufferPointer(rebasing: slot.output[..<count])
  }
}
