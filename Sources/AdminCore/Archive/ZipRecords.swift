/// The records of a ZIP archive as bytes.
enum ZipRecords {
  /// A local header (APPNOTE 4.3.7). With `reserved` it has the same length whatever the sizes, so that it can be
  /// written before they are known: room for the ZIP64 field, filled with padding where that is not needed.
  package static func local(_ entry: ZipEntry, reserved: Bool) -> [UInt8] {
    var extra: [UInt8] = []
    if entry.hasLargeSizes {
      extra.append16(ZipFormat.extraZip64)
      extra.append16(16)
      extra.append64(entry.size)
      extra.append64(entry.compressedSize)
    } else if reserved {
      extra.append16(ZipFormat.extraPadding)
      extra.append16(16)
      extra.append16(ZipFormat.paddingSignature)
      extra.append(contentsOf: repeatElement(0, count: 14))
    }
    appendTimestamp(entry, to: &extra)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ZipFormat.localLength + entry.name.utf8.count + extra.count)
    bytes.append32(ZipFormat.localSignature)
    appendCommon(entry, extraLength: extra.count, to: &bytes)
    bytes.append(contentsOf: entry.name.utf8)
    bytes.append(contentsOf: extra)
    return bytes
  }

  /// A central directory header (APPNOTE 4.3.12).
  static func central(_ entry: ZipEntry) -> [UInt8] {
    var large: [UInt8] = []
    if entry.hasLargeSizes {
      large.append64(entry.size)
      large.append64(entry.compressedSize)
    }
    if entry.headerOffset >= ZipFormat.marker32 { large.append64(entry.headerOffset) }
    var extra: [UInt8] = []
    if !large.isEmpty {
      extra.append16(ZipFormat.extraZip64)
      extra.append16(UInt16(large.count))
      extra += large
    }
    appendTimestamp(entry, to: &extra)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ZipFormat.centralLength + entry.name.utf8.count + extra.count)
    bytes.append32(ZipFormat.centralSignature)
    bytes.append16(ZipFormat.hostUnix << 8 | ZipFormat.versionZip64)
    appendCommon(entry, extraLength: extra.count, to: &bytes)
    bytes.append16(0)  // comment
    bytes.append16(0)  // disk
    bytes.append16(0)  // internal attributes
    bytes.append32(entry.mode << 16 | (entry.isFolder ? ZipFormat.folderAttribute : 0))
    bytes.append32(UInt32(min(entry.headerOffset, ZipFormat.marker32)))
    bytes.append(contentsOf: entry.name.utf8)
    bytes.append(contentsOf: extra)
    return bytes
  }

  /// What follows the central directory: the ZIP64 records when a value needs them (4.3.14, 4.3.15), and the end
  /// record (4.3.16).
  package static func end(count: UInt64, directoryOffset: UInt64, directorySize: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    if count >= ZipFormat.marker16 || directoryOffset >= ZipFormat.marker32 || directorySize >= ZipFormat.marker32 {
      bytes.append32(ZipFormat.end64Signature)
      bytes.append64(UInt64(ZipFormat.end64Length - 12))
      bytes.append16(ZipFormat.hostUnix << 8 | ZipFormat.versionZip64)
      bytes.append16(ZipFormat.versionZip64)
      bytes.append32(0)  // this disk
      bytes.append32(0)  // disk of the directory
      bytes.append64(count)
      bytes.append64(count)
      bytes.append64(directorySize)
      bytes.append64(directoryOffset)
      bytes.append32(ZipFormat.locatorSignature)
      bytes.append32(0)  // disk of the ZIP64 end record
      bytes.append64(directoryOffset + directorySize)
      bytes.append32(1)  // disks
    }
    bytes.append32(ZipFormat.endSignature)
    bytes.append16(0)  // this disk
    bytes.append16(0)  // disk of the directory
    bytes.append16(UInt16(min(count, ZipFormat.marker16)))
    bytes.append16(UInt16(min(count, ZipFormat.marker16)))
    bytes.append32(UInt32(min(directorySize, ZipFormat.marker32)))
    bytes.append32(UInt32(min(directoryOffset, ZipFormat.marker32)))
    bytes.append16(0)  // comment
    return bytes
  }

  /// From "version needed" to "extra field length": the fields that both headers have.
  private static func appendCommon(_ entry: ZipEntry, extraLength: Int, to bytes: inout [UInt8]) {
    let isZip64 = entry.hasLargeSizes || entry.headerOffset >= ZipFormat.marker32
    let stamp = ZipTime.fields(entry.modifiedSeconds)
    bytes.append16(isZip64 ? ZipFormat.versionZip64 : ZipFormat.versionPlain)
    bytes.append16(ZipName.isASCII(entry.name) ? 0 : ZipFormat.flagUTF8)
    bytes.append16(entry.method.rawValue)
    bytes.append16(stamp.time)
    bytes.append16(stamp.date)
    bytes.append32(entry.crc32)
    bytes.append32(entry.hasLargeSizes ? UInt32.max : UInt32(entry.compressedSize))
    bytes.append32(entry.hasLargeSizes ? UInt32.max : UInt32(entry.size))
    bytes.append16(UInt16(entry.name.utf8.count))
    bytes.append16(UInt16(extraLength))
  }

  /// The field's time has 32 bits with sign; after January 2038 the MS-DOS fields alone tell the time, until 2107.
  private static func appendTimestamp(_ entry: ZipEntry, to extra: inout [UInt8]) {
    guard let time = Int32(exactly: entry.modifiedSeconds) else { return }
    extra.append16(ZipFormat.extraTimestamp)
    extra.append16(5)
    extra.append(1)  // only the time of the last change
    extra.append32(UInt32(bitPattern: time))
  }
}

extension [UInt8] {
  fileprivate mutating func append16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  fileprivate mutating func append32(_ value: UInt32) {
    append16(UInt16(truncatingIfNeeded: value))
    append16(UInt16(truncatingIfNeeded: value >> 16))
  }

  fileprivate mutating func append64(_ value: UInt64) {
    append32(UInt32(truncatingIfNeeded: value))
    append32(UInt32(truncatingIfNeeded: value >> 32))
  }
}
