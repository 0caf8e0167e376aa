/// What a symbol takes from a deflate stream and what it counts: a base and the value of its extra bits (RFC 1951, 3.2.5).
///
/// From the lowest bit on: six bits for all bits that it takes, at 8 four for those of the code itself, at 12 one for a
/// literal before, at 15 one for what counts nothing, at 16 the base, at 31 one for a literal.
struct CodeEntry {
  private let raw: UInt32

  /// A symbol without its code.
  init(base: Int, extra: Int) { raw = UInt32(base << 16 | extra) }

  private init(raw: UInt32) { self.raw = raw }

  /// One byte of content.
  package static let literal = CodeEntry(raw: 1 << 31 | 1 << 16)
  /// The end of a block.
  package static let end = CodeEntry(raw: special | 1 << 16)
  /// What no stream may have.
  package static let invalid = CodeEntry(raw: special)
  /// Its code is longer than the table's index.
  package static let long = CodeEntry(raw: special | 2 << 16)

  private static var special: UInt32 { 1 << 15 }

  /// One or two literals, and nothing else.
  var isLiteral: Bool { raw >= 1 << 31 }
  /// Neither literals nor a match.
  var isSpecial: Bool { raw & Self.special != 0 }
  /// Of a special entry: the end of the block.
  var isEnd: Bool { raw & (3 << 16) == 1 << 16 }
  /// Of a special entry: `PrefixCode.long` knows which.
  package var isLong: Bool { raw & (3 << 16) == 2 << 16 }
  /// Bits of code and value.
  package var taken: UInt32 { raw & 63 }
  /// Bits before the value.
  var codeLength: UInt32 { (raw &>> 8) & 15 }
  /// What it counts when the value is zero.
  package var base: Int { Int((raw &>> 16) & 0x7FFF) }
  /// Literals before a match, in one entry with it.
  var leading: Int { Int((raw &>> 12) & 1) }

  /// The same symbol with a code.
  func coded(_ length: Int) -> CodeEntry { CodeEntry(raw: raw &+ UInt32(length) &* 0x101) }

  /// A literal of `length` bits and this symbol in one.
  func afterLiteral(_ length: UInt32) -> CodeEntry {
    CodeEntry(raw: raw &+ length &* 0x101 &+ 1 << 16 | (isLiteral ? 0 : 1 << 12))
  }
}

/// A canonical prefix code (RFC 1951, 3.2.2) with a table for what the next bits mean.
final class PrefixCode {
  /// By the next bits of the stream.
  package let table: UnsafeMutablePointer<CodeEntry>
  /// Of the bits that are the table's index.
  package let mask: UInt64
  private let indexBits: Int
  private let meanings: UnsafeMutablePointer<CodeEntry>
  private let meaningCount: Int
  /// How many codes have each length.
  private let counts = UnsafeMutablePointer<Int>.allocate(capacity: 16)
  /// The symbols in the order of their codes, and these, first bit lowest.
  private let entries: UnsafeMutablePointer<CodeEntry>
  private let codes: UnsafeMutablePointer<Int>
  private var used = 0

  /// - Parameters:
  ///   - indexBits: of the table; enough for every code unless `long` is asked.
  ///   - meanings: of the symbols.
  init(indexBits: Int, meanings: [CodeEntry]) {
    self.indexBits = indexBits
    mask = 1 << UInt64(indexBits) - 1
    table = .allocate(capacity: 1 << indexBits)
    table.initialize(repeating: .invalid, count: 1 << indexBits)
    self.meanings = .allocate(capacity: meanings.count)
    meaningCount = meanings.count
    for (index, meaning) in meanings.enumerated() { (self.meanings + index).initialize(to: meaning) }
    entries = .allocate(capacity: meanings.count)
    entries.initialize(repeating: .invalid, count: meanings.count)
    codes = .allocate(capacity: meanings.count)
    codes.initialize(repeating: 0, count: meanings.count)
    counts.initialize(repeating: 0, count: 16)
  }

  deinit {
    table.deallocate()
    meanings.deallocate()
    counts.deallocate()
    entries.deallocate()
    codes.deallocate()
  }

  /// Takes over the code whose symbols have these lengths, 0…15.
  ///
  /// - Parameter mayHaveGaps: whether it may have no symbols, or one alone, of one bit (3.2.7).
  /// - Returns: false when there is no such code.
  func build(_ lengths: UnsafePointer<UInt8>, count: Int, mayHaveGaps: Bool) -> Bool {
    precondition(count <= meaningCount)
    counts.update(repeating: 0, count: 16)
    for symbol in 0..<count { counts[Int(lengths[symbol])] += 1 }
    used = count - counts[0]
    counts[0] = 0
    var free = 1
    for length in 1..<16 {
      free = 2 * free - counts[length]
      if free < 0 { return false }
    }
    if free > 0 {
      guard mayHaveGaps && (used == 0 || used == 1 && counts[1] == 1) else { return false }
      table.update(repeating: .invalid, count: 1 << indexBits)
      for symbol in 0..<count where lengths[symbol] == 1 {
        for index in stride(from: 0, to: 1 << indexBits, by: 2) { table[index] = meanings[symbol].coded(1) }
      }
      return true
    }
    sort(lengths, count: count)
    fill()
    return true
  }

  private func sort(_ lengths: UnsafePointer<UInt8>, count: Int) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { next in
      var sum = 0
      for length in 0..<16 {
        next[length] = sum
        sum += counts[length]
      }
      for symbol in 0..<count where lengths[symbol] > 0 {
        let length = Int(lengths[symbol])
        entries[next[length]] = meanings[symbol].coded(length)
        next[length] += 1
      }
    }
  }

  /// Fills the table of a complete code: it is doubled from length to length, so that each code is written once.
  private func fill() {
    // The bits of a code come highest first, the others lowest first (3.1.1): so it counts from the highest bit on.
    var code = 0
    var next = 0
    var size = 1
    for length in 1..<16 {
      if length <= indexBits {
        (table + size).update(from: table, count: size)
        size *= 2
      }
      let last = 1 << length - 1
      for _ in 0..<counts[length] {
        table[code & (size - 1)] = length <= indexBits ? entries[next] : .long
        codes[next] = code
        next += 1
        let zeros = code ^ last
        if zeros == 0 { break }
        let bit = 1 << (Int.bitWidth - 1 - zeros.leadingZeroBitCount)
        code = code & (bit - 1) | bit
      }
    }
  }

  /// Lets one entry stand for a literal and what follows it, where the index holds both codes.
  func joinLiterals() {
    let size = 1 << indexBits
    for first in 0..<used {
      let length = entries[first].codeLength
      // Both are in order of their lengths.
      if length >= UInt32(indexBits) { break }
      if !entries[first].isLiteral { continue }
      for second in 0..<used {
        let both = length + entries[second].codeLength
        if both > UInt32(indexBits) { break }
        if entries[second].isSpecial { continue }
        let entry = entries[second].afterLiteral(length)
        var index = codes[first] | codes[second] &<< Int(length)
        while index < size {
          table[index] = entry
          index &+= 1 &<< Int(both)
        }
      }
    }
  }

  /// The symbol of a code that the table cannot hold.
  package func long(_ word: UInt64) -> CodeEntry {
    var code = 0
    var first = 0
    var index = 0
    for length in 1..<16 {
      code |= Int((word &>> UInt64(length - 1)) & 1)
      let count = counts[length]
      if code < first + count { return entries[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return .invalid
  }
}
