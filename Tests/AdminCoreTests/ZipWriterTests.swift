import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct ZipWriterTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder["test.zip"]
  }

  @Test func ordinaryToolsReadWhatItWrites() throws {
    let items =
      ZipSamples.small + [
        .init(name: "database/rows.copy", bytes: ZipSamples.text(5 << 20)),
        .init(name: "data/noise", bytes: ZipSamples.noise((2 << 20) + 5)),
      ]
    try ZipSamples.write(items, to: path)
    try ZipSamples.expectToolsAccept(path)
    try ZipSamples.expectSilence(["unzip", "-q", path, "-d", folder["unzip"]])
    try ZipSamples.expectSilence(["7z", "x", "-snl", "-o" + folder["7z"], path])
    mkdir(folder["bsdtar"], 0o700)
    try ZipSamples.expectSilence(["bsdtar", "-xf", path, "-C", folder["bsdtar"]])
    for tool in ["unzip", "7z", "bsdtar"] {
      for item in items where item.mode == ZipSamples.file {
        #expect(try ZipSamples.load(folder["\(tool)/\(item.name)"]) == item.bytes, "\(tool): \(item.name)")
      }
      var status = stat()
      #expect(lstat(folder["\(tool)/data/link"], &status) == 0 && status.st_mode & S_IFMT == S_IFLNK, "\(tool)")
      #expect(lstat(folder["\(tool)/data/letters.txt"], &status) == 0, "\(tool)")
      #expect(status.st_mode == ZipSamples.file && Int64(status.st_mtim.tv_sec) == ZipSamples.time, "\(tool)")
      #expect(lstat(folder["\(tool)/data"], &status) == 0 && status.st_mode == ZipSamples.folder, "\(tool)")
    }
  }

  @Test func theFileIsPrivateAndNothingIsOverwritten() throws {
    try ZipSamples.write([], to: path)
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(try ZipReader(path: path).entries.isEmpty)
    #expect(throws: AdminError.self) { try ZipSamples.write([], to: path) }
    #expect(symlink("nowhere", folder["link.zip"]) == 0)
    #expect(throws: AdminError.self) { try ZipSamples.write([], to: folder["link.zip"]) }
    #expect(!(try FileSystem.exists(folder["nowhere"])))
  }

  @Test func manyEntriesNeedZip64() throws {
    let writer = try ZipWriter(path: path, level: 6, threads: 2, cancellation: Cancellation())
    for index in 0..<70_000 {
      try writer.addEntry(
        "data/\(index % 100)/\(index).txt", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time,
        bytes: index % 7 == 0 ? [] : Array("row \(index)".utf8))
    }
    try writer.finish()
    try ZipSamples.expectToolsAccept(path)
    let reader = try ZipReader(path: path)
    #expect(try reader.entries.count == 70_000)
    let entry = try #require(try reader.entry("data/99/69999.txt"))
    #expect(try reader.bytes(of: entry, limit: 100) == Array("row 69999".utf8))
    #expect(try reader.entry("data/99/69998.txt") == nil)
  }

  @Test(arguments: [65_534, 65_535, 65_536])
  func theCountOfEntriesAtTheLimitOfTheOldFormat(count: Int) throws {
    let writer = try ZipWriter(path: path, level: 6, threads: 2, cancellation: Cancellation())
    for index in 0..<count {
      try writer.addEntry("\(index)", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: [])
    }
    try writer.finish()
    #expect(try ZipReader(path: path).entries.count == count)
    try ZipSamples.expectSilence(["unzip", "-tq", path])
    try ZipSamples.expectSilence(["7z", "t", path])
  }

  @Test func anEntryOverFourGibibytes() throws {
    let size: UInt64 = 4097 << 20 | 1
    let writer = try ZipWriter(path: path, level: 1, threads: 2, cancellation: Cancellation())
    try writer.addEntry("first", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: [1, 2, 3])
    try writer.beginEntry("zeros", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time)
    let piece = [UInt8](repeating: 0, count: 1 << 20)
    for _ in 0..<4097 { try piece.withUnsafeBytes { try writer.write($0) } }
    try [0].withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0[..<1])) }
    try writer.endEntry()
    try writer.addEntry("last", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: [4])
    try writer.finish()
    let written = try writer.entries.all

    try ZipSamples.expectSilence(["unzip", "-tq", path])
    #expect(try ZipSamples.expectSilence(["7z", "l", path]).contains("\(size)"))
    #expect(try ZipSamples.expectSilence(["bsdtar", "-tvf", path]).contains("\(size)"))
    let list = "import sys,zipfile; print([i.file_size for i in zipfile.ZipFile(sys.argv[1]).infolist()])"
    #expect(try ZipSamples.expectSilence(["python3", "-W", "error", "-c", list, path]) == "[3, \(size), 1]\n")

    let reader = try ZipReader(path: path)
    let entry = try #require(try reader.entry("zeros"))
    #expect(entry.size == size && written[1].blocks.count == 4098)
    var seen: UInt64 = 0
    try reader.read(entry, blocks: written[1].blocks, threads: 2, cancellation: Cancellation()) {
      seen += UInt64($0.count)
    }
    #expect(seen == size)
  }

  @Test func anAbandonedEntryLeavesNothing() throws {
    let text = ZipSamples.text(20 << 20)
    var kept: [ZipSamples.Item] = []
    let writer = try ZipWriter(path: path, level: 1, threads: 2, cancellation: Cancellation())
    for size in [0, 1, 1 << 20, (1 << 20) + 1, 20 << 20] {
      kept.append(.init(name: "kept\(size)", bytes: Array(text[..<min(size, 3 << 20)])))
      try writer.addEntry(
        "kept\(size)", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: kept[kept.count - 1].bytes)
      try writer.beginEntry("vanished\(size)", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time)
      try text[..<size].withUnsafeBytes { try writer.write($0) }
      try writer.abandonEntry()
    }
    try writer.finish()
    try ZipSamples.write(kept, to: folder["plain.zip"], level: 1)
    #expect(try ZipSamples.load(path) == ZipSamples.load(folder["plain.zip"]))
  }

  @Test func theSameBytesWhateverTheThreadsAndPieces() throws {
    let text = ZipSamples.text(3_500_000)
    try ZipSamples.write([.init(name: "rows", bytes: text)], to: path, threads: 4)
    let writer = try ZipWriter(path: folder["b.zip"], level: 6, threads: 1, cancellation: Cancellation())
    try writer.beginEntry("rows", mode: ZipSamples.file, modifiedSeconds: ZipSamples.time)
    for start in stride(from: 0, to: text.count, by: 77_777) {
      try text[start..<min(start + 77_777, text.count)].withUnsafeBytes { try writer.write($0) }
    }
    try writer.endEntry()
    try writer.finish()
    #expect(try ZipSamples.load(path) == ZipSamples.load(folder["b.zip"]))
  }

  @Test func dataThatDoesNotShrinkIsStored() throws {
    let items = [
      ZipSamples.Item(name: "noise", bytes: ZipSamples.noise(3 << 20)), .init(name: "tiny", bytes: [1]),
      .init(name: "small noise", bytes: ZipSamples.noise(200_000)), .init(name: "text", bytes: ZipSamples.text(9000)),
    ]
    let entries = try ZipSamples.write(items, to: path)
    #expect(entries.map(\.entry.method) == [.stored, .stored, .stored, .deflated])
    #expect(entries.map(\.sha256.bytes) == items.map { Digest.sha256($0.bytes) })
    #expect(entries.map(\.blocks.count) == [3, 0, 0, 0])
  }

  @Test(arguments: [
    "", "/etc/passwd", "a/../b", "..", "./a", "a//b", "a\\b", "C:/x", "c:", "a\0b", "a\nb", "a\u{7F}", "a\u{85}b",
    "a/.",
    "//", "/", String(repeating: "n", count: 65_536),
  ])
  func namesThatNoReaderShouldTrust(name: String) throws {
    let writer = try ZipWriter(path: path, level: 6, threads: 1, cancellation: Cancellation())
    let error = #expect(throws: AdminError.self) {
      try writer.beginEntry(name, mode: name.hasSuffix("/") ? ZipSamples.folder : ZipSamples.file, modifiedSeconds: 0)
    }
    #expect(error?.code == .dataError)
    try writer.addEntry("good", mode: ZipSamples.file, modifiedSeconds: 0, bytes: [])
    try writer.finish()
    #expect(try ZipReader(path: path).entries.map(\.name) == ["good"])
  }

  @Test func typesThatDoNotBelongIntoAnArchive() throws {
    let writer = try ZipWriter(path: path, level: 6, threads: 1, cancellation: Cancellation())
    for (name, mode) in [("a", UInt32(0o010644)), ("a", 0o644), ("a/", ZipSamples.file), ("a", ZipSamples.folder)] {
      #expect(throws: AdminError.self) { try writer.beginEntry(name, mode: mode, modifiedSeconds: 0) }
    }
  }

  @Test func cancelledAndAbandonedItLeavesNoFile() throws {
    let cancellation = Cancellation()
    let writer = try ZipWriter(path: path, level: 6, threads: 2, cancellation: cancellation)
    try writer.beginEntry("a", mode: ZipSamples.file, modifiedSeconds: 0)
    let text = ZipSamples.text(4 << 20)
    try text.withUnsafeBytes { try writer.write($0) }
    cancellation.cancel()
    let error = #expect(throws: AdminError.self) { try text.withUnsafeBytes { try writer.write($0) } }
    #expect(error?.code == .cancelled)
    writer.abandon()
    #expect(!(try FileSystem.exists(path)))
    do { _ = try ZipWriter(path: path, level: 6, threads: 2, cancellation: Cancellation()) }
    #expect(!(try FileSystem.exists(path)))
  }

  @Test(
    arguments: [
      (0, 315_532_800), (1_700_000_001, 1_700_000_001), (-5, -5), (2_147_483_647, 2_147_483_647),
      (2_147_483_649, 2_147_483_648), (4_102_444_800, 4_102_444_800), (951_827_696, 951_827_696),
      (99_999_999_999, 4_354_819_198), (-9_999_999_999, 315_532_800),
    ] as [(Int64, Int64)])
  func times(given: Int64, expected: Int64) throws {
    let writer = try ZipWriter(path: path, level: 6, threads: 1, cancellation: Cancellation())
    try writer.addEntry("a", mode: ZipSamples.file, modifiedSeconds: given, bytes: [])
    try writer.finish()
    // Within 32 bits the extended timestamp keeps it to the second; outside, MS-DOS time to two seconds, to its ends.
    let exact = Int32(exactly: given) != nil
    #expect(try ZipReader(path: path).entries[0].modifiedSeconds == (exact ? given : expected))
    let list =
      "import sys,zipfile,calendar as c; print(c.timegm(zipfile.ZipFile(sys.argv[1]).infolist()[0].date_time+(0,0)))"
    let dos = max(315_532_800, min(given, 4_354_819_198)) / 2 * 2
    #expect(try ZipSamples.expectSilence(["python3", "-c", list, path]) == "\(dos)\n")
  }
}
