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

/// A manifest is written and read a few hundred entries at a time; nobody else may notice.
@Suite struct ManifestTextTests {
  /// The manifest as Foundation alone would write and read it.
  private struct Whole: Codable, Equatable {
    var manifest: Manifest
    var entries: [Manifest.Entry]

    private enum CodingKeys: CodingKey { case entries }

    init(_ manifest: Manifest, _ entries: [Manifest.Entry]) { (self.manifest, self.entries) = (manifest, entries) }

    init(from decoder: any Decoder) throws {
      manifest = try Manifest(from: decoder)
      entries = try decoder.container(keyedBy: CodingKeys.self).decode([Manifest.Entry].self, forKey: .entries)
    }

    func encode(to encoder: any Encoder) throws {
      try manifest.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(entries, forKey: .entries)
    }
  }

  private static func manifest(entries: Int) throws -> Whole {
    let id = try #require(BackupID("20261126010203-AB2C"))
    var list: [Manifest.Entry] = []
    for index in 0..<entries {
      let rows: Int64? = index % 3 == 0 ? Int64(index) : nil
      let blocks: [UInt64]? = index % 5 == 0 ? [0, 10, 20] : nil
      list.append(
        Manifest.Entry(
          name: "data/a \"[{,}]\" \\ \(index) ü\\.txt", size: UInt64(index), compressedSize: 7,
          offset: UInt64(index) << 20, crc32: 0x0123_ABCD, mode: 0o100600,
          sha256: SHA256Hasher().contentDigest(), modified: FileTime(seconds: -1, nanoseconds: 2), rows: rows,
          blocks: blocks))
    }
    return Whole(
      Manifest(
        formatVersion: 1, kind: .normal, id: id, component: .lui, created: "2026-11-26 01:02:03 UTC",
        productVersion: "\"entries\":[", originFingerprint: "entries", sanitisation: nil,
        otherArchives: nil, inventory: .init(tables: ["entries": ["entries", "x"]], iniKeys: ["entries"])), list)
  }

  private static func text(_ whole: Whole) throws -> [UInt8] {
    var text: [UInt8] = []
    try ManifestText.write(whole.manifest, entries: whole.entries.count) {
      whole.entries[$0]
    } to: {
      text += $0
    }
    return text
  }

  private static func read(_ text: [UInt8], pieces: Int = 1 << 20) throws -> Whole {
    var entries: [Manifest.Entry] = []
    var parser = ManifestParser { entries.append($0) }
    for start in stride(from: 0, to: text.count, by: pieces) {
      parser.take(text[start..<min(start + pieces, text.count)])
    }
    let manifest = try parser.finish { _ in }
    return Whole(manifest, entries)
  }

  /// One entry has one spelling: another text for the same numbers was not written by this program.
  @Test(arguments: [
    ("\"0123abcd\"", "\"0123ABCD\""), ("\"0123abcd\"", "\"123abcd\""), ("\"0123abcd\"", "\"00123abcd\""),
    ("\"100600\"", "\"0100600\""), ("\"100600\"", "\"+100600\""), ("\"100600\"", "\"100608\""),
    ("-1.000000002", "-1.00000002"), ("-1.000000002", "-01.000000002"), ("-1.000000002", "-1.0000000020"),
    ("-1.000000002", "-1.-00000002"), ("-1.000000002", "-1"), ("e3b0c442", "E3b0c442"), ("e3b0c442", "e3b0c4"),
  ])
  func anotherSpellingIsRefused(change: (String, String)) throws {
    let text = String(decoding: try Self.text(Self.manifest(entries: 3)), as: UTF8.self)
    let range = try #require(text.range(of: change.0))
    #expect((try? Self.read(Array(text.replacingCharacters(in: range, with: change.1).utf8))) == nil)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1000])
  func theTextIsOneAndComesBack(entries: Int) throws {
    let manifest = try Self.manifest(entries: entries)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = try Self.text(manifest)
    #expect(try text == [UInt8](encoder.encode(manifest)))
    for pieces in [1, 7, 1 << 20] { #expect(try Self.read(text, pieces: pieces) == manifest) }
    encoder.outputFormatting = [.prettyPrinted]
    #expect(try Self.read([UInt8](encoder.encode(manifest))) == manifest)
  }

  @Test(arguments: [
    ("},{\"blocks\"", "} {\"blocks\""), ("},{\"blocks\"", "},,{\"blocks\""), ("},{\"blocks\"", "},7,{\"blocks\""),
    ("}],\"formatVersion\"", "}},\"formatVersion\""),
    ("\"entries\":[", "\"entries\":[,"), ("}],\"formatVersion\"", "}"),
  ])
  func whatFoundationRefusesIsRefused(change: (String, String)) throws {
    let text = String(decoding: try Self.text(Self.manifest(entries: 600)), as: UTF8.self)
    for isLast in [false, true] {
      let range = try #require(text.range(of: change.0, options: isLast ? .backwards : []))
      let changed = text.replacingCharacters(in: range, with: change.1)
      #expect((try? JSONDecoder().decode(Whole.self, from: Data(changed.utf8))) == nil)
      #expect((try? Self.read(Array(changed.utf8))) == nil, "\(change)")
    }
  }

  /// A later format may say other things of an entry: its number is what the operator must hear of.
  @Test func theVersionIsToldBeforeWhatItsEntriesMean() throws {
    let text = String(decoding: try Self.text(Self.manifest(entries: 200)), as: UTF8.self)
      .replacing("\"100600\"", with: "7").replacing("\"formatVersion\":1", with: "\"formatVersion\":2")
    struct Told: Error { var version: Int }
    var parser = ManifestParser { _ in }
    parser.take(text.utf8)
    let told = #expect(throws: Told.self) { _ = try parser.finish { throw Told(version: $0) } }
    #expect(told?.version == 2)
  }

  /// Two lists could be understood in two ways.
  @Test(arguments: ["\"entries\":[],", "\"\\u0065ntries\":[],", "\"entries\" : [ ] ,"])
  func aSecondListIsRefused(list: String) throws {
    let text = String(decoding: try Self.text(Self.manifest(entries: 2)), as: UTF8.self)
    let twice = text.replacing("\"formatVersion\":1", with: list + "\"formatVersion\":1")
    #expect((try? Self.read(Array(twice.utf8))) == nil)
  }
}
