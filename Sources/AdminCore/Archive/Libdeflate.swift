import CLibdeflate
import Platform

/// Whole blocks in, whole blocks out: several times as fast as a stream, for want of which zlib stays beside it.
final class BlockCompressor {
  private let compressor: OpaquePointer

  /// - Parameter level: libdeflate's, 1 (fast) … 9 (small) of its twelve.
  /// - Throws: `AdminError` (`inputOutput`) without memory.
  init(level: Int) throws {
    guard let compressor = libdeflate_alloc_compressor(Int32(level)) else { throw Self.noMemory }
    self.compressor = compressor
  }

  deinit { libdeflate_free_compressor(compressor) }

  /// Compresses `input` to a whole deflate stream.
  ///
  /// - Returns: the bytes written, or nil when `output` is too small.
  func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
    let count = libdeflate_deflate_compress(
      compressor, input.baseAddress, input.count, output.baseAddress, output.count)
    return count > 0 ? count : nil
  }

  fileprivate static let noMemory = AdminError(
    .inputOutput, "no memory for compression", next: "free memory and start again")
}

/// Inflates whole streams that are in memory as a whole.
final class BlockDecompressor {
  private let decompressor: OpaquePointer

  /// - Throws: `AdminError` (`inputOutput`) without memory.
  init() throws {
    guard let decompressor = libdeflate_alloc_decompressor() else { throw BlockCompressor.noMemory }
    self.decompressor = decompressor
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Inflates a stream that takes all of `input`.
  ///
  /// - Returns: the bytes written; nil for anything but one whole stream that fits into `output`.
  func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
    var taken = 0
    var count = 0
    let result = libdeflate_deflate_decompress_ex(
      decompressor, input.baseAddress, input.count, output.baseAddress, output.count, &taken, &count)
    return result == LIBDEFLATE_SUCCESS && taken == input.count ? count : nil
  }
}

extension Checksum {
  /// CRC-32 as ZIP has it (APPNOTE 4.4.7).
  package static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    libdeflate_crc32(0, bytes.baseAddress, bytes.count)
  }
}
