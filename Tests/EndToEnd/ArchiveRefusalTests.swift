import Glibc
import Testing

/// Sets that are not what they were when they were made.
@Suite(.waiting) struct ArchiveRefusalTests {
  private func expectRefused(_ id: String, in folder: String, _ words: String = "", traces: Bool = false) throws {
    let server = try TestServer()
    try expectRefusal(
      65, words, of: ["restore", id, "--yes", "--from", folder], on: server.path, traces: traces)
  }

  private static let components = ["HUB", "LUI", "TRK"]

  @Test(arguments: components) func anArchiveIsMissing(component: String) throws {
    let shared = try Shared.get()
    let set = try shared.copy(shared.testBed)
    try run(["rm", set["\(component)_TestBedBackup_\(shared.testBed).zip"]]).succeeded()
    try expectRefused(shared.testBed, in: set.path, "\(component)_TestBedBackup_\(shared.testBed).zip")
  }

  @Test(arguments: components) func anArchiveIsFromAnotherSet(component: String) throws {
    let shared = try Shared.get()
    for report in [true, false] {
      let set = try shared.copy(shared.testBed, report: report)
      let other = try shared.copy(shared.otherTestBed, report: report)
      let own = set["\(component)_TestBedBackup_\(shared.testBed).zip"]
      try run(["rm", own]).succeeded()
      let foreign = other["\(component)_TestBedBackup_\(shared.otherTestBed).zip"]
      try run(["cp", foreign, set.path]).succeeded()
      try expectRefused(shared.testBed, in: set.path)
      // The same under a name that would fit.
      try run(["mv", foreign, own]).succeeded()
      try expectRefused(shared.testBed, in: set.path, shared.otherTestBed)
    }
  }

  @Test(arguments: components) func anArchiveOfANormalSetPosesAsATestBedOne(component: String) throws {
    let shared = try Shared.get()
    let set = try shared.copy(shared.testBed, report: false)
    let index = try #require(ArchiveRefusalTests.components.firstIndex(of: component))
    let normal = shared.demo.archives(shared.normal, testBed: false)[index]
    try run(["cp", normal, set["\(component)_TestBedBackup_\(shared.testBed).zip"]]).succeeded()
    try expectRefused(shared.testBed, in: set.path, shared.normal)
  }

  @Test(arguments: components) func anArchiveIsTruncated(component: String) throws {
    let shared = try Shared.get()
    for report in [true, false] {
      for cut in ["os.path.getsize(A[0]) // 2", "os.path.getsize(A[0]) - 1", "0"] {
        let set = try shared.copy(shared.testBed, report: report)
        try python("os.truncate(A[0], \(cut))", [set["\(component)_TestBedBackup_\(shared.testBed).zip"]])
        try expectRefused(shared.testBed, in: set.path, component)
      }
    }
  }

  @Test(arguments: components, [true, false]) func aBitOfAnArchiveIsFlipped(component: String, report: Bool) throws {
    let shared = try Shared.get()
    let set = try shared.copy(shared.testBed, report: report)
    let archive = set["\(component)_TestBedBackup_\(shared.testBed).zip"]
    let size = Int(try status(archive).st_size)
    // Local headers, rows, files, the manifest, the directory, the end record.
    for position in [0, 14, 40, 1200, size - 1, size - 12, size - 300, size / 3, size / 2, size * 9 / 10] {
      try flipBit(of: archive, at: position % size)
      // Without a report, rows and files of HUB's archive are first read when they are staged.
      try expectRefused(shared.testBed, in: set.path, traces: component == "HUB" && !report)
      try flipBit(of: archive, at: position % size)
    }
    let server = try TestServer()
    try hubtui("restore", shared.testBed, "--yes", "--from", set.path, on: server.path).succeeded()
  }

  private func status(_ path: String) throws -> stat {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure("stat: \(errno)") }
    return status
  }

  private func flipBit(of path: String, at position: Int) throws {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("open: \(errno)") }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    guard pread(descriptor, &byte, 1, position) == 1 else { throw Failure("pread: \(errno)") }
    byte ^= 4
    guard pwrite(descriptor, &byte, 1, position) == 1 else { throw Failure("pwrite: \(errno)") }
  }

  @Test(arguments: components) func anArchiveWasPackedAnew(component: String) throws {
    let shared = try Shared.get()
    for report in [true, false] {
      let set = try shared.copy(shared.testBed, report: report)
      try python(
        "rewrite(A[0], lambda name, data: data)", [set["\(component)_TestBedBackup_\(shared.testBed).zip"]])
      try expectRefused(shared.testBed, in: set.path)
    }
  }

  @Test(arguments: components) func theFormatVersionIsNotKnown(component: String) throws {
    let shared = try Shared.get()
    let set = try shared.copy(shared.testBed, report: false)
    try python(
      """
      def change(name, data):
          if name != 'manifest.json':
              return data
          assert b'"formatVersion":2,' in data
          return data.replace(b'"formatVersion":2,', b'"formatVersion":3,')
      rewrite(A[0], change)
      """, [set["\(component)_TestBedBackup_\(shared.testBed).zip"]])
    try expectRefused(shared.testBed, in: set.path)
  }

  @Test func theReportDoesNotEndWithTheMark() throws {
    let shared = try Shared.get()
    let endings = [
      "printf 'x\\n' >> \"$1\"", "sed -i '$d' \"$1\"", "sed -i '$s/successfully/succesfully/' \"$1\"",
      "sed -i '$s/test-bed-backup/backup/' \"$1\"", "sed -i '$s/$/ /' \"$1\"", ": > \"$1\"",
    ]
    for ending in endings {
      let set = try shared.copy(shared.testBed)
      let report = set["testBedBackupReport_\(shared.testBed).txt"]
      try run(["sh", "-ec", ending, "sh", report]).succeeded()
      try expectRefused(shared.testBed, in: set.path, "the report does not end with")
    }
  }
}
