import Testing

@testable import Archive
@testable import Detection
@testable import Platform

/// Databases and archives of this program inside a folder: they would carry everything that was removed.
@Suite struct NestedDataTests {
  private static func big(_ number: Int, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  static func files() -> [(name: String, bytes: [UInt8])] {
    let zeros = { [UInt8](repeating: 0, count: $0) }
    let tableSpace = zeros(24) + [0, 8] + zeros(8) + big(7, 4) + big(7, 4) + zeros(4) + big(4, 4)
    let relation: [UInt8] = zeros(10) + [0, 0, 40, 0, 0, 0x1F, 0, 0x20, 4, 0x20]
    return [
      ("write-ahead log", [0x37, 0x7F, 0x06, 0x82] + zeros(100)),
      ("binary log", [0xFE] + Array("bin".utf8) + zeros(40)),
      ("MyISAM index", [0xFE, 0xFE, 0x07, 0x01] + zeros(100)),
      ("table definition", [0xFE, 0x01, 0x0A, 0x09] + zeros(100)),
      ("InnoDB", tableSpace + zeros(16384)), ("redo log", zeros(16) + Array("MariaDB 10.11.4".utf8) + zeros(600)),
      ("PostgreSQL relation", relation + zeros(8192 - relation.count)), ("pg_dump", Array("PGDMP".utf8) + zeros(20)),
      ("H2", Array("H:2,block:4,blockSize:1000".utf8) + zeros(4000)),
      ("Access", [0, 1, 0, 0] + Array("Standard Jet DB".utf8) + zeros(4000)),
      ("Redis", Array("REDIS0009".utf8) + zeros(20)),
      ("LMDB", zeros(16) + [0xDE, 0xC0, 0xEF, 0xBE, 1, 0, 0, 0] + zeros(4000)),
      ("Berkeley DB", zeros(12) + [0x62, 0x31, 0x05, 0] + zeros(4000)),
      ("LevelDB", zeros(900) + [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]),
      ("mysqldump", Array("-- MySQL dump 10.19  Distrib 10.3\n--\n".utf8)),
      ("mariadb-dump", Array("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n".utf8)),
      ("pg_dump as text", Array("--\n-- PostgreSQL database dump\n--\n".utf8)),
      ("a dump behind a banner", Array("Welcome to db7\n\n-- MySQL dump 10.19\n".utf8)),
      ("a dump in UTF-16", [0xFF, 0xFE] + "-- MySQL dump 10.19\r\n".utf8.flatMap { [$0, 0] }),
    ]
  }

  @Test func databasesAreToldByTheirContent() {
    for file in Self.files() { #expect(verdict(file.bytes).mustNotTravel?.kind == .database, "\(file.name)") }
  }

  @Test func whatNamesADatabaseIsNone() {
    #expect(verdict("We made a MySQL dump yesterday.\n-- a dump of ideas\n").mustNotTravel == nil)
    #expect(verdict([UInt8](repeating: 0, count: 8192)).mustNotTravel == nil)
    #expect(verdict(Array("SQLite is a library".utf8)).mustNotTravel == nil)
  }

  @Test func databasesOfRealProgramsAreFoundInsideOtherFiles() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      sqlite3 plain 'create table t(a); insert into t values(1)'
      sqlite3 plain .dump > text
      gzip -c plain > gzip
      zip -q zip.zip plain
      tar czf tar plain
      zip -q deep.zip tar
      cat plain | base64 > base64
      """)
    for name in try folder.names() {
      #expect(verdict(try folder.bytes(name)).mustNotTravel?.kind == .database, "\(name)")
    }
  }

  @Test func archivesOfThisProgramAreFoundInEveryState() throws {
    let folder = try TemporaryFolder()
    let writer = try ZipWriter(path: folder["whole"], level: 6, threads: 1, cancellation: Cancellation())
    for name in [
      "ini/hub.ini", "data/letter.txt", "database/hub_settings.schema.json", "database/hub_settings.copy",
      "manifest.json",
    ] {
      try writer.addEntry(name, mode: ZipSamples.file, modifiedSeconds: ZipSamples.time, bytes: ZipSamples.text(3000))
    }
    try writer.finish()
    let whole = try folder.bytes("whole")
    try folder.shell(
      """
      head -c 400 whole > first-entries
      tail -c 700 whole > directory
      tail -c +300 whole > without-its-begin
      gzip -c whole > gzip
      tar cf tar whole
      mkdir unpacked && cd unpacked && unzip -q ../whole && zip -q -r ../again.zip . && tar czf ../again-tar . && cd ..
      zip -q -r folder.zip unpacked
      rm -r unpacked
      """)
    for name in try folder.names() where name != "again-tar" {
      #expect(verdict(try folder.bytes(name)).mustNotTravel?.kind == .archive, "\(name) of \(whole.count)")
    }
    // Unpacked, the rows of a table are told by where they lie.
    #expect(verdict(try folder.bytes("again-tar")).mustNotTravel?.kind == .archive)
    #expect(verdict("1\ta\n", name: "old/database/hub_settings.copy").mustNotTravel?.kind == .archive)
  }
}
