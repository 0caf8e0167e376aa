import AdminCore
import TUIKitLite
import Testing

/// A field, what it must refuse with which words, and what it must take.
struct Entry: Sendable, CustomTestStringConvertible {
  /// The letters of the menus that lead to its form.
  let path: String
  let label: String
  let setting: String
  let wrong: [(text: String, words: String)]
  let right: String

  init(_ path: String, _ label: String, _ setting: String, _ wrong: [(String, String)], _ right: String) {
    self.path = path
    self.label = label
    self.setting = setting
    self.wrong = wrong.map { (text: $0.0, words: $0.1) }
    self.right = right
  }

  var testDescription: String { setting }

  private static let addresses: [(String, String)] = [
    ("nobody", "not a list of mail addresses"), ("a@b@c.example", "not a list"), ("@x.example", "not a list"),
    ("a@x.example,", "not a list"), ("a@-x-.example", "not a list"),
  ]
  private static let urls: [(String, String)] = [
    ("ftp://x.example", "not an http or https URL"), ("https://", "not an http"), ("x.example", "not an http"),
    ("https://x .example", "not an http"), ("https://x.example/" + String(repeating: "x", count: 2000), "not an http"),
  ]
  private static func number(_ low: Int, _ high: Int) -> [(String, String)] {
    ["\(low - 1)", "\(high + 1)", "99999999999999999999", "", "-"].map { ($0, "whole number from \(low) to \(high)") }
  }
  private static let folder: [(String, String)] = [
    ("", "the default is backup"), ("../x", "has .. in it"), (String(repeating: "x", count: 1025), "too long"),
  ]
  private static let ports: [(String, String)] = ["0", "70000", "-1", "8 0"].map { ($0, "whole number from 1 to 65535") }

  static let all: [Entry] = [
    Entry("GAGD", "When the daily backup starts, UTC", "hub.backup.daily.time",
      ["", "24:00", "2:30", "02:60", "noon", "02:30:00"].map { ($0, $0.isEmpty ? "type a value" : "not a time of day") }, "23:59"),
    Entry("GAGF", "Backup folder of HUB", "hub.backup.folder", folder, "backup/of hub"),
    Entry("GAGF", "How many earlier backups LUI keeps", "lui.backup.history", number(0, 99), "7"),
    Entry("GAGS", "Who gets the Hub's system mail", "hub.notifications.recipients", addresses, "a@x.example,b@y.example"),
    Entry("GAGS", "Proxy for outgoing requests", "hub.proxy.url", urls, "http://proxy.test:3128"),
    Entry("GAGS", "Idle minutes until a session ends", "hub.session.idle-minutes", number(1, 720), "60"),
    Entry("GMG", "Character set of new jobs", "lui.general.charset",
      [("", "type a value"), (String(repeating: "x", count: 41), "longer than 40")], "ISO-8859-1"),
    Entry("GMG", "Language of new accounts", "lui.general.language",
      [("", "type a value"), ("language no", "longer than 10")], "fr"),
    Entry("GMG", "LISTSERV client name", "lui.listserv.client-name",
      [(String(repeating: "x", count: 101), "longer than 100")], "MAESTRO-TEST"),
    Entry("GMG", "Where bounces go", "lui.mail.bounce-address", addresses, "bounces@x.example"),
    Entry("GMG", "Mail relay", "lui.mail.relay-host",
      [("-x-", "not a host name"), ("300.1.2.3", "not a host"), (String(repeating: "x", count: 254), "not a host")], "relay.test"),
    Entry("GMG", "Port of the mail relay", "lui.mail.relay-port", ports, "587"),
    Entry("GMG", "User name at the mail relay", "lui.mail.relay-user",
      [(String(repeating: "x", count: 101), "longer than 100")], "maestro"),
    Entry("GMG", "LUI's URL in mails and on pages", "lui.public-url", urls, "https://lui.test/lui"),
    Entry("GTG", "The tracking host's URL in mails", "trk.tracking.public-url", urls, "https://track.test/t"),
    Entry("GTG", "Days until events lose their recipient", "trk.general.anonymise-days", number(0, 3650), "30"),
    Entry("GTG", "Who gets the Tracker's system mail", "trk.notifications.recipients", addresses, "a@x.example"),
  ]

  /// The same fields on a test system, with hosts of the demo production, which no field may take.
  static let production: [Entry] = [
    Entry("GAGS", "Proxy for outgoing requests", "hub.proxy.url",
      [("http://user@PROXY.maestro-prod.example:3128", "host of production")], "http://proxy.test:3128"),
    Entry("GMG", "Mail relay", "lui.mail.relay-host",
      ["relay.maestro-prod.example", "RELAY.Maestro-Prod.Example", "relay.maestro-prod.example."].map { ($0, "host of production") },
      "relay.test"),
    Entry("GMG", "LUI's URL in mails and on pages", "lui.public-url",
      [("https://News.maestro-prod.example/lui", "host of production")], "https://lui.test/lui"),
    Entry("GTG", "The tracking host's URL in mails", "trk.tracking.public-url",
      [("https://TRACK.maestro-prod.example/t", "host of production")], "https://track.test/t"),
  ]
}

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
      for (text, words) in [("0", "from 1 to 65535"), ("70000", "from 1 to 65535"), ("", "from 1 to 65535"), ("1", "does not answer")] {
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

    @Test func accountsAndPasswords() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GAA")
      hand.type("a")
      let good = "a good password"
      let fields: [(String, [(String, String)], String)] = [
        ("Name", [("", "1 to 64 letters"), ("ann e", "1 to 64"), ("ä", "1 to 64"), (String(repeating: "x", count: 65), "1 to 64")], "ann"),
        ("Full name", [(String(repeating: "x", count: 201), "too long")], "Ann E."),
        ("Password", [("", "at least 8"), ("short", "at least 8"), (String(repeating: "ä", count: 600), "at most 1024")], good),
        ("Again", [("", "type it again"), ("another", "differ")], good),
      ]
      for (label, wrong, right) in fields {
        for (text, words) in wrong {
          try #require(hand.focus(label))
          hand.fill(text)
          hand.press(.enter)
          #expect(hand.text.contains(words), "\(label) \(text.prefix(20)):\n\(hand.text)")
        }
        try #require(hand.focus(label))
        hand.fill(right)
      }
      #expect(try hub.read { try HubAccounts($0).list() }.count == 1)
      hand.press(.enter)
      #expect(try hub.read { try HubAccounts($0).list() }.map(\.name) == ["admin", "ann"])
      #expect(try hub.read { try HubAccounts($0).verify("ann", good) })
      #expect(try actions(hub).last?.action == "account add")
      hand.type("a")
      try #require(hand.focus("Name"))
      hand.fill("ann")
      for label in ["Password", "Again"] {
        try #require(hand.focus(label))
        hand.fill(good)
      }
      hand.press(.enter)
      #expect(hand.text.contains("exists already"))
      _ = scratch
    }

    @Test func theLastAdministratorStays() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GAAd")
      hand.press(.tab, .enter)
      #expect(hand.text.contains("last administrator"))
      #expect(try hub.read { try HubAccounts($0).list() }.allSatisfy(\.isEnabled))
      _ = scratch
    }

    @Test func aReportIsNeverSavedOverAFile() throws {
      let stage = try Stage.shared
      let hand = Hand(stage.production)
      hand.type("GAGP")
      hand.press(.enter)
      hand.type("s")
      let target = stage.scratch.folder + "/saved-report"
      for (text, words) in [
        ("", "absolute path"), ("relative", "absolute path"), (stage.scratch.folder, "cannot create"),
        ("/no/such/folder/x", "cannot create"), (target, "test-bed backup report"),
      ] {
        hand.fill(text)
        hand.press(.enter)
        #expect(hand.text.contains(words), "\(text):\n\(hand.text)")
      }
      #expect(hand.status == "Saved: \(target)")
      #expect(try FileSystem.status(target).map { $0.st_mode & 0o777 } == 0o600)
      hand.type("s")
      hand.fill(target)
      hand.press(.enter)
      #expect(hand.text.contains("cannot create"))
    }

    @Test func onlyTheWholeWordConfirms() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GMOo")
      for word in ["", "open", "OPEN ", "OPE", String(repeating: "O", count: 60)] {
        hand.fill(word)
        hand.press(.enter)
        #expect(hand.text.contains("this is not the word"), "\(word)")
        #expect(try !hub.read { try Outbox($0).isOpen() })
      }
      hand.fill("OPEN")
      #expect(!hand.text.contains("this is not the word"))
      hand.press(.enter)
      #expect(try hub.read { try Outbox($0).isOpen() })
      #expect(try actions(hub).last?.action == "outbox open")
      _ = scratch
    }
  }
}
