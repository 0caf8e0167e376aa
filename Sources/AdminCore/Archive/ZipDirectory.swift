/// The checked structure of an archive: its end records, its central directory, its local headers, and that nothing
/// else is in the file.
struct ZipDirectory {
  private(set) var entries: [ZipEntry] = []
  private let file: File
  private let end: ZipEnd
  private let isOurs: Bool

  init(file: File, size: UInt64, isOurs: Bool) throws {
    self.file = file
    self.isOurs = isOurs
    end = try ZipEnd(file: file, size: size)
    // A directory in the file has room for so many: exactly, as growing would take three times as much for a moment.
    entries.reserveCapacity(Int(end.count))
    try readCentral()
    try checkLocal()
  }

  private func fault(_ what: String) -> AdminError { ZipFault.error(what, at: file.path) }

  private mutating func readCentral() throws {
    let window = FileWindow(
      file: file, offset: end.directoryOffset, end: end.directoryOffset + end.directorySize, step: 256 << 10)
    for _ in 0..<end.count {
      let head = try window.peek(ZipFormat.centralLength)
      guard head.u32(0) == ZipFormat.centralSignature else { throw fault("a directory record is damaged") }
      let nameLength = Int(head.u16(28))
      let extraLength = Int(head.u16(30))
      let whole = try window.peek(ZipFormat.centralLength + nameLength + extraLength)
      try entries.append(central(whole, nameLength))
      window.skip(whole.count)
    }
    guard window.rest == 0 else { throw fault("the directory holds more than its records") }
  }

  private func central(_ bytes: UnsafeRawBufferPointer, _ nameLength: Int) throws -> ZipEntry {
    let name = try self.name(bytes, at: ZipFormat.centralLength, nameLength, flags: bytes.u16(8))
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
    if isOurs, !bytes.elementsEqual(ZipRecords.central(entry)) { throw notOurs(place) }
    return entry
  }

  private func name(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ length: Int, flags: UInt16
  ) throws -> String {
    guard flags & ~ZipFormat.flagUTF8 == 0 else { throw fault("an entry is encrypted or has other unknown flags") }
    let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
    guard let name = String(validating: raw, as: UTF8.self) else { throw fault("a name is not UTF-8") }
    if let problem = ZipName.fault(name) { throw ZipFault.error(problem, at: ZipFault.place(file.path, name)) }
    // Without the flag other tools read such a name in a code page of their own.
    guard flags != 0 || ZipName.isASCII(name) else {
      throw ZipFault.error("a name without the UTF-8 flag", at: ZipFault.place(file.path, name))
    }
    return name
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

  /// Every local header says what the directory says, and each entry starts where the one before it ends.
  private mutating func checkLocal() throws {
    var position: UInt64 = 0
    let window = FileWindow(file: file, offset: 0, end: end.directoryOffset, step: 4 << 10)
    for index in entries.indices {
      let place = ZipFault.place(file.path, entries[index].name)
      guard entries[index].headerOffset == position else {
        throw ZipFault.error("a gap, an overlap or another order of entries", at: place)
      }
      let head = try window.peek(ZipFormat.localLength)
      guard head.u32(0) == ZipFormat.localSignature else { throw ZipFault.error("a header is damaged", at: place) }
      let whole = try window.peek(ZipFormat.localLength + Int(head.u16(26)) + Int(head.u16(28)))
      try checkLocal(whole, entries[index], place)
      position += UInt64(whole.count)
      entries[index].dataOffset = position
      guard entries[index].compressedSize <= end.directoryOffset - position else {
        throw ZipFault.error("an entry reaches into the directory", at: place)
      }
      position += entries[index].compressedSize
      window.move(to: position)
    }
    guard position == end.directoryOffset else { throw fault("something lies between the entries and the directory") }
  }

  private func checkLocal(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry, _ place: String) throws {
    let nameLength = Int(bytes.u16(26))
    let name = try self.name(bytes, at: ZipFormat.localLength, nameLength, flags: bytes.u16(6))
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
      throw notOurs(place)
    }
  }

  private func notOurs(_ place: String) -> AdminError {
    ZipFault.error("a header is not as this program writes it: the archive was changed or packed anew", at: place)
  }
}
