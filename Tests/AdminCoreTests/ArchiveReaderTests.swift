import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// An archive that agrees with its manifest and says what no backup says.
@Suite struct ArchiveReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// LUI's archive with one empty table in the words of an engine.
  private func archive(engine: EngineName?) throws -> ArchiveReader {
    let path = folder["archive.zip"]
    try FileSystem.remove(path)
    let writer = try ZipWriter(path: path, level: 1, threads: 1, cancellation: Cancellation())
    let table = TableSchema(
      name: "lui_a", columns: [.init(name: "a", type: .text, declared: "TEXT")], primaryKey: [], engine: engine)
    func add(_ name: String, _ bytes: [UInt8]) throws {
      try writer.addEntry(name, mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: bytes)
    }
    try add("ini/lui.ini", Array("port=1809\n".utf8))
    try add(TableSchema.schemaEntryName(table.name), table.encoded())
    try writer.beginEntry(
      TableSchema.rowsEntryName(table.name), mode: ZipSamples.file, modifiedSeconds: ZipSamples.time)
    try writer.endEntry(rows: 0)
    try writer.drain()
    let manifest = Manifest(
      formatVersion: Manifest.currentVersion, kind: .normal, id: try Sample.id("20261124213405-AB12"), component: .lui,
      created: Moment.text(ZipSamples.time), productVersion: Product.version,
      originFingerprint: String(repeating: "0", count: 64), inventory: .init())
    var text: [UInt8] = []
    let entries = EntryTable.Window(writer.entries)
    try ManifestText.write(manifest, entries: writer.entries.count) {
      try Manifest.Entry(entries[$0])
    } to: {
      text += $0
    }
    try add(Manifest.entryName, text)
    try writer.finish()
    return try ArchiveReader(path: path, cancellation: Cancellation())
  }

  @Test func theWordsOfAKnownEngineAreTaken() throws {
    for engine in [nil] + Engine.all.map(\.name) {
      #expect(try archive(engine: engine).tables().map(\.schema.engine) == [engine])
    }
  }

  @Test(arguments: ["oracle", "", "SQLite", "sqlite ", "postgresql\u{202E}"])
  func theWordsOfAnUnknownEngineAreRefused(name: String) throws {
    let reader = try archive(engine: EngineName(rawValue: name))
    let error = Sample.error { _ = try reader.tables() }
    #expect(error?.code == .dataError && error?.what.contains("lui_a") == true, "\(String(describing: error))")
    // Neither a verification nor a restore, which read the tables first, goes past it.
    #expect(Sample.error { try ArchiveVerification.verify(reader, audit: nil) }?.code == .dataError)
  }
}
