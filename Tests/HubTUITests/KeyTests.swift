import AdminCore
import HubTUI
import TUIKitLite
import Testing

extension ConsoleTests {
  /// What keys do on every screen.
  @Suite struct KeyTests {
    /// Every screen: the letters that lead to it, and keys after them.
    private static let places: [(path: String, keys: [Key])] = [
      ("", []), ("G", []), ("GA", []), ("GAG", []), ("GM", []), ("GT", []), ("H", []), ("R", []), ("GAGC", []),
      ("GAGCs", []), ("GAGT", []), ("GAGT", [.enter]), ("GAGTs", []), ("GAGD", []), ("GAGF", []), ("GAGS", []),
      ("GAGB", []),
      ("GAGB", [.enter]), ("GAGBr", []), ("GAGBv", []), ("GAGBd", []), ("GAGR", []), ("GAGR", [.enter]),
      ("GAGR", [.enter, .enter]), ("GAGR", [.enter, .character("i")]), ("GAGP", []), ("GAGP", [.enter]),
      ("GAGP", [.enter, .character("s")]), ("GAGL", []), ("GAGL", [.enter]), ("GAA", []), ("GAA", [.enter]),
      ("GAAa", []),
      ("GAAd", []), ("GAD", []), ("GADd", []), ("GML", []), ("GMO", []), ("GMO", [.enter]), ("GMOr", []),
      ("GMO  d", []),
      ("GMOo", []), ("GMG", []), ("GTT", []), ("GTG", []),
    ]

    private func eachPlace(_ body: (Hand, String) throws -> Void) throws {
      let stage = try Stage.shared
      for (path, keys) in KeyTests.places {
        let hand = Hand(stage.production)
        hand.type(path)
        for key in keys { hand.press(key) }
        try body(hand, "\(path) \(keys)")
      }
      let hand = Hand(stage.testSystem)
      hand.press(.enter)
      try body(hand, "post-restore setup")
    }

    @Test func escapeGoesBackOneLevelAndNeverQuits() throws {
      try eachPlace { hand, name in
        let depth = hand.depth
        hand.press(.escape)
        #expect(hand.depth == max(1, depth - 1), "\(name):\n\(hand.text)")
        #expect(!hand.hasQuit)
        for _ in 0..<9 { hand.press(.escape) }
        #expect(hand.depth == 1 && !hand.hasQuit, "\(name)")
        #expect(hand.launched.isEmpty)
      }
    }

    @Test func typedAnswersAreNotLostUnasked() throws {
      for path in ["GAGD", "GAGF", "GAGS", "GAGR", "GAAa", "GML", "GMG", "GTT", "GTG"] {
        let hand = Hand(try Stage.shared.production)
        hand.type(path)
        hand.press(.tab)
        hand.type("7")
        let text = hand.text
        let depth = hand.depth
        hand.press(.escape)
        #expect(hand.text.contains("Leave and lose what was typed?"), "\(path)")
        hand.press(.escape)
        #expect(hand.depth == depth && hand.text == text, "\(path)")
        hand.press(.escape, .enter)
        #expect(hand.depth == depth && hand.text == text, "\(path)")
        hand.press(.escape, .tab, .enter)
        #expect(hand.depth == depth - 1, "\(path)")
      }
    }

    @Test func everyKeyOfTheKeyBarDoesSomething() throws {
      try eachPlace { hand, name in
        for hint in hand.top.hints {
          let tried = hand.copy()
          let (before, depth) = (tried.frame, tried.depth)
          tried.press(hint.key)
          let isActing =
            tried.frame != before || tried.depth != depth || !tried.launched.isEmpty || tried.hasQuit
            || !tried.status.isEmpty
          // What starts or asks anew shows the same when nothing has changed meanwhile.
          let isAsking = ["Ask again", "Wrap"].contains(hint.label)
          #expect(isActing || isAsking, "\(name): \(hint.key.name) \(hint.label)\n\(tried.text)")
        }
      }
    }

    @Test func theWayOutIsAlwaysInTheKeyBar() throws {
      try eachPlace { hand, name in
        var canvas = Canvas(Size(80, 1))
        KeyBar(hand.top.hints).draw(on: &canvas, in: canvas.bounds)
        let ways = ["Back", "Cancel", "Close", "Quit", "Back (it goes on)"]
        #expect(
          ways.contains { canvas.text.hasSuffix($0) || canvas.text.contains(" \($0) ") }, "\(name): \(canvas.text)")
      }
    }

    @Test func unknownKeysDoNothing() throws {
      try eachPlace { hand, name in
        let (before, depth) = (hand.frame, hand.depth)
        for key: Key in [.function(7), .control("x"), .control("t"), .insert] {
          hand.press(key)
          #expect(hand.frame == before && hand.depth == depth, "\(name): \(key.name)")
        }
        #expect(hand.launched.isEmpty && !hand.hasQuit && hand.status.isEmpty, "\(name)")
      }
    }

    @Test func noLabelOfAFormIsCut() throws {
      for path in ["GAGD", "GAGF", "GAGS", "GAAa", "GML", "GMG", "GTT", "GTG"] {
        let hand = Hand(try Stage.shared.production)
        hand.type(path)
        let labels = hand.text.split(separator: "\n").filter { $0.prefix(40).contains("…") }
        #expect(labels.isEmpty, "\(path): \(labels)")
      }
    }

    @Test func startsWhatWasConfirmed() throws {
      let production = try Stage.shared.production
      let cases: [(String, [Key], [String])] = [
        ("GAGCs", [.tab, .enter], ["backup", "create"]),
        ("GAGTs", [.tab, .enter], ["backup", "create", "--test-bed"]),
        ("GAGTms", [.tab, .enter], ["backup", "create", "--test-bed", "--mask-recipients"]),
      ]
      for (path, keys, arguments) in cases {
        let hand = Hand(production)
        hand.type(path)
        for key in keys { hand.press(key) }
        #expect(hand.launched == [arguments])
        #expect(hand.top.title == "Running Operation")
      }
      let hand = Hand(production)
      hand.type("GAGCs")
      hand.press(.enter)
      #expect(hand.launched.isEmpty && hand.top.title == "Create Backup")
    }

    @Test func startsTheRestoreOfTheFoldersGiven() throws {
      let stage = try Stage.shared
      let hand = Hand(stage.testServer)
      hand.type("GAGR")
      for folder in stage.sources {
        hand.fill(folder)
        hand.press(.tab)
      }
      hand.press(.enter, .enter, .enter)
      hand.fill("RESTORE")
      hand.press(.enter)
      let arguments = ["restore", stage.testBed.description, "--yes"] + stage.sources.flatMap { ["--from", $0] }
      #expect(hand.launched == [arguments])
    }

    @Test func marksAndChoiceStayWhenAListIsReadAnew() throws {
      let hand = Hand(try Stage.shared.testSystem)
      hand.type("GMO  j")
      let before = hand.text
      hand.type("d")
      hand.press(.escape)
      #expect(hand.text == before && before.contains("*!   4"))
    }

    @Test func jobsAreDecidedAndTheSetupSaysSo() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      let hand = Hand(hub)
      hand.type("GMO ")
      hand.press(.character(" "))
      hand.type("r")
      hand.fill("REVOKE")
      hand.press(.enter, .enter)
      #expect(try hub.read { try Outbox($0).jobs() }.count == 7)
      hand.type("d")
      hand.press(.tab, .enter, .enter)
      #expect(try hub.read { try Outbox($0).jobs() }.count == 6)
      #expect(try AuditLog(hub.installation).entries().map(\.action).suffix(2) == ["outbox revoke", "outbox delete"])
      hand.press(.escape, .escape, .escape)
      hand.type("P")
      #expect(hand.text.contains("6 of 6 queued jobs to decide"))
      _ = scratch
    }
  }

  /// What is told while something else runs.
  @Suite struct BusyTests {
    @Test func everyChangeSaysThatAnotherOperationRuns() throws {
      let (hub, scratch) = try Stage.freshServer()
      let words = "wait for its end"
      try hub.change("outbox open", "") { try Outbox($0).open(hub.installation) }
      try whileBusy(hub) {
        for path in ["GAGC", "GAGT", "GMOc"] {
          let hand = Hand(hub)
          hand.type(path)
          #expect(hand.text.contains("another operation runs") && hand.text.contains(words), "\(path):\n\(hand.text)")
        }
        let hand = Hand(hub)
        hand.type("GMG")
        try #require(hand.focus("Language of new accounts"))
        hand.fill("fr")
        hand.press(.enter)
        #expect(hand.text.contains("another operation runs") && hand.text.contains(words), "\(hand.text)")
        // What was typed is still there.
        #expect(hand.text.contains("Language of new accounts") && hand.text.contains("fr"))
      }
      // The same key works once the other operation is over.
      let hand = Hand(hub)
      hand.type("GAGC")
      #expect(hand.text.contains("Everything is taken"))
      _ = scratch
    }

    @Test func aPreviewCanBeAskedForAgain() throws {
      let (hub, scratch) = try Stage.freshServer()
      let hand = Hand(hub)
      try whileBusy(hub) { hand.type("GAGT") }
      #expect(hand.top.hints.first?.label == "Ask again")
      hand.type("a")
      #expect(hand.text.contains("Nothing uncovered"))
      _ = scratch
    }

    @Test func aTestSystemSaysSoOnEveryScreen() throws {
      let (hub, scratch) = try Stage.shared.copyOfTestSystem()
      let banner = "TEST SYSTEM, restored from \(try Stage.shared.testBed) — Sending is disabled"
      let terminal = try Visit(hub: hub, scratch: scratch, sizes: [Size(80, 24)]).run([
        .types("P"), .sees("Outbox review"), .key(.escape), .types("GAGT"), .sees("Rule"), .key(.enter),
        .sees("Dry run"),
        .key(.escape), .key(.escape), .types("B"), .sees("Backup ID"), .key(.escape), .types("R"), .sees("Folder 1"),
        .key(.escape), .key(.escape), .key(.escape), .types("MO"), .sees("Weekly news"), .types("?"), .sees("Forms"),
      ])
      #expect(terminal.frames.allSatisfy { $0.text.contains(banner) })
    }
  }
}
