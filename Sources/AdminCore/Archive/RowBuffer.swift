/// Memory that every row uses again.
final class RowBuffer {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
  var count = 0

  deinit { memory.deallocate() }

  var room: Int { memory.count - count }
  var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  @inline(__always)
  func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// The caller has made room.
  @inline(__always)
  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = memory.baseAddress, bytes.count <= room else { return }
    (target + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  @inline(__always)
  func append(integer value: Int64) {
    var magnitude = value.magnitude
    if value < 0 { append(0x2D) }
    var digits = 1
    var rest = magnitude / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    var position = count + digits
    count = position
    repeat {
      position -= 1
      memory[position] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
  }
}

/// What kinds of bytes a text has, looked at sixteen at a time: most texts have nothing to escape.
struct ByteKinds {
  /// Whether there may be one that COPY text escapes: a control character or a backslash.
  private(set) var hasSpecial = false
  /// Whether there is one beyond ASCII.
  private(set) var hasHigh = false

  init(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    var special = SIMDMask<SIMD16<Int8>>(repeating: false)
    var high = special
    while index + 16 <= bytes.count {
      let piece = bytes.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
      special = special .| (piece .<= 0x0D) .| (piece .== 0x5C)
      high = high .| (piece .>= 0x80)
      index += 16
    }
    hasSpecial = any(special)
    hasHigh = any(high)
    while index < bytes.count {
      let byte = bytes[index]
      if byte <= 0x0D || byte == 0x5C { hasSpecial = true }
      if byte >= 0x80 { hasHigh = true }
      index += 1
    }
  }
}
