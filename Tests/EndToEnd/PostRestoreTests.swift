import Testing

@Suite(.waiting) struct PostRestoreTests {
  @Test(arguments: [
    "listserv.maestro-prod.example", "LISTSERV.Maestro-Prod.Example", "listserv.maestro-prod.example.",
    "listserv.maestro-prod.example:2307", "LISTSERV.MAESTRO-PROD.EXAMPLE.:2306", "track.maestro-prod.example",
    "relay.maestro-prod.example", "192.0.2.44", "127.0.0.11", "127.0.0.12:2306", "[::ffff:127.0.0.13]:2306",
    "0x7f00000b", "127.0.0.0xd",
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
    ("lui.public-url", "https://news.maestro-prod.example/lui"), ("hub.proxy.url", "http://127.0.0.11:3128"),
    ("trk.tracking.public-url", "https://track.maestro-prod.example/t"),
  ]) func noSettingTakesAHostOfProduction(key: String, value: String) throws {
    let server = try TestServer(restored: true)
    try hubtui("settings", "list", on: server.path).succeeded()
    try expectRefusal(77, "a host of production", of: ["settings", "set", key, value], on: server.path, traces: true)
  }
}
