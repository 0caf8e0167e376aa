import Platform

/// A value that says where other systems or people are, taken apart: in settings, INI files and columns such values are
/// lists, URLs, connection strings, mail addresses and more, and every host in them counts.
package struct AddressValue: Sendable, Equatable {
  /// What stands at a place, as far as the place's name tells.
  package enum Expectation: Sendable {
    /// Servers: every word is a host.
    case server
    /// Servers or what leads to them: a word may be a host.
    case location
    /// Mail addresses: a word is a local user.
    case mail
    /// Anything: a word is a word.
    case any
    /// A secret, which must not be taken for a host, or a name server would be asked for it: only URLs and connection
    /// strings count.
    case secret
  }

  /// The servers that it names, which must have addresses.
  package internal(set) var servers: [HostName] = []
  /// What looks like a host where none need be, or may be one.
  package internal(set) var names: [HostName] = []
  /// The domains of mail addresses and of distinguished names, which need no address of their own.
  package internal(set) var domains: [HostName] = []
  /// The parts that cannot be understood where hosts are expected.
  package internal(set) var unreadable: [String] = []

  /// Takes a value apart. Its time is linear in the value's size.
  package init(_ text: String, _ expectation: Expectation = .any) {
    var scan = AddressScan(expectation)
    scan.read(text)
    // What is encoded once more, such as a URL in another's query.
    if let decoded = AddressScan.percentDecoded(text) { scan.mention(decoded) }
    for sight in Recogniser.sights(in: text, .configuration) where !sight.notations.isEmpty && sight.kind.namesHost {
      scan.mention(sight.text)
    }
    servers = scan.servers.list
    domains = scan.domains.list.filter { !scan.servers.contains($0) }
    names = scan.names.list.filter { !scan.servers.contains($0) && !scan.domains.contains($0) }
    unreadable = scan.unreadable
  }

  /// All hosts and domains in it.
  package var hosts: [HostName] { servers + names + domains }
}

extension AddressValue.Expectation {
  /// What the name of a place says of the values there.
  ///
  /// - Parameters:
  ///   - place: the name of a column, a setting or an INI key.
  ///   - isAddress: whether a rule says that an address stands there.
  package init(place: String, isAddress: Bool) {
    if !isAddress, FieldName(place).isSecret {
      self = .secret
      return
    }
    let words = place.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let last = words.last ?? ""
    if ["host", "hostname", "hosts", "server", "servers", "listserv", "relay"].contains(last)
      || last.hasSuffix("host") || last.hasSuffix("server")
    {
      // Where no rule says so, a word under such a name may be a word.
      self = isAddress ? .server : .location
    } else if words.contains(where: {
      ["mail", "email", "bounce", "recipients", "to", "user", "mailto", "domain", "domains"].contains($0)
    })
      || last.hasSuffix("mail")
    {
      self = isAddress ? .mail : .any
    } else if isAddress || ["url", "urls", "uri", "endpoint", "proxy"].contains(last) || last.hasSuffix("url") {
      self = .location
    } else {
      self = .any
    }
  }
}

extension Sight.Kind {
  /// Whether the thing is a host, or has one in it.
  fileprivate var namesHost: Bool {
    switch self {
    case .host, .address, .url, .connection, .share, .mail: true
    default: false
    }
  }
}

extension HostName {
  /// Whether it could not well be anything else: an address, or labels of which the last can be a top-level domain.
  var looksLikeHost: Bool {
    if isAddress { return true }
    let labels = description.split(separator: ".")
    guard labels.count >= 2, let last = labels.last else { return false }
    return last.count >= 2 && last.allSatisfy(\.isLetter) || last.hasPrefix("xn--")
  }
}
