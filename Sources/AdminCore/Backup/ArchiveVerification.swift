import Archive
import Database
import Installation
import Platform
import TestBed

/// Reads a whole archive back through the strict reader: structure, sizes, digests, row counts; for a test-bed backup the
/// leak audit in the same pass.
enum ArchiveVerification {
  /// - Parameter audit: searches what is read; nil for a normal backup and for `backup verify`.
  /// - Parameter progress: told the bytes read, piece by piece.
  package static func verify(
    _ reader: ArchiveReader, audit: LeakAudit?, progress: (UInt64) -> Void = { _ in }
  ) throws {
    let tables = Dictionary(
      try reader.tables().map { ($0.rows.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
    var inspection: Inspection?
    try reader.readAll { entry, bytes, isLast in
      progress(UInt64(bytes.count))
      let current = inspection ?? Inspection(entry, reader, table: tables[entry.name], audit)
      inspection = current
      try current.take(bytes)
      guard isLast else { return }
      try current.finish()
      inspection = nil
    }
    guard let audit else { return }
    // The names of files are the users' own, as their content is: they are counted. The manifest has nothing else of
    // them but numbers and digests, and all else in it is as strict as a setting.
    let names = audit.inspector(of: LeakAudit.fileNames, archive: reader.path, table: nil)
    var others: [Manifest.Entry] = []
    for index in 0..<reader.count {
      let entry = try reader.entry(at: index)
      if entry.name.hasBytePrefix("data/") || entry.name.hasBytePrefix("home/") {
        try scan(Array((entry.name + "\n").utf8), names)
      } else {
        others.append(Manifest.Entry(entry))
      }
    }
    try names.finish()
    let manifest = audit.inspector(of: Manifest.entryName, archive: reader.path, table: nil)
    try ManifestText.write(reader.manifest, entries: others.count) {
      others[$0]
    } to: {
      try scan($0, manifest)
    }
    try manifest.finish()
  }

  private static func scan(_ bytes: [UInt8], _ inspector: LeakAudit.EntryInspector) throws {
    try bytes.withUnsafeBytes { try inspector.scan($0) }
  }
}

/// What is looked at in one entry while it is read.
private final class Inspection {
  private let entry: ArchivedEntry
  private let reader: ArchiveReader
  private let inspector: LeakAudit.EntryInspector?
  private let isTable: Bool
  private var decoder: RowDecoder?
  private var lines: Int64 = 0

  init(_ entry: ArchivedEntry, _ reader: ArchiveReader, table: TableSchema?, _ audit: LeakAudit?) {
    self.entry = entry
    self.reader = reader
    isTable = table != nil
    inspector = audit?.inspector(of: entry.name, archive: reader.path, table: table)
    if let table, let audit, audit.checksMask(of: table) {
      decoder = RowDecoder(table) { try audit.checkMask($0, of: table, archive: reader.path) }
    }
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws {
    try inspector?.scan(bytes)
    if decoder != nil {
      try decoder?.decode(bytes)
    } else if isTable {
      lines += countLines(bytes)
    }
  }

  func finish() throws {
    try inspector?.finish()
    try decoder?.finish()
    guard isTable else { return }
    let rows = decoder?.rowCount ?? lines
    guard rows == entry.rows else {
      throw AdminError(
        .dataError, "entry \(entry.name) has \(rows) rows, its manifest says \(entry.rows ?? 0)", at: reader.path,
        next: "use another backup set")
    }
  }

  private func countLines(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    // Eight bytes at a time: the top bit of a byte of `other` stays off only for a newline.
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    var count: Int64 = 0
    var index = 0
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
      let other = ((word & low) &+ low) | word | low
      count += Int64((~other).nonzeroBitCount)
      index += 8
    }
    while index < bytes.count {
      if bytes[index] == 0x0A { count += 1 }
      index += 1
    }
    return count
  }
}
