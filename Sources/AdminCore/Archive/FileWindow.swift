import Platform

/// Looks at a part of a file piece by piece through one buffer, never past the part's end.
final class FileWindow {
  private let file: File
  private let end: UInt64
  private var offset: UInt64
  private var buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var filled = 0

  /// - Parameter step: bytes to read at a time: many where records follow each other, few where they lie apart.
  init(file: File, offset: UInt64, end: UInt64, step: Int) {
    self.file = file
    self.offset = offset
    self.end = end
    buffer = .allocate(byteCount: step, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Bytes from here to the end of the part.
  package var rest: UInt64 { end - offset }

  /// The next `count` bytes without moving; valid until the next call.
  func peek(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard UInt64(count) <= rest else { throw ZipFault.error("a record is cut short", at: file.path) }
    if filled - start < count {
      if buffer.count < count {
        buffer.deallocate()
        buffer = .allocate(byteCount: count, alignment: 64)
      }
      start = 0
      filled = 0
      let wanted = Int(min(UInt64(buffer.count), rest))
      filled = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
      guard filled >= count else { throw ZipFault.error("the archive became shorter while it was read", at: file.path) }
    }
    return UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])
  }

  /// Moves on over bytes that were looked at.
  package func skip(_ count: Int) { move(to: offset + UInt64(count)) }

  /// Moves forward to a place of the file that is not past the part's end.
  package func move(to target: UInt64) {
    let distance = target - offset
    start = distance <= UInt64(filled - start) ? start + Int(distance) : filled
    offset = target
  }
}

/// Little-endian values of a record; an offset past its end stops the program, so check the length first.
extension UnsafeRawBufferPointer {
  package func u16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
  package func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }
  func u64(_ offset: Int) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }
}
