import CIdn2
import Glibc

/// A host name or address as an operator or an INI file gives it, in the one form in which hosts are compared.
public struct HostName: Sendable, Hashable, CustomStringConvertible {
  /// Lower case ASCII, without a last dot and brackets; an address in the system's canonical spelling.
  public let description: String
  /// Whether it is an IPv4 or IPv6 address.
  public let isAddress: Bool

  /// Nil for what can be no host: empty, longer than 253 bytes, with characters that a host has not. An address whose
  /// spelling leaves parts out, such as `10.1`, is a typing error here; `address` knows what a resolver makes of it.
  public init?(_ text: String) {
    var name = text.lowercased()
    if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
    if let address = HostName.canonicalAddress(name) {
      description = address
      isAddress = true
      return
    }
    name = HostName.asciiForm(name)
    if name.hasSuffix(".") { name.removeLast() }
    if let address = HostName.legacyAddress(name), !HostName.isShortened(name) {
      description = address
      isAddress = true
      return
    }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    // An all-numeric last label is a mistyped address, never a name (RFC 3696, section 2).
    guard (1...253).contains(name.utf8.count), labels.last?.allSatisfy(\.isNumber) == false,
      labels.allSatisfy({ label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.unicodeScalars.allSatisfy {
            $0 == "-" || $0 == "_" || ($0.properties.isAlphabetic || $0.properties.numericType != nil)
          }
      })
    else { return nil }
    description = name
    isAddress = false
  }

  private init(canonicalAddress: String) {
    description = canonicalAddress
    isAddress = true
  }

  /// An address in every spelling that a resolver takes for one: besides the usual ones octal and hexadecimal parts, and
  /// fewer than four of them, down to one number. Nil for anything else.
  package static func address(_ text: String) -> HostName? {
    var name = text.lowercased()
    if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
    return (canonicalAddress(name) ?? legacyAddress(asciiForm(name))).map { HostName(canonicalAddress: $0) }
  }

  /// Whether it means this machine alone: `localhost`, 127.0.0.1 or ::1. Other loopback addresses are told apart on
  /// purpose: several components on several of them are a distributed installation.
  public var isLocalhost: Bool { ["localhost", "127.0.0.1", "::1"].contains(description) }

  /// What a name server says of a name.
  package enum Resolution: Sendable, Equatable {
    /// It stands for these addresses, canonical, without duplicates.
    case addresses([HostName])
    /// It has none.
    case none(reason: String)
    /// The name server did not answer: it may have some.
    case unknown(reason: String)

    /// The addresses; none where there are none.
    package var addresses: [HostName] { if case .addresses(let found) = self { found } else { [] } }
  }

  /// The addresses the name stands for, canonical, without duplicates.
  ///
  /// - Throws: `AdminError` (`unavailable`) when it does not resolve.
  public func resolve() throws -> [HostName] {
    switch resolution() {
    case .addresses(let found): return found
    case .none(let reason), .unknown(let reason):
      throw AdminError(
        .unavailable, "the host does not resolve (\(reason))", at: description,
        next: "check the spelling and the name server")
    }
  }

  /// Asks the name server; an address stands for itself.
  package func resolution() -> Resolution {
    if isAddress { return .addresses([self]) }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(description, nil, &hints, &list)
    guard status == 0 else {
      let reason = String(cString: gai_strerror(status))
      return status == EAI_NONAME || status == HostName.noData ? .none(reason: reason) : .unknown(reason: reason)
    }
    defer { freeaddrinfo(list) }
    var found: [HostName] = []
    var next = list
    while let info = next?.pointee {
      if let host = HostName(socketAddress: info.ai_addr, length: info.ai_addrlen), !found.contains(host) {
        found.append(host)
      }
      next = info.ai_next
    }
    return .addresses(found)
  }

  /// The address of a socket; nil for a kind of socket that has none.
  init?(socketAddress: UnsafePointer<sockaddr>?, length: socklen_t) {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard let socketAddress,
      getnameinfo(socketAddress, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    self.init(string(text))
  }

  // EAI_NODATA of glibc's <netdb.h>, which Swift does not import: the name is known and has no address.
  private static let noData: Int32 = -5
}

extension HostName {
  /// Whether it never leaves the machine that asks: `localhost` and the names below it (RFC 6761), 127.0.0.0/8, ::1, and
  /// the unspecified addresses, which the kernel takes for them. 127.0.1.1 is the line of a Debian machine's own name.
  package var isLoopback: Bool {
    guard isAddress else { return description == "localhost" || description.hasSuffix(".localhost") }
    if let bytes = HostName.octets(AF_INET6, withoutZone) {
      return bytes.dropLast().allSatisfy { $0 == 0 } && (bytes.last ?? 0) <= 1
    }
    return HostName.octets(AF_INET, description).map { $0[0] == 127 || $0.allSatisfy { $0 == 0 } } ?? false
  }

  /// Whether it is an address that means something on one link alone (RFC 3927, RFC 4291).
  package var isLinkLocal: Bool {
    if let bytes = HostName.octets(AF_INET6, withoutZone) { return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 }
    return HostName.octets(AF_INET, description).map { $0[0] == 169 && $0[1] == 254 } ?? false
  }

  /// The host with every other form in which the same machine is reached: without the zone of a link, and the IPv4 address
  /// inside an IPv6 one. Where hosts are compared, all of one are compared with all of the other.
  package var equivalents: [HostName] {
    guard isAddress, let bytes = HostName.octets(AF_INET6, withoutZone) else { return [self] }
    var all = [self]
    if withoutZone != description, let bare = HostName(withoutZone) { all.append(bare) }
    if let inner = HostName.embedded(in: bytes), let host = HostName(HostName.dotted(inner)), !host.isLoopback {
      all.append(host)
    }
    return all
  }

  // IPv4-compatible (RFC 4291), translated (RFC 2765), NAT64 with the well-known and the local prefix (RFC 6052, 8215),
  // 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214). Mapped ones are IPv4 addresses from the beginning.
  private static func embedded(in bytes: [UInt8]) -> [UInt8]? {
    let last = Array(bytes[12...])
    if bytes[..<12].allSatisfy({ $0 == 0 }) { return last[0] == 0 ? nil : last }
    if bytes[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]) { return last }
    if bytes[..<4].elementsEqual([0, 0x64, 0xFF, 0x9B]) { return last }
    if bytes[..<2].elementsEqual([0x20, 0x02]) { return Array(bytes[2..<6]) }
    if bytes[..<4].elementsEqual([0x20, 0x01, 0, 0]) { return last.map { ~$0 } }
    if bytes[8] & 0xFD == 0, bytes[9..<12].elementsEqual([0, 0x5E, 0xFE]) { return last }
    return nil
  }

  private var withoutZone: String { String(description.prefix { $0 != "%" }) }

  private static func dotted(_ bytes: [UInt8]) -> String { bytes.map { String($0) }.joined(separator: ".") }

  private static func octets(_ family: Int32, _ text: String) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16)
    guard inet_pton(family, text, &buffer) == 1 else { return nil }
    return family == AF_INET ? Array(buffer[..<4]) : buffer
  }

  private static func canonicalAddress(_ text: String) -> String? {
    if let bytes = octets(AF_INET, text) { return dotted(bytes) }
    // Only an address of one link has a zone; in a URL its sign is encoded (RFC 6874).
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bytes = octets(AF_INET6, String(parts[0])) else { return nil }
    // An IPv4 address in IPv6 clothes is the same host.
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF { return dotted(Array(bytes[12...])) }
    var output = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, bytes, &output, socklen_t(output.count)) != nil else { return nil }
    guard parts.count == 2 else { return string(output) }
    let zone = parts[1].hasPrefix("25") && parts[1].count > 2 ? parts[1].dropFirst(2) : parts[1]
    let isZone = zone.utf8.allSatisfy { HostName.isAlphanumeric($0) || "-._~".utf8.contains($0) }
    return (1...15).contains(zone.utf8.count) && isZone ? string(output) + "%" + zone : nil
  }

  // What inet_aton(3) takes, and so does every resolver that is built upon it.
  private static func legacyAddress(_ text: String) -> String? {
    var address = in_addr()
    guard text.utf8.allSatisfy({ HostName.isHexadecimal($0) || $0 == 0x2E || $0 == 0x78 }),
      inet_aton(text, &address) != 0
    else { return nil }
    return dotted(withUnsafeBytes(of: address.s_addr) { Array($0) })
  }

  private static func isShortened(_ text: String) -> Bool {
    !text.contains("x") && text.split(separator: ".", omittingEmptySubsequences: false).count < 4
  }

  /// The one form of an internationalised name, the same for its Unicode and its `xn--` spellings (IDNA 2008 with the
  /// mapping of UTS 46); what libidn2 does not take stays as it is.
  private static func asciiForm(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
    guard !isPlain || text.contains("xn--") else { return text }
    var output: UnsafeMutablePointer<UInt8>?
    let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
    let status = text.utf8.contains(0) ? -1 : idn2_lookup_u8(Array(text.utf8) + [0], &output, flags)
    defer { idn2_free(output) }
    guard status == 0, let output else {
      return String(text.map { "\u{3002}\u{FF0E}\u{FF61}".contains($0) ? "." : $0 })
    }
    return String(cString: output)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}

private func string(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
