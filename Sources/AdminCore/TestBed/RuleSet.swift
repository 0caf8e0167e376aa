import Archive
import Database

/// The rules of one backup run. A normal backup has the empty set: the same walk, nothing changed.
public struct RuleSet: Sendable {
  /// The rules in the order in which they apply: the first that matches a value decides.
  public let rules: [Rule]
  /// What a site says is harmless although it looks dangerous.
  package var harmless: [HarmlessEntry] { site.harmless }
  /// Whether this is the set of a test-bed backup: then unknown is dangerous.
  public let isTestBed: Bool
  /// Whether recipients and subscribers get invented addresses.
  package let masksRecipients: Bool
  /// The site's file, as it was understood.
  package let site: SiteRules
  private let harmlessAt: [Rule.Target: [Int]]

  /// The rules of a normal backup: none.
  public static let none = RuleSet([], site: SiteRules(), isTestBed: false, masksRecipients: false)

  init(_ rules: [Rule], site: SiteRules, isTestBed: Bool, masksRecipients: Bool) {
    self.rules = rules
    self.site = site
    let harmless = site.harmless
    self.isTestBed = isTestBed
    self.masksRecipients = masksRecipients
    harmlessAt = Dictionary(grouping: harmless.indices) { harmless[$0].target }
  }

  /// The rules of a test-bed backup: the built-in ones, the site's, and the masking of recipients when wanted.
  public static func testBed(site path: String, maskRecipients: Bool) throws -> RuleSet {
    try testBed(SiteRules.read(path), maskRecipients: maskRecipients)
  }

  package static func testBed(_ site: SiteRules, maskRecipients: Bool) -> RuleSet {
    RuleSet(
      BuiltInRules.all + site.rules + (maskRecipients ? [BuiltInRules.masking] : []), site: site,
      isTestBed: true, masksRecipients: maskRecipients)
  }

  /// Whether a place that looks dangerous may travel as it is: the built-in rules say so, or the site does, in this row
  /// when its entry has conditions.
  ///
  /// - Parameters:
  ///   - target: the place; its names are meant literally.
  ///   - row: gives the text of a column of the row, as it was before any rule; nil for NULL and for none.
  ///   - hasLine: whether a line of the file matches a pattern in lower case.
  package func isHarmless(
    _ target: Rule.Target, row: (String) -> String? = { _ in nil }, hasLine: (String) -> Bool = { _ in false }
  ) -> Bool { RuleSet.isKnownHarmless(target) || harmlessEntry(target, row: row, hasLine: hasLine) != nil }

  /// The index of the site's entry that says so, into `harmless`.
  package func harmlessEntry(
    _ target: Rule.Target, row: (String) -> String? = { _ in nil }, hasLine: (String) -> Bool = { _ in false }
  ) -> Int? {
    harmlessAt[target]?.first { index in
      // Texts that only Unicode takes for one are two names for a database and a file system.
      harmless[index].target.description.utf8.elementsEqual(target.description.utf8)
        && harmless[index].conditions.allSatisfy { $0.holds(row: row, hasLine: hasLine) }
    }
  }

  /// Whether the site says so of some rows or files of this place only, so that each has to be asked for.
  package func isHarmlessAtTimes(_ target: Rule.Target) -> Bool {
    harmlessAt[target]?.contains { !harmless[$0].isUnconditional } ?? false
  }

  /// Whether the built-in rules say so.
  static func isKnownHarmless(_ target: Rule.Target) -> Bool { BuiltInRules.harmless.contains { $0.matches(target) } }

  /// Whether a rule leaves out rows of a table, all of them or some.
  func leavesOut(rowsOf table: String) -> Bool {
    rules.contains { rule in
      rule.matches.contains { if case .rows(let name) = $0.target { matchesPattern(table, name) } else { false } }
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

extension Rule.Condition {
  /// Whether a condition of a site's entry holds; one of a built-in rule does not.
  func holds(row: (String) -> String?, hasLine: (String) -> Bool) -> Bool {
    switch self {
    case .resembles(let column, let pattern): row(column).map { matchesPattern(Pattern.folded($0), pattern) } ?? false
    case .hasLine(let pattern): hasLine(pattern)
    case .equals, .matches, .isSet, .isIn: false
    }
  }
}
