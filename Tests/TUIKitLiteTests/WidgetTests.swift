import TUIKitLite
import Testing

@Suite struct ListTests {
  @Test func theChosenLineIsAlwaysInSight() {
    for height in 1...6 {
      var position = ListPosition(count: 20, height: height)
      for movement: Movement in [.down, .pageDown, .last, .up, .pageUp, .down, .first, .up, .last] {
        position.move(movement)
        #expect(position.visible(in: height).contains(position.selected))
        #expect(position.visible(in: height).count == height)
        #expect(position.visible(in: 3).contains(position.selected))
      }
    }
    var position = ListPosition(count: 20, height: 5)
    for _ in 0..<4 { position.move(.down) }
    #expect(position.visible(in: 5) == 0..<5)
    position.move(.down)
    #expect(position.visible(in: 5) == 1..<6)
    position.move(.up)
    #expect(position.visible(in: 5) == 1..<6)
    position.count = 2
    #expect(position.selected == 1 && position.visible(in: 5) == 0..<2)
    position.count = 0
    #expect(position.selected == 0 && position.visible(in: 5).isEmpty)
  }
}

@Suite struct MenuTests {
  let menu = Menu([
    .init("Create Backup", mnemonic: "b"), .init("Create Test-Bed Backup", mnemonic: "t", hint: "safe copy"),
    .init("Jobs", mnemonic: "j"), .init("Restore a Backup", mnemonic: "r", disabled: "components are running"),
  ])

  @Test func keysMoveAndChoose() {
    var menu = menu
    #expect(menu.handle(.down) == .handled)
    #expect(menu.handle(.enter) == .chosen(1))
    #expect(menu.handle(.character("k")) == .handled)
    #expect(menu.handle(.enter) == .chosen(0))
    #expect(menu.handle(.character("B")) == .chosen(0))
    #expect(menu.handle(.character("j")) == .chosen(2))
    #expect(menu.handle(.character("r")) == .handled)
    #expect(menu.handle(.enter) == .handled)
    #expect(menu.position.selected == 3)
    #expect(menu.handle(.character("z")) == .ignored)
    #expect(menu.handle(.left) == .ignored)
    var empty = Menu([])
    #expect(empty.handle(.enter) == .ignored)
  }

  @Test func looksLikeThis() {
    var menu = menu
    _ = menu.handle(.down)
    expectFrame(drawn(50, 5) { menu.draw(on: &$0) }, "menu")
    expectFrame(drawn(14, 2) { menu.draw(on: &$0) }, "menu-small")
  }
}

@Suite struct TableTests {
  let table = Table(
    [
      .init("Backup ID", minimum: 8), .init("Kind", minimum: 4, priority: 1),
      .init("Size", minimum: 6, alignment: .right, priority: 2), .init("Report", minimum: 6, priority: 3),
    ],
    [
      .init(["20260102030405-ABCD", "normal", "1.2 GB", "good"]),
      .init(["20260103030405-EFGH", "test-bed", "900 MB", "not usable\u{1B}[2J"], .danger),
      .init(["20260104030405-JKMN"]),
    ], canMark: true)

  @Test func keysMoveMarkAndChoose() {
    var table = table
    #expect(table.marked == [0])
    #expect(table.handle(.character(" ")) == .handled)
    #expect(table.handle(.character("j")) == .handled)
    #expect(table.handle(.character(" ")) == .handled)
    #expect(table.marked == [0, 2])
    #expect(table.handle(.enter) == .chosen(2))
    #expect(table.handle(.home) == .handled)
    #expect(table.handle(.character(" ")) == .handled)
    #expect(table.marked == [2])
    #expect(table.handle(.escape) == .ignored)
    var empty = Table([.init("Name")])
    #expect(empty.handle(.enter) == .ignored && empty.marked == [])
    var plain = Table([.init("Name")], [.init(["x"])])
    #expect(plain.handle(.character(" ")) == .ignored)
  }

  @Test func columnsGiveWayByPriority() {
    var table = table
    _ = table.handle(.character(" "))
    _ = table.handle(.down)
    expectFrame(drawn(70, 4) { table.draw(on: &$0) }, "table")
    expectFrame(drawn(40, 4) { table.draw(on: &$0) }, "table-40")
    expectFrame(drawn(20, 4) { table.draw(on: &$0) }, "table-20")
    expectFrame(drawn(30, 3) { Table([.init("Name")]).draw(on: &$0) }, "table-empty")
  }
}

@Suite struct TextInputTests {
  @Test func theCursorStepsOverGraphemes() {
    var input = TextInput("ae\u{301}👩‍👧")
    _ = input.handle(.left)
    _ = input.handle(.backspace)
    #expect(input.text == "a👩‍👧")
    _ = input.handle(.delete)
    #expect(input.text == "a")
    for key: Key in [.character("e"), .character("\u{301}"), .home, .character("x"), .end, .character("漢")] {
      #expect(input.handle(key) == true)
    }
    #expect(input.text == "xae\u{301}漢")
    _ = input.handle(.backspace)
    #expect(input.text == "xae\u{301}")
  }

  @Test func editsLikeAShell() {
    var input = TextInput("one two  three")
    _ = input.handle(.control("w"))
    #expect(input.text == "one two  ")
    _ = input.handle(.control("w"))
    #expect(input.text == "one ")
    _ = input.handle(.control("u"))
    #expect(input.text == "")
    for key: Key in [.delete, .backspace, .left, .right] { #expect(input.handle(key) == true) }
    #expect(input.handle(.up) == false)
  }

  @Test func pastesAreOneLineWithinTheLimit() {
    var input = TextInput(limit: 6)
    _ = input.handle(.paste("a\r\nb\u{1B}[2J\tcd\u{202E}efgh"))
    #expect(input.text == "ab[2J ")
    _ = input.handle(.character("x"))
    #expect(input.text == "ab[2J ")
    #expect(TextInput("abcdefgh", limit: 3).text == "abc")
  }

  @Test func scrollsSoThatTheCursorShows() {
    var input = TextInput("abcdef漢字")
    let end = drawn(5, 1) { input.draw(on: &$0, style: .focusedField, isFocused: true) }
    #expect(end.text == "漢字")
    #expect(end.cursor == Point(4, 0))
    _ = input.handle(.home)
    let home = drawn(5, 1) { input.draw(on: &$0, style: .focusedField, isFocused: true) }
    #expect(home.text == "abcde" && home.cursor == Point(0, 0))
    let secret = drawn(9, 1) { input.draw(on: &$0, style: .field, isSecret: true) }
    #expect(secret.text == "********")
  }
}

@Suite struct FormTests {
  let form = Form([
    .text("host", "LISTSERV host", help: "the name of the host") { $0.isEmpty ? "a host is needed" : nil },
    FormField("port", "Port", .number(TextInput("2306"), 1...65_535)),
    FormField("password", "Password", .password(TextInput())),
    FormField("level", "Level", .choice(["fast", "small"], 0)), FormField("mask", "Mask recipients", .toggle(false)),
  ])

  @Test func tabMovesAndWhatIsWrongIsSaid() {
    var form = form
    #expect(form.handle(.enter) == .handled)
    #expect(form["host"]?.problem == "a host is needed")
    _ = form.handle(.paste("listserv.example\n"))
    #expect(form["host"]?.problem == nil)
    #expect(form.handle(.tab) == .handled)
    #expect(form.focus == 1)
    _ = form.handle(.character("x"))
    _ = form.handle(.character("9"))
    #expect(form["port"]?.text == "23069" && form["port"]?.number == 23_069)
    _ = form.handle(.character("9"))
    #expect(form.handle(.enter) == .handled)
    #expect(form["port"]?.problem == "a whole number from 1 to 65535")
    _ = form.handle(.backspace)
    _ = form.handle(.down)
    _ = form.handle(.character("h"))
    #expect(form["password"]?.text == "h")
    _ = form.handle(.tab)
    _ = form.handle(.right)
    #expect(form["level"]?.text == "small")
    _ = form.handle(.character(" "))
    #expect(form["level"]?.text == "fast")
    _ = form.handle(.left)
    #expect(form["level"]?.text == "small")
    _ = form.handle(.tab)
    _ = form.handle(.character(" "))
    #expect(form["mask"]?.isOn == true)
    _ = form.handle(.tab)
    #expect(form.focus == 0)
    _ = form.handle(.backTab)
    #expect(form.focus == 4)
    #expect(form.handle(.function(5)) == .ignored)
    #expect(form.handle(.enter) == .submitted)
  }

  @Test func escapeTellsWhetherAnswersWouldBeLost() {
    var form = form
    #expect(form.handle(.escape) == .cancelled(isDirty: false))
    _ = form.handle(.character("x"))
    #expect(form.handle(.escape) == .cancelled(isDirty: true))
    form.fill("host", with: .text(TextInput("given")))
    #expect(form.handle(.escape) == .cancelled(isDirty: false))
    form.reject("level", "no such level")
    #expect(form.focus == 3 && form["level"]?.problem == "no such level")
  }

  @Test func looksLikeThis() {
    var form = form
    _ = form.handle(.enter)
    expectFrame(drawn(50, 10) { form.draw(on: &$0) }, "form")
    _ = form.handle(.backTab)
    expectFrame(drawn(50, 5) { form.draw(on: &$0) }, "form-scrolled")
    _ = drawn(1, 1) { form.draw(on: &$0) }
  }
}

@Suite struct DialogTests {
  @Test func aConfirmationStartsAtNo() {
    var dialog = Dialog("Delete", "Delete it?", .confirm(yes: "Delete", no: "Keep"), .danger)
    #expect(dialog.handle(.enter) == .cancelled)
    #expect(dialog.handle(.tab) == .handled)
    #expect(dialog.handle(.enter) == .confirmed)
    #expect(dialog.handle(.character("n")) == .handled)
    #expect(dialog.handle(.enter) == .cancelled)
    #expect(dialog.handle(.character("y")) == .handled)
    #expect(dialog.handle(.escape) == .cancelled)
    expectFrame(drawn(40, 8) { dialog.draw(on: &$0) }, "dialog-confirm")
  }

  @Test func theWordMustBeRightLetterForLetter() {
    var dialog = Dialog("Outbox", "Open the outbox?", .typeWord("OPEN"), .danger)
    for character in "Open" { _ = dialog.handle(.character(character)) }
    #expect(dialog.handle(.enter) == .handled)
    #expect(drawn(70, 8) { dialog.draw(on: &$0) }.text.contains("✗ this is not the word; type OPEN"))
    _ = dialog.handle(.control("u"))
    for character in "OPEN" { _ = dialog.handle(.character(character)) }
    expectFrame(drawn(40, 8) { dialog.draw(on: &$0) }, "dialog-word")
    #expect(dialog.handle(.enter) == .confirmed)
  }

  @Test func aMessageIsRead() {
    var dialog = Dialog("Done", "The backup was completed successfully")
    #expect(dialog.handle(.character("x")) == .handled)
    #expect(dialog.handle(.enter) == .confirmed)
    expectFrame(drawn(30, 7) { dialog.draw(on: &$0) }, "dialog-message")
    for size in [1, 2, 3] { _ = drawn(size, size) { dialog.draw(on: &$0) } }
  }
}

@Suite struct ProgressTests {
  @Test func aHundredPerCentIsOnlyAllOfIt() {
    func bar(_ fraction: Double?) -> String { drawn(16, 1) { ProgressBar(fraction).draw(on: &$0) }.text }
    #expect(bar(0) == "░░░░░░░░░░    0%")
    #expect(bar(0.5) == "█████░░░░░   50%")
    #expect(bar(0.9999) == "█████████░   99%")
    #expect(bar(1) == "██████████  100%")
    #expect(bar(7) == bar(1) && bar(-1) == bar(0) && bar(.nan) == bar(nil))
    #expect(bar(nil) == "░░░░░░░░░░     ?")
    let full = drawn(40, 1) { ProgressBar(0.25, rate: "12 MB/s", timeLeft: "3 min left").draw(on: &$0) }
    #expect(full.text == "███░░░░░░░░░░   25%  12 MB/s  3 min left")
    #expect(full.roles.hasPrefix("PPPp"))
    _ = drawn(1, 1) { ProgressBar(0.5, rate: "12 MB/s").draw(on: &$0) }
  }

  @Test func stepsShowWhereOneIs() {
    let steps = WizardSteps([("Host", .done), ("Port", .skipped), ("Outbox", .current), ("End", .open)])
    let canvas = drawn(12, 4) { steps.draw(on: &$0) }
    #expect(canvas.text == "✓ 1 Host\n– 2 Port\n▸ 3 Outbox\n  4 End")
    #expect(canvas.roles == "g...........\ndddddddddddd\nTTTTTTTTTTTT\n............")
    #expect(drawn(12, 1) { steps.draw(on: &$0) }.text == "▸ 3 Outbox")
    let line = drawn(50, 1) { steps.drawLine(on: &$0) }
    #expect(line.text == "✓ 1 Host   – 2 Port   ▸ 3 Outbox     4 End")
    #expect(line.roles.hasPrefix("g.........."))
  }

  @Test func barsCutWhatMattersLeast() {
    let names = ["Global Settings", "Administration Hub", "General Administration"]
    #expect(drawn(45, 1) { Breadcrumb(names).draw(on: &$0, in: $0.bounds) }.text.hasSuffix("General Administration"))
    let hints = [KeyHint(.enter, "Open"), KeyHint(.function(1), "Help"), KeyHint(.escape, "Back")]
    let bar = drawn(24, 1) { KeyBar(hints).draw(on: &$0, in: $0.bounds) }
    // The way out is never left out.
    #expect(bar.text == " Enter  Open  Esc  Back")
    #expect(bar.roles == "KKKKKKKkkkkkkKKKKKkkkkkk")
    let status = StatusLine("cannot write", .error, activity: "backup 42%")
    #expect(drawn(30, 1) { status.draw(on: &$0, in: $0.bounds) }.text == "✗ cannot write     backup 42%")
    #expect(drawn(16, 1) { status.draw(on: &$0, in: $0.bounds) }.text == "✗ cannot write")
  }
}
