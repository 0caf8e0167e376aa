/// Tells by name and by value what looks like a secret or like the address of another system. It errs towards
/// suspicion: a site's file can say that a thing is harmless, nobody can take a mail back.
public enum Suspicion {
  /// Why a value under this name looks dangerous, nil when it does not. An empty value, a truth value and a small number
  /// are no danger under any name.
  public static func reason(name: String, value: String) -> String? {
    let value = value.trimmingSpaces
    if value.isEmpty || ["true", "false", "yes", "no", "on", "off"].contains(value.lowercased()) { return nil }
    if let reason = reason(value: value) { return reason }
    if let number = Int64(value), !nameIsSecret(name) { return number.magnitude > 65535 && nameIsAddress(name) ? "the name" : nil }
    return nameIsSecret(name) || nameIsAddress(name) ? "the name" : nil
  }

  /// Why a value looks dangerous whatever its name, nil when it does not.
  public static func reason(value: String) -> String? {
    let value = value.trimmingSpaces
    if value.contains("-----BEGIN ") || value.hasPrefix("ssh-rsa ") || value.hasPrefix("ssh-ed25519 ") { return "a key" }
    if value.contains("://") || value.lowercased().hasPrefix("jdbc:") { return "a URL" }
    if ["password=", "passwd=", "pwd=", "secret="].contains(where: value.lowercased().contains) { return "a password inside" }
    guard value.utf8.count <= 400, !value.contains(" "), !value.contains("\n") else { return nil }
    if value.hasPrefix("/") && value.utf8.count > 1 || value.hasPrefix("\\\\") || isDrivePath(value) { return "an absolute path" }
    if value.contains("@") { return "a mail address" }
    if !hosts(in: value).isEmpty { return "a host" }
    if looksRandom(value) { return "a random value" }
    return nil
  }

  /// Why bytes look dangerous: key material, or text that does. Only the beginning is looked at.
  public static func reason(bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count >= 8 else { return nil }
    // Java key stores (JKS, JCEKS) begin so; PKCS #12 and PKCS #8 are a DER SEQUENCE whose first part is the integer 3,
    // 0 or 1.
    if bytes.starts(with: [0xFE, 0xED, 0xFE, 0xED]) || bytes.starts(with: [0xCE, 0xCE, 0xCE, 0xCE]) { return "a key store" }
    if bytes[0] == 0x30, bytes[1] == 0x82, bytes[4] == 0x02, bytes[5] == 0x01, bytes[6] <= 3 { return "a key store" }
    let head = String(decoding: bytes.prefix(4096), as: UTF8.self)
    return head.contains("-----BEGIN ") && head.contains("PRIVATE KEY") ? "a private key" : nil
  }

  /// Whether a name says that its value is a secret.
  public static func nameIsSecret(_ name: String) -> Bool {
    let words = self.words(name)
    let secrets: Set = [
      "password", "passwd", "pwd", "pass", "passphrase", "passcode", "pin", "secret", "secrets", "token", "tokens", "credential",
      "credentials", "auth", "authorization", "bearer", "cookie", "session", "keystore", "truststore", "pem", "pfx", "jks", "apikey",
      "privatekey", "secretkey", "accesskey", "authkey", "otp", "hmac",
    ]
    if words.contains(where: secrets.contains) { return true }
    let qualifiers: Set = ["api", "private", "secret", "access", "licence", "license", "encryption", "ssh", "signing", "dkim", "auth", "master"]
    return zip(words, words.dropFirst()).contains { ["key", "keys"].contains($1) && qualifiers.contains($0) }
      || ["password", "passwd", "secret", "token"].contains { squeezed(name).contains($0) }
  }

  /// Whether a name says that its value is where another system or person is.
  public static func nameIsAddress(_ name: String) -> Bool {
    let addresses: Set = [
      "host", "hosts", "hostname", "server", "servers", "url", "urls", "uri", "endpoint", "ip", "address", "addresses", "dsn",
      "domain", "proxy", "relay", "smtp", "imap", "pop", "pop3", "ldap", "gateway", "webhook", "callback", "mailbox", "email",
      "mail", "mailto", "recipient", "recipients", "peer", "node", "cluster", "broker", "share", "mount", "jdbc",
    ]
    return words(name).contains(where: addresses.contains)
  }

  /// The hosts that a value names: a URL's, a `host:port`'s, a bare host's. Mail addresses name none.
  public static func hosts(in value: String) -> [HostName] {
    var text = value.trimmingSpaces[...]
    if text.lowercased().hasPrefix("jdbc:") { text = text.dropFirst(5) }
    if let scheme = text.range(of: "://") {
      let authority = text[scheme.upperBound...].prefix { !"/?#;, \t\n".contains($0) }
      let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
      return HostName(withoutPort(host)).map { [$0] } ?? []
    }
    if text.contains("@") { return [] }
    let bare = withoutPort(text)
    guard let host = HostName(bare) else { return [] }
    let hasPort = bare.utf8.count != text.utf8.count && !text.hasPrefix("[")
    let labels = host.description.split(separator: ".")
    let hasTopLevel = labels.count >= 2 && (labels.last.map { $0.count >= 2 && $0.allSatisfy(\.isLetter) } ?? false)
    return host.isAddress || hasTopLevel || hasPort || host.isLocalhost ? [host] : []
  }

  /// The passwords inside a URL (`user:password@`) or a connection's options (`password=…`).
  public static func passwords(in value: String) -> [String] {
    var found: [String] = []
    if let scheme = value.range(of: "://") {
      let authority = value[scheme.upperBound...].prefix { !"/?#".contains($0) }
      if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
        found.append(String(authority[authority.index(after: colon)..<at]))
      }
    }
    for part in value.split(whereSeparator: { "?&; \t\n".contains($0) }) {
      guard let equals = part.firstIndex(of: "="), nameIsSecret(String(part[..<equals])) else { continue }
      found.append(String(part[part.index(after: equals)...]))
    }
    return found.filter { !$0.isEmpty }
  }

  private static func withoutPort<Text: StringProtocol>(_ text: Text) -> String {
    let text = String(text)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
    guard let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon else { return text }
    let port = text[text.index(after: colon)...]
    return port.isEmpty || port.allSatisfy { $0.isASCII && $0.isNumber } ? String(text[..<colon]) : text
  }

  private static func isDrivePath(_ value: String) -> Bool {
    let start = Array(value.utf8.prefix(3))
    return start.count == 3 && (0x41...0x5A).contains(start[0] & 0xDF) && start[1] == 0x3A && (start[2] == 0x5C || start[2] == 0x2F)
  }

  // 20 characters and more of a token's alphabet with at least 3 kinds of them, or 32 and more hex digits.
  private static func looksRandom(_ value: String) -> Bool {
    let bytes = Array(value.utf8)
    guard bytes.count >= 20 else { return false }
    let hex = bytes.filter { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }.count
    if bytes.count >= 32, hex + bytes.filter({ $0 == 0x2D || $0 == 0x3A }).count == bytes.count { return true }
    guard bytes.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "+/=_-.".utf8.contains($0) }) else {
      return false
    }
    let kinds = [
      bytes.contains { (0x30...0x39).contains($0) }, bytes.contains { (0x41...0x5A).contains($0) },
      bytes.contains { (0x61...0x7A).contains($0) },
    ]
    return kinds.allSatisfy { $0 } && Set(bytes).count >= 10
  }

  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previous: Character = " "
    for character in name {
      let isPart = character.isLetter || character.isNumber
      if !isPart || (character.isUppercase && previous.isLowercase) {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if isPart { word.append(character) }
      previous = character
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }

  private static func squeezed(_ name: String) -> String { String(name.lowercased().filter(\.isLetter)) }
}

extension String {
  var trimmingSpaces: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text = text.dropFirst() }
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}

extension StringProtocol {
  /// The first occurrence of `needle`; the standard library has none without Foundation.
  func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}
