import Platform

/// Certificates, public keys and signatures in PEM and OpenPGP armour: base64 that hides nothing dangerous, although a
/// word may show in it by chance.
enum PublicArmour {
  private static let begin = Array("-----BEGIN ".utf8)
  private static let end = Array("-----END ".utf8)
  private static let titles: [StaticString] = [
    "CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL", "PUBLIC KEY", "RSA PUBLIC KEY", "NEW CERTIFICATE REQUEST",
    "PKCS7", "CMS", "DH PARAMETERS", "EC PARAMETERS", "DSA PARAMETERS", "PGP PUBLIC KEY BLOCK", "PGP SIGNATURE",
    "SSH SIGNATURE",
  ]

  /// Puts blanks in place of what stands between the armour's lines.
  static func blank(_ text: inout [UInt8]) {
    text.withUnsafeMutableBytes { bytes in
      var offset = 0
      while let found = UnsafeRawBufferPointer(bytes).from(offset).firstOffset(of: begin) {
        let start = offset + found + begin.count
        let rest = UnsafeRawBufferPointer(bytes).from(start)
        let length = rest.firstOffset(of: end) ?? rest.count
        if titles.contains(where: { rest.has($0) }) {
          let line = rest.firstIndex(of: 0x0A) ?? length
          for index in start + min(line, length)..<start + length where bytes[index] > 0x20 { bytes[index] = 0x20 }
        }
        offset = start + length
      }
    }
  }
}
