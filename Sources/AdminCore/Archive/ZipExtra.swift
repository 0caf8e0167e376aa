import Platform

/// The extra fields of a header. A field that this reader does not know is refused: some give an entry a second name.
struct ZipExtra {
  /// The values of the ZIP64 field.
  private(set) var large: [UInt64] = []
  /// The time of the last change from the extended timestamp.
  package private(set) var modified: Int64?

  /// Reads the fields from `start` to the end of `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, _ start: Int, place: String) throws {
    func fault(_ what: String) -> AdminError { ZipFault.error(what, at: place) }
    var position = start
    var seen: [UInt16] = []
    while position < bytes.count {
      guard bytes.count - position >= 4 else { throw fault("an extra field is damaged") }
      let identifier = bytes.u16(position)
      let length = Int(bytes.u16(position + 2))
      position += 4
      guard length <= bytes.count - position, !seen.contains(identifier) else {
        throw fault("an extra field is damaged")
      }
      seen.append(identifier)
      switch identifier {
      case ZipFormat.extraZip64:
        guard length > 0, length <= 24, length % 8 == 0 else { throw fault("a ZIP64 field is damaged") }
        for offset in stride(from: 0, to: length, by: 8) { large.append(bytes.u64(position + offset)) }
      case ZipFormat.extraTimestamp:
        // The local header may have more times than the directory; the first flag says that ours is there.
        guard length >= 5, length % 4 == 1, bytes[position] & 1 == 1, bytes[position] < 8 else {
          throw fault("a timestamp is damaged")
        }
        modified = Int64(Int32(bitPattern: bytes.u32(position + 1)))
      case ZipFormat.extraPadding:
        guard length >= 2, bytes.u16(position) == ZipFormat.paddingSignature,
          bytes[position + 2..<position + length].allSatisfy({ $0 == 0 })
        else { throw fault("padding holds something") }
      case ZipFormat.extraOwner: break
      default: throw fault("an unknown extra field")
      }
      position += length
    }
  }

  /// A 32-bit value of the header, or, when it is the marker, the next of the ZIP64 field's, which `rest` holds.
  package func value(_ small: UInt32, _ rest: inout ArraySlice<UInt64>, place: String) throws -> UInt64 {
    guard UInt64(small) == ZipFormat.marker32 else { return UInt64(small) }
    guard let value = rest.popFirst() else { throw ZipFault.error("a ZIP64 field is missing", at: place) }
    return value
  }
}
