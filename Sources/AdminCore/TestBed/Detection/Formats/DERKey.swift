/// Private keys in DER: PKCS #1, PKCS #8 (RFC 5958) in clear and encrypted, SEC 1 (RFC 5915), DSA as OpenSSL writes it;
/// and the stores PKCS #12 (RFC 7292) and BCFKS, which are DER too.
enum DERKey {
  // 1.2.840.113549.1.5 and 1.2.840.113549.1.12.1: encryption by a password; 1.2.840.113549.1.7: contents of PKCS #7.
  private static let passwordEncryption: [[UInt8]] = [
    [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05], [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01],
  ]
  private static let contentType: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]

  static func kind(of bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    guard let whole = DER(bytes), whole.tag == DER.sequence else { return nil }
    let parts = whole.elements(limit: 10)
    guard parts.count >= 2 else { return nil }
    if let version = parts[0].number {
      if version == 3, parts[1].tag == DER.sequence, parts[1].elements(limit: 1).first?.isObject(contentType) == true {
        return .keyStore
      }
      // An element that is cut could be anything.
      return version <= 1 && parts[1].isWhole && isKey(parts) ? .key : nil
    }
    guard parts[0].tag == DER.sequence else { return nil }
    let first = parts[0].elements(limit: 2)
    // Encrypted PKCS #8: an algorithm, and octets that it gave. BCFKS: the same, and a check of it behind.
    if isEncryption(first.first), parts[1].tag == DER.octets { return .key }
    if first.count == 2, first[0].tag == DER.sequence, isEncryption(first[0].elements(limit: 1).first),
      first[1].tag == DER.octets
    {
      return .keyStore
    }
    return nil
  }

  private static func isKey(_ parts: [DER]) -> Bool {
    switch parts[1].tag {
    // PKCS #8: an algorithm and octets.
    case DER.sequence:
      return parts.count >= 3 && parts[2].tag == DER.octets && parts[1].elements(limit: 1).first?.tag == DER.object
    // SEC 1: the number itself, of 14 to 72 bytes.
    case DER.octets:
      return parts[0].number == 1 && (14...72).contains(parts[1].content.count)
        && parts.dropFirst(2).allSatisfy { $0.tag == 0xA0 || $0.tag == 0xA1 }
    // PKCS #1 has nine integers, DSA six; the largest are of 512 bits and more.
    case DER.integer:
      return parts.count >= 6 && parts.prefix(6).allSatisfy { $0.tag == DER.integer } && parts[1].content.count >= 64
    default: return false
    }
  }

  private static func isEncryption(_ element: DER?) -> Bool {
    passwordEncryption.contains { element?.isObject($0) == true }
  }
}
