import Archive
import Database

/// The rules of one backup run. A normal backup has the empty set: the same walk, nothing changed.
public struct RuleSet: Sendable {
  /// The rules in the order in which they apply: the first that matches a value decides.
  public let rules: [Rule]
  /// What a site says is harmless although it looks dangerous.
  let harmless: [Rule.Target]
  /// Whether this is the set of a test-bed backup: then unknown is dangerous.
  public let isTestBed: Bool

  /// The rules of a normal backup: none.
  public static let none = RuleSet(rules: [], harmless: [], isTestBed: false)

  /// The rules of a test-bed backup: the built-in ones, the site's, and the masking of recipients when wanted.
  public static func testBed(site path: String, maskRecipients: Bool) throws -> RuleSet {
    try testBed(SiteRules.read(path), maskRecipients: maskRecipients)
  }

  package static func testBed(_ site: SiteRules, maskRecipients: Bool) -> RuleSet {
    RuleSet(
      rules: BuiltInRules.all + site.rules + (maskRecipients ? [BuiltInRules.masking] : []), harmless: site.harmless,
      isTestBed: true)
  }

  /// Whether a place that looks dangerous may travel as it is: the site says so, or the built-in rules do.
  func isHarmless(_ target: Rule.Target) -> Bool {
    harmless.contains(target)
      || BuiltInRules.harmless.contains {
        guard case .ini(let file, let key) = target, case .ini(let files, let keys) = $0 else { return false }
        return matchesPattern(file, files) && matchesPattern(key, keys)
      }
  }

  /// One match of one rule.
  package struct Bound: Sendable {
    package let rule: Int
    package let match: Rule.Match
  }

  package func bound(where isWanted: (Rule.Target) -> Bool) -> [Bound] {
    rules.enumerated().flatMap { index, rule in
      rule.matches.filter { isWanted($0.target) }.map { Bound(rule: index, match: $0) }
    }
  }

  package func index(of id: String) -> Int? { rules.firstIndex { $0.id == id } }

  /// What the rules look for in tables that are there and have no such column, in words: an older installation's tables
  /// are changed less than the rules say.
  package func absentColumns(in tables: [TableSchema]) -> [String] {
    var places: [String] = []
    for match in rules.flatMap(\.matches) {
      guard case .column(let name, let column) = match.target, let table = tables.first(where: { $0.name == name }),
        !table.columns.contains(where: { matchesPattern($0.name, column) })
      else { continue }
      let place = "\(name).\(column)"
      if !places.contains(place) { places.append(place) }
    }
    return places
  }
}
