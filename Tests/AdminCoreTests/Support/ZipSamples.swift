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

/// Content and archives for the tests of the ZIP code.
enum ZipSamples {
  static let file: UInt32 = 0o100640
  static let folder: UInt32 = 0o040750
  static let link: UInt32 = 0o120777
  static let time: Int64 = 1_700_000_001

  struct Item {
    let name: String
    var mode = ZipSamples.file
    var bytes: [UInt8] = []
  }

  /// Text-like bytes that deflate shrinks.
  static func text(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 64)
    var row = 0
    while bytes.count < count {
      bytes += "\(row)\tsubscriber\(row &* 7919 % 10_007)@example.com\tactive\n".utf8
      row += 1
    }
    return Array(bytes[..<count])
  }

  /// Bytes that nothing shrinks (splitmix64).
  static func noise(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var state: UInt64 = 42
    bytes.withUnsafeMutableBytes { buffer in
      for index in 0..<count {
        if index % 8 == 0 { state &+= 0x9E37_79B9_7F4A_7C15 }
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        buffer[index] = UInt8(truncatingIfNeeded: (mixed ^ mixed >> 31) >> UInt64(index % 8 * 8))
      }
    }
    return bytes
  }

  static let small: [Item] = [
    Item(name: "ini/hub.ini", bytes: Array("port=8080\nhost=hub.example.com\n".utf8)),
    Item(name: "data/", mode: folder),
    Item(name: "data/letters.txt", bytes: text(2000)),
    Item(name: "data/Zoë 👩‍🚀.txt", bytes: Array("hello".utf8)),
    Item(name: "data/link", mode: link, bytes: Array("letters.txt".utf8)),
    Item(name: "data/empty"),
  ]

  /// Writes an archive and returns what the writer says of its entries.
  @discardableResult
  static func write(_ items: [Item], to path: String, level: Int = 6, threads: Int = 2) throws -> [ArchivedEntry] {
    let writer = try ZipWriter(path: path, level: level, threads: threads, cancellation: Cancellation())
    for item in items {
      try writer.addEntry(item.name, mode: item.mode, modifiedSeconds: time, bytes: item.bytes)
    }
    try writer.finish()
    return try writer.entries.all
  }

  /// The content of an entry.
  static func content(
    _ reader: ZipReader, _ entry: ZipEntry, blocks: [UInt64] = [], threads: Int = 2
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try reader.read(entry, blocks: blocks, threads: threads, cancellation: Cancellation()) { piece in
      #expect(piece.count <= 1 << 20)
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  static func load(_ path: String) throws -> [UInt8] { try FileSystem.read(path, limit: 64 << 20) }

  static func store(_ bytes: [UInt8], at path: String) throws {
    let file = try File(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
    try bytes.withUnsafeBytes { try file.write($0) }
  }

  /// Whether the usual tools test an archive without a word of complaint.
  static func expectToolsAccept(_ path: String, _ location: SourceLocation = #_sourceLocation) throws {
    let python = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); r=z.testzip(); sys.exit(r and 'bad: '+r)"
    for command in [
      ["unzip", "-t", path], ["7z", "t", path], ["bsdtar", "-xOf", path], ["bsdtar", "-tf", path],
      ["python3", "-W", "error", "-c", python, path],
    ] {
      try expectSilence(command, location)
    }
  }

  @discardableResult
  static func expectSilence(_ command: [String], _ location: SourceLocation = #_sourceLocation) throws -> String {
    let result = try Command(command)
    #expect(result.status == 0, "\(command): \(result.errors)", sourceLocation: location)
    #expect(result.errors == "", "\(command)", sourceLocation: location)
    if !command.contains("-xOf") {
      // unzip's good news has the word in it too.
      let news = "No errors detected in "
      let said = result.output.split(separator: "\n").filter { !$0.hasPrefix(news) }.joined().lowercased()
      #expect(!said.contains("warning") && !said.contains("error"), "\(command)", sourceLocation: location)
    }
    return result.output
  }
}

extension ZipReader {
  /// All entries, in the order of the archive.
  var entries: [ZipEntry] {
    get throws {
      var entries: [ZipEntry] = []
      try forEachEntry { entries.append($0) }
      return entries
    }
  }

  /// The entry with exactly these bytes as its name.
  func entry(_ name: String) throws -> ZipEntry? { try entries.first { $0.name.utf8.elementsEqual(name.utf8) } }
}

extension EntryTable {
  /// All entries, in order.
  var all: [ArchivedEntry] {
    get throws {
      let window = Window(self)
      return try (0..<count).map { try window[$0] }
    }
  }
}
