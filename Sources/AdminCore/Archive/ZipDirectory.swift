import Platform

/// The central directory, record by record: as many times as somebody needs them, because an archive may have too many to
/// keep.
package struct ZipDirectory {
  private let file: File
  private let end: ZipEnd
  private let isOurs: Bool
  private let window: FileWindow
  private var left: UInt64
  /// The record after the one that is given next: an entry's content ends where the next one begins.
  private var upcoming: ZipEntry?

  /// - Parameter isOurs: whether every byte of a record must be as `ZipWriter` writes it.
  init(file: File, end: ZipEnd, isOurs: Bool) throws {
    self.file = file
    self.end = end
    self.isOurs = isOurs
    window = FileWindow(
      file: file, offset: end.directoryOffset, end: end.directoryOffset + end.directorySize, step: 256 << 10)
    left = end.count
    upcoming = try read()
  }

  /// The next entry; nil after the last.
  package mutating func next() throws -> ZipEntry? {
    guard var entry = upcoming else { return nil }
    upcoming = try read()
    let following = upcoming?.headerOffset ?? end.directoryOffset
    guard following >= entry.headerOffset, following - entry.headerOffset >= entry.compressedSize else {
      throw ZipFault.misplaced(isLast: upcoming == nil, at: ZipFault.place(file.path, entry.name))
    }
    entry.dataOffset = following - entry.compressedSize
    return entry
  }

  private func fault(_ what: String) -> AdminError { ZipFault.error(what, at: file.path) }

  private mutating func read() throws -> ZipEntry? {
    guard left > 0 else {
      guard window.rest == 0 else { throw fault("the directory holds more than its records") }
      return nil
    }
    left -= 1
    let head = try window.peek(ZipFormat.centralLength)
    guard head.u32(0) == ZipFormat.centralSignature else { throw fault("a directory record is damaged") }
    let nameLength = Int(head.u16(28))
    let whole = try window.peek(ZipFormat.centralLength + nameLength + Int(head.u16(30)))
    let entry = try central(whole, nameLength)
    window.skip(whole.count)
    return entry
  }

  private func central(_ bytes: UnsafeRawBufferPointer, _ nameLength: Int) throws -> ZipEntry {
    let name = try ZipName.read(bytes, at: ZipFormat.centralLength, nameLength, flags: bytes.u16(8), in: file.path)
    let place = ZipFault.place(file.path, name)
    guard bytes.u16(4) >> 8 == ZipFormat.hostUnix else { throw ZipFault.error("made on another system", at: place) }
    guard bytes.u16(6) <= ZipFormat.versionZip64 else {
      throw ZipFault.error("needs a newer version of ZIP", at: place)
    }
    guard let method = ZipEntry.Method(rawValue: bytes.u16(10)) else {
      throw ZipFault.error("an unknown compression method", at: place)
    }
    guard bytes.u16(32) == 0 else { throw ZipFault.error("an entry has a comment", at: place) }
    guard bytes.u16(34) == 0 else { throw ZipFault.error("an entry is on another disk", at: place) }
    let start = ZipFormat.centralLength + nameLength
    let extra = try ZipExtra(bytes, start, place: place)
    var large = extra.large[...]
    let size = try extra.value(bytes.u32(24), &large, place: place)
    let compressedSize = try extra.value(bytes.u32(20), &large, place: place)
    let headerOffset = try extra.value(bytes.u32(42), &large, place: place)
    guard large.isEmpty else { throw ZipFault.error("a ZIP64 field does not fit the sizes", at: place) }
    guard let stamp = ZipTime.seconds(date: bytes.u16(14), time: bytes.u16(12)) else {
      throw ZipFault.error("an impossible time", at: place)
    }
    let entry = ZipEntry(
      name: name, mode: bytes.u32(38) >> 16, modifiedSeconds: extra.modified ?? stamp, size: size,
      compressedSize: compressedSize, crc32: bytes.u32(16), method: method, headerOffset: headerOffset, dataOffset: 0)
    try check(entry, place)
    if isOurs, !bytes.elementsEqual(ZipRecords.central(entry)) { throw ZipFault.notOurs(at: place) }
    return entry
  }

  private func check(_ entry: ZipEntry, _ place: String) throws {
    guard entry.hasFittingType else {
      throw ZipFault.error("not a plain file, folder or symbolic link, or one with the name of another", at: place)
    }
    if entry.isFolder && (entry.size > 0 || entry.compressedSize > 0) {
      throw ZipFault.error("a folder has content", at: place)
    }
    if entry.method == .stored && entry.size != entry.compressedSize {
      throw ZipFault.error("a stored entry has two sizes", at: place)
    }
    guard entry.compressedSize <= end.directoryOffset else {
      throw ZipFault.error("an entry is larger than the archive", at: place)
    }
    if entry.method == .deflated {
      let (bound, overflow) = entry.compressedSize.multipliedReportingOverflow(by: ZipFormat.largestRatio)
      if !overflow && entry.size > bound { throw ZipFault.error("larger than deflate can make it", at: place) }
    }
  }
}
