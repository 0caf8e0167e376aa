import AdminCore
import Glibc
import Testing

@Suite struct ZipReaderTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder["test.zip"]
  }

  @Test(arguments: [0, 1, 65_536, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20, (5 << 20) + 3])
  func whatGoesInComesOut(size: Int) throws {
    let items = [
      ZipSamples.Item(name: "text", bytes: ZipSamples.text(size)),
      .init(name: "noise", bytes: ZipSamples.noise(size)),
      .init(name: "zeros", bytes: [UInt8](repeating: 0, count: size)),
    ]
    let written = try ZipSamples.write(items, to: path)
    let reader = try ZipReader(path: path)
    for (item, made) in zip(items, written) {
      let found = try #require(try reader.entry(item.name))
      #expect(found == made.entry)
      #expect(made.blocks.count == (size > 1 << 20 ? (size + (1 << 20) - 1) >> 20 : 0))
      #expect(made.sha256.bytes == Digest.sha256(item.bytes))
      #expect(try ZipSamples.content(reader, found) == item.bytes)
      for threads in [1, 2, 5] where !made.blocks.isEmpty {
        #expect(try ZipSamples.content(reader, found, blocks: made.blocks, threads: threads) == item.bytes)
      }
    }
  }

  @Test func theSamplesComeBackWithModesAndTimes() throws {
    try ZipSamples.write(ZipSamples.small, to: path)
    let reader = try ZipReader(path: path)
    #expect(try reader.entries.map(\.name) == ZipSamples.small.map(\.name))
    #expect(try reader.entries.map(\.mode) == ZipSamples.small.map(\.mode))
    #expect(try reader.entries.allSatisfy { $0.modifiedSeconds == ZipSamples.time })
    for (item, entry) in zip(ZipSamples.small, try reader.entries) {
      #expect(try reader.bytes(of: entry, limit: 5000) == item.bytes)
    }
    #expect(try reader.entry("data/")?.isFolder == true && reader.entry("data") == nil)
    #expect(try reader.entry("data/empty/") == nil && reader.entry("") == nil)
    let letters = try #require(try reader.entry("data/letters.txt"))
    #expect(throws: AdminError.self) { try reader.bytes(of: letters, limit: 1999) }
  }

  @Test func anArchiveOfTheZipProgramIsRead() throws {
    let text = ZipSamples.text(3 << 20)
    try ZipSamples.store(text, at: folder["rows"])
    #expect(try Command(["zip", "-q", "-j", path, folder["rows"]]).status == 0)
    let reader = try ZipReader(path: path)
    #expect(try ZipSamples.content(reader, reader.entries[0]) == text)
  }

  @Test func blocksThatTheArchiveDoesNotHave() throws {
    let text = ZipSamples.text((3 << 20) + 100)
    let written = try ZipSamples.write([.init(name: "rows", bytes: text)], to: path)[0]
    let reader = try ZipReader(path: path)
    let good = written.blocks
    #expect(good.count == 4)
    let wrong: [[UInt64]] = [
      [0], Array(good.dropLast()), good + [written.entry.compressedSize], [1] + good[1...],
      [0, good[1], good[1], good[3]],
      [0, good[2], good[1], good[3]], [0, good[1] + 1, good[2], good[3]], [0, good[1] - 1, good[2], good[3]],
      [0, good[1], good[2], written.entry.compressedSize], [0, good[1], good[2], .max], [0, 1, 2, 3],
    ]
    for blocks in wrong {
      let error = #expect(throws: AdminError.self) {
        try ZipSamples.content(reader, reader.entries[0], blocks: blocks)
      }
      #expect(error?.code == .dataError, "\(blocks)")
    }
  }

  @Test func oneThatStopsStopsTheThreads() throws {
    let written = try ZipSamples.write([.init(name: "rows", bytes: ZipSamples.text(12 << 20))], to: path, level: 1)[0]
    let reader = try ZipReader(path: path)
    struct Enough: Error {}
    for blocks in [[], written.blocks] {
      #expect(throws: Enough.self) {
        try reader.read(written.entry, blocks: blocks, threads: 2, cancellation: Cancellation()) { _ in throw Enough() }
      }
      let cancellation = Cancellation()
      var pieces = 0
      let error = #expect(throws: AdminError.self) {
        try reader.read(written.entry, blocks: blocks, threads: 2, cancellation: cancellation) { _ in
          pieces += 1
          cancellation.cancel()
        }
      }
      #expect(error?.code == .cancelled && pieces == 1)
    }
  }

  @Test func entriesCanBeReadInsideEachOther() throws {
    try ZipSamples.write(
      [.init(name: "a", bytes: ZipSamples.text(3 << 20)), .init(name: "b", bytes: ZipSamples.text(90_000))], to: path)
    let reader = try ZipReader(path: path)
    var outer: [UInt8] = []
    let entries = try reader.entries
    try reader.read(entries[0], blocks: [], threads: 1, cancellation: Cancellation()) { piece in
      outer.append(contentsOf: piece)
      let inner = try reader.bytes(of: entries[1], limit: 1 << 20)
      #expect(inner == ZipSamples.text(90_000))
    }
    #expect(outer == ZipSamples.text(3 << 20))
  }

  /// Every bit of a small archive: either the flip is refused, or it is in a field that means nothing to a reader and
  /// everything that is read is as before. Only permission bits, which a ZIP holds once, may change unseen.
  @Test func everyFlippedBitOfASmallArchive() throws {
    try ZipSamples.write(ZipSamples.small, to: path)
    let patch = try ZipPatch(path: path)
    let good = try everything(in: path, blocks: [:])
    let modes = Set(patch.central.flatMap { $0 + 40..<$0 + 42 })
    let file = try File(path, flags: O_RDWR)
    var refused = 0
    for offset in patch.bytes.indices {
      for bit in 0..<8 {
        try [patch.bytes[offset] ^ 1 << UInt8(bit)].withUnsafeBytes { try file.write($0, at: UInt64(offset)) }
        do {
          let seen = try everything(in: path, blocks: [:])
          let isSame = seen.map(\.bytes) == good.map(\.bytes) && seen.map(\.name) == good.map(\.name)
          #expect(isSame && (seen == good || modes.contains(offset)), "byte \(offset) bit \(bit)")
        } catch let error as AdminError {
          #expect(error.code == .dataError, "byte \(offset) bit \(bit): \(error)")
          refused += 1
        }
        try [patch.bytes[offset]].withUnsafeBytes { try file.write($0, at: UInt64(offset)) }
      }
    }
    #expect(refused > patch.bytes.count * 8 * 3 / 4)
  }

  @Test func flippedBitsOfALargeEntry() throws {
    let written = try ZipSamples.write([.init(name: "rows", bytes: ZipSamples.text(5 << 19))], to: path)[0]
    let patch = try ZipPatch(path: path)
    let good = try everything(in: path, blocks: ["rows": written.blocks])
    let file = try File(path, flags: O_RDWR)
    for step in 0..<120 {
      let offset = patch.data[0] + step * Int(written.entry.compressedSize) / 120
      try [patch.bytes[offset] ^ 1 << UInt8(step % 8)].withUnsafeBytes { try file.write($0, at: UInt64(offset)) }
      for blocks in [[:], ["rows": written.blocks]] {
        do {
          #expect(try everything(in: path, blocks: blocks) == good, "byte \(offset)")
        } catch let error as AdminError {
          #expect(error.code == .dataError)
        }
      }
      try [patch.bytes[offset]].withUnsafeBytes { try file.write($0, at: UInt64(offset)) }
    }
  }

  @Test func everyShorterArchiveIsRefused() throws {
    try ZipSamples.write(ZipSamples.small, to: path)
    let file = try File(path, flags: O_RDWR)
    var size = try file.size
    while size > 0 {
      size -= 1
      try file.truncate(to: size)
      let error = #expect(throws: AdminError.self) { try ZipReader(path: path) }
      #expect(error?.code == .dataError)
    }
  }

  @Test func digests() throws {
    #expect(
      Digest.hex(Digest.sha256(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest.hex([]) == "" && Digest.hex([0, 15, 255]) == "000fff")
    let noise = ZipSamples.noise((2 << 20) + 7)
    try ZipSamples.store(noise, at: path)
    #expect(try Digest.sha256(ofFile: path, cancellation: Cancellation()) == Digest.sha256(noise))
    let cancellation = Cancellation()
    cancellation.cancel()
    #expect(throws: AdminError.self) { try Digest.sha256(ofFile: path, cancellation: cancellation) }
    #expect(throws: AdminError.self) { try Digest.sha256(ofFile: folder.path, cancellation: Cancellation()) }
    symlink(path, folder["link"])
    #expect(throws: AdminError.self) { try Digest.sha256(ofFile: folder["link"], cancellation: Cancellation()) }
  }

  private struct Content: Equatable {
    let name: String
    let mode: UInt32
    let time: Int64
    let bytes: [UInt8]
  }

  private func everything(in path: String, blocks: [String: [UInt64]]) throws -> [Content] {
    let reader = try ZipReader(path: path)
    return try reader.entries.map { entry in
      let bytes = try ZipSamples.content(reader, entry, blocks: blocks[entry.name] ?? [])
      return Content(name: entry.name, mode: entry.mode, time: entry.modifiedSeconds, bytes: bytes)
    }
  }
}
