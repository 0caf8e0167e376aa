import AdminCore
import Glibc
import TUIKitLite
import Testing

extension ConsoleTests {
  /// Names, passwords, paths and typed words.
  @Suite struct WordTests {
    private func actions(_ hub: Hub) throws -> [AuditLog.Entry] { try AuditLog(hub.installation).entries() }

    @Test func accountsAndPasswords() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      hand.type("GAA")
      hand.type("a")
      let good = "a good password"
      let fields: [(String, [(String, String)], String)] = [
        (
          "Name",
          [
            ("", "1 to 64 letters"), ("ann e", "1 to 64"), ("ä", "1 to 64"),
            (String(repeating: "x", count: 65), "1 to 64"),
          ], "ann"
        ),
        ("Full name", [(String(repeating: "x", count: 201), "too long")], "Ann E."),
        (
          "Password",
          [("", "at least 8"), ("short", "at least 8"), (String(repeating: "ä", count: 600), "at most 1024")], good
        ),
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
