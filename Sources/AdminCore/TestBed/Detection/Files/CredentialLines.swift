import Platform

/// Secrets that stand in a line without a name or a sign that a recogniser of values could see: they are known by the form
/// of the file they stand in.
enum CredentialLines {
  private static let password = ["assw", "ASSW", "ecret", "pass "].map { Array($0.utf8) }

  /// - Parameters:
  ///   - bytes: whole lines.
  ///   - isConfiguration: whether the lines are settings, where `password x` gives a password; in prose it does not.
  static func hasSecret(_ bytes: UnsafeRawBufferPointer, _ name: FileName, isConfiguration: Bool) -> Bool {
    if isConfiguration, ["chap-secrets", "pap-secrets", "sasl_passwd", "shadow", "gshadow"].contains(name.base) {
      return bytes.withoutLeadingSpace.first.map { $0 != 0x23 } ?? false
    }
    let namesPasswords = password.contains { bytes.firstOffset(of: $0) != nil }
    if namesPasswords, isTable(bytes) { return true }
    var hasSecret = false
    bytes.forEachLine { line in
      let line = line.withoutLeadingSpace
      guard line.count >= 8, line[0] != 0x23 else { return true }
      hasSecret =
        isHash(line)
        || isConfiguration
          && (isPasswordFile(line) || isTunnelKey(line)
            || namesPasswords && (isStatement(line) || isDirective(line)))
      return !hasSecret
    }
    return hasSecret
  }

  // htpasswd and shadow: a name, then a hash that says how it was made.
  private static func isHash(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let colon = line.prefix(256).firstIndex(of: 0x3A), colon > 0, !line.part(0..<colon).contains(0x20) else {
      return false
    }
    let hash = line.from(colon + 1)
    if hash.has("{SHA}") || hash.has("{SSHA") || hash.has("{CRYPT}") || hash.has("{MD5}") { return true }
    guard hash.first == 0x24, let end = hash.from(1).prefix(16).firstIndex(of: 0x24) else { return false }
    return (1...12).contains(end)
      && hash.part(1..<1 + end).allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D }
      && hash.from(end + 2).prefix { $0 > 0x20 && $0 != 0x3A }.count >= 16
  }

  // pgpass: host:port:database:user:password; a backslash hides a colon.
  private static func isPasswordFile(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.count <= 1024 else { return false }
    var fields: [[UInt8]] = [[]]
    var isEscaped = false
    for byte in line {
      if isEscaped || byte != 0x3A && byte != 0x5C {
        fields[fields.count - 1].append(byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else {
        fields.append([])
      }
    }
    guard fields.count == 5, !fields[4].isEmpty, !fields[0].contains(0x20) else { return false }
    return fields[1] == [0x2A] || !fields[1].isEmpty && fields[1].count <= 5 && fields[1].allSatisfy(\.isASCIIDigit)
  }

  // WireGuard: 32 bytes in base64.
  private static func isTunnelKey(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.has("PrivateKey") || line.has("PresharedKey"), let equals = line.firstIndex(of: 0x3D) else {
      return false
    }
    return line.from(equals + 1).withoutLeadingSpace.prefix { $0 > 0x20 }.count == 44
  }

  // `IDENTIFIED BY '…'`, `PASSWORD '…'` in SQL.
  private static func isStatement(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.contains(0x27) else { return false }
    let text = String(decoding: line.prefix(4096), as: UTF8.self).uppercased()
    return ["IDENTIFIED BY '", "IDENTIFIED BY PASSWORD '", " PASSWORD '", "IDENTIFIED WITH "].contains {
      text.contains($0)
    }
  }

  private static let names: Set<String> = [
    "password", "passwd", "pass", "secret", "requirepass", "masterauth", "passphrase", "authtoken", "askpass",
  ]

  // netrc, msmtprc, fetchmailrc, redis.conf: the word, then the password, and nothing but other such pairs around.
  private static func isDirective(_ line: UnsafeRawBufferPointer) -> Bool {
    let words = line.prefix(1024).split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2, words.count <= 16 else { return false }
    let isPair = words.count == 2 || words.count == 3 && words[2].hasPrefix("#")
    let first = words[0].lowercased()
    guard
      isPair && names.contains(first)
        || ["machine", "login", "default", "poll", "user", "username", "server", "with"]
          .contains(first)
    else { return false }
    guard let index = words.firstIndex(where: { names.contains($0.lowercased()) }), index + 1 < words.count else {
      return false
    }
    let value = words[index + 1].drop { "\"'".contains($0) }
    return !value.isEmpty && value != "\"" && value.first != "$" && value.first != "="
  }

  // A table of accounts, as browsers and password managers write it: a column for users and one for passwords.
  private static func isTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let end = bytes.head(4096).firstIndex(of: 0x0A), bytes.count > end + 4 else { return false }
    let header = bytes.part(0..<end)
    for separator: UInt8 in [0x2C, 0x3B, 0x09] where header.contains(separator) {
      let names = header.split(separator: separator).map { cell in
        String(decoding: cell.filter { $0.isASCIILetter || $0 == 0x5F }, as: UTF8.self).lowercased()
      }
      if names.contains(where: { ["password", "passwd", "login_password", "passwort", "secret", "pwd"].contains($0) }) {
        return names.count >= 2
      }
    }
    return false
  }
}
