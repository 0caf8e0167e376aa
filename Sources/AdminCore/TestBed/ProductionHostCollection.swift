import Detection
import Platform

/// The hosts of production that a backup meets: in the values that rules remove, and the machines on which it runs.
package struct ProductionHostCollection: Codable, Sendable {
  /// Servers and whatever may be one: by their addresses a copy tells an alias of theirs.
  private var servers: Set<String> = []
  /// Domains, and names that may be secrets: no name server is asked for them.
  private var domains: Set<String> = []
  /// Servers that somebody named as such: that one does not resolve is worth a word.
  private var named: Set<String> = []
  /// The names of the machines on which the backup runs.
  private var own: Set<String> = []
  private var knowsThisMachine = false

  package init() {}

  /// Takes the hosts of a value that a rule removed.
  ///
  /// - Returns: those whose addresses will be asked for.
  @discardableResult
  mutating func add(_ value: AddressValue, isSecret: Bool) -> [HostName] {
    func spellings(_ hosts: [HostName]) -> [String] { hosts.filter { !$0.isLoopback }.map(\.description) }
    servers.formUnion(spellings(value.servers))
    named.formUnion(spellings(value.servers))
    domains.formUnion(spellings(value.domains))
    if isSecret { domains.formUnion(spellings(value.names)) } else { servers.formUnion(spellings(value.names)) }
    return (value.servers + (isSecret ? [] : value.names)).filter { !$0.isLoopback }
  }

  /// Takes this machine's own name and addresses.
  ///
  /// - Throws: `AdminError` when the system does not tell.
  package mutating func addOwnMachine() throws {
    guard !knowsThisMachine else { return }
    own.formUnion(OwnHosts.names(within: 1000).map(\.description))
    servers.formUnion(try OwnHosts.addresses().map(\.description))
    knowsThisMachine = true
  }

  /// Takes over what another machine met.
  mutating func merge(_ other: ProductionHostCollection) {
    servers.formUnion(other.servers)
    domains.formUnion(other.domains)
    named.formUnion(other.named)
    own.formUnion(other.own)
  }

  /// All hosts by name.
  package var hosts: Set<HostName> { Set(servers.union(domains).union(own).compactMap(HostName.init)) }

  /// What a name server says of them.
  package struct Answers: Sendable {
    /// All hosts with all their addresses, and the IPv4 addresses inside IPv6 ones.
    package let hosts: Set<HostName>
    /// The servers whose addresses nobody knows now: no name server has them, or only this machine's loopback ones. A
    /// copy does not recognise such a server under another name.
    package let unresolved: [HostName]
  }

  /// What a report says of servers whose addresses nobody knows; nothing when there are none.
  package static func warning(_ unresolved: [String]) -> [String] {
    guard !unresolved.isEmpty else { return [] }
    return [
      "\(unresolved.count) of them did not resolve, so their addresses are not known and a copy does not recognise them under other names:"
    ] + unresolved.map { "  \($0)" }
  }

  /// Asks a name server for the addresses of all of them.
  ///
  /// - Parameters:
  ///   - milliseconds: how long to wait for all together.
  ///   - lookups: has been asked for some of them already.
  package func resolved(within milliseconds: Int, by lookups: HostAddresses = HostAddresses()) -> Answers {
    let servers = Set(servers.compactMap(HostName.init))
    let resolutions = lookups.resolutions(of: servers, within: milliseconds)
    var all = hosts
    var unresolved: [HostName] = []
    for host in servers {
      let addresses = (resolutions[host]?.addresses ?? []).filter { !$0.isLoopback }
      all.formUnion(addresses)
      // The machine's own name may stand for its loopback address alone; its interfaces have the others.
      if addresses.isEmpty, named.contains(host.description), !own.contains(host.description) {
        unresolved.append(host)
      }
    }
    return Answers(
      hosts: Set(all.flatMap(\.equivalents)), unresolved: unresolved.sorted { $0.description < $1.description })
  }
}
