import Platform

/// Binary stores of keys, told by how they begin.
enum KeyStoreFormat {
  // Begins that no other format has.
  private static let stores: [[UInt8]] = [
    // KeePass 1, 2 before and after its release.
    [0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5], [0x03, 0xD9, 0xA2, 0x9A, 0x66, 0xFB, 0x4B, 0xB5],
    [0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5],
    // macOS's keychain, GNOME's keyring, KDE's wallet.
    Array("kych".utf8) + [0, 1], Array("GnomeKeyring\n\r\0\n".utf8), Array("KWALLET\n\r\0\r\n".utf8),
    // Oracle's wallet that opens by itself.
    [0xA1, 0xF8, 0x4E, 0x36], [0xA1, 0xF8, 0x4E, 0x37], [0xA1, 0xF8, 0x4E, 0x38],
    // Windows: what DPAPI protects.
    [0x01, 0x00, 0x00, 0x00, 0xD0, 0x8C, 0x9D, 0xDF, 0x01, 0x15, 0xD1, 0x11],
  ]
  private static let keys: [[UInt8]] = [
    // Microsoft's PVK and PRIVATEKEYBLOB for signing and for exchange.
    [0x1E, 0xF1, 0xB5, 0xB0], [0x07, 0x02, 0x00, 0x00, 0x00, 0x24, 0x00, 0x00],
    [0x07, 0x02, 0x00, 0x00, 0x00, 0xA4, 0x00, 0x00],
    // OpenSSH 7.8 and on without its armour, SSH 1, Tor's onion services.
    Array("openssh-key-v1\0".utf8), Array("SSH PRIVATE KEY FILE FORMAT 1.1\n".utf8),
    Array("== ed25519v1-secret".utf8),
  ]

  static func kind(of bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    if keys.contains(where: { bytes.has($0) }) { return .key }
    // GnuPG's keybox names itself after the length and type of its first part.
    if stores.contains(where: { bytes.has($0) }) || bytes.has("KBXf", at: 8) { return .keyStore }
    if isJavaStore(bytes) || isBouncyCastle(bytes) || isKeytab(bytes) || isCredentialCache(bytes) { return .keyStore }
    return isSerialisedKey(bytes) ? .key : nil
  }

  // JKS and JCEKS: version, count, then entries of which those of tag 2 are certificates.
  private static func isJavaStore(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.has([0xFE, 0xED, 0xFE, 0xED]) || bytes.has([0xCE, 0xCE, 0xCE, 0xCE]) else { return false }
    guard let version = bytes.big(4, 4), version <= 2, let entries = bytes.big(8, 4) else { return true }
    var offset = 12
    for _ in 0..<min(entries, 10_000) {
      // What cannot be read is taken for a key.
      guard bytes.big(offset, 4) == 2, let alias = bytes.big(offset + 4, 2) else { return true }
      offset += 6 + alias + 8
      if version == 2 {
        guard let type = bytes.big(offset, 2) else { return true }
        offset += 2 + type
      }
      guard let size = bytes.big(offset, 4) else { return true }
      offset += 4 + size
    }
    return false
  }

  // BKS and UBER: version 1 or 2, then a salt of 20 bytes.
  private static func isBouncyCastle(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let version = bytes.big(0, 4), version == 1 || version == 2 else { return false }
    return bytes.big(4, 4) == 20 && bytes.count >= 28
  }

  // Kerberos: version, then a record of a principal: its size, the count of its parts, its realm.
  private static func isKeytab(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.byte(0) == 5, let version = bytes.byte(1), version == 1 || version == 2 else { return false }
    func number(_ offset: Int, _ size: Int) -> Int? {
      version == 2 ? bytes.big(offset, size) : bytes.little(offset, size)
    }
    guard let size = number(2, 4), let parts = number(6, 2), let realm = number(8, 2) else { return false }
    // A size below zero is a hole where an entry was.
    return (1...65_536).contains(min(size, (1 << 32) - size)) && (1...16).contains(parts) && (1...255).contains(realm)
      && bytes.part(10..<10 + realm).allSatisfy { (0x20...0x7E).contains($0) }
  }

  // Kerberos's cache of tickets: version 3, or version 4 with a header; then the principal: type, parts, realm.
  private static func isCredentialCache(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.byte(0) == 5, let version = bytes.byte(1), version == 3 || version == 4 else { return false }
    var offset = 2
    if version == 4 {
      guard let header = bytes.big(2, 2), header <= 1024 else { return false }
      offset += 2 + header
    }
    guard let type = bytes.big(offset, 4), let parts = bytes.big(offset + 4, 4), let realm = bytes.big(offset + 8, 4)
    else { return false }
    return type <= 32 && (1...16).contains(parts) && (1...255).contains(realm)
      && bytes.part(offset + 12..<offset + 12 + realm).allSatisfy { (0x20...0x7E).contains($0) }
  }

  // Java serialisation with the stand-in for keys that is not of a public one, or with a key of symmetric ciphers.
  private static func isSerialisedKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.has([0xAC, 0xED, 0x00, 0x05]) else { return false }
    func holds(_ text: String) -> Bool { bytes.firstOffset(of: Array(text.utf8)) != nil }
    if holds("SecretKeySpec") || holds("PrivateKey") || holds("PrivateCrtKey") || holds("java.security.KeyPair") {
      return true
    }
    return holds("java.security.KeyRep") && (holds("PRIVATE") || holds("SECRET"))
  }
}
