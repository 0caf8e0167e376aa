import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct PostRestoreSetupTests {
  private let folder: TemporaryFolder
  private let settings: Settings
  private let setup: PostRestoreSetup
  private let installation: Installation

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    let database = try installation.openDatabase(.readWrite)
    settings = Settings(database)
    setup = PostRestoreSetup(installation, database)
  }

  @Test(arguments: [
    ("listserv", "listserv", 2306), ("Listserv.Example.com.:25", "listserv.example.com", 25),
    ("10.0.0.1", "10.0.0.1", 2306),
    ("10.0.0.1:65535", "10.0.0.1", 65535), ("::1", "::1", 2306), ("[::1]", "::1", 2306),
    ("[2001:DB8::5]:1", "2001:db8::5", 1),
  ])
  func addressesAreUnderstood(text: String, host: String, port: Int) throws {
    let parsed = try PostRestoreSetup.parse(text, defaultPort: 2306)
    #expect(parsed.0.description == host && parsed.1 == port)
  }

  @Test(arguments: [
    "", ":", ":25", "host:", "host:0", "host:70000", "host:-1", "host:+1", "host:x", "host:1:2", "http://host", "a b",
    "[::1]:0", "[::1]:", "[::1", "1.2.3", "host:99999999999999999999", "host:٢",
  ])
  func whatIsNoAddressIsRefused(text: String) throws {
    let error = Sample.error { try setup.setListservHost(text, .none) }
    #expect(error?.code == .usage && (error?.subject == .host || error?.subject == .port))
    #expect(try settings.stored("lui.listserv.host") == nil)
  }

  // A form puts each problem at its field by this.
  @Test func anErrorSaysWhichAnswerItIsAbout() throws {
    let listener = try Listener()
    let silent = listener.port
    listener.stop()
    func subject(_ address: String, publicURL: String? = nil, _ test: PostRestoreSetup.HostTest = .none)
      -> AdminError.Subject?
    {
      Sample.error { try setup.setTrackingHost(address, publicURL: publicURL, test) }?.subject
    }
    #expect(subject("not a host") == .host && subject("trk.test:0") == .port)
    #expect(subject("no-such-host.invalid", .connection) == .host)
    #expect(subject("127.0.0.1:\(silent)", .connection) == .port)
    #expect(subject("trk.test", publicURL: "trk") == .setting("trk.tracking.public-url"))
    let production = try Set([#require(HostName("production.example"))])
    try TestSystem.mark(settings, set: try Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(production)])
    #expect(subject("production.example") == .host)
    #expect(subject("trk.test", publicURL: "http://production.example/") == .setting("trk.tracking.public-url"))
  }

  @Test func aHostThatDoesNotResolveIsNotSet() throws {
    #expect(Sample.error { try setup.setListservHost("no-such-host.invalid:25", .connection) }?.code == .unavailable)
    #expect(try settings.stored("lui.listserv.host") == nil)
  }

  @Test func aPortMustAnswerUnlessUntested() throws {
    let listener = try Listener()
    try setup.setListservHost("127.0.0.1:\(listener.port)", .connection)
    #expect(try settings.value("lui.listserv.host") == "127.0.0.1")
    #expect(try settings.value("lui.listserv.port") == String(listener.port))
    listener.stop()
    #expect(
      Sample.error { try setup.setTrackingHost("127.0.0.1:\(listener.port)", publicURL: nil, .connection) }?.code
        == .unavailable)
    #expect(try settings.stored("trk.tracking.host") == nil)
    try setup.setTrackingHost("127.0.0.1:\(listener.port)", publicURL: "http://trk.test", .none)
    #expect(
      try settings.value("trk.tracking.host") == "127.0.0.1"
        && settings.value("trk.tracking.public-url") == "http://trk.test")
  }

  @Test func aBadPublicURLSetsNothing() throws {
    #expect(Sample.error { try setup.setTrackingHost("trk.test", publicURL: "trk", .none) }?.code == .usage)
    #expect(try settings.stored("trk.tracking.host") == nil)
  }

  @Test func productionsHostsAreRefusedEvenUntested() throws {
    let hosts = try Set(["listserv.example.com", "192.0.2.9"].map { try #require(HostName($0)) })
    try TestSystem.mark(settings, set: try Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(hosts)])
    for text in [
      "LISTSERV.example.com:99", "192.0.2.9", "[::ffff:192.0.2.9]:25", "0xc0000209:25", "[64:ff9b::c000:209]:25",
    ] {
      #expect(Sample.error { try setup.setListservHost(text, .none) }?.code == .refused, "\(text)")
      #expect(Sample.error { try setup.setTrackingHost(text, publicURL: nil, .none) }?.code == .refused, "\(text)")
    }
    #expect(
      Sample.error { try setup.setTrackingHost("t.test", publicURL: "http://listserv.example.com/", .none) }?.code
        == .refused)
    #expect(try settings.stored("lui.listserv.host") == nil && settings.stored("trk.tracking.host") == nil)
    #expect(try setup.testSystem()?.set.description == "20261124213405-AB12")
  }

  @Test func theChecklistFollowsTheSystem() throws {
    #expect(try setup.steps().map(\.isDone) == [false, false, true, false])
    try setup.setListservHost("l.test:25", .none)
    try setup.setTrackingHost("t.test", publicURL: nil, .none)
    try Outbox(settings.database).open(installation)
    #expect(try setup.steps().allSatisfy(\.isDone))
    #expect(try setup.steps()[0].detail == "l.test:25")
  }
}

/// A TCP listener on 127.0.0.1, on a free port.
final class Listener {
  private var descriptor: Int32
  private(set) var port = 0

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw Command.Failure(what: "listen") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  func stop() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  deinit { stop() }
}
