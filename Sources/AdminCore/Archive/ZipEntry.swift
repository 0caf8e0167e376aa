/// One entry of a ZIP archive, as its central directory describes it.
public struct ZipEntry: Sendable, Equatable {
  /// How an entry's bytes are kept (APPNOTE 4.4.5).
  public enum Method: UInt16, Sendable {
    /// As they are.
    case stored = 0
    /// As one raw deflate stream (RFC 1951).
    case deflated = 8
  }

  /// The path inside the archive; a folder's ends with `/`.
  public var name: String
  /// stat(2)'s `st_mode` with the file type: a plain file, a folder or a symbolic link.
  public var mode: UInt32
  /// Time of the last change, seconds since 1970 UTC; to two seconds, and within 1980…2107, where it does not fit 32 bits.
  public var modifiedSeconds: Int64
  /// Bytes of content.
  public var size: UInt64
  /// Bytes that the content takes in the archive.
  public var compressedSize: UInt64
  /// CRC-32 of the content.
  public var crc32: UInt32
  /// How the content is kept.
  public var method: Method
  /// Where the local header starts, counted from the start of the archive.
  public var headerOffset: UInt64
  /// Where the content starts, counted from the start of the archive.
  public var dataOffset: UInt64

  /// Whether it is a folder.
  public var isFolder: Bool { name.utf8.last == 0x2F }

  /// Whether the sizes need the ZIP64 extra field; both go there together, as the local header must have it
  /// (APPNOTE 4.5.3).
  var hasLargeSizes: Bool { size >= ZipFormat.marker32 || compressedSize >= ZipFormat.marker32 }
}

/// Constants of the ZIP format, from PKWARE's APPNOTE.TXT 6.3.10 unless another source is named.
public enum ZipFormat {
  /// Bytes of content in each independent block of a large entry; ours, see `docs/formats.md`.
  public static let blockSize = 1 << 20
  /// The most bytes a central directory may have here, so that a hostile one cannot eat the memory; ours.
  public static let directoryLimit: UInt64 = 512 << 20
  /// Deflate's largest expansion: 258 bytes from 2 bits (zlib's technical notes, "Maximum Compression Factor").
  public static let largestRatio: UInt64 = 1032

  /// Local file header (4.3.7).
  static let localSignature: UInt32 = 0x0403_4B50
  static let localLength = 30
  /// Central directory header (4.3.12).
  static let centralSignature: UInt32 = 0x0201_4B50
  static let centralLength = 46
  /// End of central directory record (4.3.16).
  static let endSignature: UInt32 = 0x0605_4B50
  static let endLength = 22
  /// Zip64 end of central directory record (4.3.14), without the extensible data that nobody writes.
  static let end64Signature: UInt32 = 0x0606_4B50
  static let end64Length = 56
  /// Zip64 end of central directory locator (4.3.15).
  static let locatorSignature: UInt32 = 0x0706_4B50
  static let locatorLength = 20

  /// A field that says "look into the ZIP64 record" (4.4.1.4).
  static let marker16: UInt64 = 0xFFFF
  static let marker32: UInt64 = 0xFFFF_FFFF

  /// Versions needed to extract (4.4.3.2): 2.0 for deflate and folders, 4.5 for ZIP64.
  static let versionPlain: UInt16 = 20
  static let versionZip64: UInt16 = 45
  /// Version made by, upper byte (4.4.2.2): external attributes are Unix's.
  static let hostUnix: UInt16 = 3
  /// General purpose bit 11: the name is UTF-8 (4.4.4).
  static let flagUTF8: UInt16 = 1 << 11
  /// The folder bit of the MS-DOS attributes (4.4.15).
  static let folderAttribute: UInt32 = 0x10

  /// ZIP64 extended information (4.5.3).
  static let extraZip64: UInt16 = 0x0001
  /// Extended timestamp (4.6.1; layout in Info-ZIP's proginfo/extrafld.txt): flags, then 32-bit UTC times.
  static let extraTimestamp: UInt16 = 0x5455
  /// Info-ZIP's Unix owner (extrafld.txt): `zip` writes it; no file is restored by it.
  static let extraOwner: UInt16 = 0x7875
  /// Open packaging growth hint (4.6.10): padding that every reader skips, with its signature.
  static let extraPadding: UInt16 = 0xA220
  static let paddingSignature: UInt16 = 0xA028

  /// File types of `st_mode` (POSIX <sys/stat.h>).
  static let typeMask: UInt32 = 0o170000
  static let typeFile: UInt32 = 0o100000
  static let typeFolder: UInt32 = 0o040000
  static let typeLink: UInt32 = 0o120000
}
