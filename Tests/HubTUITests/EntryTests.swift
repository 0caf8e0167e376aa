import AdminCore
import TUIKitLite
import Testing

extension ConsoleTests {
  /// What no field takes, and what it stores.
  @Suite struct EntryTests {
    private func settings(_ hub: Hub) throws -> [String: String] {
      Dictionary(
        uniqueKeysWithValues: try hub.read { try Settings($0).list() }.map { ($0.name, $0.shownValue ?? "(unset)") })
    }

    private func actions(_ hub: Hub) throws -> [AuditLog.Entry] { try AuditLog(hub.installation).entries() }

    private func check(_ entries: [Entry], _ hub: Hub) throws {
      for entry in entries {
        let hand = Hand(hub)
        hand.type(entry.path)
        try #require(hand.focus(entry.label), "no field \(entry.label):\n\(hand.text)")
        let before = try settings(hub)
        let depth = hand.depth
        for (text, words) in entry.wrong {
          try #require(hand.focus(entry.label))
          hand.fill(text)
          hand.press(.enter)
          #expect(hand.text.contains(words), "\(entry.setting) took \(text.prefix(60)):\n\(hand.text)")
          #expect(hand.depth == depth)
        }
        #expect(try settings(hub) == before)
        #expect(try actions(hub).allSatisfy { !$0.detail.contains(entry.setting) })
        try #require(hand.focus(entry.label))
        hand.fill(entry.right)
        hand.press(.enter)
        #expect(hand.depth == depth - 1, "\(entry.setting) did not take \(entry.right):\n\(hand.text)")
        #expect(hand.status == "Stored: \(entry.setting)")
        var after = before
        after[entry.setting] = entry.right
        #expect(try settings(hub) == after)
        let last = try #require(try actions(hub).last)
        #expect(last.action == "settings set" && last.detail == entry.setting && last.result == "done")
        #expect(last.account == Stage.account)
      }
    }

    @Test func everyFieldRefusesWhatIsWrongAndStoresWhatIsRight() throws {
      let (hub, scratch) = try Stage.freshServer()
      try withExtendedLifetime(scratch) { try check(Entry.all, hub) }
    }

    @Test func noFieldOfATestSystemTakesProductionsHosts() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      try withExtendedLifetime(scratch) { try check(Entry.production, hub) }
    }

    @Test func controlCharactersNeverReachAField() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GMG")
      try #require(hand.focus("LISTSERV client name"))
      hand.fill("a\u{1B}[31m\u{7}b\nc\u{202E}d")
      hand.press(.enter)
      #expect(try settings(hub)["lui.listserv.client-name"] == "a[31mbcd")
      _ = scratch
    }

    @Test func anErrorInOneFieldStoresNoneOfTheOthers() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      let before = try settings(hub)
      let hand = Hand(hub)
      hand.type("GMG")
      for (label, text) in [("Language of new accounts", "fr"), ("LISTSERV client name", "TEST")] {
        try #require(hand.focus(label))
        hand.fill(text)
      }
      // What is wrong with this one only storing can tell.
      try #require(hand.focus("Mail relay"))
      hand.fill("relay.maestro-prod.example")
      hand.press(.enter)
      #expect(hand.text.contains("host of production"))
      #expect(try settings(hub) == before)
      hand.fill("relay.test")
      hand.press(.enter)
      #expect(try settings(hub)["lui.general.language"] == "fr")
      #expect(try actions(hub).last?.detail == "lui.general.language, lui.listserv.client-name, lui.mail.relay-host")
      _ = scratch
    }

    @Test func aSecretIsKeptReplacedOrUnsetAndNeverShown() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      for (typed, shown) in [("first secret", "set"), ("", "set"), ("-", "unset")] {
        hand.type("GMG")
        try #require(hand.focus("Password at the mail relay (\(typed == "first secret" ? "unset" : "set"))"))
        hand.fill(typed)
        #expect(typed.isEmpty || !hand.text.contains(typed) || typed == "-")
        hand.press(.enter)
        if typed.isEmpty { #expect(hand.status == "Nothing was changed") }
        let value = try settings(hub)["lui.mail.relay-password"]
        #expect((value == "(unset)") == (shown == "unset"))
        hand.press(.escape, .escape)
      }
      #expect(try actions(hub).allSatisfy { !"\($0)".contains("first secret") })
      _ = scratch
    }

    @Test func dotsAreNotStoredInThePlaceOfASecret() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GAGS")
      try #require(hand.focus("Proxy for outgoing requests"))
      hand.fill("http://me:secret-word@proxy.test:1")
      hand.press(.enter)
      hand.type("S")
      try #require(hand.focus("Proxy for outgoing requests"))
      #expect(!hand.text.contains("secret-word"))
      hand.press(.end, .character("8"), .enter)
      #expect(hand.text.contains("type the secret"))
      hand.press(.backspace, .enter)
      #expect(hand.status == "Nothing was changed")
      _ = scratch
    }

    @Test(arguments: ["GML", "GTT"])
    func hostsAreAskedBeforeTheyAreSet(path: String) throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      let setting = path == "GML" ? "lui.listserv.host" : "trk.tracking.host"
      let production = path == "GML" ? "ListServ.MAESTRO-PROD.example" : "track.maestro-PROD.example."
      let before = try settings(hub)
      let hand = Hand(hub)
      hand.type(path)
      let wrong = [
        ("", "type a host name"), ("-x-", "not a host name"), (String(repeating: "x", count: 300), "not a host name"),
        ("no-such-host.invalid", "does not resolve"), (production, "host of production"),
      ]
      for (text, words) in wrong {
        try #require(hand.focus("Host"))
        hand.fill(text)
        hand.press(.enter)
        #expect(hand.text.contains(words), "\(text):\n\(hand.text)")
      }
      try #require(hand.focus("Host"))
      hand.fill("127.0.0.1")
      for (text, words) in [
        ("0", "from 1 to 65535"), ("70000", "from 1 to 65535"), ("", "from 1 to 65535"), ("1", "does not answer"),
      ] {
        try #require(hand.focus("Port"))
        hand.fill(text)
        hand.press(.enter)
        #expect(hand.text.contains(words), "\(text):\n\(hand.text)")
      }
      #expect(try settings(hub) == before)
      if path == "GTT" {
        try #require(hand.focus("Public URL"))
        hand.fill("https://TRACK.maestro-prod.example/t")
        try #require(hand.focus("Connection test"))
        hand.press(.character(" "), .enter)
        #expect(hand.text.contains("host of production"))
        #expect(try settings(hub) == before)
        hand.fill("https://track.test/t")
      } else {
        try #require(hand.focus("Connection test"))
        hand.press(.character(" "))
      }
      hand.press(.enter)
      #expect(try settings(hub)[setting] == "127.0.0.1")
      if path == "GTT" { #expect(try settings(hub)["trk.tracking.public-url"] == "https://track.test/t") }
      let last = try #require(try actions(hub).last)
      #expect(last.action.hasPrefix("post-restore") && last.detail == "127.0.0.1:1" && last.result == "done")
      _ = scratch
    }

    @Test func anEmptyPublicURLUnsetsIt() throws {
      let (hub, scratch) = try Stage.freshServer()
      for url in ["https://track.test/t", ""] {
        let hand = Hand(hub)
        hand.type("GTT")
        try #require(hand.focus("Host"))
        hand.fill("127.0.0.1")
        try #require(hand.focus("Public URL"))
        hand.fill(url)
        try #require(hand.focus("Connection test"))
        hand.press(.character(" "), .enter)
        #expect(try settings(hub)["trk.tracking.public-url"] == (url.isEmpty ? "(unset)" : url))
      }
      _ = scratch
    }
  }
}
