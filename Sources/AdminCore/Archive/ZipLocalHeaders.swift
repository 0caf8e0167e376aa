import Platform

/// Holds the local headers of an archive against its directory: each says what the directory says, and nothing lies
/// between the entries.
struct ZipLocalHeaders {
  private let file: File
  private let isOurs: Bool
  private let end: UInt64
  private let window: FileWindow
  private var position: UInt64 = 0

  /// - Parameters:
  ///   - end: where the directory starts.
  ///   - isOurs: whether every byte of a header must be as `ZipWriter` writes it.
  init(file: File, end: UInt64, isOurs: Bool) {
    self.file = file
    self.isOurs = isOurs
    self.end = end
    window = FileWindow(file: file, offset: 0, end: end, step: 4 << 10)
  }

  /// Checks the header of the next entry.
  package mutating func check(_ entry: ZipEntry) throws {
    let place = ZipFault.place(file.path, entry.name)
    guard entry.headerOffset == position else { throw ZipFault.misplaced(isLast: false, at: place) }
    let head = try window.peek(ZipFormat.localLength)
    guard head.u32(0) == ZipFormat.localSignature else { throw ZipFault.error("a header is damaged", at: place) }
    let whole = try window.peek(ZipFormat.localLength + Int(head.u16(26)) + Int(head.u16(28)))
    try check(whole, entry, place)
    position += UInt64(whole.count)
    let isLast = entry.dataOffset + entry.compressedSize == end
    guard !isLast || position >= entry.dataOffset else {
      throw ZipFault.error("something lies between the entries and the directory", at: file.path)
    }
    guard entry.dataOffset == position else { throw ZipFault.misplaced(isLast: isLast, at: place) }
    position += entry.compressedSize
    window.move(to: position)
  }

  /// Checks that nothing stands in the place of entries that are not there.
  package func finish() throws {
    guard position == end else {
      throw ZipFault.error("something lies between the entries and the directory", at: file.path)
    }
  }

  private func check(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry, _ place: String) throws {
    let nameLength = Int(bytes.u16(26))
    let name = try ZipName.read(bytes, at: ZipFormat.localLength, nameLength, flags: bytes.u16(6), in: file.path)
    let extra = try ZipExtra(bytes, ZipFormat.localLength + nameLength, place: place)
    var large = extra.large[...]
    let size = try extra.value(bytes.u32(22), &large, place: place)
    let compressedSize = try extra.value(bytes.u32(18), &large, place: place)
    let stamp = ZipTime.seconds(date: bytes.u16(12), time: bytes.u16(10))
    guard
      large.isEmpty, bytes.u16(4) <= ZipFormat.versionZip64, ZipName.haveSameBytes(name, entry.name),
      bytes.u16(8) == entry.method.rawValue, size == entry.size, compressedSize == entry.compressedSize,
      bytes.u32(14) == entry.crc32, stamp != nil, (extra.modified ?? stamp) == entry.modifiedSeconds
    else { throw ZipFault.error("an entry's header and the directory contradict each other", at: place) }
    if isOurs, ![false, true].contains(where: { bytes.elementsEqual(ZipRecords.local(entry, reserved: $0)) }) {
      throw ZipFault.notOurs(at: place)
    }
  }
}
