import Glibc

/// Searches a stream for many needles in one pass. Every position costs one look at a small bit map; only where four
/// bytes of some needle stand is anything compared. Letters match in upper and lower case.
final class NeedleSearch {
  private struct Candidate {
    let needle: Int
    let offset: Int
  }

  private let needles: [NeedleCollection.Needle]
  private var filter = [UInt64](repeating: 0, count: 1 << 11)
  private var buckets: [UInt32: [Candidate]] = [:]
  private let overlap: Int
  private var buffer: UnsafeMutableRawBufferPointer
  private var carried = 0
  private var startColumn = 0

  /// A hit in the stream.
  struct Hit {
    /// Index of the needle.
    let needle: Int
    /// How many tabs stand between the line's begin and the hit: the column in a `.copy` file.
    package let column: Int
  }

  init(_ needles: [NeedleCollection.Needle]) {
    self.needles = needles.filter { $0.bytes.count >= 4 }
    // One byte more behind and the longest escape before, to see whether a word goes on.
    overlap = (self.needles.map(\.bytes.count).max() ?? 0) + 7
    buffer = .allocate(byteCount: (1 << 20) + overlap, alignment: 16)
    // Needles are found by the four bytes that the fewest other needles have: many addresses and keys begin alike.
    var uses: [UInt32: Int] = [:]
    for needle in self.needles {
      for offset in NeedleSearch.offsets(needle.bytes) {
        uses[NeedleSearch.word(needle.bytes, offset), default: 0] += 1
      }
    }
    for (index, needle) in self.needles.enumerated() {
      let offset =
        NeedleSearch.offsets(needle.bytes).min {
          uses[NeedleSearch.word(needle.bytes, $0), default: 0] < uses[NeedleSearch.word(needle.bytes, $1), default: 0]
        } ?? 0
      let word = NeedleSearch.word(needle.bytes, offset)
      let hash = NeedleSearch.hash(word)
      filter[hash >> 6] |= 1 << UInt64(hash & 63)
      buckets[word, default: []].append(Candidate(needle: index, offset: offset))
    }
  }

  deinit { buffer.deallocate() }

  /// Forgets the stream before and starts another.
  package func start() {
    carried = 0
    startColumn = 0
  }

  /// Searches the next bytes, of any count; hits that reach into later bytes are found with those, or by `finish`.
  package func scan(_ bytes: UnsafeRawBufferPointer, _ found: (Hit) throws -> Void) throws {
    guard !needles.isEmpty else { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(1 << 20)
      UnsafeMutableRawBufferPointer(rebasing: buffer[carried..<carried + piece.count]).copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      let count = carried + piece.count
      let keep = min(count, overlap)
      // A match is reported in the round in which all of it and one byte more are there, and only then.
      try search(count: count, reportingEndsIn: max(carried - 1, 0)..<count - 1, found)
      startColumn = column(at: count - keep)
      if let base = buffer.baseAddress { memmove(base, base + count - keep, keep) }
      carried = keep
    }
  }

  /// Ends the stream: reports a hit on its very last byte.
  package func finish(_ found: (Hit) throws -> Void) throws {
    guard carried > 0 else { return }
    try search(count: carried, reportingEndsIn: carried - 1..<carried, found)
  }

  private func search(count: Int, reportingEndsIn ends: Range<Int>, _ found: (Hit) throws -> Void) throws {
    guard count >= 4, let base = buffer.baseAddress else { return }
    // A match that ends in this round has its four bytes at most one needle before.
    var position = max(0, ends.lowerBound - overlap)
    let last = count - 4
    var known = (position: 0, column: startColumn)
    try filter.withUnsafeBufferPointer { filter in
      while position <= last {
        let word = UInt32(littleEndian: (base + position).loadUnaligned(as: UInt32.self)) | 0x2020_2020
        let hash = NeedleSearch.hash(word)
        if filter[hash >> 6] & (1 << UInt64(hash & 63)) != 0, let bucket = buckets[word] {
          for candidate in bucket {
            let start = position - candidate.offset
            let needle = needles[candidate.needle]
            let end = start + needle.bytes.count
            guard start >= 0, end <= count, ends.contains(end - 1), matches(needle, at: start, count: count) else {
              continue
            }
            try found(Hit(needle: candidate.needle, column: column(at: start, &known)))
          }
        }
        position += 1
      }
    }
  }

  package func rule(of hit: Hit) -> Int { needles[hit.needle].rule }

  @inline(__always)
  private static func hash(_ word: UInt32) -> Int { Int(truncatingIfNeeded: (word &* 0x9E37_79B1) >> 15) }

  private func matches(_ needle: NeedleCollection.Needle, at start: Int, count: Int) -> Bool {
    for (index, byte) in needle.bytes.enumerated() where foldedCase(buffer[start + index]) != byte { return false }
    guard needle.isWholeWord else { return true }
    let end = start + needle.bytes.count
    if end < count, isWord(buffer[end]) { return false }
    guard start > 0, isWord(buffer[start - 1]) else { return true }
    // What stands before may belong to an escape: `\nhost`, `\000host`, `\u0000host`.
    return [2, 4, 6].contains { length in
      guard start >= length, buffer[start - length] == 0x5C else { return false }
      let inner = buffer[(start - length + 1)..<start]
      switch length {
      case 2: return true
      case 4: return inner.allSatisfy { (0x30...0x37).contains($0) }
      default: return inner.first == 0x75 && inner.dropFirst().allSatisfy(isWord)
      }
    }
  }

  private func isWord(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) }

  // Counts on from the hit before, so that many hits in one long line cost no more than one look at it.
  private func column(at position: Int, _ known: inout (position: Int, column: Int)) -> Int {
    if position < known.position { known = (0, startColumn) }
    for index in known.position..<position {
      if buffer[index] == 0x0A { known.column = 0 } else if buffer[index] == 0x09 { known.column += 1 }
    }
    known.position = position
    return known.column
  }

  private func column(at position: Int) -> Int {
    CopyColumn.index(at: position, in: UnsafeRawBufferPointer(buffer), first: startColumn)
  }

  // A scheme such as https:// stands everywhere: what follows it tells more.
  private static func offsets(_ bytes: [UInt8]) -> Range<Int> {
    let end = min(bytes.count - 3, 64)
    let slashes =
      bytes.indices.first { bytes[$0] == 0x3A && bytes[$0...].dropFirst().starts(with: [0x2F, 0x2F]) } ?? -3
    return slashes + 3 < end ? slashes + 3..<end : 0..<end
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } | 0x2020_2020
  }
}
