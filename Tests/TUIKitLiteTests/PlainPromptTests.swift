import TUIKitLite
import Testing

@Suite struct PlainPromptTests {
  private func prompt(_ answers: [String], _ written: Log) -> PlainPrompt {
    var rest = answers[...]
    return PlainPrompt(read: { _ in rest.popFirst() }, write: { written.lines.append($0) })
  }

  @Test func theSameFormsWorkLineByLine() {
    var form = Form([
      .text("host", "Host", "old") { $0.contains(" ") ? "no blanks" : nil },
      FormField("port", "Port", .number(TextInput("25"), 1...99)),
      FormField("level", "Level", .choice(["fast", "small"], 0)),
      FormField("mask", "Mask", .toggle(false)), FormField("secret", "Secret", .password(TextInput("x"))),
    ])
    let log = Log()
    #expect(prompt(["a b", "new", "100", "42", "big", "small", "yes", ""], log).ask(&form) == true)
    #expect(form.fields.map(\.text) == ["new", "42", "small", "yes", "x"])
    #expect(log.lines.filter { $0.hasPrefix("Error: ") }.count == 3)
    #expect(prompt(["-"], log).ask(&form) == false)
    #expect(form["host"]?.text == "")
  }

  @Test func choicesAndConfirmationsWantFullAnswers() {
    let log = Log()
    let items: [Menu.Item] = [.init("One"), .init("Two", disabled: "busy"), .init("Three")]
    #expect(prompt(["9", "x", "2", "3"], log).choose("Pick", items) == 2)
    #expect(prompt(["0"], log).choose("Pick", items) == nil)
    #expect(prompt([], log).choose("Pick", items) == nil)
    let question = Dialog("Delete", "Sure?", .confirm(yes: "Delete", no: "Keep"), .danger)
    #expect(prompt(["y", "yes"], log).confirm(question))
    #expect(!prompt(["y", "no"], log).confirm(question))
    #expect(!prompt([""], log).confirm(question))
    #expect(!prompt([], log).confirm(question))
    #expect(log.lines.contains("Danger: Sure?\n"))
    let word = Dialog("Outbox", "Open?", .typeWord("OPEN"))
    #expect(prompt(["OPEN"], log).confirm(word))
    #expect(!prompt(["open"], log).confirm(word))
  }

  @Test func twoDotsLeaveAFormAndNoDotIsAnAnswer() {
    var form = Form([.text("host", "Host", "old"), FormField("secret", "Secret", .password(TextInput()))])
    let log = Log()
    let prompt = prompt(["new", ".."], log)
    #expect(prompt.ask(&form) == false)
    #expect(!prompt.isAtEnd && form["secret"]?.text == "")
    #expect(log.lines == ["Host [old]: ", "Secret: "])
    #expect(prompt.ask(&form) == false)
    #expect(prompt.isAtEnd)
  }

  @Test func aMenuTellsHintsAndWhatZeroDoes() {
    let log = Log()
    _ = prompt(["0"], log).choose("Pick", [.init("One", hint: "two steps")], back: "quit")
    #expect(log.lines == ["Pick\n", "1  One, two steps\n", "Number from 1 to 1, 0 to quit: "])
  }

  @Test func onlyAnEmptyLineOrTheEndLeavesAndAnotherLineIsTheNextAnswer() {
    var lines = ["2", "", "x"][...]
    var isReady = false
    let prompt = PlainPrompt(read: { _ in lines.popFirst() }, write: { _ in }, wait: { _ in isReady })
    #expect(!prompt.isLeft(within: 0) && lines.count == 3)
    isReady = true
    #expect(!prompt.isLeft(within: 0) && lines.count == 2)
    // What is held is not overtaken.
    #expect(!prompt.isLeft(within: 0) && lines.count == 2)
    #expect(prompt.choose("Pick", [.init("One"), .init("Two")]) == 1)
    #expect(prompt.isLeft(within: 0) && !prompt.isAtEnd)
    #expect(!prompt.isLeft(within: 0) && prompt.line("?") == "x")
    #expect(prompt.isLeft(within: 0) && prompt.isAtEnd)
    #expect(prompt.line("?") == nil)
  }

  @Test func nothingDrivesTheTerminal() {
    let log = Log()
    prompt([], log).say("a\u{1B}[2J\nb\u{202E}")
    #expect(log.lines == ["a^[[2J\nb<U+202E>\n"])
  }
}
