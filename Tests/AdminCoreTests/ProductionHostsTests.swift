import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Detection
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// The hosts of production that a copy will refuse.
@Suite struct ProductionHostsTests {
  private func hosts(_ values: (String, AddressValue.Expectation, isSecret: Bool)...) -> Set<String> {
    var collection = ProductionHostCollection()
    for value in values { collection.add(AddressValue(value.0, value.1), isSecret: value.isSecret) }
    return Set(collection.hosts.map(\.description))
  }

  @Test func everyHostOfARemovedValueIsKnown() {
    #expect(
      hosts(
        ("a.example;b.example:25", .server, false), ("bounces@mail.example", .mail, false),
        ("ou=x,dc=dir,dc=example", .location, false),
        ("https://u:p@crm.example/?u=http%3A%2F%2Finner.example", .any, true))
        == ["a.example", "b.example", "mail.example", "dir.example", "crm.example", "inner.example"])
  }

  @Test func whatNeverLeavesTheMachineIsNone() {
    #expect(hosts(("localhost 127.0.0.1 127.0.1.1 ::1 db.localhost 0.0.0.0", .server, false)).isEmpty)
  }

  @Test func theMachineItselfIsOfProduction() throws {
    var collection = ProductionHostCollection()
    try collection.addOwnMachine()
    #expect(collection.hosts.isSuperset(of: try OwnHosts.addresses()))
    #expect(collection.hosts.isSuperset(of: OwnHosts.names(within: 5000)))
    // That its own name stands for a loopback address here is no news.
    #expect(collection.resolved(within: 5000).unresolved.isEmpty)
  }

  @Test func aServerThatDoesNotResolveIsNamed() {
    var collection = ProductionHostCollection()
    collection.add(AddressValue("no-such-host.invalid", .server), isSecret: false)
    collection.add(AddressValue("a@no-such-domain.invalid", .mail), isSecret: false)
    collection.add(AddressValue("192.0.2.7", .server), isSecret: false)
    collection.add(AddressValue("64:ff9b::192.0.2.8", .server), isSecret: false)
    let answers = collection.resolved(within: 20_000)
    #expect(answers.unresolved.map(\.description) == ["no-such-host.invalid"])
    #expect(answers.hosts.map(\.description).contains("192.0.2.8") && answers.hosts.count == 5)
    #expect(ProductionHostCollection.warning([]).isEmpty)
    #expect(ProductionHostCollection.warning(["x"]).contains { $0.contains("x") })
  }

  @Test func manyHostsCostNoMoreThanSome() {
    #expect(ProductionHosts.cost(of: 0) == 4096 && ProductionHosts.cost(of: 1024) == 4096)
    for count in [2000, 10_000, 50_000] {
      #expect(ProductionHosts.cost(of: count) * count <= 4096 * 2 * 1024, "\(count)")
    }
    #expect(ProductionHosts.cost(of: 100_000_000) == 64)
  }

  @Test func aHostIsRefusedInEveryForm() throws {
    let folder = try TemporaryFolder()
    let settings = Settings(try Sample.installation(folder).openDatabase(.readWrite))
    let hosts = try ["192.0.2.7", "xn--bcher-kva.example", "127.0.0.9"].map { try #require(HostName($0)) }
    try TestSystem.mark(
      settings, set: Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(Set(hosts), unresolved: 3)],
      masksRecipients: true)
    let system = try #require(try TestSystem(settings))
    for text in ["0xc0000207", "64:ff9b::c000:207", "2002:c000:207::", "Bücher.example", "::ffff:192.0.2.7"] {
      #expect(try system.isProduction([#require(HostName(text))]), "\(text)")
    }
    // A set of an earlier version has loopback addresses among its hashes.
    for text in ["127.0.0.9", "192.0.2.8", "example", "2001:db8::1"] {
      #expect(try !system.isProduction([#require(HostName(text))]), "\(text)")
    }
    #expect(system.unresolvedHosts == 3 && system.masksRecipients)
  }

  /// Where the addresses of some of production's servers were not known, an address may be one of theirs.
  @Test func anAddressIsRefusedThatNobodyCanTellFromProductions() throws {
    let folder = try TemporaryFolder()
    let settings = Settings(try Sample.installation(folder).openDatabase(.readWrite))
    let address = try #require(HostName("198.51.100.8"))
    for unresolved in [0, 1] {
      try TestSystem.mark(
        settings, set: Sample.id("20261124213405-AB12"),
        hosts: [try ProductionHosts([#require(HostName("prod.example"))], unresolved: unresolved)])
      let system = try #require(try TestSystem(settings))
      if unresolved == 0 {
        #expect(throws: Never.self) { try system.refuseProduction(address, for: "a host") }
      } else {
        #expect(Sample.error { try system.refuseProduction(address, for: "a host") }?.code == .refused)
      }
      // This machine's own are no secret to it, and a name says whose it is.
      for host in ["127.0.0.1", "listserv.test.invalid"] {
        let own = try #require(HostName(host))
        #expect(throws: Never.self) { try system.refuseProduction(own, for: "a host") }
      }
    }
  }

  @Test func hashesOfAnEarlierVersionAreUnderstood() throws {
    let folder = try TemporaryFolder()
    let settings = Settings(try Sample.installation(folder).openDatabase(.readWrite))
    try settings.store(TestSystem.setName, "20261124213405-AB12")
    try settings.store(
      TestSystem.hostsName, #"[{"cost":2,"hashes":[],"salt":"00000000000000000000000000000000"}]"#)
    let system = try #require(try TestSystem(settings))
    #expect(system.unresolvedHosts == 0 && !system.masksRecipients)
  }
}
