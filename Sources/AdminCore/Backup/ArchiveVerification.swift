/// Reads a whole archive back through the strict reader: structure, sizes, digests, row counts; for a test-bed backup the
/// leak audit in the same pass.
enum ArchiveVerification {
  /// - Parameter audit: searches what is read; nil for a normal backup and for `backup verify`.
  /// - Parameter progress: told the bytes read, piece by piece.
  static func verify(
    _ reader: ArchiveReader, audit: LeakAudit?, progress: (UInt64) -> Void = { _ in }
  ) throws {
    let tables = Dictionary(
      try reader.tables().map { ($0.rows.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
    for entry in reader.manifest.entries {
      let table = tables[entry.name]
      let inspector = audit?.inspector(of: entry.name, archive: reader.path, table: table)
      if let table, let audit, audit.checksMask(of: table) {
        var decoder = RowDecoder(table) { try audit.checkMask($0, of: table, archive: reader.path) }
        try reader.read(entry) { bytes in
          progress(UInt64(bytes.count))
          try inspector?.scan(bytes)
          try decoder.decode(bytes)
        }
        try decoder.finish()
        try check(decoder.rowCount, entry, reader)
      } else {
        var lines: Int64 = 0
        try reader.read(entry) { bytes in
          progress(UInt64(bytes.count))
          try inspector?.scan(bytes)
          if table != nil { lines += countLines(bytes) }
        }
        if table != nil { try check(lines, entry, reader) }
      }
      try inspector?.finish()
    }
    guard let audit else { return }
    // The names of data files are the users' own, as their content is: they are counted, and all else in the manifest is
    // as strict as a setting.
    var manifest = reader.manifest
    let names = manifest.entries.map(\.name).filter { $0.hasBytePrefix("data/") }
    for index in manifest.entries.indices where manifest.entries[index].name.hasBytePrefix("data/") {
      manifest.entries[index].name = "data/"
    }
    try inspect(try manifest.encoded(), as: Manifest.entryName, audit, reader)
    try inspect(Array(names.joined(separator: "\n").utf8), as: "data/ (file names)", audit, reader)
  }

  private static func inspect(
    _ bytes: [UInt8], as place: String, _ audit: LeakAudit, _ reader: ArchiveReader
  ) throws {
    let inspector = audit.inspector(of: place, archive: reader.path, table: nil)
    try bytes.withUnsafeBytes { try inspector.scan($0) }
    try inspector.finish()
  }

  private static func check(_ rows: Int64, _ entry: Manifest.Entry, _ reader: ArchiveReader) throws {
    guard rows == entry.rows else {
      throw AdminError(
        .dataError, "entry \(entry.name) has \(rows) rows, its manifest says \(entry.rows ?? 0)", at: reader.path,
        next: "use another backup set")
    }
  }

  private static func countLines(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    var count: Int64 = 0
    for byte in bytes where byte == 0x0A { count += 1 }
    return count
  }
}
