import CZlib
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Only zlib's own walk, bit by bit, knows what is right; RFC 1951 is what both follow.
@Suite struct DeflateWalkTests {
  private let walk = DeflateWalk()

  @Test(arguments: 1...9)
  func agreesWithZlibOnWhatTheCompressorMakes(level: Int) throws {
    let compressor = try BlockCompressor(level: level)
    for content in Self.contents {
      let output = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count + (64 << 10), alignment: 1)
      defer { output.deallocate() }
      let count = try #require(content.withUnsafeBytes { compressor.compress($0, into: output) })
      try expectAgreement(Array(output[..<count]), of: content)
    }
  }

  @Test(arguments: [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE], [0, 1, 6])
  func agreesWithZlibOnItsOwnStreams(strategy: Int32, level: Int32) throws {
    for content in Self.contents { try expectAgreement(Self.packed(content, level, strategy), of: content) }
  }

  @Test(arguments: 0..<40)
  func damagedStreamsAreRefusedAsZlibDoes(seed: Int) throws {
    var random = Random(UInt64(seed))
    let content = Array(Self.contents[seed % Self.contents.count].prefix(20_000))
    let strategy = [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY][seed % 3]
    let stream = Self.packed(content, seed % 7 == 0 ? 0 : 6, strategy)
    for _ in 0..<200 {
      var damaged = stream
      if Bool.random(using: &random) {
        damaged.removeLast(Int.random(in: 1...stream.count, using: &random))
        #expect(layout(damaged, content.count) == nil)
      } else {
        // The codes are at the front, where most of what can be wrong is.
        let end = Bool.random(using: &random) ? min(stream.count, 80) : stream.count
        damaged[Int.random(in: 0..<end, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        let truth = Self.zlibLayout(damaged)
        #expect(layout(damaged, truth?.size ?? content.count) == truth?.layout)
      }
    }
  }

  @Test func handMadeStreams() {
    #expect(layout([], 0) == nil)
    // An empty fixed block: ten bits.
    #expect(layout([3, 0], 0) == DeflateLayout(lastBlockBit: 0, endBit: 10))
    #expect(layout([3], 0) == nil)
    #expect(layout([3, 0, 0], 0) == nil)
    // A stored block, then an empty fixed one.
    let stored: [UInt8] = [0, 2, 0, 0xFD, 0xFF, 65, 66]
    #expect(layout(stored + [3, 0], 2) == DeflateLayout(lastBlockBit: 56, endBit: 66))
    #expect(layout(stored + [3, 0], 3) == nil)
    #expect(layout(stored, 2) == nil)
    #expect(layout([1] + stored[1...], 2) == DeflateLayout(lastBlockBit: 0, endBit: 56))
    #expect(layout([1, 2, 0, 0xFC, 0xFF, 65, 66], 2) == nil)
    #expect(layout([1, 3, 0, 0xFC, 0xFF, 65, 66], 3) == nil)
    // The third kind of block does not exist.
    #expect(layout([7, 0, 0], 0) == nil)
    // A match at the very start refers to nothing: fixed block, length 3, distance 1.
    #expect(layout([0x03, 0x02, 0x00], 3) == nil)
  }

  /// RFC 1951, 3.2.7: a code may have gaps only where it has one distance, of one bit, or none.
  @Test func onlyALoneDistanceMayHaveGaps() {
    let lone = Self.dynamic(distances: ["10"], match: "0")
    #expect(layout(lone, 4) == Self.zlibLayout(lone)?.layout && layout(lone, 4) != nil)
    let none = Self.dynamic(distances: ["110"], match: nil)
    #expect(layout(none, 1) == Self.zlibLayout(none)?.layout && layout(none, 1) != nil)
    for (distances, match) in [
      (["10"], "1"), (["110"], "0"), (["111"], "00"), (["10", "111"], "0"), (["10", "10", "10"], "0"),
    ] {
      let stream = Self.dynamic(distances: distances, match: match)
      #expect(Self.zlibLayout(stream) == nil)
      for size in 1...5 { #expect(layout(stream, size) == nil, "\(distances)") }
    }
  }

  /// One literal and, after it, a match of three bytes, in a dynamic block whose distances have these lengths: `10` stands
  /// for one, `111` for two, `110` for zero.
  private static func dynamic(distances: [String], match: String?) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> String { String((0..<count).map { value >> $0 & 1 == 1 ? "1" : "0" }) }
    // The order of 3.2.7; the codes of 18, 1, 0 and 2 are 0, 10, 110 and 111.
    let codeLengths = [0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2]
    var bits = number(1, 1) + number(2, 2) + number(1, 5) + number(distances.count - 1, 5) + number(14, 4)
    bits += codeLengths.map { number($0, 3) }.joined()
    // 65 gets one bit, 256 and 257 get two.
    bits += "0" + number(65 - 11, 7) + "10" + "0" + number(127, 7) + "0" + number(52 - 11, 7) + "111111"
    bits += distances.joined() + "0" + (match.map { "11" + $0 } ?? "") + "10"
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() where bit == "1" { bytes[index / 8] |= 1 << UInt8(index % 8) }
    return bytes
  }

  private func expectAgreement(_ stream: [UInt8], of content: [UInt8], _ at: SourceLocation = #_sourceLocation) throws {
    let truth = try #require(Self.zlibLayout(stream), sourceLocation: at)
    #expect(truth.size == content.count, sourceLocation: at)
    #expect(layout(stream, content.count) == truth.layout, sourceLocation: at)
    #expect(layout(stream, content.count + 1) == nil, sourceLocation: at)
    #expect(layout(stream + [0], content.count) == nil, sourceLocation: at)
    #expect(layout(Array(stream.dropLast()), content.count) == nil, sourceLocation: at)
  }

  private func layout(_ stream: [UInt8], _ size: Int) -> DeflateLayout? {
    stream.withUnsafeBytes { walk.layout(of: $0, size: size) }
  }

  /// Text, noise, runs, periods, long codes, and very little of each.
  private static let contents: [[UInt8]] = {
    var random = Random(1)
    let skewed = (0..<200_000).map { _ in
      UInt8(min(255, random.next().trailingZeroBitCount * 8 + Int(random.next() & 7)))
    }
    let large = [
      ZipSamples.text(1 << 20), ZipSamples.noise(100_000), [UInt8](repeating: 0, count: 1 << 20),
      (0..<50_000).map { UInt8($0 % 7) }, skewed, ZipSamples.text(50_000) + ZipSamples.noise(50_000),
    ]
    return large + large.flatMap { content in [1, 3, 300].map { Array(content.prefix($0)) } } + [[]]
  }()

  private static func packed(_ content: [UInt8], _ level: Int32, _ strategy: Int32) -> [UInt8] {
    var content = content
    var stream = z_stream()
    guard hubtui_deflate_init_raw(&stream, level) == Z_OK else { return [] }
    defer { deflateEnd(&stream) }
    deflateParams(&stream, level, strategy)
    var output = [UInt8](repeating: 0, count: content.count * 5 / 4 + 1000)
    let left = content.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { room in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.avail_out) : nil
      }
    }
    return left.map { Array(output.dropLast($0)) } ?? []
  }

  /// By inflating block after block (zlib.h on `Z_BLOCK` and `data_type`).
  private static func zlibLayout(_ bytes: [UInt8]) -> (layout: DeflateLayout, size: Int)? {
    var input = bytes
    var stream = z_stream()
    guard hubtui_inflate_init_raw(&stream) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 1)
    defer { room.deallocate() }
    return input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
      stream.avail_out = UInt32(room.count)
      var layout = DeflateLayout(lastBlockBit: 0, endBit: 0)
      while true {
        let result = inflate(&stream, Z_BLOCK)
        let bit = 8 * (bytes.count - Int(stream.avail_in)) - Int(stream.data_type & 7)
        switch result {
        case Z_OK where stream.data_type & 0xC0 == 0x80: layout.lastBlockBit = bit
        case Z_OK where stream.data_type & 0xC0 == 0xC0: layout.endBit = bit
        case Z_STREAM_END: return stream.avail_in == 0 ? (layout, room.count - Int(stream.avail_out)) : nil
        default: return nil
        }
      }
    }
  }
}
