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

/// A preview crosses from one process to another as JSON.
@Suite struct BackupPreviewTests {
  @Test func aPreviewComesBackAsItWas() throws {
    let sample = try DemoSample()
    let database = try sample.installation.openDatabase(.readWrite)
    try Settings(database).store("hub.crm.host", "crm.example.com")
    let preview = try BackupRun.preview(
      BackupOptions(kind: .testBed), in: .on(sample.installation), with: RemoteComponent.all)
    #expect(!preview.rules.isEmpty && !preview.samples.isEmpty && !preview.findings.isEmpty)
    #expect(preview.contents.count == 3)
    let bytes = try JSONEncoder().encode(preview)
    #expect(try JSONDecoder().decode(BackupPreview.self, from: bytes) == preview)
    // One value a rule: what it is and what it does are never out of step.
    #expect(preview.rules.map(\.id) == preview.record.rules.map(\.id))
    #expect(preview.rules.map(\.count) == preview.record.rules.map(\.count))
  }

  private static let good = #"""
    {"kind":"test-bed","rules":[{"danger":"d","afterRestore":"a","record":{"id":"keys","places":[{"place":"p","count":1}]}}],
    "samples":[{"rule":"keys","place":"p","before":"b","after":"c"}],
    "offences":[{"place":"setting s","target":{"setting":{"_0":"s"}},"reason":"r","remedy":"m"}],
    "record":{"rules":[]},"news":[],"notes":[],"idleEntries":[],"unresolvedHosts":[],"contents":{"HUB":{"files":1,"fileBytes":2,"tables":3,"rows":4}}}
    """#

  @Test(arguments: [
    (#""kind":"test-bed","#, ""), (#""kind":"test-bed""#, #""kind":"other""#), (#""news":[],"#, ""),
    (#""news":[]"#, #""news":[1]"#), (#""notes":[]"#, #""notes":[],"more":1"#), (#""count":1"#, #""count":-1"#),
    (#""count":1"#, #""count":1.5"#), (#""danger":"d","#, ""), (#""danger":"d""#, #""danger":"d","x":0"#),
    (#""after":"c""#, #""after":"c","x":0"#), (#""after":"c""#, #""after":null"#), (#""reason":"r""#, #""x":"r""#),
    (#""reason":"r""#, #""reason":"r","x":0"#), (#"{"setting":{"_0":"s"}}"#, #"{"other":{"_0":"s"}}"#),
    (#""HUB""#, #""HUG""#), (#""files":1"#, #""files":-1"#), (#""fileBytes":2"#, #""fileBytes":-2"#),
    (#""rows":4"#, #""rows":-4"#), (#""rows":4"#, #""rows":4,"x":0"#), (#""tables":3,"#, ""),
  ])
  func nothingElseIsTaken(old: String, new: String) throws {
    _ = try JSONDecoder().decode(BackupPreview.self, from: Data(Self.good.utf8))
    let bad = Self.good.replacing(old, with: new)
    #expect(bad != Self.good)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(BackupPreview.self, from: Data(bad.utf8)) }
  }
}
