import Platform

/// An entry to read as a whole: in its independent blocks, or in one, when it is no larger.
package struct ZipPart {
  package let entry: ZipEntry
  /// As `ArchivedEntry.blocks` says; empty for an entry of one block.
  package let blocks: [UInt64]

  package init(entry: ZipEntry, blocks: [UInt64]) {
    self.entry = entry
    self.blocks = blocks
  }

  /// Whether one block holds all of it.
  var isOneBlock: Bool {
    blocks.isEmpty && entry.size <= UInt64(ZipFormat.blockSize)
      && entry.compressedSize <= UInt64(InflatePool.blockLimit)
  }
}

/// A piece of an entry's content.
package struct ZipPiece {
  /// Which of the parts asked for.
  package let part: Int
  /// In place only until the next piece.
  package let bytes: UnsafeRawBufferPointer
  /// Whether the entry ends with it; size and CRC-32 of the whole entry are then checked.
  package let isLast: Bool
  /// SHA-256 of the whole entry, with the last piece, when it was asked for.
  package let sha256: ContentDigest?
}

extension ZipReader {
  /// Reads entry after entry through one ring of threads, so that many small ones are inflated side by side like the
  /// blocks of a large one, and gives their content in order.
  ///
  /// `body` sees pieces before the CRC-32 at the end was checked: use nothing of them before the last one.
  /// - Parameters:
  ///   - count: how many parts.
  ///   - part: gives each of them, 0..<count, in order, and some of them again.
  ///   - threads: how many inflate at a time, 1…64.
  ///   - wantsDigests: whether the threads compute SHA-256 as well.
  ///   - cancellation: looked at before each piece.
  /// - Throws: `AdminError`: `dataError`, `inputOutput`, `cancelled`; what `body` throws.
  package func read(
    _ count: Int, _ part: (Int) throws -> ZipPart, threads: Int, wantsDigests: Bool = false, cancellation: Cancellation,
    _ body: (ZipPiece) throws -> Void
  ) throws {
    guard count > 0 else { return }
    var next = try Cursor(part(0))
    var current = next
    let ring = try InflatePool.make(
      file: file, threads: count == 1 ? min(threads, max(1, next.part.blocks.count)) : threads)
    defer { ring.stop() }
    var digest: EntryDigest?
    var size: UInt64 = 0
    var crc: UInt32 = 0
    while current.index < count {
      while next.index < count, let slot = ring.vacant {
        if next.block == 0 {
          try check(next.part)
          digest = wantsDigests ? EntryDigest() : nil
        }
        slot.digest = digest
        try fill(slot, next.part, block: next.block)
        ring.submit()
        try next.advance(beyond: slot.isLast, count, part)
      }
      try cancellation.check()
      guard let slot = ring.collect() else { break }
      if let failure = slot.failure { throw failure }
      let isLast = slot.isLast
      crc = Checksum.joined(crc, slot.crc, secondLength: slot.result.count)
      size += UInt64(slot.result.count)
      if isLast { try check(current.part.entry, size: size, crc: crc) }
      try body(
        ZipPiece(
          part: current.index, bytes: slot.result, isLast: isLast,
          sha256: isLast ? slot.digest?.hasher.contentDigest() : nil))
      ring.release()
      if isLast { (size, crc) = (0, 0) }
      try current.advance(beyond: isLast, count, part)
    }
  }

  /// The next block of the next part.
  private struct Cursor {
    var index = 0
    var part: ZipPart
    var block = 0

    init(_ part: ZipPart) { self.part = part }

    mutating func advance(beyond isLast: Bool, _ count: Int, _ next: (Int) throws -> ZipPart) throws {
      block = isLast ? 0 : block + 1
      guard isLast else { return }
      index += 1
      if index < count { part = try next(index) }
    }
  }

  private func check(_ part: ZipPart) throws {
    let blockSize = UInt64(ZipFormat.blockSize)
    let count = part.entry.size / blockSize + (part.entry.size % blockSize > 0 ? 1 : 0)
    guard part.isOneBlock || UInt64(part.blocks.count) == count && part.blocks.first == 0 else {
      throw fault("the manifest's blocks do not fit its size", part.entry)
    }
  }

  private func fill(_ slot: BlockSlot, _ part: ZipPart, block: Int) throws {
    let entry = part.entry
    let start = part.blocks.isEmpty ? 0 : part.blocks[block]
    slot.isLast = block + 1 >= part.blocks.count
    let end = slot.isLast ? entry.compressedSize : part.blocks[block + 1]
    guard start < end || part.isOneBlock, end <= entry.compressedSize, end - start <= UInt64(InflatePool.blockLimit)
    else {
      throw fault("the manifest's blocks do not fit its compressed size", entry)
    }
    slot.fileOffset = entry.dataOffset + start
    slot.inputCount = Int(end - start)
    let blockSize = UInt64(ZipFormat.blockSize)
    slot.expected = Int(min(blockSize, entry.size - UInt64(block) * blockSize))
    slot.method = entry.method
    slot.entryName = entry.name
  }
}
