import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct NeedleSearchTests {
  private struct Found: Hashable, Comparable {
    var needle: Int
    var column: Int
    static func < (left: Found, right: Found) -> Bool { (left.needle, left.column) < (right.needle, right.column) }
  }

  private static func needle(_ text: String, word: Bool = false) -> NeedleCollection.Needle {
    .init(bytes: text.utf8.map(foldedCase), isWholeWord: word, rule: 0)
  }

  private func search(_ needles: [NeedleCollection.Needle], _ pieces: [[UInt8]]) throws -> [Found] {
    try search(NeedleSearch(needles), pieces)
  }

  private func search(_ search: NeedleSearch, _ pieces: [[UInt8]]) throws -> [Found] {
    var found: [Found] = []
    search.start()
    for piece in pieces {
      try piece.withUnsafeBytes { try search.scan($0) { found.append(.init(needle: $0.needle, column: $0.column)) } }
    }
    try search.finish { found.append(.init(needle: $0.needle, column: $0.column)) }
    return found.sorted()
  }

  /// What is to be found, worked out position by position.
  private func naive(_ needles: [NeedleCollection.Needle], _ bytes: [UInt8]) -> [Found] {
    var found: [Found] = []
    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
    func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }
    for (index, needle) in needles.enumerated() where bytes.count >= needle.bytes.count {
      for start in 0...(bytes.count - needle.bytes.count) {
        let end = start + needle.bytes.count
        guard zip(bytes[start..<end], needle.bytes).allSatisfy({ $0 == $1 || (isLetter($0) && $0 | 0x20 == $1) }) else {
          continue
        }
        if needle.isWholeWord {
          if end < bytes.count, isWord(bytes[end]) { continue }
          if start > 0, isWord(bytes[start - 1]), !(start > 1 && bytes[start - 2] == 0x5C) { continue }
        }
        let line = bytes[..<start].split(separator: 0x0A, omittingEmptySubsequences: false).last ?? []
        found.append(.init(needle: index, column: line.count { $0 == 0x09 }))
      }
    }
    return found.sorted()
  }

  @Test func everySplitFindsTheSame() throws {
    let needles = [
      Self.needle("10.0.0.1", word: true), Self.needle("s3cret"), Self.needle("host.example.com", word: true),
    ]
    let text = "a\tb\nx\t10.0.0.1\tS3CRET\\nHost.Example.Com\t\n10.0.0.12\ts3crets3cret\n\t\t10.0.0.1"
    let bytes = Array(text.utf8)
    let expected = naive(needles, bytes)
    #expect(expected.count == 6)
    for first in 0...bytes.count {
      #expect(try search(needles, [Array(bytes[..<first]), Array(bytes[first...])]) == expected, "\(first)")
    }
    for size in 1...9 {
      let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
      #expect(try search(needles, pieces) == expected, "\(size)")
    }
  }

  @Test(arguments: 0..<40)
  func randomDataAgreesWithTheNaiveSearch(seed: UInt64) throws {
    var random = Random(seed)
    let alphabet = Array("abAB1.\t\n\\-".utf8)
    func text(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    }
    var seen: Set<[UInt8]> = []
    let needles = (0..<20).compactMap { _ -> NeedleCollection.Needle? in
      let bytes = text(4 + Int(random.next() % 4)).map(foldedCase)
      return seen.insert(bytes).inserted ? .init(bytes: bytes, isWholeWord: random.next() % 2 == 0, rule: 0) : nil
    }
    let bytes = text(600)
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int(random.next() % 50))
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    #expect(try search(needles, pieces) == naive(needles, bytes))
  }

  @Test func fiveThousandNeedlesAreAllFound() throws {
    let needles = (0..<5000).map { Self.needle("host-\($0 &* 7919 % 100_003).example.com", word: true) }
    let text = needles.map { String(decoding: $0.bytes, as: UTF8.self).uppercased() }.joined(separator: ",")
    let found = try search(needles, [Array(text.utf8)])
    #expect(found.map(\.needle) == Array(0..<5000))
  }

  @Test func hitsAcrossTheBufferOfAMegabyteAreFoundOnce() throws {
    let needle = Self.needle("needle-in-the-hay", word: true)
    let search = NeedleSearch([needle])
    for offset in [-30, -17, -9, -1, 0, 1].map({ (1 << 20) + $0 }) {
      var bytes = [UInt8](repeating: 0x2E, count: offset)
      bytes[offset - 100] = 0x09
      bytes += needle.bytes
      #expect(try self.search(search, [bytes]) == [Found(needle: 0, column: 1)], "\(offset)")
    }
  }

  @Test(arguments: [
    "\\nhost", "\\000host", "\\u0000host", "\\thost", "\\\\host", "/host", "\u{0}host", "éhost", "_host_",
  ])
  func aWordBeginsAfterAnEscape(text: String) throws {
    #expect(try search([Self.needle("host", word: true)], [Array("aaaa \(text)".utf8)]).count == 1)
  }

  @Test(arguments: ["ghost", "hosts", "1host", "host1", "n000host", "nhost"])
  func partsOfWordsAreOtherWords(text: String) throws {
    #expect(try search([Self.needle("host", word: true)], [Array("aaaa \(text) ".utf8)]).isEmpty)
    #expect(try search([Self.needle("host")], [Array("aaaa \(text) ".utf8)]).count == 1)
  }
}

/// splitmix64, so that a failing seed fails again.
struct Random: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
