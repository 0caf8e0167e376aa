import Glibc

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
