import AdminCore
import HubTUI
import TUIKitLite
import Testing

@Suite struct PlainFormTests {
  private func value(_ name: String, _ installation: PlainInstallation) throws -> String? {
    try installation.hub.read { try Settings($0).list() }.first { $0.name == name }?.shownValue
  }

  @Test func anEmptyAnswerKeepsADashEmptiesTwoDotsLeave() throws {
    let installation = try PlainInstallation()
    let stored = plainIn(installation, "1", "1", "1", "3", "yes", "25:00", "03:30")
    #expect(stored.contains("Error: this is not a time of day as HH:MM\n"), "\(stored)")
    #expect(stored.contains("Good: Stored: hub.backup.daily.enabled, hub.backup.daily.time\n"), "\(stored)")
    let kept = plainIn(installation, "1", "1", "1", "3", "", "")
    #expect(kept.contains("[yes]: ") && kept.contains("[03:30]: ") && kept.contains("Nothing was changed"), "\(kept)")
    let left = plainIn(installation, "1", "1", "1", "3", "no", "..")
    #expect(left.contains("Left, nothing was stored."), "\(left)")
    #expect(try value("hub.backup.daily.enabled", installation) == "true")
    #expect(try value("hub.backup.daily.time", installation) == "03:30")
  }

  @Test func aHostIsAskedFirstAndARejectionIsOneLine() throws {
    let installation = try PlainInstallation()
    let text = plainIn(
      installation, "1", "2", "1", "", "bad host", "no-such-host.invalid", "2306", "", "1", "localhost", "1", "no")
    #expect(text.contains("Error: type a host name or an address\n"), "\(text)")
    #expect(text.contains("Error: this is not a host name or address\n"), "\(text)")
    #expect(text.split(separator: "\n").contains { $0.hasPrefix("Error: Host: ") }, "\(text)")
    #expect(text.contains("Good: LISTSERV host: localhost:1\n"), "\(text)")
    #expect(try value("lui.listserv.host", installation) == "localhost")
  }

  @Test func accountsAreAddedAndDisabled() throws {
    let installation = try PlainInstallation()
    let added = plainIn(
      installation, "1", "1", "2", "2", "eva", "Eva Example", "no", "short", "long enough", "other one", "2", "eva",
      "Eva Example", "no", "long enough", "long enough", "1", "2", "another one", "another one")
    #expect(added.contains("Error: a password has at least 8 characters\n"), "\(added)")
    #expect(added.contains("Error: Again: the two passwords differ"), "\(added)")
    #expect(added.contains("Good: Added: eva\n"), "\(added)")
    #expect(added.contains("Good: New password set: eva\n"), "\(added)")
    #expect(!added.replacing("»another one", with: "").contains("another one"))
    // Everything here is administration, so a user's right password opens nothing.
    #expect(plain(installation.hub, ["eva", "another one"]).contains("this account is no administrator"))
    // The last administrator stays, and the error leads back to the list.
    let refused = plainIn(installation, "1", "1", "2", "4", "1", "yes", "4", "2", "no", "4", "2", "yes")
    #expect(refused.contains("Error: the last administrator cannot be disabled: admin"), "\(refused)")
    #expect(refused.contains("Not confirmed, nothing was changed.\n"), "\(refused)")
    #expect(refused.contains("Good: Disabled: eva\n"), "\(refused)")
    #expect(refused.contains("eva, Eva Example, user, disabled"), "\(refused)")
  }

  @Test func anOperationThatCannotStartIsAnError() throws {
    let installation = try PlainInstallation()
    let text = plain(
      installation.hub, [Setup.administrator, PlainInstallation.password, "1", "1", "1", "1", "5"],
      program: "/nonexistent")
    #expect(text.contains("Error: the operation cannot be started"), "\(text)")
    #expect(text.contains("No backup in the backup folders yet."), "\(text)")
  }
}
