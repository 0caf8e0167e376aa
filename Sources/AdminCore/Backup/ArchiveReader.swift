import Archive
import Database
import Installation
import Platform

/// One archive of a set, opened and held against its own manifest: nothing in it that the manifest does not name, nothing
/// missing, nothing else than it says.
public final class ArchiveReader {
  /// The archive's path.
  public let path: String
  /// What the archive says it is.
  public let manifest: Manifest
  /// What it holds.
  let contents: ArchiveContents
  /// Every entry but the manifest.
  private let entries: EntryTable
  private let window: EntryTable.Window
  private let zip: ZipReader
  private let threads: Int
  private let cancellation: Cancellation

  /// Opens an archive and checks its structure and its manifest.
  ///
  /// - Throws: `AdminError` (`dataError`) for anything but an archive of this program, as it was written.
  public init(path: String, threads: Int = Processors.count, cancellation: Cancellation) throws {
    self.path = path
    self.threads = threads
    self.cancellation = cancellation
    let zip = try ZipReader(path: path, isOurs: true)
    let entries = EntryTable()
    (manifest, contents) = try ArchiveReader.check(zip, path, cancellation) { try entries.append($0) }
    self.zip = zip
    self.entries = entries
    window = EntryTable.Window(entries)
  }

  /// What the archive at `path` says it is, after the same checks: for a caller that reads none of its entries, and must
  /// not need room for what is known of them.
  ///
  /// - Throws: as `init(path:)`.
  static func manifest(of path: String, cancellation: Cancellation) throws -> Manifest {
    try check(ZipReader(path: path, isOurs: true), path, cancellation) { _ in }.manifest
  }

  /// Holds an archive against its manifest, and gives every other entry to `take`, in order.
  private static func check(
    _ zip: ZipReader, _ path: String, _ cancellation: Cancellation, _ take: (ArchivedEntry) throws -> Void
  ) throws -> (manifest: Manifest, contents: ArchiveContents) {
    guard let last = zip.last, last.name == Manifest.entryName else {
      throw AdminError(.dataError, "the archive does not end with a manifest", at: path, next: "use another backup set")
    }
    guard last.size <= zip.manifestLimit else { throw zip.fault("larger than \(zip.manifestLimit) bytes", last) }
    var contents = ArchiveContents()
    var directory = try zip.directory()
    var order = EntryOrder()
    var reserved: [(name: String, owners: [Component])] = []
    let manifest = try Manifest.read(archive: path) { take in
      try zip.read(last, blocks: [], threads: 1, cancellation: cancellation, take)
    } take: { said in
      guard contents.count < zip.count - 1, let found = try directory.next() else {
        throw differs("the number of entries", path)
      }
      guard let entry = ArchivedEntry(found, said) else { throw differs("entry \(found.name)", path) }
      guard order.take(found), contents.add(entry) else { throw isOfNoBackup(found.name, path) }
      // Whose home folder it is the manifest tells, at the end.
      let owners = HomeNames.owners(ofEntry: found.name)
      guard owners.count < Component.allCases.count else { throw isOfNoBackup(found.name, path) }
      if !owners.isEmpty { reserved.append((found.name, owners)) }
      try take(entry)
    }
    if let (name, _) = reserved.first(where: { $0.owners.contains(manifest.component) }) {
      throw isOfNoBackup(name, path)
    }
    guard manifest.formatVersion > 1 || !contents.hasHome else { throw isOfNoBackup("home/", path) }
    guard contents.count == zip.count - 1 else { throw differs("the number of entries", path) }
    if let ini = order.ini, ini != "ini/" + manifest.component.iniName { throw isOfNoBackup(ini, path) }
    try zip.checkUnchanged()
    return (manifest, contents)
  }

  /// The same open archive for another thread, which inflates by itself.
  init(besides other: ArchiveReader) {
    (path, manifest, contents, cancellation, threads) = (
      other.path, other.manifest, other.contents, other.cancellation, 1
    )
    (entries, window) = (other.entries, EntryTable.Window(other.entries))
    zip = ZipReader(besides: other.zip)
  }

  /// How many entries it has beside the manifest.
  public var count: Int { entries.count }

  /// The entry at a place, 0..<count.
  ///
  /// - Throws: `AdminError` (`inputOutput`).
  public func entry(at index: Int) throws -> ArchivedEntry { try window[index] }

  /// The entry of this name, which is none of the home folder; nil when there is none.
  func entry(_ name: String) throws -> ArchivedEntry? { try contents.index(of: name).map { try entry(at: $0) } }

  /// Streams an entry's bytes and checks size, CRC-32 and SHA-256; throws at the end when they are not what the manifest
  /// says, so nothing read may be trusted before this returns.
  public func read(_ entry: ArchivedEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var hasher = SHA256Hasher()
    try readUndigested(entry) { bytes in
      hasher.update(bytes)
      try body(bytes)
    }
    try check(hasher.contentDigest(), of: entry)
  }

  /// Streams an entry's bytes and checks size and CRC-32, for a caller that reads what was made of them again and holds
  /// that against the manifest's SHA-256.
  func readUndigested(_ entry: ArchivedEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try zip.read(entry.entry, blocks: entry.blocks, threads: threads, cancellation: cancellation, body)
  }

  /// Streams every entry but the manifest, one after the other, inflating and digesting several at a time; the last piece
  /// of each, which `body` is told, comes when its size, CRC-32 and SHA-256 were checked. Nothing may be trusted before.
  func readAll(_ body: (ArchivedEntry, UnsafeRawBufferPointer, _ isLast: Bool) throws -> Void) throws {
    try zip.read(
      count, { try entry(at: $0).part }, threads: threads, wantsDigests: true, cancellation: cancellation
    ) { piece in
      let entry = try entry(at: piece.part)
      if let digest = piece.sha256 { try check(digest, of: entry) }
      try body(entry, piece.bytes, piece.isLast)
    }
  }

  private func check(_ digest: ContentDigest, of entry: ArchivedEntry) throws {
    guard digest == entry.sha256 else { throw differs("the content of entry \(entry.name)") }
  }

  /// A small entry as a whole.
  public func bytes(of entry: ArchivedEntry, limit: Int) throws -> [UInt8] {
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
  func digest(known: CachedDigest? = nil) throws -> String {
    if let known, known.stamp == zip.stamp { return known.digest }
    return Digest.hex(try zip.digest(cancellation: cancellation))
  }

  /// What tells the archive's state when it was opened from any other.
  var stamp: CachedDigest.Stamp { zip.stamp }

  /// The component's INI file.
  public func ini() throws -> IniFile {
    let name = manifest.component.iniName
    guard let entry = try entry("ini/" + name) else { throw differs("the INI file, which is missing") }
    do {
      return try IniFile(bytes(of: entry, limit: 1 << 20), name: name)
    } catch let error as AdminError where error.code == .configuration {
      throw AdminError(.dataError, error.what, at: "\(path): \(error.location)", next: "use another backup set")
    }
  }

  /// The tables with their row entries, in archive order.
  ///
  /// - Throws: `AdminError` (`dataError`) also for a table in the words of an unknown engine, which mean nothing here.
  func tables() throws -> [(schema: TableSchema, rows: ArchivedEntry)] {
    try contents.schemas.map { index in
      let entry = try entry(at: index)
      let schema = try TableSchema.decode(try bytes(of: entry, limit: 16 << 20), archive: path)
      guard entry.name.utf8.elementsEqual(TableSchema.schemaEntryName(schema.name).utf8),
        schema.component == manifest.component,
        let rows = try self.entry(TableSchema.rowsEntryName(schema.name)), rows.rows != nil
      else { throw differs("table \(schema.name)") }
      if let engine = schema.engine, Engine.named(engine) == nil {
        throw AdminError(
          .dataError,
          "table \(schema.name) is of a database engine that this program does not know (\(engine.rawValue))",
          at: path, next: "use the program version that made the backup, or a newer one")
      }
      return (schema, rows)
    }
  }

  private static func isOfNoBackup(_ name: String, _ path: String) -> AdminError {
    AdminError(.dataError, "entry \(name) does not belong in a backup", at: path, next: "use another backup set")
  }

  private func differs(_ what: String) -> AdminError { ArchiveReader.differs(what, path) }

  private static func differs(_ what: String, _ path: String) -> AdminError {
    AdminError(
      .dataError, "the archive does not agree with its manifest: \(what)", at: path, next: "use another backup set")
  }
}

extension ZipReader {
  /// The largest manifest accepted, in bytes: room for each entry, and for what it says beside them. A small archive must
  /// not ask for the memory of a large one.
  fileprivate var manifestLimit: UInt64 {
    // Deflate makes at most that much of a byte, and 24 bytes tell where a block of a mebibyte starts.
    let blocks = contentBytes * ZipFormat.largestRatio / UInt64(ZipFormat.blockSize)
    return min(4 << 20 + 400 * UInt64(count) + 2 * directoryBytes + 24 * blocks, 256 << 20)
  }
}

extension ArchivedEntry {
  fileprivate var part: ZipPart { ZipPart(entry: entry, blocks: blocks) }
}
