import Platform

/// The end records of an archive, checked against each other and the size of the file.
struct ZipEnd {
  package let count: UInt64
  let directoryOffset: UInt64
  let directorySize: UInt64

  init(file: File, size: UInt64) throws {
    func fault(_ what: String) -> AdminError { ZipFault.error(what, at: file.path) }
    // All three records, as far as the file is long enough for them.
    let full = ZipFormat.end64Length + ZipFormat.locatorLength + ZipFormat.endLength
    let length = Int(min(UInt64(full), size))
    var tail = [UInt8](repeating: 0, count: length)
    let got = try tail.withUnsafeMutableBytes { try file.read(into: $0, at: size - UInt64(length)) }
    guard length >= ZipFormat.endLength, got == length else { throw fault("not a ZIP archive, or cut short") }
    (count, directoryOffset, directorySize) = try tail.withUnsafeBytes { bytes in
      let at = length - ZipFormat.endLength
      guard bytes.u32(at) == ZipFormat.endSignature, bytes.u16(at + 20) == 0 else {
        throw fault("not a ZIP archive, cut short, or something follows its end")
      }
      guard bytes.u16(at + 4) == 0, bytes.u16(at + 6) == 0 else { throw fault("an archive of several disks") }
      var count = UInt64(bytes.u16(at + 10))
      var directorySize = UInt64(bytes.u32(at + 12))
      var directoryOffset = UInt64(bytes.u32(at + 16))
      guard bytes.u16(at + 8) == bytes.u16(at + 10) else { throw fault("an archive of several disks") }
      var end = size - UInt64(ZipFormat.endLength)
      if count == ZipFormat.marker16 || directorySize == ZipFormat.marker32 || directoryOffset == ZipFormat.marker32 {
        let locator = at - ZipFormat.locatorLength
        guard length == full, bytes.u32(locator) == ZipFormat.locatorSignature,
          bytes.u32(0) == ZipFormat.end64Signature
        else { throw fault("the ZIP64 end record is missing") }
        end = size - UInt64(full)
        guard
          bytes.u32(locator + 4) == 0, bytes.u64(locator + 8) == end, bytes.u32(locator + 16) == 1,
          bytes.u64(4) == UInt64(ZipFormat.end64Length - 12), bytes.u16(12) >> 8 == ZipFormat.hostUnix,
          bytes.u16(14) <= ZipFormat.versionZip64, bytes.u32(16) == 0, bytes.u32(20) == 0,
          bytes.u64(24) == bytes.u64(32)
        else { throw fault("the ZIP64 end record is damaged") }
        let large = (count: bytes.u64(32), size: bytes.u64(40), offset: bytes.u64(48))
        guard
          Self.agree(count, large.count, ZipFormat.marker16), Self.agree(directorySize, large.size, ZipFormat.marker32),
          Self.agree(directoryOffset, large.offset, ZipFormat.marker32)
        else { throw fault("the two end records contradict each other") }
        (count, directorySize, directoryOffset) = (large.count, large.size, large.offset)
      }
      guard directorySize <= end, directoryOffset == end - directorySize else {
        throw fault("the directory is not where the end record says")
      }
      guard directorySize <= ZipFormat.directoryLimit else { throw fault("the directory is too large") }
      guard count <= directorySize / UInt64(ZipFormat.centralLength) else {
        throw fault("the directory is too small for its entries")
      }
      return (count, directoryOffset, directorySize)
    }
  }

  private static func agree(_ small: UInt64, _ large: UInt64, _ marker: UInt64) -> Bool {
    small == min(large, marker)
  }
}
