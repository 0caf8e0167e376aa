import Glibc

/// A host name or address as an operator or an INI file gives it, in the one form in which hosts are compared.
public struct HostName: Sendable, Hashable, CustomStringConvertible {
  /// Lower case, without a last dot and brackets; an address in the system's canonical spelling.
  public let description: String
  /// Whether it is an IPv4 or IPv6 address.
  public let isAddress: Bool

  /// Nil for what can be no host: empty, longer than 253 bytes, with characters that a host has not.
  public init?(_ text: String) {
    var name = text.lowercased()
    if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
    if let address = HostName.canonicalAddress(name) {
      description = address
      isAddress = true
      return
    }
    if name.hasSuffix(".") { name.removeLast() }
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
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0,
        let host = HostName(string(text)), !found.contains(host)
      {
        found.append(host)
      }
      next = info.ai_next
    }
    return .addresses(found)
  }

  // EAI_NODATA of glibc's <netdb.h>, which Swift does not import: the name is known and has no address.
  private static let noData: Int32 = -5

  private static func canonicalAddress(_ text: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 16)
    for family in [AF_INET, AF_INET6] where inet_pton(family, text, &buffer) == 1 {
      // An IPv4 address in IPv6 clothes is the same host.
      if family == AF_INET6, buffer[..<10].allSatisfy({ $0 == 0 }), buffer[10] == 0xFF, buffer[11] == 0xFF {
        return buffer[12...].map(String.init).joined(separator: ".")
      }
      var output = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      guard inet_ntop(family, buffer, &output, socklen_t(output.count)) != nil else { return nil }
      return string(output)
    }
    return nil
  }
}

private func string(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Opens a TCP connection to see whether a port answers, and closes it at once.
public enum PortProbe {
  /// Whether one of the host's addresses accepts a connection to `port` within `milliseconds`.
  public static func answers(_ host: HostName, port: Int, milliseconds: Int32 = 2000) throws -> Bool {
    guard (1...65535).contains(port) else {
      throw AdminError(.usage, "the port must be from 1 to 65535", at: "\(host):\(port)", next: "give another port")
    }
    return try host.resolve().contains { connects($0, port, milliseconds) }
  }

  private static func connects(_ address: HostName, _ port: Int, _ milliseconds: Int32) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.description, String(port), &hints, &list) == 0, let info = list?.pointee else {
      return false
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(
      info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&wait, 1, milliseconds) == 1 else { return false }
    var error: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
  }

  /// Where a host is.
  package enum Location: Sendable, Equatable {
    /// One of its addresses belongs to this machine.
    case here
    /// None does.
    case elsewhere
    /// It does not resolve now, so nobody can tell.
    case unknown(reason: String)
  }

  /// Whether an address of the host belongs to this machine, as far as can be told now. A host that does not resolve
  /// counts as elsewhere: ask `location(of:)` where that would be dangerous.
  public static func isOnThisMachine(_ host: HostName) -> Bool { location(of: host) == .here }

  /// Where a host is.
  package static func location(of host: HostName) -> Location {
    if host.isLocalhost { return .here }
    switch host.resolution() {
    case .none(let reason), .unknown(let reason): return .unknown(reason: reason)
    case .addresses(let addresses): return addresses.contains(where: isOwn) ? .here : .elsewhere
    }
  }

  private static func isOwn(_ address: HostName) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.description, "0", &hints, &list) == 0, let info = list?.pointee else { return false }
    defer { freeaddrinfo(list) }
    let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // Only an own address can be bound; port 0 takes no port from anybody.
    return bind(descriptor, info.ai_addr, info.ai_addrlen) == 0
  }
}
