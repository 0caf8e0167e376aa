import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct HostNameTests {
  @Test(arguments: [
    ("Host", "host"), ("mail.Example.COM.", "mail.example.com"), ("10.0.0.1", "10.0.0.1"), ("[::1]", "::1"),
    ("2001:0DB8:0:0:0:0:0:5", "2001:db8::5"), ("::FFFF:10.0.0.1", "10.0.0.1"), ("[::ffff:a00:1]", "10.0.0.1"),
    ("db_1", "db_1"), ("xn--p1ai", "xn--p1ai"), ("1a", "1a"),
    ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.example.", "xn--bcher-kva.example"),
    ("xn--bcher-kva.EXAMPLE", "xn--bcher-kva.example"), ("bu\u{308}cher.example", "xn--bcher-kva.example"),
    ("straße.example", "xn--strae-oqa.example"), ("mail。prod．example", "mail.prod.example"),
    ("ｍａｉｌ.example", "mail.example"), ("mail\u{AD}.example", "mail.example"), ("１９２.０.２.１０", "192.0.2.10"),
    ("0x7f000001", "127.0.0.1"), ("0xC0.0.2.0xA", "192.0.2.10"), ("0300.0.02.012", "192.0.2.10"),
    ("[fe80::1%eth0]", "fe80::1%eth0"), ("fe80::1%25eth0", "fe80::1%eth0"), ("::192.0.2.10", "::192.0.2.10"),
  ])
  func spellingsBecomeOne(text: String, canonical: String) throws {
    #expect(HostName(text)?.description == canonical)
    #expect(HostName(canonical) == HostName(text))
  }

  @Test(arguments: [
    "", ".", "..", "a..b", ".a", "-a", "a-", "a b", "a/b", "a:1", "a@b", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "a!",
    "[a", "a\u{0}", "a\n", String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "aa",
  ])
  func whatCanBeNoHost(text: String) { #expect(HostName(text) == nil) }

  @Test func onlyThisMachineIsLocalhost() {
    for text in ["localhost", "LOCALHOST.", "127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"] {
      #expect(HostName(text)?.isLocalhost == true, "\(text)")
    }
    for text in ["127.0.0.2", "localhost.example.com", "::2"] {
      #expect(HostName(text)?.isLocalhost == false, "\(text)")
    }
  }

  @Test(arguments: [
    ("10.1", "10.0.0.1"), ("3232235777", "192.168.1.1"), ("0x7f.1", "127.0.0.1"), ("192.168.257", "192.168.1.1"),
    ("017700000001", "127.0.0.1"), ("192.0.2.10", "192.0.2.10"), ("[2001:DB8::5]", "2001:db8::5"),
  ])
  func whereAnAddressMustStandEverySpellingIsOne(text: String, canonical: String) {
    #expect(HostName.address(text)?.description == canonical)
  }

  @Test(arguments: ["", "host", "10.1.2.3.4", "0x", "1.2.3.256", "10.1 ", "a.1", "::g"])
  func whatIsNoAddress(text: String) { #expect(HostName.address(text) == nil) }

  @Test(arguments: [
    ("64:ff9b::192.0.2.10", "192.0.2.10"), ("64:ff9b:1::c000:20a", "192.0.2.10"), ("2002:c000:20a::1", "192.0.2.10"),
    ("::192.0.2.10", "192.0.2.10"), ("::ffff:0:192.0.2.10", "192.0.2.10"), ("2001:0:1::3fff:fdf5", "192.0.2.10"),
    ("fe80::5efe:192.0.2.10", "192.0.2.10"), ("fe80::1%eth0", "fe80::1"),
  ])
  func oneMachineIsReachedByMoreThanOneAddress(text: String, other: String) throws {
    let host = try #require(HostName(text))
    #expect(host.equivalents.contains(host) && host.equivalents.map(\.description).contains(other))
  }

  @Test(arguments: ["2001:db8::c000:20a", "192.0.2.10", "mail.example", "::1", "2001:db8::5"])
  func mostHaveOneFormAlone(text: String) throws {
    let host = try #require(HostName(text))
    #expect(host.equivalents == [host])
  }

  @Test func whatNeverLeavesThisMachineIsLoopback() {
    for text in [
      "localhost", "LOCALHOST.", "db.localhost", "127.0.0.1", "127.0.1.1", "127.255.0.9", "::1", "::ffff:127.0.0.9",
      "0.0.0.0", "::", "0x7f000101",
    ] {
      #expect(HostName(text)?.isLoopback == true, "\(text)")
    }
    for text in ["localhost.example", "128.0.0.1", "10.127.0.1", "::2", "2001:db8::1", "127.example"] {
      #expect(HostName(text)?.isLoopback == false, "\(text)")
    }
  }

  @Test func ownAddressesNeitherStayHereNorOnOneLink() throws {
    let own = try OwnHosts.addresses()
    #expect(own.allSatisfy { $0.isAddress && !$0.isLoopback && !$0.isLinkLocal })
    #expect(own.allSatisfy(PortProbe.isOnThisMachine))
    #expect(OwnHosts.names(within: 5000).allSatisfy { !$0.isLoopback && !$0.isAddress })
  }

  @Test func manyHostsAreAskedForAtOnce() throws {
    let names = try ["localhost", "192.0.2.1", "no-such-host.invalid"].map { try #require(HostName($0)) }
    let answers = HostAddresses.resolutions(of: Set(names), within: 20_000)
    #expect(answers[names[0]]?.addresses.contains { $0.isLoopback } == true)
    #expect(answers[names[1]] == .addresses([names[1]]))
    #expect(answers[names[2]]?.addresses == [] && answers.count == 3)
    #expect(HostAddresses.resolutions(of: [], within: 10).isEmpty)
  }

  @Test func ownAddressesAreToldFromOthers() throws {
    #expect(PortProbe.isOnThisMachine(try #require(HostName("127.0.0.77"))))
    #expect(!PortProbe.isOnThisMachine(try #require(HostName("192.0.2.1"))))
    #expect(!PortProbe.isOnThisMachine(try #require(HostName("no-such-host.invalid"))))
  }

  @Test func aPortIsProbed() throws {
    let host = try #require(HostName("127.0.0.1"))
    let listener = try Listener()
    #expect(try PortProbe.answers(host, port: listener.port))
    listener.stop()
    #expect(try !PortProbe.answers(host, port: listener.port))
    for port in [0, -1, 65536] { #expect(Sample.error { _ = try PortProbe.answers(host, port: port) }?.code == .usage) }
  }
}
