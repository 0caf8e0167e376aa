/// Where a whole deflate stream can be opened at its end, in bits from its start.
struct DeflateLayout: Equatable {
  /// The first bit of its last block.
  var lastBlockBit: Int
  /// The bit after its last block.
  var endBit: Int
}

/// Walks through the blocks of a deflate stream (RFC 1951, 3.2) by the lengths of its symbols: faster than zlib
/// inflates it, and without its content. Its tables are used again for stream after stream.
final class DeflateWalk {
  private let literals = PrefixCode(indexBits: 12, meanings: DeflateWalk.literalMeanings)
  private let distances = PrefixCode(indexBits: 9, meanings: DeflateWalk.distanceMeanings)
  private let codeLengths = PrefixCode(indexBits: 7, meanings: DeflateWalk.codeLengthMeanings)
  /// Of the literal and then of the distance symbols; 288 and 32 are the most, in a fixed block.
  private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: 288 + 32)

  deinit { lengths.deallocate() }

  /// Where the deflate blocks of a whole stream are.
  ///
  /// - Parameters:
  ///   - stream: anything; only one well-formed stream that takes all of it has a layout.
  ///   - size: of its content, in bytes.
  /// - Returns: nil when the stream is damaged, goes on, or has content of another size.
  package func layout(of stream: UnsafeRawBufferPointer, size: Int) -> DeflateLayout? {
    guard let start = stream.baseAddress else { return nil }
    var bits = BitCursor(start, count: stream.count)
    var content = 0
    var isFixed = false
    while true {
      let header = bits.position
      guard bits.refill() else { return nil }
      let isLast = bits.take(1) == 1
      switch bits.take(2) {
      case 0:
        guard let count = bits.skipStored() else { return nil }
        content += count
      case 1:
        // A stream may have a great many small fixed blocks in a row.
        if !isFixed { guard readFixedCodes() else { return nil } }
        isFixed = true
        guard skipSymbols(&bits, &content) else { return nil }
      case 2:
        isFixed = false
        guard readCodes(&bits), skipSymbols(&bits, &content) else { return nil }
      default: return nil
      }
      guard isLast else { continue }
      let end = bits.position
      return (end + 7) / 8 == stream.count && content == size ? DeflateLayout(lastBlockBit: header, endBit: end) : nil
    }
  }

  /// The symbols of one block, up to its end (3.2.5).
  private func skipSymbols(_ cursor: inout BitCursor, _ content: inout Int) -> Bool {
    // Copies, which the optimiser can keep in registers.
    var bits = cursor
    var count = content
    let literalTable = literals.table
    let literalMask = literals.mask
    let distanceTable = distances.table
    let distanceMask = distances.mask
    // The next entry is looked up before the refill, which need not be waited for: the longest pair takes 15 + 5 + 15 + 13
    // bits and leaves enough of the 64 for the index.
    var entry = literalTable[Int(truncatingIfNeeded: bits.word & literalMask)]
    while true {
      if !bits.refillFast() {
        guard bits.refill() else { return false }
        entry = literalTable[Int(truncatingIfNeeded: bits.word & literalMask)]
      }
      if entry.isSpecial {
        if entry.isLong { entry = literals.long(bits.word) }
        if entry.isSpecial {
          bits.skip(entry)
          cursor = bits
          content = count
          return entry.isEnd
        }
      }
      let literal = bits.skip(entry)
      if entry.isLiteral {
        count &+= literal
        entry = literalTable[Int(truncatingIfNeeded: bits.word & literalMask)]
        continue
      }
      var distance = distanceTable[Int(truncatingIfNeeded: bits.word & distanceMask)]
      if distance.isSpecial {
        if distance.isLong { distance = distances.long(bits.word) }
        if distance.isSpecial { return false }
      }
      guard bits.skip(distance) <= count &+ entry.leading else { return false }
      count &+= literal
      entry = literalTable[Int(truncatingIfNeeded: bits.word & literalMask)]
    }
  }

  /// The codes of a fixed block (3.2.6).
  private func readFixedCodes() -> Bool {
    for symbol in 0..<288 {
      lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
    }
    (lengths + 288).update(repeating: 5, count: 32)
    return buildCodes(literalCount: 288, distanceCount: 32)
  }

  /// The codes of a dynamic block (3.2.7).
  private func readCodes(_ bits: inout BitCursor) -> Bool {
    guard bits.refill() else { return false }
    let literalCount = bits.take(5) + 257
    let distanceCount = bits.take(5) + 1
    let orderCount = bits.take(4) + 4
    guard literalCount <= 286 && distanceCount <= 30 else { return false }
    lengths.update(repeating: 0, count: 19)
    for index in 0..<orderCount {
      guard bits.refill() else { return false }
      lengths[Self.order[index]] = UInt8(bits.take(3))
    }
    guard codeLengths.build(lengths, count: 19, mayHaveGaps: false) else { return false }
    var filled = 0
    while filled < literalCount + distanceCount {
      guard bits.refill() else { return false }
      let entry = codeLengths.table[Int(bits.word & codeLengths.mask)]
      let value = bits.skip(entry)
      // 0…15 are lengths; then come repetitions, of the length before or of zero.
      guard value >= 16 else {
        lengths[filled] = UInt8(value)
        filled += 1
        continue
      }
      let isCopy = value < Self.zeros
      let times = value - (isCopy ? Self.copies : Self.zeros)
      guard !isCopy || filled > 0, filled + times <= literalCount + distanceCount else { return false }
      (lengths + filled).update(repeating: isCopy ? lengths[filled - 1] : 0, count: times)
      filled += times
    }
    return lengths[256] > 0 && buildCodes(literalCount: literalCount, distanceCount: distanceCount)
  }

  private func buildCodes(literalCount: Int, distanceCount: Int) -> Bool {
    guard literals.build(lengths, count: literalCount, mayHaveGaps: false),
      distances.build(lengths + literalCount, count: distanceCount, mayHaveGaps: true)
    else { return false }
    literals.joinLiterals()
    return true
  }
}

extension DeflateWalk {
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  /// What is added to the times of a repetition, so that its value tells its kind.
  private static let copies = 16
  private static let zeros = 32

  private static let codeLengthMeanings: [CodeEntry] =
    (0..<16).map { CodeEntry(base: $0, extra: 0) } + [
      CodeEntry(base: copies + 3, extra: 2), CodeEntry(base: zeros + 3, extra: 3),
      CodeEntry(base: zeros + 11, extra: 7),
    ]

  /// The last length has a code of its own without extra bits; two more codes only complete the fixed code.
  private static let literalMeanings: [CodeEntry] =
    Array(repeating: .literal, count: 256) + [.end] + ranges(first: 3, count: 28, codesPerBit: 4)
    + [CodeEntry(base: 258, extra: 0), .invalid, .invalid]

  private static let distanceMeanings = ranges(first: 1, count: 30, codesPerBit: 2) + [.invalid, .invalid]

  /// The tables of 3.2.5: after twice the first few, every `codesPerBit` codes have one extra bit more.
  private static func ranges(first: Int, count: Int, codesPerBit: Int) -> [CodeEntry] {
    var base = first
    return (0..<count).map { code in
      let extra = max(0, code / codesPerBit - 1)
      defer { base += 1 << extra }
      return CodeEntry(base: base, extra: extra)
    }
  }
}
