import CZlib

/// CRC-32 as ZIP has it (APPNOTE 4.4.7).
enum Checksum {
  static func crc32(_ bytes: UnsafeRawBufferPointer, from start: UInt32 = 0) -> UInt32 {
    // For a nil address zlib forgets the start.
    if bytes.isEmpty { return start }
    return UInt32(truncatingIfNeeded: crc32_z(UInt(start), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }

  /// The checksum of two pieces, from those of both and the length of the second.
  static func joined(_ first: UInt32, _ second: UInt32, secondLength: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), secondLength))
  }
}

/// A raw deflate stream that is used again for block after block. zlib keeps the address of the `z_stream`, hence the
/// allocated memory.
final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let isTuned: Bool

  init(level: Int) throws {
    isTuned = level == BackupOptions.defaultLevel
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard hubtui_deflate_init_raw(stream, Int32(level)) == Z_OK else {
      stream.deallocate()
      throw AdminError(.inputOutput, "no memory for compression", next: "free memory and start again")
    }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Compresses `input` without reference to anything before it. A block that is not `last` ends on a byte boundary
  /// without ending the stream, so that blocks one after the other are one ordinary stream.
  ///
  /// - Returns: the bytes written, or nil when `output` is too small.
  func block(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, last: Bool) -> Int? {
    deflateReset(stream)
    // zlib's level 4 tries 16 earlier places for a match and takes the first of 16 bytes. On the rows of a mailing system
    // fewer places and longer matches are faster, for a little more output.
    if isTuned { deflateTune(stream, 4, 4, 64, 6) }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let result = deflate(stream, last ? Z_FINISH : Z_SYNC_FLUSH)
    guard result == (last ? Z_STREAM_END : Z_OK), stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else {
      return nil
    }
    return output.count - Int(stream.pointee.avail_out)
  }
}

/// A raw inflate stream that is used again for entry after entry.
final class Inflater {
  enum Step {
    /// Gave or took something, or waits for more of either.
    case going
    /// The stream ended within the input.
    case ended
    /// What it was given is no deflate stream.
    case broken
  }

  private let stream: UnsafeMutablePointer<z_stream>

  init() throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard hubtui_inflate_init_raw(stream) == Z_OK else {
      stream.deallocate()
      throw AdminError(.inputOutput, "no memory for decompression", next: "free memory and start again")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Forgets the stream before.
  func reset() {
    inflateReset(stream)
    stream.pointee.avail_in = 0
  }

  /// Bytes of input that were not taken yet.
  var unread: Int { Int(stream.pointee.avail_in) }

  /// Whether it stands between two deflate blocks, on a byte boundary, and not behind the last (zlib.h on `data_type`:
  /// 128 after a block, 64 in the last one, the low bits count unused bits).
  var isBetweenBlocks: Bool { stream.pointee.data_type & 0xFF == 128 }

  /// Gives the next input, which must stay in place until it is taken.
  func feed(_ input: UnsafeRawBufferPointer) {
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
  }

  /// Inflates into `output` and tells how many bytes it wrote there.
  func step(into output: UnsafeMutableRawBufferPointer) -> (step: Step, count: Int) {
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let result = inflate(stream, Z_NO_FLUSH)
    let count = output.count - Int(stream.pointee.avail_out)
    switch result {
    case Z_STREAM_END: return (.ended, count)
    case Z_OK, Z_BUF_ERROR: return (.going, count)
    default: return (.broken, count)
    }
  }
}
