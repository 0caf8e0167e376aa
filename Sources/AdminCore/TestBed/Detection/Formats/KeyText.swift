import Platform

/// Private keys in text, at any place in it, and secrets that are known by how their file begins.
enum KeyText {
  static func kind(of bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    if holdsMarker(bytes) { return .key }
    return kind(ofHead: bytes) ?? (holdsWebKey(bytes) ? .key : nil)
  }

  private static let privateKey = Array("PRIVATE KEY".utf8)
  private static let wide: [UInt8] = "PRIVATE KEY".utf8.dropLast().reduce(into: []) { $0 += [$1, 0] } + [0x59]
  private static let markers = [
    "AGE-SECRET-KEY-", "PuTTY-User-Key-File-", "OpenVPN Static key", "Private-key-format: v1",
  ].map { Array($0.utf8) }

  /// How far a marker reaches: what must be seen in one piece when a file is read in pieces.
  static let reach = 128

  /// Whether a private key stands in text, wherever in it.
  static func holdsMarker(_ bytes: UnsafeRawBufferPointer) -> Bool {
    holdsArmour(bytes) || markers.contains { bytes.firstOffset(of: $0) != nil }
  }

  /// The same for files that are no text: only the armour, which may be in UTF-16.
  static func holdsMarkerInBinary(_ bytes: UnsafeRawBufferPointer) -> Bool {
    holdsArmour(bytes) || bytes.firstOffset(of: wide) != nil
  }

  // Between dashes: PEM has five, SSH2 has four and a space, GnuPG has a word more.
  private static func holdsArmour(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while let offset = rest.firstOffset(of: privateKey) {
      let before = rest.part(max(0, offset - 40)..<offset)
      let after = rest.part(offset + privateKey.count..<offset + privateKey.count + 16)
      if before.firstOffset(of: Array("BEGIN".utf8)) != nil, before.firstOffset(of: Array("--".utf8)) != nil,
        after.firstOffset(of: Array("--".utf8)) != nil
      {
        return true
      }
      rest = rest.from(offset + privateKey.count)
    }
    return false
  }

  /// Files that are told by their first lines.
  static func kind(ofHead bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    let head = bytes.head(4096)
    if head.has("$ANSIBLE_VAULT;") { return .keyStore }
    // Bitwarden's encrypted export.
    if head.firstOffset(of: Array("encKeyValidation_DO_NOT_EDIT".utf8)) != nil { return .keyStore }
    return head.has("untrusted comment:") && isSignifyKey(head) ? .key : nil
  }

  // signify and minisign: a comment, then base64. A public key has 42 bytes, a signature 74, a secret key 104 and more.
  private static func isSignifyKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let end = bytes.firstIndex(of: 0x0A) else { return false }
    let line = bytes.from(end + 1).prefix { $0 > 0x20 }
    return line.count >= 136 && line.starts(with: "RW".utf8)
  }

  /// A JSON Web Key (RFC 7517) with a private member: `d` of a key pair, or `k` of an `oct` key.
  static func holdsWebKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.firstOffset(of: Array("kty".utf8)) != nil else { return false }
    return holdsMember("d", bytes) || holdsMember("k", bytes)
  }

  // `"d":"…"`, also inside a JSON text, where the quotation marks are escaped.
  private static func holdsMember(_ name: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = Array("\"\(name)".utf8)
    var rest = bytes
    while let offset = rest.firstOffset(of: start) {
      rest = rest.from(offset + start.count)
      let punctuation = rest.prefix(16).prefix { "\\\":, \t\r\n".utf8.contains($0) }
      guard punctuation.contains(0x3A), punctuation.contains(0x22) else { continue }
      let value = rest.from(punctuation.count).prefix(512).prefix {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2D || $0 == 0x5F
      }
      if value.count >= 16 { return true }
    }
    return false
  }
}
