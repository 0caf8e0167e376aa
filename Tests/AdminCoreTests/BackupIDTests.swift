import Foundation
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct BackupIDTests {
  @Test(arguments: [
    "", "20261124213405", "20261124213405-AB1", "20261124213405-AB123", "20261124213405-ab12", "20261124213405-ABI1",
    "20261124213405-ABO1", "20261124213405_AB12", "2026112421340X-AB12", "20261324213405-AB12", "20261124253405-AB12",
    "20261124213405-\u{301}AB", "20261124213405-AB\u{301}", "../../etc/passwd-AB1", "２0261124213-AB12",
  ])
  func textThatIsNoID(text: String) {
    #expect(BackupID(text) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([BackupID].self, from: JSONEncoder().encode([text]))
    }
  }

  @Test func alphanumericOrderIsAge() throws {
    let first = BackupID.next(after: nil, now: 1_700_000_000)
    #expect(first.description.hasPrefix("20231114221320-") && first.time == 1_700_000_000)
    #expect(BackupID(first.description) == first)
    let later = BackupID.next(after: first, now: 1_700_000_000)
    #expect(later > first && later.time == 1_700_000_001)
    let backwards = BackupID.next(after: later, now: 1_600_000_000)
    #expect(backwards > later && backwards.description > later.description)
    #expect(BackupID.next(after: backwards, now: 1_800_000_000).time == 1_800_000_000)
    #expect(try JSONDecoder().decode([BackupID].self, from: JSONEncoder().encode([first])) == [first])
  }

  @Test func namesAreReadAsTheyAreWritten() throws {
    let id = try Sample.id("20261124213405-AB12")
    #expect(BackupKind.normal.archiveName(.hub, id) == "HUB_Backup_20261124213405-AB12.zip")
    #expect(BackupKind.testBed.archiveName(.trk, id) == "TRK_TestBedBackup_20261124213405-AB12.zip")
    #expect(BackupKind.testBed.reportName(id) == "testBedBackupReport_20261124213405-AB12.txt")
    for kind in BackupKind.allCases {
      for component in Component.allCases {
        let parsed = try #require(BackupKind.parse(archiveName: kind.archiveName(component, id)))
        #expect(parsed.kind == kind && parsed.component == component && parsed.id == id)
      }
      let report = try #require(BackupKind.parse(reportName: kind.reportName(id)))
      #expect(report.kind == kind && report.id == id)
    }
    for name in [
      ".HUB_Backup_20261124213405-AB12.zip.partial", "HUB_Backup_20261124213405-AB12.zip ", "HUB_Backup_.zip",
      "hub_Backup_20261124213405-AB12.zip", "XXX_Backup_20261124213405-AB12.zip", "HUB_Backup_20261124213405-AB12.ZIP",
      "backupReport_20261124213405-AB12.txt",
    ] { #expect(BackupKind.parse(archiveName: name) == nil, "\(name)") }
    #expect(BackupKind.parse(reportName: "backupReport_x.txt") == nil)
  }
}
