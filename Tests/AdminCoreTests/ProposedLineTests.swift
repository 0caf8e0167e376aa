import Testing

@testable import AdminCore
@testable import Installation
@testable import TestBed

/// Whatever a thing is called, the line that is proposed for it means this thing and no other.
@Suite struct ProposedLineTests {
  private static let names = [
    "plain", "./x", "data/./x", "lui.plugin.token", "a: b", "a #b", "- x", "{x}", "[x]", "x,y", "*", "a*b?c[d]e", "\\",
    "\\*", "a\\",
    "\"q\"",
    "it's", " both ends ", "\ttab\t", "line\nfeed", "cr\r", "nul\0", "bell\u{7}", "del\u{7F}", "\u{85}", "\u{2028}",
    "\u{FEFF}bom", "\u{202E}turned", "ä ö", "名前", "🐝", "e\u{301}", "data/x", "data/data/x", "a/b", "a.b.c", "true",
    "null", "~", "1.0", "=", "<<", "!x", "&a", "%x", "@x", "`x", "|", ">", "?", ":", "#", "'", "\u{10FFE9}", "",
  ]

  private func targets(_ a: String, _ b: String) -> [Rule.Target] {
    [
      .setting(a), .column(table: a, column: b), .ini(.lui, key: a), .ini(file: "hub/\(a)x.ini", key: b + a),
      .file(.hub, a), .file(.lui, a + "/" + b),
    ]
  }

  @Test func eachIsFoundAgain() throws {
    for a in Self.names {
      for b in Self.names.prefix(9) + ["e\u{301}", "a.b.c"] {
        for target in targets(a, b) {
          let finding = Finding(target: target, reason: "x")
          let site = try SiteRules(yaml: finding.remedy.replacing(" or harmless: ", "\nharmless: "), path: "R")
          let rule = try #require(site.rules.first?.matches.first?.target)
          let harmless = try #require(site.harmless.first?.target)
          #expect(rule.matches(target), "\(finding.rule)")
          #expect(rule.literal == target && harmless == target, "\(finding.rule)")
          #expect(!finding.remedy.contains { $0.isNewline })
        }
      }
    }
  }

  @Test func patternCharactersMeanThemselves() throws {
    let finding = Finding(target: .column(table: "lui_a[b]", column: "x*y"), reason: "x")
    let site = try SiteRules(yaml: finding.line(.remove), path: "R")
    let rule = site.rules[0].matches[0].target
    #expect(rule.matches(.column(table: "lui_a[b]", column: "x*y")))
    #expect(!rule.matches(.column(table: "lui_ab", column: "x*y")))
    #expect(!rule.matches(.column(table: "lui_a[b]", column: "xzy")))
  }

  @Test func rowsAreMeantLiterally() throws {
    for value in Self.names where !value.contains("\0") {
      let finding = Finding(target: .column(table: "lui_o", column: "v"), reason: "x", when: ["k: *": value])
      let site = try SiteRules(
        yaml: finding.line(.remove) + "\n" + finding.line(.harmless(because: "it is")), path: "R")
      for condition in [site.rules[0].matches[0].conditions[0], site.harmless[0].conditions[0]] {
        #expect(condition.holds(row: { $0 == "k: *" ? value : nil }, hasLine: { _ in false }), "\(finding.rule)")
        #expect(!condition.holds(row: { _ in value + "x" }, hasLine: { _ in false }))
      }
    }
  }

  @Test func everyAnswerIsUnderstood() throws {
    let column = Finding(target: .column(table: "lui_o", column: "v"), reason: "x", when: ["k": "a"])
    let site = try SiteRules(
      yaml: [column.line(.set("a: \"b\"")), column.line(.leaveOut)].joined(separator: "\n"), path: "R")
    #expect(site.rules.map(\.matches[0].action) == [.set("a: \"b\""), .leaveOut])
    #expect(site.rules[1].matches[0].target == .rows(table: "lui_o"))
    #expect(site.rules.allSatisfy { $0.matches[0].conditions == [.resembles(column: "k", "a")] })
    let file = Finding(target: .file(.lui, "x.txt"), reason: "x")
    #expect(file.line(.remove) == file.line(.leaveOut) && file.objection(to: .set("y")) != nil)
    #expect(Finding(target: .setting("a.b"), reason: "x").objection(to: .leaveOut) != nil)
    // The rows of a table of which a built-in rule knows a column are no site's to take.
    let known = Finding(target: .column(table: "lui_jobs", column: "mirror"), reason: "x")
    #expect(known.objection(to: .leaveOut)?.contains("built-in") == true && known.objection(to: .remove) == nil)
  }

  @Test func namesThatAreNoUTF8StayApart() {
    let paths: [[UInt8]] = [
      [0x61], [0xE9], [0xEA], [0xC3, 0xA9], [0x61, 0xFF, 0x62], [0x61, 0xFE, 0x62], [0xEF, 0xBF, 0xBD],
      [0xF4, 0x8F, 0xBF, 0xA9], [0xED, 0xA0, 0x80], Array("é/名".utf8),
    ]
    #expect(Set(paths.map { PathText.text($0) }).count == paths.count)
    #expect(PathText.text(Array("é/名".utf8)) == "é/名" && PathText.text([0x61, 0xE9]) == "a\u{10FFE9}")
  }

  @Test func linesOfFilesAreFound() {
    func found(_ text: String, _ patterns: [String], by step: Int) -> Set<String> {
      var search = LineSearch(patterns)
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: step) {
        bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { search.scan($0) }
      }
      search.finish()
      return search.found
    }
    let text = "one\r\nTwo Words\n" + String(repeating: "x", count: 200_000) + "needle" + "\nlast"
    for step in [1000, 1 << 20] {
      let patterns = ["one", "two*", "*needle*", "last", "tw", "*two*last*"]
      #expect(found(text, patterns, by: step) == ["one", "two*", "*needle*", "last"])
    }
  }
}
