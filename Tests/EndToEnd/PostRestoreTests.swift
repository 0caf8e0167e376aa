import Testing

@Suite(.waiting) struct PostRestoreTests {
  @Test(arguments: [
    "listserv.maestro-prod.example", "LISTSERV.Maestro-Prod.Example", "listserv.maestro-prod.example.",
    "listserv.maestro-prod.example:2307", "LISTSERV.MAESTRO-PROD.EXAMPLE.:2306", "track.maestro-prod.example",
    "relay.maestro-prod.example", "192.0.2.44", "[::ffff:192.0.2.44]:2306", "0xC000022C",
    "192.0.2.0x2c", "[64:ff9b::192.0.2.44]:2306", "listserv。maestro-prod．example",
  ]) func aHostOfProductionIsRefused(address: String) throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    for command in ["listserv-host", "tracking-host"] {
      for flags in [[], ["--untested"]] {
        try expectRefusal(
          77, "a host of production", of: ["post-restore", command, address] + flags, on: server.path, traces: true)
      }
    }
    try nothingIsSet(server)
  }

  private func nothingIsSet(_ server: TestServer) throws {
    for key in ["lui.listserv.host", "lui.listserv.port", "trk.tracking.host"] {
      #expect(try hubtui("settings", "get", key, on: server.path).succeeded().output.isEmpty)
    }
  }

  @Test func whatIsNoHostOrDoesNotAnswerIsRefused() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    let listener = try Listener()
    let closed = listener.port
    listener.stop()
    for command in ["listserv-host", "tracking-host"] {
      for (address, code) in [
        ("no-such-host.invalid", 69), ("no-such-host.invalid:2306", 69), ("localhost:0", 64), ("localhost:70000", 64),
        ("localhost:", 64), ("localhost:-1", 64), ("localhost:+25", 64), ("localhost:２５", 64), ("bad host", 64),
        ("", 64), ("1.2.3.4.5", 64), ("127.0.0.1:\(closed)", 69),
      ] as [(String, Int32)] {
        try expectRefusal(
          code, of: ["post-restore", command, address], on: server.path, traces: true)
      }
    }
    try nothingIsSet(server)
  }

  @Test func aHostThatAnswersIsSet() throws {
    let server = try TestServer(restored: true)
    let listener = try Listener()
    try hubtui("post-restore", "listserv-host", "127.0.0.1:\(listener.port)", on: server.path).succeeded()
    #expect(try hubtui("settings", "get", "lui.listserv.host", on: server.path).output == "127.0.0.1\n")
    #expect(try hubtui("settings", "get", "lui.listserv.port", on: server.path).output == "\(listener.port)\n")
    try hubtui("post-restore", "tracking-host", "localhost:\(listener.port)", on: server.path).succeeded()
    #expect(try hubtui("settings", "get", "trk.tracking.host", on: server.path).output == "localhost\n")
    listener.stop()
    let status = try hubtui("post-restore", "status", on: server.path).succeeded()
    #expect(status.output.contains("[x] LISTSERV host: 127.0.0.1:\(listener.port)"))
    #expect(status.output.contains("[x] Tracking host: localhost"))
    #expect(status.output.contains("[ ] Outbox review: 9 of 9"))
    // Closed now: the former host stays.
    try expectRefusal(
      69, of: ["post-restore", "listserv-host", "127.0.0.1:\(listener.port)"], on: server.path, traces: true)
    #expect(try hubtui("settings", "get", "lui.listserv.host", on: server.path).output == "127.0.0.1\n")
  }

  @Test(arguments: [
    ("lui.listserv.host", "localhost"), ("lui.listserv.port", "2306"), ("trk.tracking.host", "localhost"),
    ("lui.outbox.sending", "enabled"), ("hub.test-system.set", "x"), ("hub.test-system.set", ""),
    ("hub.test-system.restored", ""), ("hub.test-system.production-hosts", "[]"),
  ]) func aGuardedSettingHasNoWayAround(key: String, value: String) throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try expectRefusal(77, key, of: ["settings", "set", key, value], on: server.path, traces: true)
  }

  @Test(arguments: [
    ("lui.mail.relay-host", "relay.maestro-prod.example"), ("lui.mail.relay-host", "RELAY.maestro-prod.example."),
    ("lui.public-url", "https://news.maestro-prod.example/lui"), ("hub.proxy.url", "http://192.0.2.44:3128"),
    ("lui.mail.bounce-address", "bounces@maestro-prod.example"),
    ("hub.notifications.recipients", "ops@test.example,oncall@alerts.example.net"),
    ("trk.tracking.public-url", "https://track.maestro-prod.example/t"),
  ]) func noSettingTakesAHostOfProduction(key: String, value: String) throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try expectRefusal(77, "a host of production", of: ["settings", "set", key, value], on: server.path, traces: true)
  }

  // 127.0.1.1 is where Debian puts a machine's own name.
  @Test func aLoopbackAddressIsNeverProductions() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    for address in ["127.0.0.11", "127.0.1.1:2306", "localhost"] {
      try hubtui("post-restore", "listserv-host", address, "--untested", on: server.path).succeeded()
    }
  }

  @Test func theChecklistSaysWhomTheCopyWouldReach() throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    let status = try hubtui("post-restore", "status", on: server.path).succeeded().output
    for words in ["Recipients are not masked", "200 subscribers", "18 letters", "did not resolve"] {
      #expect(status.contains(words), "\(words): \(status)")
    }
    #expect(!status.contains("maestro-prod"))
    try hubtui("outbox", "revoke", "--all", "--confirm", "REVOKE ALL", on: server.path).succeeded()
    #expect(try hubtui("outbox", "open", on: server.path, input: "no\n").errors.contains("200 subscribers"))
    #expect(try hubtui("outbox", "open", "--confirm", "OPEN", on: server.path).output.contains("18 letters"))
  }

  @Test func anAddressInAnIniFileKeepsTheOutboxClosed() throws {
    let server = try TestServer(restored: true)
    try hubtui("outbox", "revoke", "--all", "--confirm", "REVOKE ALL", on: server.path).succeeded()
    try server.edit("lui/lui.ini", "s/^trk.host=.*/trk.host=track.maestro-prod.example/")
    try expectRefusal(
      77, "lui.ini: trk.host", of: ["outbox", "open", "--confirm", "OPEN"], on: server.path)
    try server.edit("lui/lui.ini", "s/^trk.host=.*/trk.host=localhost/")
    try hubtui("outbox", "open", "--confirm", "OPEN", on: server.path).succeeded()
  }

  @Test func theReportNamesWhatDidNotResolve() throws {
    let shared = try Shared.get()
    let report = try text(of: shared.demo.reportPath(shared.testBed, testBed: true))
    #expect(report.contains("did not resolve") && report.contains("listserv.maestro-prod.example"))
    #expect(!report.contains("127.0.0.11"))
  }
}
