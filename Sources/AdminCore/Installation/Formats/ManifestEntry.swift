import Archive
import Database

extension Manifest {
  /// One entry of the archive, as the manifest tells it.
  public struct Entry: Sendable, Equatable {
    /// Its name in the archive.
    public var name: String
    /// Bytes when unpacked.
    public var size: UInt64
    /// Bytes in the archive.
    public var compressedSize: UInt64
    /// Where its local header starts in the archive.
    public var offset: UInt64
    /// CRC-32; in JSON eight hex digits.
    public var crc32: UInt32
    /// Type and permissions; in JSON octal digits, such as `100600`.
    public var mode: UInt32
    /// SHA-256 of the unpacked bytes; in JSON hex digits.
    public var sha256: ContentDigest
    /// When it was last changed; in JSON seconds since 1970, a dot, nine digits of nanoseconds.
    public var modified: FileTime
    /// Rows, for a `.copy` entry.
    public var rows: Int64?
    /// Offsets of the independent 1 MiB blocks in the entry's compressed bytes; absent when there is only one.
    public var blocks: [UInt64]?
  }
}

extension Manifest.Entry {
  package init(_ entry: ArchivedEntry) {
    self.init(
      name: entry.name, size: entry.size, compressedSize: entry.entry.compressedSize, offset: entry.entry.headerOffset,
      crc32: entry.entry.crc32, mode: entry.mode, sha256: entry.sha256, modified: entry.modified, rows: entry.rows,
      blocks: entry.blocks.isEmpty ? nil : entry.blocks)
  }
}

extension Manifest.Entry: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, size, compressedSize, offset, crc32, sha256, mode, modified, rows, blocks
  }

  /// Reads exactly the spelling that `encode` writes.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func parsed<Value>(_ key: CodingKeys, _ parse: (String) -> Value?) throws -> Value {
      guard let value = parse(try values.decode(String.self, forKey: key)) else {
        throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "not as it is written")
      }
      return value
    }
    name = try values.decode(String.self, forKey: .name)
    size = try values.decode(UInt64.self, forKey: .size)
    compressedSize = try values.decode(UInt64.self, forKey: .compressedSize)
    offset = try values.decode(UInt64.self, forKey: .offset)
    crc32 = try parsed(.crc32) { text in UInt32(text, radix: 16).flatMap { Digest.hex($0) == text ? $0 : nil } }
    sha256 = try parsed(.sha256) { ContentDigest(hex: $0) }
    mode = try parsed(.mode) { text in UInt32(text, radix: 8).flatMap { String($0, radix: 8) == text ? $0 : nil } }
    modified = try parsed(.modified) { FileTime($0) }
    rows = try values.decodeIfPresent(Int64.self, forKey: .rows)
    blocks = try values.decodeIfPresent([UInt64].self, forKey: .blocks)
  }

  /// Writes the manifest's spelling.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(size, forKey: .size)
    try values.encode(compressedSize, forKey: .compressedSize)
    try values.encode(offset, forKey: .offset)
    try values.encode(Digest.hex(crc32), forKey: .crc32)
    try values.encode(sha256.hex, forKey: .sha256)
    try values.encode(String(mode, radix: 8), forKey: .mode)
    try values.encode(modified.text, forKey: .modified)
    try values.encodeIfPresent(rows, forKey: .rows)
    try values.encodeIfPresent(blocks, forKey: .blocks)
  }
}

extension ArchivedEntry {
  /// One that was found in an archive, with what the manifest says of it; nil when the two contradict each other.
  package init?(_ found: ZipEntry, _ said: Manifest.Entry) {
    guard
      ZipName.haveSameBytes(said.name, found.name), said.size == found.size,
      said.compressedSize == found.compressedSize, said.offset == found.headerOffset, said.crc32 == found.crc32,
      said.mode == found.mode,
      ArchivedEntry.clamped(said.modified.seconds) == ArchivedEntry.clamped(found.modifiedSeconds)
    else { return nil }
    self.init(
      entry: found, nanoseconds: said.modified.nanoseconds, sha256: said.sha256, blocks: said.blocks ?? [],
      rows: said.rows)
    entry.modifiedSeconds = said.modified.seconds
  }

  /// Of a time only what every ZIP entry can hold: which end of 32 bits it lies beyond.
  private static func clamped(_ seconds: Int64) -> Int64 {
    if Int32(exactly: seconds) != nil { return seconds }
    return seconds < 0 ? .min : .max
  }
}
