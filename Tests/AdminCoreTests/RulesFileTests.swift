import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Answers are added to the site's file; what an operator wrote stays as it is.
@Suite struct RulesFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder["rules.yaml"] }

  init() throws { folder = try TemporaryFolder() }

  private let token = Finding(target: .setting("lui.crm.token"), reason: "a named secret")
  private let host = Finding(target: .column(table: "lui_o", column: "v"), reason: "a host", when: ["k": "ftp"])

  private func store(_ text: String) throws { try FileSystem.replace(path, with: Array(text.utf8)) }

  @Test func answersAreAddedBelowWhatIsThere() throws {
    let own =
      "# mine\nrules:\n  - id: a\n    setting: lui.x\n    action: unset   # why\n\nharmless:\n- {setting: lui.y}"
    try store(own)
    chmod(path, 0o640)
    var file = try RulesFile(path)
    try file.give(.remove, to: token, offersHarmless: true)
    try file.give(.harmless(because: "it's ours: \"x\" # y"), to: host)
    try file.store()
    let text = try Sample.text(path)
    #expect(text.hasPrefix(own) && !text.contains("tok-"))
    let read = try RulesFile(path)
    #expect(read.answer(to: token)?.answer == .remove && read.answer(to: host)?.answer == .harmless(because: ""))
    #expect(read.rules.rules.count == 2 && read.rules.harmless.count == 2)
    #expect(try FileSystem.status(path).map { $0.st_mode & 0o777 } == 0o640)
    // The harmless alternative stands below, ready to be taken.
    #expect(text.contains("\n# harmless: [{setting: lui.crm.token, because: \"say why\"}]\n"))
  }

  @Test func aNewFileIsPrivate() throws {
    var file = try RulesFile(path)
    try file.give(.set("none"), to: token)
    try file.store()
    #expect(try FileSystem.status(path).map { $0.st_mode & 0o777 } == 0o600)
    #expect(try RulesFile(path).answer(to: token)?.answer == .set("none"))
  }

  @Test func anAnswerIsChangedInItsLine() throws {
    var file = try RulesFile(path)
    try file.give(.remove, to: token)
    try file.give(.remove, to: host)
    try file.give(.harmless(because: "no"), to: token)
    try file.store()
    let read = try RulesFile(path)
    #expect(read.answer(to: token)?.answer == .harmless(because: "") && read.rules.entries.count == 2)
    #expect(read.answer(to: host)?.answer == .remove)
  }

  @Test func whatAnOperatorWroteIsNotChanged() throws {
    let texts = [
      "rules:\n  - {id: a, setting: lui.crm.token, action: unset}\n",
      "rules: [{id: a, setting: 'lui.c*', action: unset}]",
      "rules: [{id: a, setting: lui.crm.token, action: unset}, {id: b, setting: lui.x, action: unset}]",
    ]
    for text in texts {
      try store(text)
      var file = try RulesFile(path)
      #expect(file.answer(to: token)?.answer == .remove)
      let error = Sample.error { try file.give(.set("x"), to: token) }
      #expect(error?.code == .configuration && error?.location.contains("line ") == true)
    }
  }

  @Test func rowsThatAreLeftOutAnswerForTheirColumns() throws {
    try store("rules: [{id: a, rows: lui_o, when: {k: f*}, action: leave-out}]")
    let file = try RulesFile(path)
    #expect(file.answer(to: host)?.answer == .leaveOut)
    #expect(file.answer(to: Finding(target: host.target, reason: "x", when: ["k": "smtp"])) == nil)
    #expect(file.answer(to: Finding(target: host.target, reason: "x")) == nil)
  }

  @Test func aFileThatIsNotUnderstoodOrNoFileIsLeftAlone() throws {
    try store("rules: [{id: x")
    #expect(Sample.error { _ = try RulesFile(path) }?.location.contains("line 1") == true)
    unlink(path)
    symlink("/nonexistent", path)
    #expect(Sample.error { _ = try RulesFile(path) }?.code == .configuration)
  }

  @Test func anAnswerThatCannotBeGivenIsRefused() throws {
    var file = try RulesFile(path)
    #expect(Sample.error { try file.give(.leaveOut, to: token) }?.code == .usage)
    #expect(file.answer(to: token) == nil)
  }

  @Test func theCheckTellsWhatIsUnansweredAndWhatIsIdle() throws {
    let installation = try Sample.installation(folder)
    let database = try installation.openDatabase(.readWrite)
    for (name, value) in [("lui.a.password", "hunter22"), ("lui.b.password", "hunter23")] {
      try Settings(database).store(name, value)
    }
    let hub = Hub(installation, .current)
    let options = BackupOptions(kind: .testBed)
    try Sample.write(
      "harmless: [{setting: lui.a.password}]\nrules: [{id: gone, setting: lui.gone, action: unset}]\n",
      to: installation.rulesPath)
    let check = try RuleActions.check(hub, options)
    #expect(check.entries == 2 && check.unanswered.map(\.place) == ["setting lui.b.password"])
    #expect(check.idle == ["line 2, rule gone, setting lui.gone"])
    #expect(RuleActions.refusal(of: check, hub)?.code == .refused)
    #expect(!check.lines.joined().contains("hunter"))
    _ = try RuleActions.propose(hub, options)
    let after = try RuleActions.check(hub, options)
    #expect(after.unanswered.isEmpty && RuleActions.refusal(of: after, hub) == nil && after.entries == 3)
    #expect(try Sample.text(installation.rulesPath).contains("harmless: [{setting: lui.a.password}]"))
    #expect(try RuleActions.propose(hub, options).hasPrefix("Nothing to propose"))
  }
}
