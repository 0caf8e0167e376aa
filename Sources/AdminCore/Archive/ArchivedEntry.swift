/// Everything that is known of an entry: what stands in the ZIP archive, and what only the manifest can say.
public struct ArchivedEntry: Sendable, Equatable {
  /// What stands in the archive, but for a time that a ZIP archive cannot hold: here it is exact.
  public var entry: ZipEntry
  /// Nanoseconds of the last change beside the entry's seconds.
  public var nanoseconds: Int32
  /// SHA-256 of the content.
  public var sha256: ContentDigest
  /// For content of more than one block: where each independent block of `ZipFormat.blockSize` bytes starts, relative to
  /// `dataOffset`. Otherwise empty.
  public var blocks: [UInt64]
  /// Rows, for a `.copy` entry.
  public var rows: Int64?

  package init(entry: ZipEntry, nanoseconds: Int32, sha256: ContentDigest, blocks: [UInt64], rows: Int64? = nil) {
    self.entry = entry
    self.nanoseconds = nanoseconds
    self.sha256 = sha256
    self.blocks = blocks
    self.rows = rows
  }

  /// The path inside the archive; a folder's ends with `/`.
  public var name: String { entry.name }
  /// Bytes of content.
  public var size: UInt64 { entry.size }
  /// stat(2)'s `st_mode` with the file type.
  public var mode: UInt32 { entry.mode }
  /// When it was last changed.
  public var modified: FileTime { FileTime(seconds: entry.modifiedSeconds, nanoseconds: nanoseconds) }
}
