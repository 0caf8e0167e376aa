import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SiteRulesTests {
  private func read(_ yaml: String) throws -> SiteRules { try SiteRules(yaml: yaml, path: "rules.yaml") }

  @Test func whatASiteAddsIsUnderstood() throws {
    let rules = try read(
      """
      rules:
        - {id: crm, danger: calls the CRM, setting: lui.crm.token, action: unset, after-restore: ask}
        - {id: hooks, column: lui_plugin.hook_*, set: none}
        - {id: rows, rows: lui_plugin_log, action: leave-out}
        - {id: files, file: lui/data/x/*.cfg, action: leave-out}
        - {id: ini, ini: "tracker.ini:geo.key", action: unset}
        - {id: home, ini: "*/conf/*.properties:geo.key", action: unset}
        - {id: accounts, ini: "hub/accountreg:geo.key", action: unset}
      harmless:
        - {column: lui_plugin.host_name, because: a colour}
      """)
    #expect(rules.rules.map(\.id) == ["crm", "hooks", "rows", "files", "ini", "home", "accounts"])
    #expect(
      rules.rules.flatMap(\.matches).map(\.target) == [
        .setting("lui.crm.token"), .column(table: "lui_plugin", column: "hook_*"), .rows(table: "lui_plugin_log"),
        .file(.lui, "data/x/*.cfg"), .ini(.trk, key: "geo.key"), .ini(file: "*/conf/*.properties", key: "geo.key"),
        .ini(file: "hub/accountreg", key: "geo.key"),
      ])
    #expect(
      rules.rules.flatMap(\.matches).map(\.action)
        == [.unset, .set("none"), .leaveOut, .leaveOut, .unset, .unset, .unset])
    #expect(
      rules.harmless == [HarmlessEntry(target: .column(table: "lui_plugin", column: "host_name"), conditions: [])])
    #expect(rules.entries.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 10])
    #expect(rules.rules[0].danger == "calls the CRM" && rules.rules[0].afterRestore == "ask")
    #expect(try read("").rules.isEmpty && SiteRules.read("/nonexistent/rules.yaml").rules.isEmpty)
  }

  /// Its path was once that inside the data folder.
  @Test func aFileIsNamedByItsPathInTheHomeFolderAndInTheOldSpellingToo() throws {
    let rules = try read(
      """
      rules: [{id: registry, file: hub/hubreg.old, action: leave-out}]
      harmless: [{file: lui/templates/a.txt}]
      """)
    #expect(
      rules.rules[0].matches.map(\.target) == [.file(.hub, "hubreg.old"), .file(.hub, "data/hubreg.old")])
    #expect(rules.harmless.map(\.target) == [.file(.lui, "templates/a.txt"), .file(.lui, "data/templates/a.txt")])
  }

  @Test(arguments: [
    "harmless: [{setting: lui.listserv.host}]", "harmless: [{column: lui_jobs.origin}]",
    "harmless: [{ini: 'lui.ini:database.password'}]",
    "harmless: [{ini: 'lui.ini:hub.host'}]", "harmless: [{file: lui/x.pem}]",
    "harmless: [{column: hub_sessions.token}]",
    "rules: [{id: x, setting: 'lui.outbox.*', set: enabled}]", "rules: [{id: x, setting: '*', set: enabled}]",
    "rules: [{id: x, column: 'lui_j*.o*', set: y}]", "rules: [{id: x, column: hub_settings.value, set: enabled}]",
    "rules: [{id: x, column: 'hub_*.*', action: unset}]", "rules: [{id: x, rows: hub_settings, action: leave-out}]",
    "rules: [{id: x, rows: hub_database_connections, action: leave-out}]",
    "rules: [{id: x, ini: '*:*.host', set: prod}]", "harmless: [{ini: 'hub/tomcat.ini:database.password'}]",
    "rules: [{id: x, ini: 'hub/*:component.host', set: prod}]",
  ])
  func aSiteCannotWeaken(yaml: String) {
    let error = Sample.error { _ = try read(yaml) }
    #expect(error?.code == .configuration && error?.what.contains("built-in rule") == true, "\(error?.what ?? "")")
    #expect(error?.location.hasSuffix("entry 1") == true)
  }

  @Test(arguments: [
    ("rules: [{id: outbox, setting: a.b, action: unset}]", "rules entry 1"),
    ("rules: [{setting: a.b, action: unset}]", "rules entry 1"),
    ("rules: [{id: '', setting: a.b, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, setting: a.b, action: unset}, {id: b, setting: c.d, acton: unset}]", "rules entry 2"),
    ("rules: [{id: a, setting: a.b, action: remove}]", "rules entry 1"),
    ("rules: [{id: a, setting: a.b}]", "rules entry 1"),
    ("rules: [{id: a, setting: a.b, action: unset, set: x}]", "rules entry 1"),
    ("rules: [{id: a, setting: a.b, action: leave-out}]", "rules entry 1"),
    ("rules: [{id: a, rows: x_y, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, file: lui/x, set: y}]", "rules entry 1"),
    ("rules: [{id: a, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, setting: a, column: b.c, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, colum: b.c, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, column: b, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, ini: 'x.ini:b', action: unset}]", "rules entry 1"),
    ("rules: [{id: a, ini: b, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, ini: 'x/a.ini:b', action: unset}]", "rules entry 1"),
    ("rules: [{id: a, ini: 'lui/accountreg:b', action: unset}]", "rules entry 1"),
    ("harmless: [{ini: 'hub/*.ini:b'}]", "harmless entry 1"),
    ("rules: [{id: a, file: b, action: leave-out}]", "rules entry 1"),
    ("rules: [{id: a, file: x/b, action: leave-out}]", "rules entry 1"),
    ("rules: [{id: a, setting: [b], action: unset}]", "rules entry 1"), ("rules: [word]", "rules entry 1"),
    ("harmless: [{setting: 'lui.*'}]", "harmless entry 1"),
    ("harmless: [{column: 'lui_plugin.?'}]", "harmless entry 1"),
    ("harmless: [{ini: '*:x'}]", "harmless entry 1"), ("harmless: [{setting: x, action: unset}]", "harmless entry 1"),
    ("harmless: [{because: x}]", "harmless entry 1"), ("harmles: []", "rules.yaml"), ("rules: {a: b}", "rules.yaml"),
    ("[a]", "rules.yaml"), ("a: [", "rules.yaml, line 1"), ("\n\nrules: [", "line 3"),
    ("rules: [{id: a, id: b, setting: x, action: unset}]", "line 1"),
    ("harmless: []\n\nrules:\n- {id: a, setting: x}", "line 4, column 3, rules entry 1"),
    ("rules: [{id: a, setting: x, action: unset}]\nrules: [{id: b}]", "line 2, column 9, rules entry 2"),
    ("rules: &all [{id: a, setting: x, action: unset}]\n", "line 1"),
    ("rules: [{id: a, setting: &x y, action: unset}, {id: b, setting: *x, action: unset}]", "line 1"),
    ("rules: [{id: a, setting: !!binary eA==, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, setting: x, set: }]", "rules entry 1"), ("rules: [{id: a, setting: x, set: ~}]", "rules entry 1"),
    ("rules: [{id: a, setting: x, when: {name: y}, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, ini: 'lui.ini:x', when: {name: y}, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, column: lui_o.v, when: '*PASS*', action: unset}]", "rules entry 1"),
    ("rules: [{id: a, column: lui_o.v, when: {}, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, column: lui_o.v, when: {n: [a, b]}, action: unset}]", "rules entry 1"),
    ("rules: [{id: a, file: lui/x, when: {size: 3}, action: leave-out}]", "rules entry 1"),
    ("rules: \(String(repeating: "[", count: 100_000))", "line 1"),
  ])
  func whatCannotBeUnderstoodIsNamed(yaml: String, place: String) {
    let error = Sample.error { _ = try read(yaml) }
    #expect(error?.code == .configuration && error?.location.contains(place) == true, "\(error?.description ?? "")")
  }

  @Test func listsMayBeGivenSeveralTimes() throws {
    let rules = try read(
      """
      # pasted
      rules: [{id: a, setting: a.b, action: unset}]
      harmless: [{setting: x.y}]
      rules: [{id: b, setting: c.d, set: 5}]
      "rules":
        - {id: c, setting: "e.f", set: yes}
      ---
      harmless:
      rules: [
        {id: d, setting: g.h, set: "null"}]
      """)
    #expect(rules.rules.map(\.id) == ["a", "b", "c", "d"] && rules.harmless.count == 1)
    #expect(rules.rules.flatMap(\.matches).map(\.action) == [.unset, .set("5"), .set("yes"), .set("null")])
    #expect(rules.entries.map(\.line) == [2, 3, 4, 6, 10])
  }

  @Test func conditionsChooseRowsAndFiles() throws {
    let rules = try read(
      """
      rules:
        - {id: a, column: lui_o.v, when: {k: "*PassWord*", kind: text}, action: unset}
        - {id: b, rows: lui_o, when: {k: 'x\\*'}, action: leave-out}
        - {id: c, file: "lui/*.csv", when: {content: "*Lindenallee*"}, action: leave-out}
      harmless:
        - {column: lui_o.v, when: {k: blogname}, because: a name}
      """)
    #expect(
      rules.rules.flatMap(\.matches).map(\.conditions) == [
        [.resembles(column: "k", "*password*"), .resembles(column: "kind", "text")],
        [.resembles(column: "k", "x\\*")], [.hasLine("*lindenallee*")], [.hasLine("*lindenallee*")],
      ])
    let set = RuleSet.testBed(rules, maskRecipients: false)
    let place = Rule.Target.column(table: "lui_o", column: "v")
    #expect(set.isHarmless(place) { $0 == "k" ? "BlogName" : nil })
    #expect(!set.isHarmless(place) { $0 == "k" ? "blogname2" : nil } && !set.isHarmless(place))
    #expect(set.isHarmlessAtTimes(place))
  }

  @Test func aFileThatIsNotUTF8IsRefused() throws {
    let folder = try TemporaryFolder()
    try FileSystem.replace(folder["r.yaml"], with: [0xFF, 0xFE])
    #expect(Sample.error { _ = try SiteRules.read(folder["r.yaml"]) }?.code == .configuration)
  }
}
