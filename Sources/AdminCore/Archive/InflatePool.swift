import Platform

/// Reads and inflates the independent blocks of one entry on several threads, giving them back in order.
enum InflatePool {
  /// The most bytes that a block may take in the archive: what `DeflatePool` can make of one.
  static let blockLimit = ZipFormat.blockSize + (64 << 10)

  /// A ring whose workers read from `file`.
  package static func make(file: File, threads: Int) throws -> BlockRing {
    // One byte more than a block may give, so that a block that gives too much shows itself.
    try BlockRing(
      threads: threads, inputCapacity: blockLimit + IndependentBlock.Terminator.packedLength,
      outputCapacity: ZipFormat.blockSize + IndependentBlock.Terminator.length + 1
    ) {
      try InflateWorker(file: file)
    }
  }
}

private final class InflateWorker: BlockWorker {
  private let decompressor: BlockDecompressor
  private let terminator = IndependentBlock.Terminator()
  private let file: File

  init(file: File) throws {
    decompressor = try BlockDecompressor()
    self.file = file
  }

  func run(_ slot: BlockSlot) {
    do {
      let packed = UnsafeMutableRawBufferPointer(rebasing: slot.input[..<slot.inputCount])
      guard try file.read(into: packed, at: slot.fileOffset) == packed.count else {
        throw fault("the archive became shorter while it was read", slot)
      }
      slot.result = slot.method == .stored ? UnsafeRawBufferPointer(packed) : try inflate(packed, slot)
      slot.content = slot.result
      guard slot.result.count == slot.expected else {
        throw fault("a block has another size than the manifest says", slot)
      }
      slot.crc = Checksum.crc32(slot.result)
    } catch {
      slot.failure = error
    }
  }

  private func fault(_ what: String, _ slot: BlockSlot) -> AdminError {
    ZipFault.error(what, at: ZipFault.place(file.path, slot.entryName))
  }

  private func inflate(_ packed: UnsafeMutableRawBufferPointer, _ slot: BlockSlot) throws -> UnsafeRawBufferPointer {
    let input =
      slot.isLast ? UnsafeRawBufferPointer(packed) : terminator.append(to: slot.input, count: packed.count)
    let content = decompressor.inflate(input, into: slot.output).flatMap { count in
      let content = UnsafeRawBufferPointer(rebasing: slot.output[..<count])
      return slot.isLast ? content : terminator.strip(content)
    }
    guard let content else { throw fault("a compressed block is damaged", slot) }
    return content
  }
}
