/// Formats of pictures, sound, fonts and pages, told by their first bytes: binary without being secret.
enum Media {
  /// Whether bytes begin as such a file does.
  static func isKnown(_ bytes: [UInt8]) -> Bool {
    signatures.contains { bytes.starts(with: $0) }
      || bytes.count > 12 && bytes.starts(with: Array("RIFF".utf8))
      || bytes.dropFirst(4).starts(with: Array("ftyp".utf8))
  }

  private static let signatures: [[UInt8]] = [
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8), Array("%PDF-".utf8),
    Array("wOFF".utf8), Array("wOF2".utf8), [0, 1, 0, 0, 0], Array("OTTO".utf8), Array("ID3".utf8), [0xFF, 0xFB],
    Array("OggS".utf8), Array("fLaC".utf8), [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0, 0, 1, 0, 1, 0],
    [0x1A, 0x45, 0xDF, 0xA3],
  ]
}
