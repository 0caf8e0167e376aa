/// The bits of a deflate stream, lowest first (RFC 1951, 3.1.1).
struct BitCursor {
  /// The next bits; at least 56 of them behind a refill, zeros past the end.
  package private(set) var word: UInt64 = 0
  private var left = 0
  /// The byte after those in `word`, counted on past the end.
  private var next = 0
  private let bytes: UnsafeRawPointer
  private let count: Int

  /// - Parameter bytes: at least `count`, which must stay in place.
  init(_ bytes: UnsafeRawPointer, count: Int) {
    self.bytes = bytes
    self.count = count
  }

  /// The bits that were taken.
  package var position: Int { 8 * next - left }

  /// Refills from eight bytes, if there are as many.
  @inline(__always)
  mutating func refillFast() -> Bool {
    if next &+ 8 <= count {
      let more = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: next, as: UInt64.self))
      word |= more &<< UInt64(truncatingIfNeeded: left)
      // The bits of a byte that only fits in part are in `word` already when it comes again: the same ones.
      next &+= (63 &- left) &>> 3
      left |= 56
      return true
    }
    return false
  }

  /// Fills `word` again.
  ///
  /// - Returns: false once more was taken than there is.
  @inline(__always)
  mutating func refill() -> Bool {
    if refillFast() { return true }
    guard position <= 8 * count else { return false }
    while left < 56 {
      if next < count { word |= UInt64(byte(next)) &<< UInt64(left) }
      next += 1
      left += 8
    }
    return true
  }

  /// - Parameter offset: checked by the caller.
  private func byte(_ offset: Int) -> Int { Int(bytes.load(fromByteOffset: offset, as: UInt8.self)) }

  /// Takes up to 16 bits.
  package mutating func take(_ bits: Int) -> Int {
    let value = word & (1 &<< UInt64(bits) &- 1)
    word &>>= UInt64(bits)
    left &-= bits
    return Int(value)
  }

  /// Takes a symbol with its extra bits, for what it counts.
  @inline(__always) @discardableResult
  package mutating func skip(_ entry: CodeEntry) -> Int {
    let taken = UInt64(entry.taken)
    let extra = (word & (1 &<< taken &- 1)) &>> UInt64(entry.codeLength)
    word &>>= taken
    left &-= Int(taken)
    return entry.base &+ Int(truncatingIfNeeded: extra)
  }

  /// Takes the rest of a stored block (3.2.4).
  ///
  /// - Returns: the bytes of its content; nil when it does not end within the stream.
  mutating func skipStored() -> Int? {
    let start = (position + 7) / 8
    guard start + 4 <= count else { return nil }
    let size = byte(start) | byte(start + 1) << 8
    let check = byte(start + 2) | byte(start + 3) << 8
    guard size ^ check == 0xFFFF && start + 4 + size <= count else { return nil }
    next = start + 4 + size
    word = 0
    left = 0
    return size
  }
}
