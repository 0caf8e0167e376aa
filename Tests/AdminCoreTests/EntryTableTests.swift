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

/// However many entries an archive has, each comes back as it was told.
@Suite struct EntryTableTests {
  private static func entry(_ index: Int) -> ArchivedEntry {
    // Longer and shorter than a record has room for, to the byte.
    let name = "data/\(index)" + String(repeating: "ü", count: [0, 1, 60, 65, 66, 70, 30_000][index % 7])
    var hasher = SHA256Hasher()
    withUnsafeBytes(of: index) { hasher.update($0) }
    return ArchivedEntry(
      entry: ZipEntry(
        name: name, mode: 0o100600 + UInt32(index % 8), modifiedSeconds: index % 5 == 0 ? .min : Int64(index),
        size: .max - UInt64(index), compressedSize: UInt64(index) << 33, crc32: .max - UInt32(index),
        method: index % 2 == 0 ? .stored : .deflated, headerOffset: UInt64(index), dataOffset: UInt64(index) + 99),
      nanoseconds: Int32(index), sha256: hasher.contentDigest(),
      blocks: (0..<UInt64(index % 11 == 0 ? index % 300 : 0)).map { $0 << 40 },
      rows: [nil, 0, -1, .max][index % 4])
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1023, 1024, 1025, 5000])
  func everyEntryComesBackFromEveryDirection(count: Int) throws {
    let folder = try TemporaryFolder()
    let table = EntryTable(in: folder.path)
    for index in 0..<count { try table.append(Self.entry(index)) }
    #expect(table.count == count)
    try SharedWork.run(2, workers: 2) { worker, _ in
      let window = EntryTable.Window(table)
      for index in worker == 0 ? Array(0..<count) : (0..<count).reversed() {
        let found = try window[index]
        #expect(found == Self.entry(index))
      }
    }
    let window = EntryTable.Window(table)
    for step in 0..<count { #expect(try window[step * 797 % count] == Self.entry(step * 797 % count)) }
    #expect(try FileSystem.textNames(in: folder.path) == [], "nothing has a name")
  }

  @Test func aFolderThatTakesNoFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let table = EntryTable(in: folder["nowhere"])
    let error = Sample.error { for index in 0..<2000 { try table.append(Self.entry(index)) } }
    #expect(error?.location == folder["nowhere"] && error?.what.contains("temporary file") == true)
    #expect(error?.code == .cannotCreate)
  }

  /// As on a share of another machine: there it goes where temporary files go.
  @Test func whereNoFileCanBeWithoutANameItIsElsewhere() throws {
    let file = try UnnamedFile.create(in: "/proc")
    try file.write("x")
    #expect(try file.status().st_nlink == 0 && file.path == UnnamedFile.folder)
  }

  /// Where there is none at all.
  @Test func elseItLosesItsName() throws {
    let folder = try TemporaryFolder()
    let file = try UnnamedFile.named(in: folder.path)
    try file.write("x")
    let status = try file.status()
    #expect(status.st_nlink == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(try FileSystem.textNames(in: folder.path) == [])
  }
}
