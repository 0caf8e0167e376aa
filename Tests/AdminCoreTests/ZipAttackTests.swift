import AdminCore
import Glibc
import Testing

/// Each test breaks one thing in a good archive and expects the reader to name it.
@Suite struct ZipAttackTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder["test.zip"]
  }

  struct Attack: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: String
    let apply: @Sendable (inout ZipPatch) -> Void
    init(_ name: String, _ reason: String, _ apply: @escaping @Sendable (inout ZipPatch) -> Void) {
      (testDescription, self.reason, self.apply) = (name, reason, apply)
    }
  }

  // Entries of the archive below: 0 aaaa.txt (stored), 1 bbbb/, 2 bbbb/cc.txt (deflated), 3 lnk, 4 dddd.txt (deflated).
  static let items: [ZipSamples.Item] = [
    .init(name: "aaaa.txt", bytes: Array("a few bytes".utf8)), .init(name: "bbbb/", mode: ZipSamples.folder),
    .init(name: "bbbb/cc.txt", bytes: ZipSamples.text(900)),
    .init(name: "lnk", mode: ZipSamples.link, bytes: Array("aaaa.txt".utf8)),
    .init(name: "dddd.txt", bytes: ZipSamples.text(700)),
  ]

  static let structure: [Attack] = [
    .init("comment", "follows its end") {
      $0[$0.end + 20, 2] = 3; $0.bytes += [1, 2, 3]
    },
    .init("trailing byte", "follows its end") { $0.bytes.append(0) },
    .init("a whole second archive", "not where") { $0.bytes += $0.bytes },
    .init("leading bytes", "not where") { $0.insert([0x4D, 0x5A], at: 0) },
    .init("leading bytes with moved offsets", "a gap") { patch in
      for record in patch.central { patch[record + 42, 4] += 2 }
      patch[patch.end + 16, 4] += 2
      patch.insert([0x4D, 0x5A], at: 0)
    },
    .init("disk number", "several disks") { $0[$0.end + 4, 2] = 1 },
    .init("disk of the directory", "several disks") { $0[$0.end + 6, 2] = 1 },
    .init("two counts", "several disks") { $0[$0.end + 8, 2] = 4 },
    .init("count too small", "holds more") {
      $0[$0.end + 8, 2] = 4; $0[$0.end + 10, 2] = 4
    },
    .init("count too large", "cut short") {
      $0[$0.end + 8, 2] = 6; $0[$0.end + 10, 2] = 6
    },
    .init("count far too large", "too small for") {
      $0[$0.end + 8, 2] = 60_000; $0[$0.end + 10, 2] = 60_000
    },
    .init("directory size", "not where") { $0[$0.end + 12, 4] -= 1 },
    .init("directory beyond the file", "not where") { $0[$0.end + 12, 4] = 0xFFFF_FFFE },
    .init("directory offset", "not where") { $0[$0.end + 16, 4] += 1 },
    .init("marker without ZIP64", "ZIP64 end record is missing") { $0[$0.end + 16, 4] = 0xFFFF_FFFF },
    .init("gap between entries", "contradict|a gap|damaged") { patch in
      patch.insert([0], at: patch.local[1])
      patch[patch.end + 16, 4] += 1
    },
    .init("gap before the directory", "between the entries and the directory") { patch in
      patch.insert([0], at: patch.directory)
      patch[patch.end + 16, 4] += 1
    },
    .init("overlap: two records, one local header", "a gap, an overlap") {
      $0[$0.central[4] + 42, 4] = UInt64($0.local[2])
    },
    .init("order", "a gap, an overlap") { patch in
      patch[patch.central[2] + 42, 4] = UInt64(patch.local[4])
      patch[patch.central[4] + 42, 4] = UInt64(patch.local[2])
    },
    .init("directory signature", "record is damaged") { $0[$0.central[2], 4] = 0 },
    .init("local signature", "header is damaged") { $0[$0.local[2], 4] = 0 },
    .init("entry on another disk", "another disk") { $0[$0.central[0] + 34, 2] = 1 },
    .init("entry comment", "a comment") { $0[$0.central[0] + 32, 2] = 1 },
    .init("a file that looks like an archive's end only", "cut short") { $0.bytes = Array($0.bytes[($0.end + 1)...]) },
    .init("empty file", "cut short") { $0.bytes = [] },
  ]

  static let entries: [Attack] = [
    .init("encrypted", "encrypted") { $0.both(0, 6, 2, 1) },
    .init("data descriptor", "encrypted or has other") { $0.both(0, 6, 2, 8) },
    .init("strong encryption", "encrypted") { $0.both(0, 6, 2, 1 << 6) },
    .init("masked headers", "encrypted") { $0.both(0, 6, 2, 1 << 13) },
    .init("flags differ", "encrypted") { $0[$0.local[0] + 6, 2] = 1 },
    .init("method bzip2", "unknown compression") { $0.both(0, 8, 2, 12) },
    .init("methods differ", "contradict") { $0[$0.local[0] + 8, 2] = 8 },
    .init("version", "newer version") { $0.both(0, 4, 2, 63) },
    .init("another system", "another system") { $0[$0.central[0] + 4, 2] = 20 },
    .init("local version", "contradict") { $0[$0.local[0] + 4, 2] = 63 },
    .init("checksums differ", "contradict") { $0[$0.local[0] + 14, 4] ^= 1 },
    .init("sizes differ", "contradict") { $0[$0.local[2] + 22, 4] += 1 },
    .init("compressed sizes differ", "contradict") { $0[$0.local[2] + 18, 4] += 1 },
    .init("local name differs", "contradict") { $0.bytes[$0.local[0] + 30] = 0x62 },
    .init("local time differs", "contradict") { $0.bytes[$0.data[0] - 1] ^= 1 },
    .init("impossible time", "impossible time") { $0.both(0, 12, 2, 0) },
    .init("stored with two sizes", "two sizes") { $0.both(0, 22, 4, 12) },
    .init("ratio", "larger than deflate") { $0.both(2, 22, 4, 100_000_000) },
    .init("compressed size beyond the file", "larger than the archive") { $0.both(2, 18, 4, 1 << 30) },
    .init("compressed size into the directory", "reaches into") { $0.both(4, 18, 4, 1 + $0[$0.central[4] + 20, 4]) },
    .init("compressed size into the next entry", "a gap") { $0.both(2, 18, 4, 1 + $0[$0.central[2] + 20, 4]) },
    .init("folder with content", "folder has content") {
      $0.both(1, 18, 4, 1); $0.both(1, 22, 4, 1)
    },
    .init("device", "not a plain file") { $0[$0.central[0] + 38, 4] = 0o020644 << 16 },
    .init("set as folder", "not a plain file") { $0[$0.central[0] + 38, 4] = 0o040755 << 16 },
    .init("folder set as link", "not a plain file") { $0[$0.central[1] + 38, 4] = 0o120777 << 16 },
    .init("unknown extra field", "unknown extra") { $0[$0.central[0] + 46 + 8, 2] = 0x7075 },
    .init("unknown local extra field", "unknown extra") { $0[$0.local[0] + 30 + 8, 2] = 0x7075 },
    .init("extra field too long", "extra field is damaged") { $0[$0.central[0] + 46 + 8 + 2, 2] = 6 },
    .init("ZIP64 field that no size needs", "ZIP64 field is damaged|does not fit") {
      $0[$0.central[0] + 46 + 8, 2] = 1
    },
    .init("size without its ZIP64 field", "ZIP64 field is missing") { $0[$0.central[0] + 24, 4] = 0xFFFF_FFFF },
    .init("timestamp without a time", "timestamp is damaged") { $0.bytes[$0.central[0] + 46 + 8 + 4] = 0 },
    .init("the end of the local extra fields", "contradict|damaged|cut short|a gap") {
      $0[$0.local[0] + 28, 2] = 0xFFFF
    },
  ]

  static let names: [Attack] =
    [
      ("absolute path", "absolute", "/aaa.txt"), ("parent", ". or ..", "../a.txt"),
      ("inner parent", ". or ..", "a/../txt"),
      ("trailing parent", ". or ..", "aaaaa/.."), ("dot", ". or ..", "aa/./txt"),
      ("empty part", "empty part", "aaa//txt"),
      ("backslash", "backslash", "aa\\a.txt"), ("drive", "drive letter", "C:aa.txt"),
      ("NUL", "control", "aaaa\0txt"),
      ("newline", "control", "aaaa\ntxt"), ("escape", "control", "aaaa\u{1B}txt"),
      ("delete", "control", "aaaa\u{7F}txt"),
      ("duplicate", "one name", "dddd.txt"), ("not flagged as UTF-8", "without the UTF-8", "aaé.txt"),
    ].map { name, reason, new in Attack(name, reason) { $0.rename("aaaa.txt", new) } }
    + [
      .init("not UTF-8", "not UTF-8") { $0.bytes[$0.central[0] + 46] = 0xFF },
      .init("file with a folder's name", "not a plain file") { $0.rename("aaaa.txt", "aaaaaaa/") },
      .init("below a symbolic link", "no folder") { $0.rename("aaaa.txt", "lnk/.txt") },
    ]

  @Test(arguments: structure + entries + names)
  func refusedWhenOpened(attack: Attack) throws {
    try ZipSamples.write(Self.items, to: path)
    var patch = try ZipPatch(path: path)
    attack.apply(&patch)
    try expectRefusal(patch, attack.reason)
  }

  @Test func entriesThatWantOnePlace() throws {
    for (items, reason) in [
      (["a", "a/"], "one name"), (["a/", "a"], "one name"), (["x", "x/y"], "below"), (["x/y/z", "x"], "below"),
      (["x/y/z", "x/y"], "below"), (["s", "s"], "one name"),
    ] {
      unlink(path)
      try ZipSamples.write(
        items.map { .init(name: $0, mode: $0.hasSuffix("/") ? ZipSamples.folder : ZipSamples.file) }, to: path)
      let error = #expect(throws: AdminError.self) { try ZipReader(path: path) }
      #expect(error?.code == .dataError && error?.what.contains(reason) == true, "\(items)")
    }
    unlink(path)
    // The same text in two Unicode forms is two files.
    try ZipSamples.write([.init(name: "\u{E9}"), .init(name: "e\u{301}")], to: path)
    let reader = try ZipReader(path: path)
    #expect(try reader.entries.count == 2)
    #expect(try reader.entry("\u{E9}")?.name.utf8.count == 2 && reader.entry("e\u{301}")?.name.utf8.count == 3)
  }

  static let content: [Attack] = [
    .init("stored byte", "checksum") { $0.bytes[$0.data[0]] ^= 0x20 },
    .init("checksum", "checksum") { $0.both(2, 14, 4, 1) },
    .init("size too small", "more than the archive says") { $0.both(2, 22, 4, 899) },
    .init("size too large", "size is not") { $0.both(2, 22, 4, 901) },
    .init("stream ends early", "follows its compressed data") { $0[$0.data[2], 2] = 0x0003 },
    .init("stream never ends", "damaged|too early|more than|size") { $0.bytes[$0.data[2]] &= 0xFE },
    .init("invalid block", "damaged") { $0.bytes[$0.data[2]] |= 6 },
  ]

  @Test(arguments: content)
  func refusedWhenRead(attack: Attack) throws {
    try ZipSamples.write(Self.items, to: path)
    var patch = try ZipPatch(path: path)
    attack.apply(&patch)
    try ZipSamples.store(patch.bytes, at: path)
    let reader = try ZipReader(path: path)
    let error = #expect(throws: AdminError.self) {
      for entry in try reader.entries { _ = try ZipSamples.content(reader, entry) }
    }
    #expect(error?.code == .dataError)
    let reasons = attack.reason.split(separator: "|")
    #expect(reasons.contains { error?.what.contains($0) == true }, "\(String(describing: error))")
  }

  @Test func zip64RecordsMustAgree() throws {
    let writer = try ZipWriter(path: path, level: 1, threads: 1, cancellation: Cancellation())
    for index in 0..<65_535 { try writer.addEntry("\(index)", mode: ZipSamples.file, modifiedSeconds: 0, bytes: []) }
    try writer.finish()
    let good = try ZipPatch(path: path)
    let locator = good.end - 20
    let record = locator - 56
    #expect(good[record, 4] == 0x0606_4B50)
    for (offset, length, value, reason) in [
      (locator, 4, UInt64(0), "missing"), (locator + 4, 4, 1, "damaged"),
      (locator + 8, 8, UInt64(record) + 1, "damaged"),
      (locator + 16, 4, 2, "damaged"), (record, 4, 0, "missing"), (record + 4, 8, 45, "damaged"),
      (record + 14, 2, 63, "damaged"), (record + 16, 4, 1, "damaged"), (record + 20, 4, 1, "damaged"),
      (record + 24, 8, 65_536, "damaged"), (record + 40, 8, 46, "contradict"), (record + 48, 8, 7, "contradict"),
      (good.end + 10, 2, 65_534, "several disks"), (good.end + 12, 4, 46, "contradict"),
      (good.end + 12, 4, 0xFFFF_FFFF, "contradict"),
    ] {
      var patch = good
      patch[offset, length] = value
      try expectRefusal(patch, reason)
    }
    var patch = good
    for offset in [24, 32] { patch[record + offset, 8] = .max }
    try expectRefusal(patch, "too small for")
  }

  @Test func onlyAPlainFileIsOpened() throws {
    try ZipSamples.write(Self.items, to: path)
    symlink(path, folder["link"])
    mkfifo(folder["pipe"], 0o600)
    #expect(throws: AdminError.self) { try ZipReader(path: folder["link"]) }
    for place in [folder["pipe"], folder.path] {
      let error = #expect(throws: AdminError.self) { try ZipReader(path: place) }
      #expect(error?.code == .dataError)
    }
    #expect(try ZipReader(file: File(path)).entries.count == 5)
  }

  private func expectRefusal(
    _ patch: ZipPatch, _ reason: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    try ZipSamples.store(patch.bytes, at: path)
    let error = #expect(throws: AdminError.self, sourceLocation: location) { try ZipReader(path: path) }
    #expect(error?.code == .dataError, sourceLocation: location)
    #expect(
      reason.split(separator: "|").contains { error?.what.contains($0) == true },
      "\(String(describing: error)) instead of \(reason)", sourceLocation: location)
  }
}
