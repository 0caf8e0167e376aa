import AdminCore
import HubTUI
import TUIKitLite
import Testing

@Suite struct PlainMenuTests {
  @Test func theMenusAreTheConsolesOwn() throws {
    let text = plainIn(try PlainInstallation(), "1", "1", "1", "0", "0", "2", "0", "3", "0", "0", "0")
    for lines in [
      "Maestro\n1  Global Settings, backups, accounts, LISTSERV, outbox, tracking\n2  Running Operation, progress, cancel\n3  Help, keys, words\nNumber from 1 to 3, 0 to quit: ",
      "Global Settings\n1  Administration Hub\n2  Maestro User Interface\n3  Maestro Tracker\nNumber",
      "Administration Hub\n1  General Administration\n2  Accounts\n3  Database Connections\n4  All Settings\nNumber",
      """
      General Administration
      1  Create Backup
      2  Create Test-Bed Backup
      3  Daily Backup
      4  Backup Folder and History
      5  Backups
      6  Restore a Backup
      7  Backup Reports
      8  Audit Log
      9  General Settings
      10  Component Hosts
      11  Internal Database
      12  Test-Bed Rules
      Number from 1 to 12, 0 to go back:
      """,
      "Maestro User Interface\n1  LISTSERV Connection\n2  Outbox\n3  General Settings\nNumber",
      "Maestro Tracker\n1  Tracking Host\n2  General Settings\nNumber",
    ] { #expect(text.contains("\n" + lines), "\(text)") }
    #expect(text.hasSuffix("»0\nThe console is closed.\n"))
  }

  @Test func everyLineOfTheTreeLeadsSomewhere() throws {
    let installation = try PlainInstallation()
    for (answers, words) in [
      (["2"], "No operation ran yet."), (["3", "q"], "Ctrl-D"),
      (["1", "1", "1", "1", "no"], "Make a backup of all three components now?"),
      (["1", "1", "1", "2", "", "q", "no"], "Rule distribution, "),
      (["1", "1", "1", "3", ".."], "Whether a backup is made every day, yes or no [no]: "),
      (["1", "1", "1", "4", ".."], "Backup folder of HUB [backup]: "), (["1", "1", "1", "5"], "No backup in"),
      (["1", "1", "1", "6", "1", "/nonexistent", ""], "No set was found"), (["1", "1", "1", "7"], "No report yet."),
      (["1", "1", "1", "8"], "admin, local, login, done"), (["1", "1", "1", "9", ".."], "Licence key"),
      (["1", "1", "1", "10"], "LUI, this machine, here, "),
      (["1", "1", "1", "11"], "file, needs no server, "),
      (["1", "1", "1", "12"], "This site has no rules of its own."),
      (["1", "1", "2", "0"], "admin, Administrator, administrator, enabled, last login"),
      (["1", "1", "3"], "No external database connection."), (["1", "2", "1", ".."], "Through this LISTSERV"),
      (["1", "2", "2", "0"], "Sending is disabled\nNo job is queued."),
      (["1", "2", "3", ".."], "Character set of new jobs"),
      (["1", "3", "1", ".."], "Opens and clicks"), (["1", "3", "2", ".."], "Whether opens and clicks are recorded"),
    ] {
      let text = plain(installation.hub, [Setup.administrator, PlainInstallation.password] + answers)
      #expect(text.contains(words), "\(answers): \(text)")
      #expect(text.contains("Error: ") == answers.contains("/nonexistent"), "\(answers): \(text)")
      // It is back in a menu, where the input ends.
      #expect(text.hasSuffix(": \nThe console is closed.\n"), "\(answers): \(text)")
    }
  }

  @Test func whatLooksDangerousIsAnsweredOnTheSpot() throws {
    let installation = try PlainInstallation()
    let path = installation.hub.installation.iniPath(of: .lui)
    let lines = "plugin.crm.host=crm.example\nplugin.crm.token=Zx81-abcDEF-778899-qqWW\n"
    try FileSystem.replace(path, with: try FileSystem.read(path) + Array(lines.utf8))
    let text = plainIn(
      installation, "1", "1", "1", "2", "no", "q", "1", "1", "4", "2", "a colour", "0", "q", "no", "0", "0", "0", "0")
    #expect(text.contains("0 of 2 answered") && text.contains("2 ini lui.ini:plugin.crm.token, looks like"), "\(text)")
    #expect(text.contains("Answered: remove") && text.contains("Answered: harmless"), "\(text)")
    #expect(text.contains("2 of 2 answered"), "\(text)")
    // It looks again, and asks whether to start.
    #expect(text.contains("Make a test-bed backup of all three components now?"), "\(text)")
    #expect(!text.contains("Zx81"))
  }

  @Test func theInputMayEndAnywhere() throws {
    let installation = try PlainInstallation()
    let answers = [
      Setup.administrator, PlainInstallation.password, "1", "1", "1", "2", "yes", "", "no", "3", "yes", "03:00", "6",
      "2", "no", "0", "2", "2", "eva", "", "no", "long enough", "long enough", "0",
    ]
    for count in answers.indices {
      let text = plain(installation.hub, Array(answers[..<count]))
      #expect(text.hasSuffix("\nThe console is closed.\n"), "\(count): \(text)")
    }
  }

  @Test func aWrongPasswordIsToldWithItsDelay() throws {
    let installation = try PlainInstallation()
    let text = plain(
      installation.hub,
      [
        Setup.administrator, "wrong", Setup.administrator, "wrong", "eve", "wrong", Setup.administrator,
        PlainInstallation.password, "0",
      ])
    #expect(text.contains("Error: The name or the password is wrong; the next try waits 1 s\n"), "\(text)")
    #expect(text.contains("Error: The name or the password is wrong; the next try waits 2 s\n"), "\(text)")
    #expect(text.contains("Logged in as admin\n"), "\(text)")
    let log = plainIn(installation, "1", "1", "1", "8")
    #expect(log.contains("Z, eve, local, login, wrong name or password\n"), "\(log)")
  }

  @Test func aDisabledAccountIsEnabledAgain() throws {
    let text = plainIn(
      try PlainInstallation(), "1", "1", "2", "2", "eve", "", "no", "long enough", "long enough", "4", "2", "yes", "3",
      "2", "0", "0", "0", "0")
    #expect(text.contains("Disabled: eve\n") && text.contains("eve, user, disabled"), "\(text)")
    #expect(text.contains("Enabled: eve\n"), "\(text)")
  }

  @Test func aLogIsReadPageByPageAndDrivesNoTerminal() throws {
    let installation = try PlainInstallation()
    for number in 1...45 {
      try AuditLog(installation.hub.installation).append(
        "entry \(number)", "a\u{1B}[2J\nforged", by: Actor(hubAccount: "eve"))
    }
    // The login is the newest line.
    let stopped = plainIn(installation, "1", "1", "1", "8", "", "q")
    #expect(stopped.contains(", entry 45, a^[[2J^Jforged, done\n"), "\(stopped)")
    #expect(stopped.contains("entry 7,") && !stopped.contains("entry 6,"), "\(stopped)")
    let whole = plainIn(installation, "1", "1", "1", "8", "", "")
    #expect(whole.contains("entry 1,"), "\(whole)")
    #expect(whole.split(separator: "Enter for more, q to stop: ").count == 3)
    #expect(whole.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" })
  }
}
