import Foundation

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Reads one archive back as a test-bed backup does and searches it for the values in a file, one a line; prints how often
/// they were found. Without the file it only reads back.
///
/// usage: BenchAudit INSTALLATION ARCHIVE [VALUES]
@main
enum BenchAudit {
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 3 || words.count == 4 else {
      FileHandle.standardError.write(Data("usage: BenchAudit INSTALLATION ARCHIVE [VALUES]\n".utf8))
      exit(64)
    }
    let reader = try ArchiveReader(path: words[2], cancellation: Cancellation())
    let audit = words.count == 4 ? try audit(of: words[1], for: words[3]) : nil
    try ArchiveVerification.verify(reader, audit: audit)
    print(audit.map { $0.contentHits.values.reduce(0, +) } ?? 0)
  }

  /// As if rules had removed the values: what has a dot from an address, all else from a secret.
  private static func audit(of folder: String, for path: String) throws -> LeakAudit {
    let installation = Installation(folder: folder)
    let sanitizer = Sanitizer(
      try .testBed(site: installation.rulesPath, maskRecipients: false), backupID: BackupID.next(after: nil),
      database: try installation.openDatabase(.readOnly))
    let tally = sanitizer.tally(0, "benchmark")
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init) {
      sanitizer.note(tally, before: .text(line), after: .null, line.contains(".") ? .address : .secret)
    }
    return LeakAudit(sanitizer, tables: [])
  }
}
