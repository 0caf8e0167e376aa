import Platform

/// The entries of an archive in their order: an archive may have a great many, so they are not kept in memory.
///
/// One thread fills it; after that each thread reads through a `Window` of its own.
public final class EntryTable: Sendable {
  private let records: SpooledBytes
  /// Names that are too long for a record, and blocks.
  private let tails: SpooledBytes

  /// - Parameter folder: where a temporary file goes when there are more than a few.
  package init(in folder: String = UnnamedFile.folder) {
    records = SpooledBytes(in: folder)
    tails = SpooledBytes(in: folder, limit: 64 << 10)
  }

  /// How many there are.
  public var count: Int { Int(records.count) / Record.length }

  /// Adds one at the end.
  ///
  /// - Throws: `AdminError`: `cannotCreate`, `inputOutput`.
  package func append(_ entry: ArchivedEntry) throws {
    let record = Record(entry, tail: tails.count)
    try withUnsafeTemporaryAllocation(byteCount: Record.length, alignment: 8) { bytes in
      // What stood in memory before must not get into a file.
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      record.store(in: bytes)
      var name = entry.name
      try name.withUTF8 { name in
        if name.count <= Record.roomForName {
          UnsafeMutableRawBufferPointer(rebasing: bytes[Record.fixedLength...])
            .copyMemory(from: UnsafeRawBufferPointer(name))
        } else {
          try tails.append(UnsafeRawBufferPointer(name))
        }
      }
      try records.append(UnsafeRawBufferPointer(bytes))
    }
    if !entry.blocks.isEmpty { try entry.blocks.withUnsafeBytes { try tails.append($0) } }
  }

  /// A look at the entries, some at a time: those beside the one asked for are there for the next question.
  ///
  /// For one thread.
  package final class Window {
    private static let some = 64
    private let table: EntryTable
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: some * Record.length, alignment: 8)
    private var held = 0..<0

    package init(_ table: EntryTable) { self.table = table }

    deinit { buffer.deallocate() }

    /// The entry at a place, 0..<count.
    ///
    /// - Throws: `AdminError` (`inputOutput`).
    package subscript(index: Int) -> ArchivedEntry {
      get throws {
        if !held.contains(index) {
          let first = index / Window.some * Window.some
          let wanted = first..<min(first + Window.some, table.count)
          held = 0..<0
          let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(wanted.count * Record.length)])
          try table.records.read(into: part, at: UInt64(first * Record.length))
          held = wanted
        }
        let start = (index - held.lowerBound) * Record.length
        return try table.entry(UnsafeRawBufferPointer(rebasing: buffer[start..<start + Record.length]))
      }
    }
  }

  private func entry(_ bytes: UnsafeRawBufferPointer) throws -> ArchivedEntry {
    let record = Record(loadedFrom: bytes)
    let nameLength = Int(record.nameLength)
    let isShort = nameLength <= Record.roomForName
    let name =
      isShort
      ? String(decoding: bytes[Record.fixedLength..<Record.fixedLength + nameLength], as: UTF8.self)
      : try String(unsafeUninitializedCapacity: nameLength) { room in
        try tails.read(into: UnsafeMutableRawBufferPointer(room), at: record.tail, count: nameLength)
      }
    var blocks: [UInt64] = []
    if record.blockCount > 0 {
      blocks = try [UInt64](unsafeUninitializedCapacity: Int(record.blockCount)) { room, count in
        count =
          try tails.read(
            into: UnsafeMutableRawBufferPointer(room), at: record.tail + UInt64(isShort ? 0 : nameLength),
            count: Int(record.blockCount) * 8) / 8
      }
    }
    return record.entry(name: name, blocks: blocks)
  }

  /// What is the same for every entry, as bytes of this machine: nothing else ever reads them.
  private struct Record {
    static let fixedLength = MemoryLayout<Record>.stride
    static let roomForName = length - fixedLength
    static let length = 256

    let size, compressedSize, headerOffset, dataOffset, tail: UInt64
    let modifiedSeconds, rows: Int64
    let sha256: ContentDigest
    let crc32, mode, blockCount: UInt32
    let nanoseconds: Int32
    let nameLength, method: UInt16
    let hasRows: Bool

    init(_ entry: ArchivedEntry, tail: UInt64) {
      (size, compressedSize) = (entry.size, entry.entry.compressedSize)
      (headerOffset, dataOffset) = (entry.entry.headerOffset, entry.entry.dataOffset)
      self.tail = tail
      modifiedSeconds = entry.entry.modifiedSeconds
      nanoseconds = entry.nanoseconds
      (rows, hasRows) = (entry.rows ?? 0, entry.rows != nil)
      sha256 = entry.sha256
      (crc32, mode, method) = (entry.entry.crc32, entry.mode, entry.entry.method.rawValue)
      blockCount = UInt32(entry.blocks.count)
      nameLength = UInt16(entry.name.utf8.count)
    }

    init(loadedFrom bytes: UnsafeRawBufferPointer) { self = bytes.loadUnaligned(as: Record.self) }

    func store(in bytes: UnsafeMutableRawBufferPointer) { bytes.storeBytes(of: self, as: Record.self) }

    func entry(name: String, blocks: [UInt64]) -> ArchivedEntry {
      ArchivedEntry(
        entry: ZipEntry(
          name: name, mode: mode, modifiedSeconds: modifiedSeconds, size: size, compressedSize: compressedSize,
          crc32: crc32, method: ZipEntry.Method(rawValue: method) ?? .stored, headerOffset: headerOffset,
          dataOffset: dataOffset),
        nanoseconds: nanoseconds, sha256: sha256, blocks: blocks, rows: hasRows ? rows : nil)
    }
  }
}

extension SpooledBytes {
  /// Reads the first `count` bytes into a room that has at least as many; gives `count`.
  fileprivate func read(into room: UnsafeMutableRawBufferPointer, at offset: UInt64, count: Int) throws -> Int {
    try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]), at: offset)
    return count
  }
}
