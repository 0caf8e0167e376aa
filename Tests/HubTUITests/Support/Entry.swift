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
  private static let ports: [(String, String)] = ["0", "70000", "-1", "8 0"].map {
    ($0, "whole number from 1 to 65535")
  }

  static let all: [Entry] = [
    Entry(
      "GAGD", "When the daily backup starts, UTC", "hub.backup.daily.time",
      ["", "24:00", "2:30", "02:60", "noon", "02:30:00"].map {
        ($0, $0.isEmpty ? "type a value" : "not a time of day")
      }, "23:59"),
    Entry("GAGF", "Backup folder of HUB", "hub.backup.folder", folder, "backup/of hub"),
    Entry("GAGF", "How many earlier backups LUI keeps", "lui.backup.history", number(0, 99), "7"),
    Entry(
      "GAGS", "Who gets the Hub's system mail", "hub.notifications.recipients", addresses, "a@x.example,b@y.example"),
    Entry("GAGS", "Proxy for outgoing requests", "hub.proxy.url", urls, "http://proxy.test:3128"),
    Entry("GAGS", "Idle minutes until a session ends", "hub.session.idle-minutes", number(1, 720), "60"),
    Entry(
      "GMG", "Character set of new jobs", "lui.general.charset",
      [("", "type a value"), (String(repeating: "x", count: 41), "longer than 40")], "ISO-8859-1"),
    Entry(
      "GMG", "Language of new accounts", "lui.general.language",
      [("", "type a value"), ("language no", "longer than 10")], "fr"),
    Entry(
      "GMG", "LISTSERV client name", "lui.listserv.client-name",
      [(String(repeating: "x", count: 101), "longer than 100")], "MAESTRO-TEST"),
    Entry("GMG", "Where bounces go", "lui.mail.bounce-address", addresses, "bounces@x.example"),
    Entry(
      "GMG", "Mail relay", "lui.mail.relay-host",
      [("-x-", "not a host name"), ("300.1.2.3", "not a host"), (String(repeating: "x", count: 254), "not a host")],
      "relay.test"),
    Entry("GMG", "Port of the mail relay", "lui.mail.relay-port", ports, "587"),
    Entry(
      "GMG", "User name at the mail relay", "lui.mail.relay-user",
      [(String(repeating: "x", count: 101), "longer than 100")], "maestro"),
    Entry("GMG", "LUI's URL in mails and on pages", "lui.public-url", urls, "https://lui.test/lui"),
    Entry("GTG", "The tracking host's URL in mails", "trk.tracking.public-url", urls, "https://track.test/t"),
    Entry("GTG", "Days until events lose their recipient", "trk.general.anonymise-days", number(0, 3650), "30"),
    Entry("GTG", "Who gets the Tracker's system mail", "trk.notifications.recipients", addresses, "a@x.example"),
  ]

  /// The same fields on a test system, with hosts of the demo production, which no field may take.
  static let production: [Entry] = [
    Entry(
      "GAGS", "Proxy for outgoing requests", "hub.proxy.url",
      [("http://user@PROXY.maestro-prod.example:3128", "host of production")], "http://proxy.test:3128"),
    Entry(
      "GMG", "Mail relay", "lui.mail.relay-host",
      ["relay.maestro-prod.example", "RELAY.Maestro-Prod.Example", "relay.maestro-prod.example."].map {
        ($0, "host of production")
      },
      "relay.test"),
    Entry(
      "GMG", "LUI's URL in mails and on pages", "lui.public-url",
      [("https://News.maestro-prod.example/lui", "host of production")], "https://lui.test/lui"),
    Entry(
      "GTG", "The tracking host's URL in mails", "trk.tracking.public-url",
      [("https://TRACK.maestro-prod.example/t", "host of production")], "https://track.test/t"),
  ]
}
