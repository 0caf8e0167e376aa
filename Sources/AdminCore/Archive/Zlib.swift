import CZlib
import Platform

/// Checksums of a ZIP archive.
enum Checksum {
  /// The checksum of two pieces, from those of both and the length of the second.
  package static func joined(_ first: UInt32, _ second: UInt32, secondLength: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), secondLength))
  }
}

/// A raw inflate stream that is used again for entry after entry.
package final class Inflater {
  package enum Step {
    /// Gave or took something, or waits for more of either.
    case going
    /// The stream ended within the input.
    case ended
    /// What it was given is no deflate stream.
    case broken
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// - Throws: `AdminError` (`inputOutput`) without memory.
  package init() throws {
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
  package func reset() {
    inflateReset(stream)
    stream.pointee.avail_in = 0
  }

  /// Bytes of input that were not taken yet.
  package var unread: Int { Int(stream.pointee.avail_in) }

  /// Gives the next input, which must stay in place until it is taken.
  package func feed(_ input: UnsafeRawBufferPointer) {
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
  }

  /// Inflates into `output` and tells how many bytes it wrote there.
  package func step(into output: UnsafeMutableRawBufferPointer) -> (step: Step, count: Int) {
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
