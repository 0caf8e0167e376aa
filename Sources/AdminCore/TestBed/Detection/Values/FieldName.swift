/// What a name says of the value under it. A name is judged once, however many values stand under it.
package struct FieldName: Sendable, Equatable {
  /// How much a name says that its value is a secret.
  enum Secrecy: Int, Sendable, Comparable {
    case none
    /// A token, session or cookie: secret in configuration, ordinary in the links of a letter.
    case soft
    /// A password, a key, a secret: wherever it stands.
    case hard
    static func < (left: Secrecy, right: Secrecy) -> Bool { left.rawValue < right.rawValue }
  }

  let secrecy: Secrecy
  /// Whether it says that its value is a secret.
  package var isSecret: Bool { secrecy != .none }
  /// Whether it says that its value is where another system or a person is.
  package let isAddress: Bool
  /// Whether its value is one machine: then a single label is a host.
  package let isHost: Bool
  /// Whether it says that its value is a phone number.
  package let isPhone: Bool
  /// Whether its value tells things apart and is random by nature.
  let isIdentifier: Bool

  /// Judges a name in any spelling: `smtpHost`, `SMTP_HOST`, `smtp.host`.
  package init(_ name: String) {
    var name = name
    self = name.withUTF8 { FieldName(bytes: $0) }
  }

  init(bytes: Bytes) {
    let words = FieldName.words(bytes)
    let last = words.last ?? ""
    let squeezed = Array(words.joined().utf8)
    func holds(_ parts: [[UInt8]]) -> Bool { parts.contains { FieldName.holds(squeezed, $0) } }
    // `password_min_length` is about a password and none: what stands behind the word says so.
    let isAbout = words.count > 1 && (FieldName.aspects.contains(last) || FieldName.subjects.contains(words[0]))
    var secrecy = Secrecy.none
    if !isAbout {
      if words.contains(where: FieldName.hardWords.contains) || holds(FieldName.hardPartBytes)
        || zip(words, words.dropFirst()).contains(where: {
          FieldName.keyWords.contains($1) && FieldName.keyQualifiers.contains($0)
        })
      {
        secrecy = .hard
      } else if words.contains(where: FieldName.softWords.contains)
        || holds(FieldName.softPartBytes)
      {
        secrecy = .soft
      }
    }
    self.secrecy = secrecy
    func bare(_ word: String) -> String {
      guard word.utf8.last?.isASCIIDigit == true else { return word }
      return String(word.reversed().drop(while: \.isNumber).reversed())
    }
    let bares = words.map(bare)
    isHost =
      !isAbout
      && bares.contains { FieldName.hostWords.contains($0) || FieldName.hostEnds.contains(where: $0.hasSuffix) }
    isAddress =
      !isAbout
      && (isHost
        || zip(words, bares).contains { word, bare in
          FieldName.addressWords.contains(word) || FieldName.addressWords.contains(bare)
            || FieldName.addressEnds.contains(where: bare.hasSuffix)
        })
    isPhone = words.contains { FieldName.phoneWords.contains(bare($0)) }
    isIdentifier = secrecy == .none && (last == "id" || FieldName.identifierWords.contains(last))
  }

  /// A name that says nothing.
  static let plain = FieldName(bytes: Bytes(start: nil, count: 0))

  /// Whether a name can say anything: the beginning of one of the words is in it. It costs a look at a small map for each
  /// byte, since every word of a text may be a name.
  ///
  /// - Parameter ofSecrets: whether only hard secrets are looked for.
  static func mayTell(_ bytes: Bytes, ofSecrets: Bool = false) -> Bool {
    guard bytes.count >= 2, bytes.count <= 256 else { return false }
    return (ofSecrets ? secretBeginnings : beginnings).withUnsafeBufferPointer { map in
      var window: UInt32 = 0
      for index in bytes.indices {
        let byte = bytes[index]
        window = (window << 8 | UInt32(byte >= 0x80 ? byte : byte.lowered)) & 0xFF_FFFF
        if index >= 1, map[slot(window & 0xFFFF)] || index >= 2 && map[slot(window)] { return true }
      }
      return false
    }
  }

  private static func slot(_ window: UInt32) -> Int { Int(truncatingIfNeeded: (window &* 0x9E37_79B1) >> 19) }

  // Words of two letters by both, the others by their first three bytes.
  private static let secretBeginnings = beginnings(of: Array(hardWords) + hardParts + Array(keyWords))
  private static let beginnings = beginnings(
    of: Array(hardWords) + hardParts + Array(softWords) + softParts + Array(keyWords) + Array(hostWords) + hostEnds
      + Array(addressWords) + addressEnds + Array(phoneWords) + Array(identifierWords))

  private static func beginnings(of words: [String]) -> [Bool] {
    var map = [Bool](repeating: false, count: 1 << 13)
    for word in words {
      let window = word.utf8.prefix(3).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      map[slot(window)] = true
    }
    return map
  }

  private static let hardWords: Set = [
    "password", "passwd", "pwd", "pw", "pass", "passphrase", "passcode", "passwort", "kennwort", "motdepasse", "mdp",
    "contrasena", "contraseña", "wachtwoord", "clave", "senha", "haslo", "hasło", "пароль", "парол", "lozinka",
    "jelszo", "parole", "userpass", "dbpass", "storepass", "keypass", "bindpw", "rootpw", "smtppass", "mailpass",
    "ftppass", "masterauth", "identified", "pin", "psk", "secret", "secrets",
    "credential",
    "credentials", "cred", "creds", "keystore", "truststore", "pem", "pfx", "jks", "apikey", "privatekey", "secretkey",
    "accesskey", "authkey", "accountkey", "sharedkey", "totp", "hmac", "pgpass", "netrc", "geheimnis", "zugangsdaten",
  ]
  private static let hardParts = [
    "password", "passwd", "passphrase", "passwort", "kennwort", "secret", "apikey", "privatekey", "accesskey",
    "accesstoken", "refreshtoken", "authtoken", "apitoken", "bearertoken", "clientsecret", "motdepasse", "пароль", "密码",
    "密碼", "パスワード", "requirepass",
  ]
  private static let softWords: Set = [
    "token", "tokens", "auth", "oauth", "jwt", "authorization", "authorisation", "bearer", "cookie", "session", "otp",
    "sid", "sessionid", "sig", "signature", "xsrf", "csrf",
  ]
  private static let softParts = ["token"]
  private static let hardPartBytes = hardParts.map { Array($0.utf8) }
  private static let softPartBytes = softParts.map { Array($0.utf8) }

  private static func holds(_ name: [UInt8], _ part: [UInt8]) -> Bool {
    guard name.count >= part.count, let first = part.first else { return false }
    for start in 0...name.count - part.count where name[start] == first {
      if name[start..<start + part.count].elementsEqual(part) { return true }
    }
    return false
  }
  private static let keyWords: Set = ["key", "keys", "schluessel", "schlüssel"]
  private static let keyQualifiers: Set = [
    "access", "account", "api", "app", "application", "auth", "client", "consumer", "dkim", "encryption", "integration",
    "licence", "license", "master", "private", "secret", "server", "service", "session", "shared", "signature",
    "signing", "ssh", "ssl", "storage", "tls", "webhook", "write", "deploy", "crypt", "cipher", "aes", "rsa",
  ]
  /// What is said about a secret or an address without being one.
  private static let aspects: Set = [
    "length", "min", "max", "minimum", "maximum", "policy", "expiry", "expires", "expiration", "ttl", "timeout", "type",
    "kind", "label", "hint", "enabled", "required", "count", "age", "format", "regex", "rule", "rules", "strength",
    "visible", "mode", "days", "hours", "minutes", "seconds", "algorithm", "prefix", "lifetime", "changed", "date",
    "title", "message", "placeholder", "method", "status", "version", "size", "attempts", "retries", "limit",
    "policies",
    "at", "colour", "color", "width", "height", "interval", "port", "optional", "reset",
  ]
  /// What begins the name of a text for people: `label.password`.
  private static let subjects: Set = [
    "label", "msg", "message", "text", "title", "i18n", "lang", "error", "hint", "caption", "help", "tooltip", "button",
    "show", "has", "is", "wrong", "forgot", "character", "collation",
  ]
  private static let hostWords: Set = [
    "host", "hostname", "hosts", "server", "servers", "servername", "hostaddr", "smtp", "imap", "pop3", "ldap", "relay",
    "proxy", "mx", "broker", "brokers", "node", "nodes", "peer", "peers", "gateway", "mailhost", "machine",
    "nameserver",
    "fqdn", "rechner",
  ]
  private static let hostEnds = ["host", "hosts", "hostname", "server", "servers", "proxy"]
  private static let addressWords: Set = [
    "addr", "address", "addresses", "callback", "cluster", "dns", "domain", "domains", "dsn", "email", "emails",
    "endpoint", "endpoints", "ip", "ips", "jdbc", "mail", "mailbox", "mailto", "mount", "pop", "recipient",
    "recipients", "share", "uri", "uris", "url", "urls", "webhook", "webhooks", "absender", "empfaenger", "empfänger",
    "adresse",
  ]
  private static let addressEnds = ["addr", "domain", "email", "endpoint", "url", "uri"]
  private static let phoneWords: Set = [
    "phone", "phones", "telephone", "telefon", "tel", "mobile", "mobil", "cell", "cellphone", "handy", "fax", "msisdn",
    "sms", "rufnummer", "telefonnummer", "phonenumber", "whatsapp",
  ]
  private static let identifierWords: Set = [
    "ids", "uuid", "guid", "oid", "uid", "etag", "checksum", "md5", "sha1", "sha256", "sha512", "digest", "crc",
    "crc32", "fingerprint", "revision", "commit", "hash", "ref", "reference",
  ]

  /// The words of a name, in lower case.
  package static func words(of name: String) -> [String] {
    var name = name
    return name.withUTF8 { words($0) }
  }

  /// The words of a name, in lower case: `hostName`, `SMTPHost` and `api-key2` have two each.
  static func words(_ bytes: Bytes) -> [String] {
    var words: [String] = []
    var start = -1
    func end(_ index: Int) {
      if start >= 0 { words.append(bytes.text(start..<index).lowercased()) }
      start = -1
    }
    for index in 0..<min(bytes.count, 256) {
      let byte = bytes[index]
      guard byte.isASCIIDigit || byte.isASCIILetter || byte >= 0x80 else {
        end(index)
        continue
      }
      if start >= 0, byte.isASCIIUpper {
        let before = bytes[index - 1]
        // A capital after a small letter begins a word, and so does one before a small letter.
        if before.isASCIILower || before.isASCIIDigit
          || (before.isASCIIUpper && index + 1 < bytes.count && bytes[index + 1].isASCIILower)
        {
          end(index)
        }
      }
      if start < 0 { start = index }
    }
    end(min(bytes.count, 256))
    return words
  }
}
