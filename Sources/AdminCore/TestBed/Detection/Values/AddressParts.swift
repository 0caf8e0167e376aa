import Platform

/// What the parts of an address value look like, and how they are spelled.
extension AddressScan {
  static let separators = ASCIISet(" \t\r\n\u{B}\u{C},;|<>(){}\"'")
  static let authorityEnds = ASCIISet("/?#\\;\"'<>|{} \t\r\n")
  static let pairEnds = ASCIISet(";&)}\"'<>|\r\n\t")
  static let shareStarts = ASCIISet(" \t\r\n\"'=,;(<|@")
  static let hostSigns = ASCIISet("[]:%")
  static let hostEnds = ASCIISet(":/?#&\\]")

  /// The text with `%XX` decoded; nil when nothing is encoded or the result is no text.
  static func percentDecoded(_ text: String) -> String? {
    guard text.utf8.contains(0x25) else { return nil }
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return decoded.count == bytes.count ? nil : String(validating: decoded, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x61 + 10
    default: nil
    }
  }

  /// A host that stands where one must: in any spelling of an address, encoded or not.
  static func host(_ text: String) -> HostName? {
    let name = text.contains("%") && !text.contains(":") ? percentDecoded(text) ?? text : text
    return HostName.address(name) ?? HostName(name)
  }

  /// `host` of `host:port`; an IPv6 address with a port stands in brackets.
  static func withoutPort(_ text: String) -> String {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
    guard let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon else { return text }
    return String(text[..<colon])
  }

  static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func isHostPart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      switch scalar.value {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: return true
      default: return false
      }
    }
    // Full stops of other scripts, and signs without a width, which IDNA maps.
    if [0x3002, 0xFF0E, 0xFF61, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF].contains(scalar.value) { return true }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType != nil
      || [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
  }

  static func isIPv6Part(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x3A, 0x41...0x46, 0x61...0x66, 0x2E: true
    default: false
    }
  }

  static func isDrivePath<Text: StringProtocol>(_ text: Text) -> Bool {
    let start = Array(text.utf8.prefix(3))
    return start.count == 3 && (0x41...0x5A).contains(start[0] & 0xDF) && start[1] == 0x3A
      && (start[2] == 0x5C || start[2] == 0x2F)
  }

  /// Words that stand before a host and a colon, or for a port behind one, and are no host.
  static func isProtocol(_ word: String) -> Bool {
    [
      "ssl", "tls", "starttls", "tcp", "tcps", "udp", "inet", "inet6", "unix", "np", "lpc", "admin", "smtp", "smtps",
      "esmtp", "esmtps", "submission", "lmtp", "relay", "imap", "imaps", "pop", "pop3", "pop3s", "ldap", "ldaps",
      "http",
      "https", "ipv4", "ipv6", "thin", "jdbc",
    ].contains(word)
  }
}

/// A set of ASCII characters that is asked for every character of a value.
struct ASCIISet {
  private var bits: (UInt64, UInt64) = (0, 0)

  init(_ characters: String) {
    for byte in characters.utf8 {
      if byte < 64 { bits.0 |= 1 << UInt64(byte) } else { bits.1 |= 1 << UInt64(byte - 64) }
    }
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<64: bits.0 >> UInt64(scalar.value) & 1 == 1
    case 64..<128: bits.1 >> UInt64(scalar.value - 64) & 1 == 1
    default: false
    }
  }
}
