import Platform

/// Secret keys of OpenPGP without armour (RFC 9580), and those of GnuPG's agent, which are S-expressions.
enum OpenPGPKey {
  static func kind(of bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    if bytes.first == 0x28 || bytes.has("Created: ") || bytes.has("Key: ") {
      let head = bytes.head(4096)
      for form in ["private-key(", "(private-key ", "private-key ("] where head.firstOffset(of: Array(form.utf8)) != nil
      {
        return .key
      }
    }
    guard let tag = bytes.byte(0) else { return nil }
    switch tag {
    // Tags 5 (secret key) and 7 (secret subkey) in the old form, with a length of 1, 2 or 4 bytes.
    case 0x94...0x96, 0x9C...0x9E: return isKey(bytes, at: 1 + 1 << Int(tag & 3), size: bytes.big(1, 1 << Int(tag & 3)))
    case 0xC5, 0xC7:
      guard let first = bytes.byte(1).map(Int.init) else { return nil }
      if first < 192 { return isKey(bytes, at: 2, size: first) }
      if first < 224 { return isKey(bytes, at: 3, size: bytes.byte(2).map { (first - 192) << 8 + Int($0) + 192 }) }
      return first == 255 ? isKey(bytes, at: 6, size: bytes.big(2, 4)) : nil
    default: return nil
    }
  }

  // Version, time of creation, and one of the algorithms that exist. The time is after 1991 or it is no key.
  private static func isKey(_ bytes: UnsafeRawBufferPointer, at offset: Int, size: Int?) -> Sight.Kind? {
    guard let size, (24...65_536).contains(size), let version = bytes.byte(offset), (3...6).contains(version),
      let time = bytes.big(offset + 1, 4), time >= 662_688_000,
      let algorithm = bytes.byte(offset + (version == 3 ? 7 : 5)),
      [1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28].contains(algorithm)
    else { return nil }
    return .key
  }
}
