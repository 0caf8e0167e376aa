import Foundation
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What two machines compare to know that both have the same rules.
@Suite struct RulesTextTests {
  /// The digest of each version of the rules. When this fails because you changed what a rule does: raise
  /// `BuiltInRules.version`, and put the new version and digest here. When you changed no rule, the spelling of one has
  /// changed, which would part machines that agree: undo that.
  private static let pinned = (version: 2, digest: "1c70700244217c90ab61339fbdb254dbfc66105d5b79e6eabec172fa27e5098b")

  @Test func theRulesAreThoseOfTheirVersion() {
    #expect(BuiltInRules.version == Self.pinned.version)
    #expect(
      BuiltInRules.digest == Self.pinned.digest,
      "raise BuiltInRules.version and pin the new digest if a rule was changed; the rules are now:\n\(BuiltInRules.lines.joined(separator: "\n"))"
    )
  }

  @Test func eachMatchHasALineThatSaysAllOfIt() {
    let lines = BuiltInRules.lines
    #expect(lines.count == (BuiltInRules.all + [BuiltInRules.masking]).reduce(0) { $0 + max(1, $1.matches.count) })
    #expect(Set(lines).count == lines.count && lines.allSatisfy { !$0.contains("\n") })
    for line in [
      #"distribution: ini "hub/hub.ini" "component.host": set "localhost", address"#,
      #"listserv-host: setting "lui.listserv.client-password": unset, secret"#,
      #"sending-in-progress: column "lui_jobs" "is_suspended" when "state" equals "sending": set 1, tells nothing"#,
      #"backup-folder: setting "hub.backup.folder" when "value" matches "/*": set "backup", address"#,
      #"keys: rows "hub_sessions": leave out, tells nothing"#, #"keys: file * "*.pem": leave out, tells nothing"#,
      "comments: no match",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func noTwoMatchesHaveOneSpelling() {
    func line(_ target: Rule.Target, _ conditions: [Rule.Condition] = [], _ action: Rule.Action = .unset) -> String {
      RulesText.lines([
        Rule(
          id: "r", danger: "", afterRestore: "",
          matches: [.init(target: target, conditions: conditions, action: action, sensitivity: .none)])
      ])[0]
    }
    let lines = [
      line(.setting("a")), line(.setting(#"a" when "b"#)), line(.setting("a\\")), line(.setting("a\n")),
      line(.setting("a\\n")), line(.column(table: "a", column: "b c")), line(.column(table: "a b", column: "c")),
      line(.ini(nil, key: "a")), line(.ini(.hub, key: "a")), line(.setting("a"), [.isSet(column: "a")]),
      line(.setting("a"), [.equals(column: "a", "b")]), line(.setting("a"), [.matches(column: "a", "b")]),
      line(.setting("a"), [.isIn(column: "a", query: "b")]), line(.setting("a"), [], .set(.null)),
      line(.setting("a"), [], .set(1)), line(.setting("a"), [], .set("1")), line(.setting("a"), [], .set(.real(1))),
      line(.setting("a"), [], .set(.binary([1]))), line(.setting("a"), [], .setBackupID),
      line(.setting("a"), [], .mask(.email)), line(.setting("a"), [], .leaveOut),
    ]
    #expect(Set(lines).count == lines.count)
  }

  // What hubtui said of itself before its rules had a number.
  @Test func anOlderPeerIsUnderstoodAndRefusedInWords() throws {
    let text = """
      {"word":"hubtui-component","oldest":2,"newest":2,"product":"0.9","format":\(Manifest.currentVersion),"rules":"0123","component":"LUI"}
      """
    let older = try JSONDecoder().decode(Hello.self, from: Data(text.utf8))
    #expect(older.rulesVersion == nil && Hello().objection(to: older) == nil)
    let objection = try #require(Hello().rulesObjection(to: older))
    #expect(
      objection.hasPrefix("its rules for a test-bed backup are not this version's (without a version, hubtui 0.9"))
    #expect(objection.contains("version \(BuiltInRules.version)"))
  }

  @Test func theSameRulesAreNoObjection() throws {
    #expect(
      try Hello().rulesObjection(to: JSONDecoder().decode(Hello.self, from: JSONEncoder().encode(Hello()))) == nil)
    var newer = Hello()
    newer.rulesVersion = BuiltInRules.version + 1
    #expect(Hello().rulesObjection(to: newer) != nil)
    // A version that nobody raised.
    var other = Hello()
    other.rules = String(repeating: "0", count: 64)
    #expect(Hello().rulesObjection(to: other) != nil)
  }
}
