import Glibc
import Platform

/// Writes a ZIP archive that the strict reader and every ordinary tool take: no data descriptors, final sizes in the
/// local headers, ZIP64 where needed, large entries as one deflate stream of independent blocks.
///
/// Use from one thread. After an error the only useful call is `abandon()`.
public final class ZipWriter {
  /// An entry on its way through the ring.
  private final class Pending {
    var entry: ZipEntry
    let nanoseconds: Int32
    let digest = EntryDigest()
    var method: ZipEntry.Method?
    var submitted = 0
    var hasHeader = false
    var blocks: [UInt64] = []
    var rows: Int64?
    var isAbandoned = false
    init(_ entry: ZipEntry, nanoseconds: Int32) {
      self.entry = entry
      self.nanoseconds = nanoseconds
    }
  }

  private let file: File
  private let ring: BlockRing
  private let probe: ShrinkProbe
  private let cancellation: Cancellation
  private var owners: [Pending?]
  private var current: Pending?
  private var filling: BlockSlot?
  private var offset: UInt64 = 0
  private var directorySize: UInt64 = 0
  /// All entries in the file so far, in order.
  package let entries: EntryTable
  private var isOpen = true

  /// Creates the archive at `path`, mode 0600, and starts the compressing threads.
  ///
  /// - Parameters:
  ///   - path: must not exist; a symbolic link there counts as existing.
  ///   - level: libdeflate's, 1 (fast) … 9 (small); other values are taken to the nearest.
  ///   - threads: 1…64; other values are taken to the nearest.
  ///   - cancellation: looked at before each block.
  /// - Throws: `AdminError`: `cannotCreate`, `inputOutput`.
  public init(path: String, level: Int, threads: Int, cancellation: Cancellation) throws {
    self.cancellation = cancellation
    probe = try ShrinkProbe()
    file = try File(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
    // Where there is room for the archive there is room for its entries.
    entries = EntryTable(in: FileSystem.folder(of: path))
    do {
      ring = try DeflatePool.make(level: max(1, min(level, 9)), threads: threads)
    } catch {
      unlink(path)
      throw error
    }
    owners = Array(repeating: nil, count: ring.count)
  }

  deinit { abandon() }

  /// Starts an entry; `write` gives its content, `endEntry` ends it.
  ///
  /// - Parameters:
  ///   - name: relative, parts separated by `/`; a folder's ends with `/`.
  ///   - mode: `st_mode` with the type of a plain file, a folder or a symbolic link; a link's content is its target.
  ///   - modifiedSeconds: seconds since 1970 UTC.
  ///   - nanoseconds: beside them, 0..<1,000,000,000; not kept in the archive, only told in `entries`.
  /// - Throws: `AdminError` `dataError` for a name or type that the strict reader would refuse.
  public func beginEntry(_ name: String, mode: UInt32, modifiedSeconds: Int64, nanoseconds: Int32 = 0) throws {
    precondition(isOpen && current == nil, "an entry is begun inside another one or after the end")
    if let fault = ZipName.fault(name) { throw Self.unfit(fault, name) }
    let entry = ZipEntry(
      name: name, mode: mode, modifiedSeconds: modifiedSeconds, size: 0, compressedSize: 0, crc32: 0, method: .stored,
      headerOffset: 0, dataOffset: 0)
    guard entry.hasFittingType else { throw Self.unfit("not a plain file, folder or symbolic link", name) }
    current = Pending(entry, nanoseconds: nanoseconds)
  }

  /// Adds content to the entry begun.
  ///
  /// - Throws: `AdminError`: `inputOutput`, `cancelled`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(current != nil, "content without an entry")
    var rest = bytes
    while !rest.isEmpty {
      // A full block waits for the byte after it: the last block of an entry is another kind.
      if let full = filling, full.inputCount == ZipFormat.blockSize { try submit(last: false) }
      let slot = try slotToFill()
      let count = min(rest.count, ZipFormat.blockSize - slot.inputCount)
      let room = UnsafeMutableRawBufferPointer(rebasing: slot.input[slot.inputCount..<slot.inputCount + count])
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
      slot.inputCount += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Ends the entry begun, without waiting for its compression.
  ///
  /// - Parameter rows: of a table; not kept in the archive, only told in `entries`.
  /// - Throws: `AdminError`: `dataError` for a folder with content; `inputOutput`, `cancelled`.
  public func endEntry(rows: Int64? = nil) throws {
    guard let current else { preconditionFailure("the end of no entry") }
    let slot = try slotToFill()
    guard !current.entry.isFolder || (slot.inputCount == 0 && current.submitted == 0) else {
      throw Self.unfit("a folder has content", current.entry.name)
    }
    current.rows = rows
    try submit(last: true)
    self.current = nil
  }

  /// Drops the entry begun, as when a file vanished half-way: the archive is as if it had never been begun.
  public func abandonEntry() throws {
    guard let current else { preconditionFailure("no entry to abandon") }
    filling = nil
    self.current = nil
    guard current.submitted > 0 else { return }
    current.isAbandoned = true
    while try writeOldest(wait: true) {}
    if current.hasHeader {
      offset = current.entry.headerOffset
      try file.truncate(to: offset)
    }
  }

  /// A whole entry at once.
  public func addEntry(
    _ name: String, mode: UInt32, modifiedSeconds: Int64, nanoseconds: Int32 = 0, bytes: [UInt8]
  ) throws {
    try beginEntry(name, mode: mode, modifiedSeconds: modifiedSeconds, nanoseconds: nanoseconds)
    try bytes.withUnsafeBytes { try write($0) }
    try endEntry()
  }

  /// Waits until every entry is in the file, and in `entries`.
  ///
  /// - Throws: `AdminError`: `inputOutput`, `cancelled`.
  public func drain() throws {
    precondition(current == nil, "an entry is still open")
    while try writeOldest(wait: true) { try cancellation.check() }
  }

  /// Writes the central directory, waits for the disk and closes.
  ///
  /// - Throws: `AdminError`: `inputOutput`, `cancelled`.
  public func finish() throws {
    try drain()
    ring.stop()
    let start = offset
    var buffer: [UInt8] = []
    let window = EntryTable.Window(entries)
    for index in 0..<entries.count {
      buffer += ZipRecords.central(try window[index].entry)
      if buffer.count >= ZipFormat.blockSize {
        try append(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try append(buffer)
    try append(
      ZipRecords.end(count: UInt64(entries.count), directoryOffset: start, directorySize: offset - start))
    try file.sync()
    file.close()
    isOpen = false
  }

  /// Stops the threads and removes the file; does nothing after `finish()` or a second time.
  public func abandon() {
    ring.stop()
    guard isOpen else { return }
    isOpen = false
    file.close()
    unlink(file.path)
  }

  private func slotToFill() throws -> BlockSlot {
    if let filling { return filling }
    while true {
      if let slot = ring.vacant {
        slot.inputCount = 0
        filling = slot
        return slot
      }
      _ = try writeOldest(wait: true)
    }
  }

  private func submit(last: Bool) throws {
    guard let current, let slot = filling else { return }
    try cancellation.check()
    if current.submitted == 0 && !last {
      // Every block must be kept the same way, so the first one decides. A single block is left to its worker.
      current.method = probe.method(for: UnsafeRawBufferPointer(rebasing: slot.input[..<slot.inputCount]))
    }
    slot.method = current.method
    slot.isLast = last
    slot.digest = current.digest
    owners[slot.index] = current
    current.submitted += 1
    filling = nil
    ring.submit()
    while try writeOldest(wait: false) {}
  }

  /// Writes the oldest block to the file; false when there is none, or none that is done.
  private func writeOldest(wait: Bool) throws -> Bool {
    guard let slot = ring.collect(wait: wait) else { return false }
    defer {
      owners[slot.index] = nil
      ring.release()
    }
    guard let pending = owners[slot.index], !pending.isAbandoned else { return true }
    if let failure = slot.failure { throw failure }
    let isSingle = slot.isLast && !pending.hasHeader
    if !pending.hasHeader {
      pending.entry.headerOffset = offset
      pending.entry.method = slot.method ?? .stored
      pending.hasHeader = true
      if isSingle { count(slot, for: pending) }
      try append(ZipRecords.local(pending.entry, reserved: !isSingle))
      pending.entry.dataOffset = offset
    }
    if !isSingle {
      pending.blocks.append(pending.entry.compressedSize)
      count(slot, for: pending)
    }
    try file.write(slot.result)
    offset += UInt64(slot.result.count)
    if slot.isLast { try complete(pending, isSingle: isSingle) }
    return true
  }

  private func count(_ slot: BlockSlot, for pending: Pending) {
    pending.entry.crc32 = Checksum.joined(pending.entry.crc32, slot.crc, secondLength: slot.inputCount)
    pending.entry.size += UInt64(slot.inputCount)
    pending.entry.compressedSize += UInt64(slot.result.count)
  }

  private func complete(_ pending: Pending, isSingle: Bool) throws {
    if !isSingle {
      let header = ZipRecords.local(pending.entry, reserved: true)
      try header.withUnsafeBytes { try file.write($0, at: pending.entry.headerOffset) }
    }
    // At most: the ZIP64 field with three values, 28 bytes, and the timestamp, 9.
    directorySize += UInt64(ZipFormat.centralLength + pending.entry.name.utf8.count + 37)
    guard directorySize <= ZipFormat.directoryLimit else {
      throw AdminError(
        .dataError, "too many files for one archive", at: file.path, next: "move files that need no backup elsewhere")
    }
    try entries.append(
      ArchivedEntry(
        entry: pending.entry, nanoseconds: pending.nanoseconds, sha256: pending.digest.hasher.contentDigest(),
        blocks: pending.blocks, rows: pending.rows))
  }

  private func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try file.write($0) }
    offset += UInt64(bytes.count)
  }

  private static func unfit(_ fault: String, _ name: String) -> AdminError {
    AdminError(.dataError, "cannot go into a backup: \(fault)", at: name, next: "rename, move or remove this file")
  }
}

extension ZipEntry {
  /// Whether the type in `mode` is one that an archive may hold and agrees with the name.
  var hasFittingType: Bool {
    let type = mode & ZipFormat.typeMask
    return isFolder
      ? type == ZipFormat.typeFolder : type == ZipFormat.typeFile || type == ZipFormat.typeLink
  }
}
