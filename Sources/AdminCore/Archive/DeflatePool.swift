import Platform

/// Compresses blocks on several threads, giving them back in order.
enum DeflatePool {
  /// A ring whose workers deflate at `level`, 1…9.
  package static func make(level: Int, threads: Int) throws -> BlockRing {
    // Deflate adds at most five bytes per 16 KiB to data that does not shrink; 64 KiB is far above that.
    try BlockRing(
      threads: threads, inputCapacity: ZipFormat.blockSize, outputCapacity: ZipFormat.blockSize + (64 << 10)
    ) { try DeflateWorker(level: level) }
  }
}

/// Tells whether content is worth compressing, from its first 64 KiB at level 1.
final class ShrinkProbe {
  package static let length = 64 << 10
  private let compressor: BlockCompressor
  private let output: UnsafeMutableRawBufferPointer

  init() throws {
    compressor = try BlockCompressor(level: 1)
    output = .allocate(byteCount: 2 * Self.length, alignment: 64)
  }

  deinit { output.deallocate() }

  package func method(for content: UnsafeRawBufferPointer) -> ZipEntry.Method {
    let head = UnsafeRawBufferPointer(rebasing: content[..<min(Self.length, content.count)])
    let count = compressor.compress(head, into: output) ?? output.count
    return Self.isWorthIt(count, of: head.count) ? .deflated : .stored
  }

  /// Less than 3 % saved is not worth the time to inflate it again.
  static func isWorthIt(_ compressed: Int, of size: Int) -> Bool { compressed * 100 <= size * 97 }
}

private final class DeflateWorker: BlockWorker {
  private let compressor: BlockCompressor
  private let probe: ShrinkProbe
  private let walk = DeflateWalk()

  init(level: Int) throws {
    compressor = try BlockCompressor(level: level)
    probe = try ShrinkProbe()
  }

  func run(_ slot: BlockSlot) {
    let content = UnsafeRawBufferPointer(rebasing: slot.input[..<slot.inputCount])
    slot.crc = Checksum.crc32(content)
    slot.content = content
    slot.result = content
    let given = slot.method
    if given == nil && content.count > ShrinkProbe.length { slot.method = probe.method(for: content) }
    if slot.method == .stored { return }
    guard let count = compress(content, into: slot.output, last: slot.isLast) else {
      slot.failure = AdminError(.inputOutput, "compression failed", next: "check the memory of this machine")
      return
    }
    if given == nil && !ShrinkProbe.isWorthIt(count, of: content.count) {
      slot.method = .stored
    } else {
      slot.method = .deflated
      slot.result = UnsafeRawBufferPointer(rebasing: slot.output[..<count])
    }
  }

  private func compress(
    _ content: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, last: Bool
  ) -> Int? {
    let room = UnsafeMutableRawBufferPointer(rebasing: output[..<(output.count - IndependentBlock.growth)])
    guard let count = compressor.compress(content, into: room) else { return nil }
    if last { return count }
    // libdeflate ends every stream; only a walk through it finds the bit that says so.
    let stream = UnsafeRawBufferPointer(rebasing: output[..<count])
    guard let layout = walk.layout(of: stream, size: content.count) else { return nil }
    return IndependentBlock.open(output, count: count, layout)
  }
}
