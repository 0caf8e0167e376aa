/// Formats that are told by how they begin.
enum FileFormat: Equatable {
  /// Opened and looked into.
  case archive(Archive)
  /// Cannot be opened here.
  case closed(FileVerdict.Opacity)
  /// Pictures, sound, fonts, documents, programs: looked at for private keys only.
  case media

  enum Archive { case gzip, zlib, zip, tar }

  init?(_ head: UnsafeRawBufferPointer) {
    if head.has([0x1F, 0x8B, 0x08]) {
      self = .archive(.gzip)
    } else if head.has("PK\u{3}\u{4}") || head.has("PK\u{5}\u{6}") || head.has("PK\u{1}\u{2}")
      || head.has("PK\u{7}\u{8}PK\u{3}\u{4}") || head.has("PK00PK\u{3}\u{4}")
    {
      self = .archive(.zip)
    } else if TarHeader.isHeader(head) {
      self = .archive(.tar)
    } else if FileFormat.isZlib(head) {
      self = .archive(.zlib)
    } else if FileFormat.compressedBegins.contains(where: { head.has($0) }) || FileFormat.isBzip2(head) {
      self = .closed(.compressed)
    } else if FileFormat.encryptedBegins.contains(where: { head.has($0) }) {
      self = .closed(.encrypted)
    } else if FileFormat.mediaBegins.contains(where: { head.has($0) }) || head.has("ftyp", at: 4)
      || head.has("WAVE", at: 8)
      || FileFormat.isTrueType(head)
    {
      self = .media
    } else {
      return nil
    }
  }

  private static let compressedBegins: [[UInt8]] = [
    // xz, 7z, RAR, zstd, LZ4, LZIP, LZO, compress, CAB, SquashFS, Zstandard's skippable frame, LZMA alone.
    [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], Array("Rar!\u{1A}\u{7}".utf8),
    [0x28, 0xB5, 0x2F, 0xFD], [0x04, 0x22, 0x4D, 0x18], Array("LZIP".utf8), [0x89, 0x4C, 0x5A, 0x4F, 0x00],
    [0x1F, 0x9D], Array("MSCF\0\0\0\0".utf8), Array("hsqs".utf8), [0x5D, 0x00, 0x00, 0x80, 0x00],
    [0x5D, 0x00, 0x00, 0x00, 0x01],
  ]
  private static let encryptedBegins: [[UInt8]] = [
    // openssl enc, age, LUKS; OpenPGP in armour.
    Array("Salted__".utf8), Array("age-encryption.org/".utf8), [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE],
    Array("-----BEGIN PGP MESSAGE-----".utf8), Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8),
  ]
  private static let mediaBegins: [[UInt8]] = [
    // JPEG, PNG, GIF, TIFF, icons, Photoshop, JPEG XL, BMP is too short to be told.
    [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], Array("GIF87a".utf8), Array("GIF89a".utf8),
    [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], [0, 0, 1, 0, 1, 0], Array("8BPS".utf8),
    // WAV, AVI and WebP; MP3, Ogg, FLAC, Matroska, Flash video.
    Array("RIFF".utf8), Array("ID3".utf8), [0xFF, 0xFB], [0xFF, 0xF3], Array("OggS\0".utf8), Array("fLaC".utf8),
    [0x1A, 0x45, 0xDF, 0xA3], Array("FLV\u{1}".utf8),
    // Documents: PDF, old Office. Fonts: OpenType, WOFF, TrueType's collections.
    Array("%PDF-".utf8), [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Array("OTTO\0".utf8), Array("wOFF".utf8),
    Array("wOF2".utf8), Array("ttcf\0".utf8),
  ]

  private static func isTrueType(_ head: UnsafeRawBufferPointer) -> Bool {
    head.has([0, 1, 0, 0, 0]) && (1...64).contains(head.byte(5) ?? 0)
  }

  private static func isBzip2(_ head: UnsafeRawBufferPointer) -> Bool {
    head.has("BZh") && (0x31...0x39).contains(head.byte(3) ?? 0)
      && (head.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4)
        || head.has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4))
  }

  // RFC 1950: deflate with a window of at most 32 KiB, and a check of the two bytes. Texts that begin so are none.
  private static func isZlib(_ head: UnsafeRawBufferPointer) -> Bool {
    guard head.count >= 8, head[0] & 0x0F == 8, head[0] >> 4 <= 7, (Int(head[0]) << 8 | Int(head[1])) % 31 == 0,
      head[1] & 0x20 == 0
    else { return false }
    return ZlibReader.inflates(head.from(2))
  }
}
