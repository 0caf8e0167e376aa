import Database
import Installation
import Platform

/// What an entry of `hub/test-bed-rules.yaml` means.
enum SiteRuleEntry {
  /// An entry of the list `rules`.
  ///
  /// - Throws: `AdminError` (`configuration`) naming the entry.
  static func rule(_ entry: RulesDocument.Entry) throws -> Rule {
    var words = entry.words
    let target = try target(&words, entry.place)
    let conditions = try conditions(of: entry, target)
    guard let id = words.removeValue(forKey: "id"), !id.isEmpty, !BuiltInRules.all.contains(where: { $0.id == id })
    else {
      throw RulesDocument.wrong("a rule needs an id of its own", entry.place)
    }
    let action: Rule.Action
    switch (words.removeValue(forKey: "action"), words.removeValue(forKey: "set"), target) {
    case ("leave-out", nil, .rows), ("leave-out", nil, .file): action = .leaveOut
    case (_, _, .rows), (_, _, .file):
      throw RulesDocument.wrong("rows and files can only have the action leave-out", entry.place)
    case ("unset", nil, _): action = .unset
    case (nil, .some(let value), _): action = .set(.text(value))
    default:
      throw RulesDocument.wrong(
        "a rule needs either action: unset, action: leave-out (rows, files) or set: VALUE", entry.place)
    }
    let danger = words.removeValue(forKey: "danger") ?? "named by the site"
    let after = words.removeValue(forKey: "after-restore") ?? "as the site decides"
    try refuseRest(of: words, entry)
    // What a site takes out is searched for like a secret: it can only be too careful.
    let matches = SiteRuleTarget.spellings(target).map {
      Rule.Match(target: $0, conditions: conditions, action: action, sensitivity: .secret)
    }
    return Rule(id: id, danger: danger, afterRestore: after, matches: matches, isOfSite: true)
  }

  /// An entry of the list `harmless`: one for each place that it means.
  ///
  /// - Throws: `AdminError` (`configuration`) naming the entry.
  static func harmless(_ entry: RulesDocument.Entry) throws -> [HarmlessEntry] {
    var words = entry.words
    let pattern = try target(&words, entry.place)
    // Of rows it says one thing: that the table is no queue which may send.
    if case .rows(let table) = pattern, SystemSchema.tables.contains(where: { $0.name == table }) {
      throw RulesDocument.wrong(
        "rows of this table cannot be harmless; name the column that looks dangerous", entry.place)
    }
    guard let target = pattern.literal else {
      throw RulesDocument.wrong(
        "harmless names one thing, without a pattern (a \\ before *, ?, [ and \\ takes them as they are)", entry.place)
    }
    let conditions = try conditions(of: entry, pattern)
    words["because"] = nil
    try refuseRest(of: words, entry)
    return SiteRuleTarget.spellings(target).map { HarmlessEntry(target: $0, conditions: conditions) }
  }

  private static func refuseRest(of words: [String: String], _ entry: RulesDocument.Entry) throws {
    guard let unknown = words.keys.sorted().first else { return }
    throw RulesDocument.wrong("the word \(unknown) is not known", entry.place)
  }

  // MARK: - Where and when

  private static func target(_ words: inout [String: String], _ place: String) throws -> Rule.Target {
    var targets: [Rule.Target] = []
    for kind in SiteRuleTarget.kinds {
      if let text = words.removeValue(forKey: kind) { targets.append(try SiteRuleTarget.parse(kind, text, place)) }
    }
    guard targets.count == 1 else {
      throw RulesDocument.wrong(
        "exactly one of \(SiteRuleTarget.kinds.joined(separator: ", ")) must be given", place)
    }
    let target = targets[0]
    if let builtIn = BuiltInRules.all.first(where: { $0.matches.contains { $0.target.overlaps(target) } }) {
      throw RulesDocument.wrong(
        "\(target) is covered by the built-in rule \(builtIn.id), which a site cannot change", place)
    }
    return target
  }

  private static func conditions(of entry: RulesDocument.Entry, _ target: Rule.Target) throws -> [Rule.Condition] {
    guard let given = entry.conditions else { return [] }
    switch target {
    case .column, .rows: return given.map { .resembles(column: $0.column, Pattern.folded($0.pattern)) }
    case .file:
      guard given.count == 1, given[0].column == "content" else {
        throw RulesDocument.wrong(
          "of a file only the content can be asked for, as in {content: \"*KEY*\"}", entry.place)
      }
      return [.hasLine(Pattern.folded(given[0].pattern))]
    case .ini, .setting:
      throw RulesDocument.wrong("only columns, rows and files can have conditions", entry.place)
    }
  }
}
