/// One archive of a set, opened and held against its own manifest: nothing in it that the manifest does not name, nothing
/// missing, nothing else than it says.
public final class ArchiveReader {
  /// The archive's path.
  public let path: String
  /// What the archive says it is.
  public let manifest: Manifest
  private let zip: ZipReader
  private let threads: Int
  private let cancellation: Cancellation

  /// The largest manifest accepted, in bytes: room for each entry, and for what it says beside them. JSON takes thirty
  /// times its size in memory, so a small archive must not ask for that of a large one.
  private static func manifestLimit(_ entries: [ZipEntry]) -> Int {
    let room = entries.reduce(UInt64(4 << 20)) { sum, entry in
      sum + 400 + 2 * UInt64(entry.name.utf8.count) + min(entry.compressedSize, entry.size >> 20) * 24
    }
    return Int(min(room, 256 << 20))
  }

  /// Opens an archive and checks its structure and its manifest.
  ///
  /// - Throws: `AdminError` (`dataError`) for anything but an archive of this program, as it was written.
  public init(path: String, threads: Int = Processors.count, cancellation: Cancellation) throws {
    self.path = path
    self.threads = threads
    self.cancellation = cancellation
    zip = try ZipReader(path: path, isOurs: true)
    guard let last = zip.entries.last, last.name == Manifest.entryName else {
      throw AdminError(.dataError, "the archive does not end with a manifest", at: path, next: "use another backup set")
    }
    let limit = ArchiveReader.manifestLimit(zip.entries)
    guard last.size <= limit else { throw zip.fault("larger than \(limit) bytes", last) }
    manifest = try Manifest.read(expected: zip.entries.dropLast(), archive: path) { [zip] take in
      try zip.read(last, blocks: [], threads: 1, cancellation: cancellation, take)
    }
    guard manifest.entries.count == zip.entries.count - 1 else {
      throw ArchiveReader.differs("the number of entries", path)
    }
    for (index, found) in zip.entries.dropLast().enumerated() {
      let entry = manifest.entries[index]
      guard entry.name.utf8.elementsEqual(found.name.utf8), entry.size == found.size,
        entry.compressedSize == found.compressedSize,
        entry.offset == found.headerOffset, entry.crc32 == found.crc32, entry.mode == found.mode,
        ZipTimeRange.clamped(entry.modified.seconds) == ZipTimeRange.clamped(found.modifiedSeconds)
      else { throw ArchiveReader.differs("entry \(found.name)", path) }
      guard ArchiveReader.hasPlace(found, in: zip, of: manifest.component) else {
        throw AdminError(
          .dataError, "entry \(found.name) is none that a backup has", at: path, next: "use another backup set")
      }
    }
  }

  /// The same open archive for another thread, which inflates by itself.
  init(besides other: ArchiveReader) {
    (path, manifest, cancellation, threads) = (other.path, other.manifest, other.cancellation, 1)
    zip = ZipReader(besides: other.zip)
  }

  /// Whether a restore has a use for an entry, so that none is dropped in silence: the INI file, the data folder with
  /// each folder before what is in it, the tables with their structure.
  private static func hasPlace(_ entry: ZipEntry, in zip: ZipReader, of component: Component) -> Bool {
    let name = entry.name
    if name.hasBytePrefix("data/") {
      guard let slash = name.utf8.dropLast(entry.isFolder ? 1 : 0).lastIndex(of: 0x2F) else { return entry.isFolder }
      guard let folder = zip.entry(String(name[...slash])) else { return false }
      return folder.headerOffset < entry.headerOffset
    }
    guard entry.mode & ZipFormat.typeMask == ZipFormat.typeFile else { return false }
    guard name.hasBytePrefix("database/") else { return name == "ini/" + component.iniName }
    guard name.hasByteSuffix(".copy") else { return name.hasByteSuffix(".schema.json") }
    let stem = String(decoding: name.utf8.dropLast(".copy".utf8.count), as: UTF8.self)
    return zip.entry(stem + ".schema.json") != nil
  }

  /// The entry of this name, nil when there is none.
  public func entry(_ name: String) -> Manifest.Entry? {
    manifest.entries.first { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// Streams an entry's bytes and checks size, CRC-32 and SHA-256; throws at the end when they are not what the manifest
  /// says, so nothing read may be trusted before this returns.
  public func read(_ entry: Manifest.Entry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var hasher = SHA256Hasher()
    try readUndigested(entry) { bytes in
      hasher.update(bytes)
      try body(bytes)
    }
    try check(hasher.contentDigest(), of: entry)
  }

  /// Streams an entry's bytes and checks size and CRC-32, for who reads what was made of them again and holds that against
  /// the manifest's SHA-256.
  func readUndigested(_ entry: Manifest.Entry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let found = zip.entry(entry.name) else { throw differs("entry \(entry.name)") }
    try zip.read(found, blocks: entry.blocks ?? [], threads: threads, cancellation: cancellation, body)
  }

  /// Streams every entry but the manifest, one after the other, inflating and digesting several at a time; the last piece of each, which `body` is
  /// told, comes when its size, CRC-32 and SHA-256 were checked. Nothing may be trusted before.
  func readAll(_ body: (Manifest.Entry, UnsafeRawBufferPointer, _ isLast: Bool) throws -> Void) throws {
    func part(_ index: Int) -> ZipPart {
      // Both have the same order, which was checked.
      ZipPart(entry: zip.entries[index], blocks: manifest.entries[index].blocks ?? [])
    }
    try zip.read(
      manifest.entries.count, part, threads: threads, wantsDigests: true, cancellation: cancellation
    ) { piece in
      let entry = manifest.entries[piece.part]
      if let digest = piece.sha256 { try check(digest, of: entry) }
      try body(entry, piece.bytes, piece.isLast)
    }
  }

  private func check(_ digest: ContentDigest, of entry: Manifest.Entry) throws {
    guard digest == entry.sha256 else { throw differs("the content of entry \(entry.name)") }
  }

  /// A small entry as a whole.
  public func bytes(of entry: Manifest.Entry, limit: Int) throws -> [UInt8] {
    guard entry.size <= limit else {
      throw AdminError(
        .dataError, "entry \(entry.name) is larger than \(limit) bytes", at: path, next: "use another backup set")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(entry.size))
    try read(entry) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// SHA-256 of the archive as it is open here, lower-case hexadecimal.
  ///
  /// - Parameter known: stands for reading it when the archive has not changed since.
  /// - Throws: `AdminError` (`dataError`) when it was changed since it was opened.
  func digest(known: KnownDigest? = nil) throws -> String {
    if let known, known.stamp == zip.stamp { return known.digest }
    return Digest.hex(try zip.digest(cancellation: cancellation))
  }

  /// What tells the archive's state when it was opened from any other.
  var stamp: KnownDigest.Stamp { zip.stamp }

  /// The component's INI file.
  public func ini() throws -> IniFile {
    let name = manifest.component.iniName
    guard let entry = entry("ini/" + name) else { throw differs("the INI file, which is missing") }
    do {
      return try IniFile(bytes(of: entry, limit: 1 << 20), name: name)
    } catch let error as AdminError where error.code == .configuration {
      throw AdminError(.dataError, error.what, at: "\(path): \(error.place)", next: "use another backup set")
    }
  }

  /// The tables with their row entries, in archive order.
  public func tables() throws -> [(schema: TableSchema, rows: Manifest.Entry)] {
    try manifest.entries.filter { $0.name.hasBytePrefix("database/") && $0.name.hasByteSuffix(".schema.json") }.map {
      entry in
      let schema = try TableSchema.decode(try bytes(of: entry, limit: 16 << 20), archive: path)
      guard entry.name.utf8.elementsEqual(TableSchema.schemaEntryName(schema.name).utf8),
        schema.component == manifest.component,
        let rows = self.entry(TableSchema.rowsEntryName(schema.name)), rows.rows != nil
      else { throw differs("table \(schema.name)") }
      return (schema, rows)
    }
  }

  private func differs(_ what: String) -> AdminError { ArchiveReader.differs(what, path) }

  private static func differs(_ what: String, _ path: String) -> AdminError {
    AdminError(
      .dataError, "the archive does not agree with its manifest: \(what)", at: path, next: "use another backup set")
  }
}

/// Times that a ZIP entry can hold; the manifest holds the exact one.
enum ZipTimeRange {
  /// 1980…2107, and whole two seconds outside of 32 bits.
  static func clamped(_ seconds: Int64) -> Int64 {
    if Int32(exactly: seconds) != nil { return seconds }
    return seconds < 0 ? .min : .max
  }
}
