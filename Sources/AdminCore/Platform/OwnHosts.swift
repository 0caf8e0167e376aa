import Glibc

/// What this machine is called, and the addresses of its network interfaces.
package enum OwnHosts {
  /// The addresses at which other machines reach this one: no loopback ones, and none that mean something on one link
  /// alone.
  ///
  /// - Throws: `AdminError` (`inputOutput`) when the system does not tell.
  package static func addresses() throws -> Set<HostName> {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { throw systemError("cannot read the addresses of", "the network interfaces") }
    defer { freeifaddrs(list) }
    var found: Set<HostName> = []
    var next = list
    while let interface = next?.pointee {
      next = interface.ifa_next
      guard let address = interface.ifa_addr else { continue }
      let size: Int
      switch Int32(address.pointee.sa_family) {
      case AF_INET: size = MemoryLayout<sockaddr_in>.size
      case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
      default: continue
      }
      guard let host = HostName(socketAddress: address, length: socklen_t(size)), !host.isLoopback, !host.isLinkLocal
      else { continue }
      found.insert(host)
    }
    return found
  }

  /// The machine's name, and the full one that its resolver gives for it.
  ///
  /// - Parameter milliseconds: how long to wait for a resolver.
  package static func names(within milliseconds: Int) -> Set<HostName> {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let host = HostName(name), !host.isLoopback else { return [] }
    let answer = Guarded<Answer>(.waiting)
    BackgroundThread.run {
      let full = fullName(of: host)
      answer.withLock { $0 = .given(full) }
    }
    for _ in 0..<max(1, milliseconds / 10) {
      if case .given(let full) = answer.withLock({ $0 }) { return Set([host] + (full.map { [$0] } ?? [])) }
      usleep(10_000)
    }
    return [host]
  }

  private enum Answer: Sendable {
    case waiting
    case given(HostName?)
  }

  private static func fullName(of host: HostName) -> HostName? {
    var hints = addrinfo()
    hints.ai_flags = AI_CANONNAME
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    // A name that does not resolve has no full one.
    guard getaddrinfo(host.description, nil, &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    return list?.pointee.ai_canonname.flatMap { HostName(String(cString: $0)) }.flatMap { $0.isLoopback ? nil : $0 }
  }
}
