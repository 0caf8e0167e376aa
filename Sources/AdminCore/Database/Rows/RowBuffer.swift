/// Memory that every row uses again.
final class RowBuffer {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
  // Behind a pointer, because Swift looks at every access to a variable of an object for another one at the same time:
  // for each byte of a row that took longer than the byte.
  private let filled = UnsafeMutablePointer<Int>.allocate(capacity: 1)

  init() { filled.initialize(to: 0) }

  deinit {
    memory.deallocate()
    filled.deallocate()
  }

  @inline(__always)
  package var count: Int {
    get { filled.pointee }
    set { filled.pointee = newValue }
  }

  package var room: Int { memory.count - count }
  package var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  @inline(__always)
  package func append(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// The caller has made room.
  @inline(__always)
  package func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = memory.baseAddress, bytes.count <= room else { return }
    (target + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  /// Bytes of any number; `flush` makes room.
  @inline(__always)
  package func append(_ bytes: UnsafeRawBufferPointer, flush: () throws -> Void) throws {
    if bytes.count <= room { return append(bytes) }
    var start = 0
    while start < bytes.count {
      if room == 0 { try flush() }
      let end = min(bytes.count, start + room)
      append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      start = end
    }
  }

  @inline(__always)
  package func append(integer value: Int64) {
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

/// What kinds of bytes a text has, looked at eight at a time: most texts have nothing to escape.
struct ByteKinds {
  /// Whether there may be one that COPY text escapes: a control character or a backslash.
  let hasSpecial: Bool
  /// Whether there is one beyond ASCII.
  let hasHigh: Bool

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    var special: UInt64 = 0
    var high: UInt64 = 0
    // Sean Anderson's hasless and haszero (graphics.stanford.edu/~seander/bithacks.html): the top bit of some byte is
    // set when a byte is below 14, or is a backslash; a borrow may set one beside it, never alone.
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let other = word ^ 0x5C5C_5C5C_5C5C_5C5C
      special |= (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word | (other &- 0x0101_0101_0101_0101) & ~other
      high |= word
      index += 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte <= 0x0D || byte == 0x5C { special |= 0x80 }
      high |= UInt64(byte)
      index += 1
    }
    hasSpecial = special & 0x8080_8080_8080_8080 != 0
    hasHigh = high & 0x8080_8080_8080_8080 != 0
  }
}
