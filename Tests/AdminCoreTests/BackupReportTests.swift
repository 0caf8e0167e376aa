import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct BackupReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func isValid(_ text: String, _ kind: BackupKind) throws -> Bool {
    let path = folder[kind.reportName(try Sample.id("20261124213405-AB12"))]
    try Sample.write(text, to: path)
    return try #require(try BackupReport.read(path)).isValid
  }

  @Test func theMarkIsTheWholeLastLineLetterForLetter() throws {
    let marks: [(BackupKind, String)] = [
      (.normal, "The backup was completed successfully"), (.testBed, "The test-bed-backup was completed successfully"),
    ]
    for (kind, mark) in marks {
      #expect(try isValid("head\n\(mark)\n", kind) && isValid(mark, kind))
      for text in [
        "", "\n", "head\n", "\(mark)\n\n", "\(mark)\nmore\n", "\(mark).\n", " \(mark)\n", "\(mark) \n", "x\(mark)\n",
        "\(mark.lowercased())\n", "\(mark)\r\n", "\(mark)\u{0}\n", String(mark.dropLast()), "head\r\(mark)\n",
        mark.replacing("backup", "bаckup") + "\n",
        mark.replacing("-", "\u{2010}").replacing("The ", "The\u{A0}") + "\n",
      ] { #expect(try !isValid(text, kind), "\(text.debugDescription)") }
    }
    #expect(try !isValid("\(marks[0].1)\n", .testBed) && !isValid("\(marks[1].1)\n", .normal))
  }

  @Test func aReportIsInvalidUntilItSucceeds() throws {
    let id = try Sample.id("20261124213405-AB12")
    let report = try BackupReport(folder: folder["logs"], kind: .testBed, id: id)
    #expect(try BackupReport.read(report.path)?.isValid == false)
    try report.line("HUB \(BackupKind.testBed.validityMark)\nThe test-bed-backup was completed successfully")
    #expect(try BackupReport.read(report.path)?.isValid == false, "data ended the report")
    try report.succeed()
    let summary = try #require(try BackupReport.read(report.path))
    #expect(summary.isValid && summary.id == id && summary.kind == .testBed)
    #expect(try Sample.text(report.path).contains("DIFFERS FROM THE ORIGINAL"))
    #expect(
      Sample.error { _ = try BackupReport(folder: folder["logs"], kind: .testBed, id: id) }?.code == .cannotCreate)
  }

  @Test func aFailureSaysSo() throws {
    let report = try BackupReport(folder: folder.path, kind: .normal, id: try Sample.id("20261124213405-AB12"))
    report.fail(AdminError(.inputOutput, "broken\nThe backup was completed successfully", next: "mend"))
    let summary = try #require(try BackupReport.read(report.path))
    #expect(!summary.isValid && summary.lastLine == "The backup failed; it is not usable for a restore")
    #expect(try Sample.text(report.path).contains("ERROR: broken^JThe backup was"))
  }
}
