import Database
import Detection
import Glibc
import Installation
import Platform

/// What the rules do to the rows of one table, worked out once: a column that no rule touches costs nothing.
package final class TablePlan {
  private struct Step {
    let column: Int
    let conditions: [Test]
    let action: Rule.Action
    let constant: Field
    let tally: Sanitizer.Tally
    let sensitivity: Rule.Sensitivity
    /// For a key that is unset: the form of the values that take its place.
    let key: InventedForm?
  }

  private enum Test {
    case equals(Int, [UInt8])
    case matches(Int, String)
    case isSet(Int)
    case isIn(Int, Set<Int64>)
    case resembles(Int, String)
  }

  private let table: TableSchema
  /// The table's structure as it travels.
  package let schema: TableSchema
  private let sanitizer: Sanitizer
  private var steps: [Step] = []
  private var applies: [Bool] = []
  private let judge: RowJudge
  /// The row in which each column was changed last: the first rule that matches a value decides.
  private var changedIn: [Int64] = []
  private var rowNumber: Int64 = 0
  /// The row in which a rule last said something of each column; empty when no rule chooses among rows.
  private var answeredIn: [Int64] = []
  private var settingRules: [RuleSet.Bound] = []
  private var constants: [UnsafeMutableRawBufferPointer] = []

  /// Whether rows can change or need a look at all.
  package var isEmpty: Bool { steps.isEmpty && judge.isEmpty && settingRules.isEmpty }

  init(_ table: TableSchema, sanitizer: Sanitizer, database: any SystemDatabase) throws {
    self.table = table
    self.sanitizer = sanitizer
    let implied = try sanitizer.keyColumns().implied(of: table)
    let covered = TablePlan.covered(table, sanitizer.ruleSet).union(implied.map(\.column))
    judge = RowJudge(table, covered: covered, sanitizer)
    schema = TablePlan.withoutDefaults(table, covered, sanitizer.recogniser)
    for (index, rule) in sanitizer.ruleSet.rules.enumerated() {
      for match in rule.matches {
        switch match.target {
        case .rows(let name) where matchesPattern(table.name, name):
          try add(match, column: nil, rule: index, database)
        case .column(let name, let pattern) where matchesPattern(table.name, name):
          for (position, column) in table.columns.enumerated() where matchesPattern(column.name, pattern) {
            try add(match, column: position, rule: index, database)
          }
        case .setting where table.name == Settings.table:
          settingRules.append(.init(rule: index, match: match))
        default: break
        }
      }
    }
    for (position, rule) in implied {
      let place = Rule.Target.column(table: table.name, column: table.columns[position].name)
      let match = Rule.Match(target: place, conditions: [], action: .unset, sensitivity: .secret)
      try add(match, column: position, rule: rule, database)
    }
    applies = Array(repeating: false, count: steps.count)
    changedIn = Array(repeating: 0, count: table.columns.count)
    if sanitizer.ruleSet.rules.contains(where: { $0.isOfSite && $0.matches.contains { !$0.conditions.isEmpty } }) {
      answeredIn = changedIn
    }
  }

  // The columns that some rule covers; the settings' values are judged one by one.
  private static func covered(_ table: TableSchema, _ ruleSet: RuleSet) -> Set<Int> {
    var covered: Set<Int> = []
    for (rule, match) in ruleSet.rules.flatMap({ rule in rule.matches.map { (rule, $0) } }) {
      // What a site says of some rows says nothing of the others.
      guard case .column(let name, let pattern) = match.target, matchesPattern(table.name, name),
        match.conditions.isEmpty || !rule.isOfSite
      else { continue }
      for (position, column) in table.columns.enumerated() where matchesPattern(column.name, pattern) {
        covered.insert(position)
      }
    }
    if table.name == Settings.table { covered.formUnion(table.columns.indices) }
    return covered
  }

  // A rule that empties a column empties what new rows get there.
  private static func withoutDefaults(_ table: TableSchema, _ covered: Set<Int>, _ recogniser: Recogniser)
    -> TableSchema
  {
    var schema = table
    for index in covered {
      guard case .text(let text)? = table.columns[index].defaultValue,
        recogniser.first(in: text, under: FieldName(table.columns[index].name), .configuration) != nil
      else { continue }
      schema.columns[index].defaultValue = table.columns[index].isNullable ? nil : .text("")
    }
    return schema
  }

  deinit { for constant in constants { constant.deallocate() } }

  /// Applies the rules to one row in place; false when the row is left out.
  package func apply(_ row: UnsafeMutableBufferPointer<Field>) -> Bool {
    sanitizer.masker.startRow()
    rowNumber += 1
    if !settingRules.isEmpty, table.columns.count >= 2 { applySetting(row) }
    // All conditions are about the row as it was, so they are decided before the first change.
    for index in steps.indices { applies[index] = steps[index].conditions.allSatisfy { holds($0, row) } }
    for index in steps.indices where applies[index] {
      let step = steps[index]
      if step.column < 0 {
        step.tally.count += 1
        return false
      }
      if !answeredIn.isEmpty { answeredIn[step.column] = rowNumber }
      change(step, row)
    }
    if !judge.isEmpty {
      judge.look(at: row) { column in !answeredIn.isEmpty && answeredIn[column] == rowNumber }
    }
    return true
  }

  private func change(_ step: Step, _ row: UnsafeMutableBufferPointer<Field>) {
    let old = row[step.column]
    if isSame(old, step.constant) || changedIn[step.column] == rowNumber { return }
    changedIn[step.column] = rowNumber
    switch step.action {
    case .unset:
      guard !isEmpty(old) else { return }
      let empty =
        step.key.map { sanitizer.masker.invent(for: old, $0) } ?? emptyValue(of: table.columns[step.column])
      guard !isSame(old, empty) else { return }
      row[step.column] = empty
    case .set, .setBackupID: row[step.column] = step.constant
    case .mask(let mask):
      guard !isEmpty(old) else { return }
      if case .text(let bytes) = old {
        let limit = table.columns[step.column].size ?? .max
        row[step.column] = .text(sanitizer.masker.mask(bytes, as: mask, limit: limit))
      } else {
        // A database that keeps any kind of value in any column may have a number where a text is meant.
        row[step.column] = emptyValue(of: table.columns[step.column])
      }
      step.tally.count += 1
      if step.tally.samples.count < 3 {
        step.tally.count -= 1
        sanitizer.note(step.tally, before: SQLValue(copying: old), after: SQLValue(copying: row[step.column]), .none)
      }
      return
    case .leaveOut: return
    }
    if step.sensitivity == .none, step.tally.samples.count >= 3 {
      step.tally.count += 1
    } else {
      sanitizer.note(
        step.tally, before: SQLValue(copying: old), after: SQLValue(copying: row[step.column]), step.sensitivity)
    }
  }

  // A column that must have a value gets the empty one of its type, which means unset as well.
  private func emptyValue(of column: TableSchema.Column) -> Field {
    if column.isNullable { return .null }
    switch column.type {
    case .integer, .numeric, .real, .boolean: return .integer(0)
    case .binary: return .binary(UnsafeRawBufferPointer(start: nil, count: 0))
    case .text: return .text(UnsafeRawBufferPointer(start: nil, count: 0))
    case .date: return literal("1970-01-01")
    case .time: return literal("00:00:00")
    case .timestamp, .instant: return literal("1970-01-01 00:00:00")
    case .json: return literal("null")
    case .uuid: return literal("00000000-0000-0000-0000-000000000000")
    // Such a column, which has no value that means unset, is refused when the plan is made.
    case .bit, .enumeration: return .null
    }
  }

  private func literal(_ text: StaticString) -> Field {
    .text(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  // Names are compared as a database may compare them, without regard to case and blanks behind; a value may be stored as
  // bytes.
  private func applySetting(_ row: UnsafeMutableBufferPointer<Field>) {
    guard let nameColumn = table.index(of: "name"), let valueColumn = table.index(of: "value"),
      let nameBytes = row[nameColumn].bytes
    else { return }
    let name = String(decoding: nameBytes, as: UTF8.self)
    let key = Settings.key(name)
    let text: String
    switch row[valueColumn] {
    case .null: return
    case .text(let bytes): text = String(decoding: bytes, as: UTF8.self)
    case .binary(let bytes):
      guard let valid = String(validating: bytes, as: UTF8.self) else {
        sanitizer.note(.setting(name), "bytes that are no text")
        return
      }
      text = valid
    case .integer(let number): text = String(number)
    case .real(let number): text = String(number)
    case .number(let bytes): text = String(decoding: bytes, as: UTF8.self)
    }
    guard !text.isEmpty else { return }
    let covering = settingRules.filter {
      if case .setting(let pattern) = $0.match.target { matchesPattern(key, Settings.key(pattern)) } else { false }
    }
    if covering.isEmpty {
      sanitizer.lookAt(setting: name, value: text)
      return
    }
    let bound = covering.first {
      $0.match.conditions.allSatisfy { condition in
        if case .matches(_, let pattern) = condition { return matchesPattern(text, pattern) }
        return true
      }
    }
    guard let bound else { return }
    let new: SQLValue = if case .set(let value) = bound.match.action { value } else { .null }
    guard new != .text(text) else { return }
    sanitizer.note(
      sanitizer.tally(bound.rule, "setting \(name)"), before: .text(text), after: new, bound.match.sensitivity)
    let field = constant(new)
    if table.columns[valueColumn].type == .binary, let bytes = field.bytes {
      row[valueColumn] = .binary(bytes)
    } else {
      row[valueColumn] = field
    }
  }

  private func add(_ match: Rule.Match, column: Int?, rule: Int, _ database: any SystemDatabase) throws {
    let conditions = try match.conditions.map { condition -> Test in
      func position(_ name: String) throws -> Int {
        guard let position = table.index(of: name) else {
          throw AdminError(
            .refused, "the rule \(sanitizer.ruleSet.rules[rule].id) asks for the column \(name), which is not there",
            at: table.name,
            next: sanitizer.ruleSet.rules[rule].isOfSite
              ? "correct the rule in hub/test-bed-rules.yaml"
              : "this installation's tables are not known to this version; do not use a test-bed backup of it")
        }
        return position
      }
      switch condition {
      case .equals(let column, let text): return .equals(try position(column), Array(text.utf8))
      case .matches(let column, let pattern): return .matches(try position(column), pattern)
      case .isSet(let column): return .isSet(try position(column))
      case .isIn(let column, let query):
        return .isIn(try position(column), Set(try database.query(query).compactMap { $0.first?.integer }))
      case .resembles(let column, let pattern): return .resembles(try position(column), pattern)
      case .hasLine: preconditionFailure("a condition on a file's content stands at a table")
      }
    }
    let key =
      match.action == .unset
      ? try column.flatMap { try sanitizer.keyColumns()[table.name, table.columns[$0].name]?.form } : nil
    if let column, match.action == .unset, !table.columns[column].isNullable,
      [.bit, .enumeration].contains(table.columns[column].type)
    {
      throw AdminError(
        .refused, "a rule unsets a column that has no value which means unset",
        at: "\(table.name).\(table.columns[column].name)",
        next: "let the column be NULL, or give the rule a value to set there")
    }
    let value: SQLValue
    switch match.action {
    case .set(.text(let text)):
      // A site's file knows only texts; a column of numbers takes a number.
      let type = column.map { table.columns[$0].type } ?? .text
      let number = Int64(text).map { SQLValue.integer($0) } ?? Double(text).map { .real($0) }
      value = type == .text || type == .binary ? .text(text) : number ?? .text(text)
    case .set(let new): value = new
    case .setBackupID: value = .text(sanitizer.backupID.description)
    default: value = .null
    }
    let place = column.map { "column \(table.name).\(table.columns[$0].name)" } ?? "rows of \(table.name)"
    steps.append(
      Step(
        column: column ?? -1, conditions: conditions, action: match.action, constant: constant(value),
        tally: sanitizer.tally(rule, place), sensitivity: match.sensitivity, key: key))
  }

  private func constant(_ value: SQLValue) -> Field {
    guard case .text(let text) = value else {
      switch value {
      case .integer(let number): return .integer(number)
      case .real(let number): return .real(number)
      default: return .null
      }
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, text.utf8.count), alignment: 1)
    memory.copyBytes(from: text.utf8)
    constants.append(memory)
    return .text(UnsafeRawBufferPointer(rebasing: memory[..<text.utf8.count]))
  }

  private func holds(_ test: Test, _ row: UnsafeMutableBufferPointer<Field>) -> Bool {
    switch test {
    case .equals(let column, let bytes):
      switch row[column] {
      case .text(let text), .binary(let text): return TablePlan.reads(text, as: bytes)
      default: return false
      }
    case .matches(let column, let pattern):
      return SQLValue(copying: row[column]).text.map { matchesPattern($0, pattern) } ?? false
    case .isSet(let column):
      switch row[column] {
      case .null: return false
      case .text(let bytes), .binary(let bytes): return !bytes.isEmpty
      default: return true
      }
    case .isIn(let column, let set):
      if case .integer(let value) = row[column] { return set.contains(value) } else { return false }
    case .resembles(let column, let pattern):
      return row[column].plainText.map { matchesPattern(Pattern.folded($0), pattern) } ?? false
    }
  }

  // A component compares a state as its database does, without regard to case and blanks, and whatever the driver made of it.
  private static func reads(_ text: UnsafeRawBufferPointer, as word: [UInt8]) -> Bool {
    guard text.count >= word.count, text.count <= 256 else { return false }
    return text.lazy.filter { $0 > 0x20 }.map(foldedCase).elementsEqual(word.lazy.map(foldedCase))
  }

  private func isEmpty(_ field: Field) -> Bool {
    switch field {
    case .null: true
    case .text(let bytes), .binary(let bytes): bytes.isEmpty
    case .integer, .real, .number: false
    }
  }

  private func isSame(_ left: Field, _ right: Field) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.text(let a), .text(let b)), (.number(let a), .number(let b)): a.elementsEqual(b)
    default: false
    }
  }
}
