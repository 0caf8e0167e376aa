import Platform

/// Tells by name and by value what looks like a secret or like the address of another system. It errs towards
/// suspicion: a site's file can say that a thing is harmless, nobody can take a mail back.
public enum Suspicion {
  /// Why a value under this name looks dangerous, nil when it does not. An empty value, a truth value and a small number
  /// are no danger under any name.
  public static func reason(name: String, value: String) -> String? {
    let value = value.trimmingSpaces
    if value.isEmpty || ["true", "false", "yes", "no", "on", "off"].contains(value.lowercased()) { return nil }
    if let reason = reason(value: value) { return reason }
    if let number = Int64(value), !nameIsSecret(name) {
      return number.magnitude > 65535 && nameIsAddress(name) ? "the name" : nil
    }
    return nameIsSecret(name) || nameIsAddress(name) ? "the name" : nil
  }

  /// Why a value looks dangerous whatever its name, nil when it does not.
  public static func reason(value: String) -> String? {
    let value = value.trimmingSpaces
    let lower = value.lowercased()
    if value.contains("-----BEGIN ") || ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"].contains(where: value.hasPrefix) {
      return "a key"
    }
    if value.contains("://") || ["jdbc:", "file:/"].contains(where: lower.hasPrefix) { return "a URL" }
    if ["basic ", "bearer ", "digest "].contains(where: lower.hasPrefix) { return "a credential" }
    let squeezed = lower.filter { !$0.isWhitespace }
    let assignments = ["password", "passwd", "pwd", "pass", "secret", "token", "apikey", "api_key", "accesskey"]
    if assignments.contains(where: { squeezed.contains($0 + "=") || squeezed.contains($0 + ":") }) {
      return "a password inside"
    }
    if ["host=", "server=", "datasource=", "hostname="].contains(where: squeezed.contains) { return "a host" }
    // Lists and prose are looked at part by part: a host among words is a host.
    for part in value.split(whereSeparator: { $0.isWhitespace || ",;|".contains($0) }) {
      if let reason = reason(part: part.trimmingPunctuation) { return reason }
    }
    return nil
  }

  private static func reason(part: String) -> String? {
    if part.hasPrefix("/") && part.utf8.count > 1 || part.hasPrefix("~/") || part.hasPrefix("\\\\")
      || isDrivePath(part)
    {
      return "an absolute path"
    }
    if let at = part.firstIndex(of: "@"), at != part.startIndex { return "a mail address" }
    if !hosts(in: part).isEmpty { return "a host" }
    return looksRandom(part) ? "a random value" : nil
  }

  /// Why bytes look dangerous: key material, or text that does. Only the beginning is looked at.
  public static func reason(bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count >= 8 else { return nil }
    // Java key stores (JKS, JCEKS) begin so; PKCS #12 and PKCS #8 are a DER SEQUENCE whose first part is the integer 3,
    // 0 or 1, after a length of one to five bytes.
    if bytes.starts(with: [0xFE, 0xED, 0xFE, 0xED]) || bytes.starts(with: [0xCE, 0xCE, 0xCE, 0xCE]) {
      return "a key store"
    }
    let content = 2 + ((0x81...0x84).contains(bytes[1]) ? Int(bytes[1] & 0x7F) : 0)
    if bytes[0] == 0x30, bytes[1] <= 0x84, content + 2 < bytes.count, bytes[content] == 0x02,
      bytes[content + 1] == 0x01,
      bytes[content + 2] <= 3
    {
      return "a key store"
    }
    if bytes.starts(with: "PuTTY-User-Key-File-".utf8) { return "a private key" }
    return holdsPrivateKey(bytes) ? "a private key" : nil
  }

  // PEM: the certificates of a chain may stand before the key.
  private static func holdsPrivateKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let begin = Array("-----BEGIN ".utf8)
    var rest = bytes
    while let offset = rest.firstOffset(of: begin) {
      rest = UnsafeRawBufferPointer(rebasing: rest[(offset + begin.count)...])
      let title = rest.prefix(64).prefix { $0 != 0x0A && $0 != 0x0D }
      if String(decoding: title, as: UTF8.self).contains("PRIVATE KEY") { return true }
    }
    return false
  }

  /// Whether a name says that its value is a secret.
  public static func nameIsSecret(_ name: String) -> Bool {
    let words = self.words(name)
    let secrets: Set = [
      "password", "passwd", "pwd", "pw", "pass", "passphrase", "passcode", "pin", "psk", "secret", "secrets", "token",
      "tokens", "credential", "credentials", "cred", "creds", "auth", "oauth", "jwt", "authorization", "bearer",
      "cookie", "session", "keystore", "truststore", "pem", "pfx",
      "jks", "apikey",
      "privatekey", "secretkey", "accesskey", "authkey", "otp", "totp", "hmac",
    ]
    if words.contains(where: secrets.contains) { return true }
    let qualifiers: Set = [
      "access", "account", "api", "app", "auth", "client", "consumer", "dkim", "encryption", "licence", "license",
      "master", "private", "secret", "service", "session", "shared", "signature", "signing", "ssh", "ssl", "storage",
      "tls", "webhook",
    ]
    return zip(words, words.dropFirst()).contains { ["key", "keys"].contains($1) && qualifiers.contains($0) }
      || ["password", "passwd", "passphrase", "secret", "token", "apikey"].contains { squeezed(name).contains($0) }
  }

  /// Whether a name says that its value is where another system or person is.
  public static func nameIsAddress(_ name: String) -> Bool {
    let addresses: Set = [
      "addr", "address", "addresses", "broker", "callback", "cluster", "dns", "domain", "domains", "dsn", "email",
      "emails", "endpoint", "endpoints", "gateway", "host", "hostname", "hosts", "imap", "ip", "ips", "jdbc", "ldap",
      "mail", "mailbox", "mailto", "mount", "mx", "node", "peer", "pop", "pop3", "proxy", "recipient", "recipients",
      "relay", "server", "servers", "share", "smtp", "uri", "uris", "url", "urls", "webhook", "webhooks",
    ]
    // Run together, as in `mailhost` and `baseurl`.
    let ends = [
      "addr", "domain", "email", "endpoint", "host", "hosts", "hostname", "proxy", "server", "servers", "url",
    ]
    return words(name).contains { word in
      let bare = String(word.reversed().drop(while: \.isNumber).reversed())
      return addresses.contains(word) || addresses.contains(bare) || ends.contains(where: bare.hasSuffix)
    }
  }

  /// The hosts that a value names: a URL's, a `host:port`'s, a bare host's. Mail addresses name none.
  public static func hosts(in value: String) -> [HostName] {
    var text = value.trimmingSpaces[...]
    if text.lowercased().hasPrefix("jdbc:") {
      text = text.dropFirst(5)
      // Oracle's thin form: user/password@//host:port/service.
      if !text.contains("://"), let at = text.lastIndex(of: "@") {
        let host = text[text.index(after: at)...].drop { $0 == "/" }.prefix { !":/;".contains($0) }
        return HostName(String(host)).map { [$0] } ?? []
      }
    }
    if let scheme = text.range(of: "://") {
      let authority = text[scheme.upperBound...].prefix { !"/\\?#; \t\n".contains($0) }
      let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
      // Several servers of one database stand side by side.
      return host.split(separator: ",").compactMap { HostName(withoutPort($0)) }
    }
    if text.contains("@") { return [] }
    text = text.prefix { !"/?#%".contains($0) }
    text = text.hasPrefix("*.") ? text.dropFirst(2) : text.hasPrefix(".") ? text.dropFirst() : text
    let bare = withoutPort(text)
    guard let host = HostName(bare) else { return [] }
    let hasPort = bare.utf8.count != text.utf8.count && !text.hasPrefix("[")
    let labels = host.description.split(separator: ".")
    let hasTopLevel =
      labels.count >= 2
      && (labels.last.map { $0.count >= 2 && $0.allSatisfy(\.isLetter) || $0.hasPrefix("xn--") } ?? false)
    return host.isAddress || hasTopLevel || hasPort || host.isLocalhost ? [host] : []
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
    return start.count == 3 && (0x41...0x5A).contains(start[0] & 0xDF) && start[1] == 0x3A
      && (start[2] == 0x5C || start[2] == 0x2F)
  }

  // 20 characters and more of a token's alphabet with at least 3 kinds of them, as many letters and digits in one run, or
  // 32 and more hex digits.
  private static func looksRandom(_ value: String) -> Bool {
    let bytes = Array(value.utf8)
    guard bytes.count >= 20 else { return false }
    let hex = bytes.filter { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }.count
    if bytes.count >= 32, hex + bytes.filter({ $0 == 0x2D || $0 == 0x3A }).count == bytes.count { return true }
    guard
      bytes.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "+/=_-.".utf8.contains($0) }
      )
    else {
      return false
    }
    let kinds = [
      bytes.contains { (0x30...0x39).contains($0) }, bytes.contains { (0x41...0x5A).contains($0) },
      bytes.contains { (0x61...0x7A).contains($0) },
    ]
    if kinds.allSatisfy({ $0 }) { return Set(bytes).count >= 10 }
    return bytes.split(whereSeparator: { "+/=_-.".utf8.contains($0) }).contains { run in
      run.count >= 20 && Set(run).count >= 10 && run.contains { $0 <= 0x39 } && run.contains { $0 > 0x39 }
    }
  }

  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previous: Character = " "
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      let isPart = character.isLetter || character.isNumber
      // `hostName` and `SMTPHost`: a capital after a small letter begins a word, and so does one before a small letter.
      let beginsWord =
        character.isUppercase
        && (previous.isLowercase || previous.isNumber
          || (previous.isUppercase && index + 1 < characters.count && characters[index + 1].isLowercase))
      if !isPart || beginsWord {
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

extension Substring {
  /// Without the quotes, brackets and full stops that stand around a word in prose.
  package var trimmingPunctuation: String {
    var text = self
    // A pair of brackets may be an IPv6 address's own.
    let isPair = text.contains("[") && text.contains("]")
    while let first = text.first, "#(<\"',;".contains(first) || (first == "[" && !isPair) { text = text.dropFirst() }
    while let last = text.last, ")>\"',;.:!?".contains(last) || (last == "]" && !isPair) { text = text.dropLast() }
    return String(text)
  }
}
