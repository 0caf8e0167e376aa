/// A dangerous thing that the recogniser saw: what it is, where in the value it stands, and in which notation.
package struct Sight: Sendable, Equatable {
  /// What was seen. The raw value is the word of reports and refusals.
  package enum Kind: String, Sendable, CaseIterable, Codable {
    /// A name that stands for a machine.
    case host = "a host"
    /// An IPv4 or IPv6 address, in any spelling.
    case address = "an IP address"
    /// A URL of any scheme.
    case url = "a URL"
    /// JDBC, ODBC, Oracle and other connection strings.
    case connection = "a connection string"
    /// A UNC path: a server's share.
    case share = "a network share"
    /// An absolute path, which may lead to a share of production's.
    case path = "an absolute path"
    /// A mail address.
    case mail = "a mail address"
    /// A phone number.
    case phone = "a phone number"
    /// A password beside a user, in a URL, a connection string or a header.
    case credential = "a credential"
    /// A value whose name says that it is a secret.
    case secret = "a named secret"
    /// A known form of token.
    case token = "a token"
    /// A private key.
    case key = "a private key"
    /// A store of keys.
    case keyStore = "a key store"
    /// A value whose name says that it is where another system or a person is.
    case named = "an address by its name"
    /// A value that is too random for a word.
    case random = "a random value"
    /// A database's own file.
    case database = "a database"
    /// An archive that this program made.
    case archive = "a backup archive"
  }

  /// What was seen.
  package let kind: Kind
  /// Where it stands in the value as it was given: the bytes that dots must hide. For something inside an encoded part,
  /// the whole encoded part.
  package let bytes: Range<Int>
  /// The notations around it, the outermost first; empty when it stands in plain sight.
  package let notations: [Notation]
  /// The thing itself, decoded: the host, the address, the secret.
  package let text: String

  package init(_ kind: Kind, _ bytes: Range<Int>, _ text: String = "", in notations: [Notation] = []) {
    self.kind = kind
    self.bytes = bytes
    self.text = text
    self.notations = notations
  }

  /// What a report says: `a named secret in base64`. Never the thing itself.
  package var reason: String {
    notations.isEmpty ? kind.rawValue : kind.rawValue + " in " + notations.map(\.rawValue).joined(separator: " in ")
  }

  /// Whether what stands there must be hidden from people, too.
  package var isSecret: Bool {
    switch kind {
    case .credential, .secret, .token, .key, .keyStore, .random: true
    default: false
    }
  }
}

/// A way of writing a value that hides what it says from a plain look.
package enum Notation: String, Sendable, CaseIterable, Codable {
  case percent = "percent-encoding"
  case base64 = "base64"
  case hex = "hexadecimal"
  case entities = "XML entities"
  case escapes = "backslash escapes"
  case quotedPrintable = "quoted-printable"
  case utf16 = "UTF-16"
  case utf32 = "UTF-32"
  case gzip = "gzip"
  case zlib = "zlib"
  case zip = "a ZIP archive"
  case tar = "a tar archive"
  case strings = "binary data"
  case wideForms = "full-width letters"
}

/// How closely a place is looked at.
package enum Look: Sendable {
  /// Settings, INI files, configuration, unknown columns: everything is dangerous.
  case configuration
  /// Columns that a fresh installation knows as plain: names of accounts may be mail addresses, and a path is none of
  /// another system's.
  case plain
  /// What users wrote: hosts, addresses and mail addresses belong there, working credentials do not.
  case content
}

extension Look {
  /// Whether a thing of this kind stops a backup at such a place.
  package func stops(_ kind: Sight.Kind) -> Bool {
    switch (self, kind) {
    case (.configuration, _): true
    case (.plain, .mail), (.plain, .phone), (.plain, .path): false
    case (.plain, _): true
    case (.content, .credential), (.content, .secret), (.content, .token), (.content, .key), (.content, .keyStore),
      (.content, .database), (.content, .archive):
      true
    case (.content, _): false
    }
  }
}
