import Database
import Platform

/// The columns that rules unset and that must not become empty: keys, and what refers to them. Each of their rows gets a
/// value of its own, the same wherever it is referred to, so that the copy restores and its tables still belong together.
struct KeyColumns {
  /// A column of a table.
  struct Place: Hashable {
    let table: String
    let column: String
  }

  /// A column of these, with the rule that unsets it and the form of its new values.
  struct Key {
    let form: InventedForm
    /// The index of the rule. For a column that no rule names it is the rule of the column that it refers to.
    let rule: Int
    /// Whether no rule names the column itself.
    let isImplied: Bool
  }

  private var keys: [Place: Key] = [:]

  /// What is said of a column; nil when it may become empty, or no rule unsets it.
  subscript(_ table: String, _ column: String) -> Key? {
    keys.isEmpty ? nil : keys[Place(table: table, column: column)]
  }

  /// The implied columns of a table.
  func implied(of table: TableSchema) -> [(column: Int, rule: Int)] {
    guard !keys.isEmpty else { return [] }
    return table.columns.indices.compactMap { index in
      guard let key = self[table.name, table.columns[index].name], key.isImplied else { return nil }
      return (index, key.rule)
    }
  }

  /// - Throws: `AdminError` (`refused`) for a key for which no values can be invented, or whose other end stays as it is.
  init(_ tables: [TableSchema], _ ruleSet: RuleSet) throws {
    let graph = ReferenceGraph(tables)
    let unset = Self.unsetColumns(tables, ruleSet)
    var rules: [Place: Int] = [:]
    for table in tables {
      for column in table.columns {
        let place = Place(table: table.name, column: column.name)
        if let rule = unset[place]?.rule, graph.needsValue(place, table, column) { rules[place] = rule }
      }
    }
    guard !rules.isEmpty || unset.keys.contains(where: { !graph.parents(of: $0).isEmpty }) else { return }
    // Whatever refers to a key follows it.
    var waiting = Array(rules.keys)
    var implied: Set<Place> = []
    while let parent = waiting.popLast() {
      for child in graph.children(of: parent) where rules[child] == nil {
        if unset[child] == nil { implied.insert(child) }
        rules[child] = unset[child]?.rule ?? rules[parent]
        waiting.append(child)
      }
    }
    for (child, rule) in unset {
      let kept = graph.parents(of: child).filter { rules[$0] == nil }
      guard let parent = kept.first else { continue }
      // A reference that may be NULL becomes NULL; of the others no value is right.
      if !graph.mustHaveValue(child), rules[child] == nil { continue }
      throw Self.refusal(
        child, "refers to \(parent.table).\(parent.column), which keeps its values", rule.rule, ruleSet,
        "unset that column as well, or leave the rows out")
    }
    for (place, rule) in rules where unset[place]?.isConditional == true {
      guard graph.children(of: place).isEmpty, graph.parents(of: place).isEmpty else {
        throw Self.refusal(
          place, "is unset for some rows only, and other tables refer to it", rule, ruleSet,
          "take the condition away, or leave the rows out")
      }
    }
    for group in graph.groups(of: Set(rules.keys)) {
      let first = group[0]
      let form: InventedForm
      do { form = try graph.form(of: group) } catch {
        throw Self.refusal(
          first, error.reason, rules[first] ?? 0, ruleSet, "leave the rows out, or say what is harmless in the column")
      }
      for place in group {
        keys[place] = Key(form: form, rule: rules[place] ?? 0, isImplied: implied.contains(place))
      }
    }
  }

  private static func unsetColumns(
    _ tables: [TableSchema], _ ruleSet: RuleSet
  ) -> [Place: (rule: Int, isConditional: Bool)] {
    var result: [Place: (rule: Int, isConditional: Bool)] = [:]
    for (index, rule) in ruleSet.rules.enumerated() {
      for match in rule.matches where match.action == .unset {
        guard case .column(let tablePattern, let columnPattern) = match.target else { continue }
        for table in tables where matchesPattern(table.name, tablePattern) {
          for column in table.columns where matchesPattern(column.name, columnPattern) {
            let place = Place(table: table.name, column: column.name)
            let former = result[place]
            result[place] = (former?.rule ?? index, (former?.isConditional ?? true) && !match.conditions.isEmpty)
          }
        }
      }
    }
    return result
  }

  private static func refusal(
    _ place: Place, _ what: String, _ rule: Int, _ ruleSet: RuleSet, _ next: String
  ) -> AdminError {
    AdminError(
      .refused, "rule \(ruleSet.rules[rule].id) unsets a column that \(what)", at: "\(place.table).\(place.column)",
      next: "\(next), in hub/test-bed-rules.yaml")
  }
}

/// Which columns refer to which.
private struct ReferenceGraph {
  typealias Place = KeyColumns.Place

  private var childrenOf: [Place: [Place]] = [:]
  private var parentsOf: [Place: [Place]] = [:]
  private var columns: [Place: (table: TableSchema, column: TableSchema.Column)] = [:]

  init(_ tables: [TableSchema]) {
    let primaryKeys = Dictionary(tables.map { ($0.name, $0.primaryKey) }, uniquingKeysWith: { first, _ in first })
    for table in tables {
      for column in table.columns { columns[Place(table: table.name, column: column.name)] = (table, column) }
      for reference in table.foreignKeys {
        let targets = reference.references.isEmpty ? primaryKeys[reference.table] ?? [] : reference.references
        for (name, target) in zip(reference.columns, targets) {
          let child = Place(table: table.name, column: name)
          let parent = Place(table: reference.table, column: target)
          childrenOf[parent, default: []].append(child)
          parentsOf[child, default: []].append(parent)
        }
      }
    }
  }

  func children(of place: Place) -> [Place] { (childrenOf[place] ?? []).filter { columns[$0] != nil } }

  func parents(of place: Place) -> [Place] { (parentsOf[place] ?? []).filter { columns[$0] != nil } }

  func mustHaveValue(_ place: Place) -> Bool {
    guard let (table, column) = columns[place] else { return false }
    return !column.isNullable || table.primaryKey.contains(column.name)
  }

  /// Whether an empty value would meet another one, or leave rows without what they refer to.
  func needsValue(_ place: Place, _ table: TableSchema, _ column: TableSchema.Column) -> Bool {
    if table.primaryKey.contains(column.name) || !children(of: place).isEmpty { return true }
    return !column.isNullable
      && table.indexes.contains { $0.isUnique && $0.columns.contains { $0.name == column.name } }
  }

  /// The columns in groups that must have the same values.
  func groups(of places: Set<Place>) -> [[Place]] {
    var rest = places
    var groups: [[Place]] = []
    while let first = rest.min(by: { ($0.table, $0.column) < ($1.table, $1.column) }) {
      var group: [Place] = []
      var waiting = [first]
      rest.remove(first)
      while let place = waiting.popLast() {
        group.append(place)
        for next in children(of: place) + parents(of: place) where rest.remove(next) != nil { waiting.append(next) }
      }
      groups.append(group)
    }
    return groups
  }

  /// The one form in which all columns of a group can hold their values.
  func form(of group: [Place]) throws(InventedForm.Impossible) -> InventedForm {
    var form: InventedForm?
    for place in group {
      guard let (table, column) = columns[place] else { continue }
      let own = try InventedForm(table, column)
      form = try form?.joined(with: own) ?? own
    }
    guard let form else { throw InventedForm.Impossible(reason: "is not there") }
    return form
  }
}
