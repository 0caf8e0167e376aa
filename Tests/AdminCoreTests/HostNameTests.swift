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
    ("db_1", "db_1"), ("xn--p1ai", "xn--p1ai"), ("bücher.example", "bücher.example"), ("1a", "1a"),
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
