import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What a restore takes from an archive: each entry has one place, and there is none that would be dropped in silence.
@Suite struct EntryOrderTests {
  private static func accepts(_ names: [String]) -> Bool {
    var order = EntryOrder()
    return names.allSatisfy { name in
      let mode = name.hasSuffix("/") ? ZipSamples.folder : name.hasSuffix("@") ? ZipSamples.link : ZipSamples.file
      return order.take(
        ZipEntry(
          name: name, mode: mode, modifiedSeconds: 0, size: 0, compressedSize: 0, crc32: 0, method: .stored,
          headerOffset: 0, dataOffset: 0))
    }
  }

  @Test(arguments: [
    [], ["ini/hub.ini"], ["data/"], ["data/", "data/a", "data/b@"],
    ["ini/hub.ini", "data/", "data/a/", "data/a/b/", "data/a/b/c", "data/a/d", "data/e/", "data/f"],
    ["data/", "data/a.b", "data/a/", "data/a/x", "data/ab"],
    ["data/", "data/\u{600}/", "data/\u{600}/x", "data/x\u{301}/", "data/x\u{301}/y"],
    ["ini/hub.ini", "home/", "home/accountreg", "home/conf/", "home/conf/a", "home/l@", "data/", "data/x"],
    ["home/", "database/a.schema.json", "database/a.copy"],
    ["home/", "home/a/", "home/a/b", "data/", "data/a/", "data/a/b"],
    ["database/a.schema.json", "database/a.copy", "database/b.schema.json", "database/b.copy"],
    ["ini/hub.ini", "data/", "database/a.schema.json", "database/a.copy"],
  ])
  func asABackupWritesThem(names: [String]) { #expect(Self.accepts(names)) }

  @Test(arguments: [
    ["other"], ["ini/hub.ini", "ini/lui.ini"], ["ini/x@"], ["data"], ["data@"], ["database/"],
    ["data/", "ini/hub.ini"], ["database/a.schema.json", "data/"], ["database/a.schema.json", "ini/hub.ini"],
    ["home"], ["home/a"], ["home/", "home/"], ["data/", "home/"], ["home/", "ini/hub.ini"], ["home/", "home/a/b"],
    ["home/", "data/", "home/a"], ["home/", "home/a/", "data/a/b"], ["homes/"], ["home/", "data/x"],
    ["data/a"], ["data/", "data/"], ["data/", "data/a/b"], ["data/", "data/a", "data/a/b"], ["data/", "data/a/b/"],
    ["data/", "data/a/", "data/b", "data/a/c"], ["data/", "data/a/x", "data/a/"],
    ["data/", "data/a/", "data/ab/c"],
    ["database/a.copy"], ["database/a.schema.json", "database/b.copy"], ["database/a.copy", "database/a.schema.json"],
    ["database/a.schema.json", "database/a.copy", "database/a.copy"],
    ["database/a.schema.json", "database/b.schema.json", "database/a.copy"],
    ["database/x\u{e9}.schema.json", "database/xe\u{301}.copy"], ["database/a.txt"], ["database/a.schema.json@"],
  ])
  func anythingElseIsRefused(names: [String]) { #expect(!Self.accepts(names)) }
}
