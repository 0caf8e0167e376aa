import Glibc
import Platform

/// Reads a ZIP archive as if an enemy had written it: whatever two tools could understand in two ways is refused.
///
/// Everything about the structure is checked when it is opened, the content when it is read.
public final class ZipReader {
  /// How many entries there are.
  public var count: Int { Int(end.count) }
  /// The last entry; nil for an empty archive.
  public let last: ZipEntry?
  /// Bytes of the central directory.
  package var directoryBytes: UInt64 { end.directorySize }
  /// Bytes of the entries with their headers.
  package var contentBytes: UInt64 { end.directoryOffset }
  package let file: File
  private let end: ZipEnd
  /// What it was when it was opened.
  private let opened: stat
  /// Buffers for small entries, kept between them; absent while in use.
  private var scratch: Scratch?

  /// Opens the archive at `path`, which must be a plain file and no symbolic link.
  ///
  /// - Parameter isOurs: whether every byte of every header must be as `ZipWriter` writes it, so that no bit of them can
  ///   change unnoticed.
  /// - Throws: `AdminError`: `dataError` for an archive that is not entirely in order; `inputOutput`.
  public convenience init(path: String, isOurs: Bool = false) throws {
    // Without O_NONBLOCK a named pipe would block here for ever.
    try self.init(file: File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK), isOurs: isOurs)
  }

  /// Reads the archive in an open file; the position of the descriptor does not matter.
  ///
  /// - Throws: as `init(path:)`.
  public init(file: File, isOurs: Bool = false) throws {
    let status = try file.status()
    guard status.st_mode & S_IFMT == S_IFREG else { throw ZipFault.error("not a plain file", at: file.path) }
    self.file = file
    opened = status
    end = try ZipEnd(file: file, size: UInt64(max(0, status.st_size)))
    var directory = try ZipDirectory(file: file, end: end, isOurs: isOurs)
    var headers = ZipLocalHeaders(file: file, end: end.directoryOffset, isOurs: isOurs)
    var names = ZipNames(count: Int(end.count))
    var last: ZipEntry?
    while let entry = try directory.next() {
      try headers.check(entry)
      names.add(entry)
      last = entry
    }
    try headers.finish()
    self.last = last
    try names.check(file.path, again: forEachEntry)
  }

  /// All entries, in the order of the archive, read anew from its directory.
  package func directory() throws -> ZipDirectory { try ZipDirectory(file: file, end: end, isOurs: false) }

  /// Gives each entry to `body`, in the order of the archive.
  ///
  /// - Throws: `AdminError`: `dataError` when it was changed since it was opened; `inputOutput`; what `body` throws.
  public func forEachEntry(_ body: (ZipEntry) throws -> Void) throws {
    var directory = try directory()
    while let entry = try directory.next() { try body(entry) }
    try checkUnchanged()
  }

  /// What tells its state when it was opened from any other.
  package var stamp: CachedDigest.Stamp { CachedDigest.Stamp(opened) }

  /// SHA-256 of the whole archive, read through the same descriptor as its entries: whatever stands under its name by now
  /// is not looked at.
  ///
  /// - Throws: `AdminError`: `dataError` when it was changed since it was opened; `inputOutput`, `cancelled`.
  package func digest(cancellation: Cancellation) throws -> [UInt8] {
    let digest = try Digest.sha256(of: file, cancellation: cancellation)
    try checkUnchanged()
    return digest
  }

  /// - Throws: `AdminError` (`dataError`) when the archive was changed since it was opened.
  package func checkUnchanged() throws {
    guard CachedDigest.Stamp(try file.status()) == stamp else {
      throw ZipFault.error("it was changed while it was read", at: file.path)
    }
  }

  /// The same open file for another thread: what was checked stays checked.
  package init(besides other: ZipReader) {
    (file, end, last, opened) = (other.file, other.end, other.last, other.opened)
  }

  /// Gives the content of `entry` to `body`, in order, in pieces of at most 1 MiB, and checks size and CRC-32.
  ///
  /// `body` sees pieces before the CRC-32 at the end was checked: use nothing of them before this returns.
  /// - Parameters:
  ///   - entry: one of the archive's.
  ///   - blocks: where its independent blocks start, as `ArchivedEntry.blocks` says; empty reads it front to back.
  ///   - threads: how many inflate blocks at a time, 1…64; meaningless without blocks.
  ///   - cancellation: looked at before each piece.
  /// - Throws: `AdminError`: `dataError`, `inputOutput`, `cancelled`; what `body` throws.
  public func read(
    _ entry: ZipEntry, blocks: [UInt64], threads: Int, cancellation: Cancellation,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    if !blocks.isEmpty {
      let part = ZipPart(entry: entry, blocks: blocks)
      return try read(1, { _ in part }, threads: threads, cancellation: cancellation) { try body($0.bytes) }
    }
    var crc: UInt32 = 0
    var size: UInt64 = 0
    try readSequentially(entry, cancellation) { piece, pieceCRC in
      crc = Checksum.joined(crc, pieceCRC, secondLength: piece.count)
      size += UInt64(piece.count)
      try body(piece)
    }
    try check(entry, size: size, crc: crc)
  }

  /// Whether what was read of an entry is what the archive says of it.
  package func check(_ entry: ZipEntry, size: UInt64, crc: UInt32) throws {
    guard size == entry.size else { throw fault("its size is not what the archive says", entry) }
    guard crc == entry.crc32 else { throw fault("its checksum is not what the archive says", entry) }
  }

  /// The whole content of a small entry.
  ///
  /// - Throws: `AdminError`: `dataError`, also when it has more than `limit` bytes; `inputOutput`.
  public func bytes(of entry: ZipEntry, limit: Int) throws -> [UInt8] {
    guard entry.size <= UInt64(max(0, limit)) else { throw fault("larger than \(limit) bytes", entry) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(entry.size))
    try read(entry, blocks: [], threads: 1, cancellation: Cancellation()) { bytes.append(contentsOf: $0) }
    return bytes
  }

  private typealias Take = (UnsafeRawBufferPointer, UInt32) throws -> Void

  private func readSequentially(_ entry: ZipEntry, _ cancellation: Cancellation, _ take: Take) throws {
    // `body` may read another entry meanwhile, so these buffers are out of reach until the end.
    let scratch = try self.scratch ?? Scratch()
    self.scratch = nil
    defer { self.scratch = scratch }
    if let content = try readAtOnce(entry, scratch) {
      try cancellation.check()
      return try take(content, Checksum.crc32(content))
    }
    var position: UInt64 = 0
    var size: UInt64 = 0
    scratch.inflater.reset()
    while true {
      try cancellation.check()
      if entry.method == .stored {
        guard position < entry.compressedSize else { return }
        let piece = try load(entry, &position, into: scratch.output)
        try take(piece, Checksum.crc32(piece))
        continue
      }
      if scratch.inflater.unread == 0 && position < entry.compressedSize {
        scratch.inflater.feed(try load(entry, &position, into: scratch.input))
      }
      let (step, count) = scratch.inflater.step(into: scratch.output)
      size += UInt64(count)
      guard step != .broken else { throw fault("its compressed data is damaged", entry) }
      guard size <= entry.size else { throw fault("it holds more than the archive says", entry) }
      if count > 0 {
        let piece = UnsafeRawBufferPointer(rebasing: scratch.output[..<count])
        try take(piece, Checksum.crc32(piece))
      }
      let isAllRead = position == entry.compressedSize && scratch.inflater.unread == 0
      if step == .ended {
        guard isAllRead else { throw fault("something follows its compressed data", entry) }
        return
      }
      guard count > 0 || !isAllRead else { throw fault("its compressed data ends too early", entry) }
    }
  }

  /// A small compressed entry in one step; nil for any other, and for one that is not in order, whose fault the way front
  /// to back will name.
  private func readAtOnce(_ entry: ZipEntry, _ scratch: Scratch) throws -> UnsafeRawBufferPointer? {
    guard entry.method == .deflated, entry.size > 0, entry.size <= UInt64(scratch.output.count),
      entry.compressedSize <= UInt64(scratch.input.count)
    else { return nil }
    var position: UInt64 = 0
    let packed = try load(entry, &position, into: scratch.input)
    guard let count = scratch.decompressor.inflate(packed, into: scratch.output), UInt64(count) == entry.size else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: scratch.output[..<count])
  }

  private func load(
    _ entry: ZipEntry, _ position: inout UInt64, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> UnsafeRawBufferPointer {
    let count = Int(min(UInt64(buffer.count), entry.compressedSize - position))
    let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    guard try file.read(into: target, at: entry.dataOffset + position) == count else {
      throw fault("the archive became shorter while it was read", entry)
    }
    position += UInt64(count)
    return UnsafeRawBufferPointer(target)
  }

  package func fault(_ what: String, _ entry: ZipEntry) -> AdminError {
    ZipFault.error(what, at: ZipFault.place(file.path, entry.name))
  }

  private final class Scratch {
    let inflater: Inflater
    let decompressor: BlockDecompressor
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: ZipFormat.blockSize, alignment: 64)
    init() throws {
      inflater = try Inflater()
      decompressor = try BlockDecompressor()
    }
    deinit {
      input.deallocate()
      output.deallocate()
    }
  }
}
