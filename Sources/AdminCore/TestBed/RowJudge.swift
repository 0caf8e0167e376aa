import Database
import Detection
import Installation

/// Looks at the rows of one table for what no rule covers. What can be told of a column is told once; a cell of plain
/// words or numbers costs one walk over its bytes.
final class RowJudge {
  private struct Column {
    let index: Int
    let name: FieldName
    let look: Look
    /// Whether a number under this name is a danger of its own.
    let judgesNumbers: Bool
    /// Whether the column can hold the value of a name that stands beside it, and such a name.
    var holdsValues = false
    var holdsNames = false
  }

  private let table: TableSchema
  private let sanitizer: Sanitizer
  private var columns: [Column] = []
  /// The columns in which something was found: once is enough.
  private var isFound: [Bool] = []
  private var pairs: [Column] = []
  /// Whether it looks like a send queue and no rule leaves its rows out; false again once that was said.
  private var isQueue = false

  /// Whether there is nothing to look at.
  var isEmpty: Bool { columns.isEmpty && !isQueue }

  /// - Parameter covered: the columns that a rule covers in every row.
  init(_ table: TableSchema, covered: Set<Int>, _ sanitizer: Sanitizer) {
    self.table = table
    self.sanitizer = sanitizer
    for (index, column) in table.columns.enumerated() where !covered.contains(index) {
      let look: Look
      switch SystemSchema.role(table.name, column.name) {
      case nil: look = .configuration
      case .plain: look = .plain
      case .content, .personal(.text): look = .content
      // Addresses and names of persons are what they are; a digest of a password goes with its account.
      case .personal, .digest: continue
      }
      if look == .plain, column.type != .text, column.type != .binary { continue }
      let name = FieldName(look == .configuration ? column.name : "")
      columns.append(
        Column(index: index, name: name, look: look, judgesNumbers: name.isSecret || name.isAddress || name.isPhone))
    }
    isFound = Array(repeating: false, count: table.columns.count)
    isQueue = QueueShape.fits(table) && !sanitizer.ruleSet.leavesOut(rowsOf: table.name)
    findPairs()
    judgeStructure(covered)
  }

  // A table of names and values: two columns of text, or one that is called so.
  private func findPairs() {
    let texts = columns.filter { column in
      column.look == .configuration && [.text, .binary, .json].contains(table.columns[column.index].type)
    }
    guard texts.count >= 2, table.columns.count <= 12 else { return }
    for var column in texts {
      let words = table.columns[column.index].name.lowercased().split { !$0.isLetter }
      column.holdsValues =
        texts.count == 2
        || words.last.map {
          ["value", "val", "v", "data", "content", "wert", "setting", "text", "string"].contains($0)
        }
          == true
      // What stands under a secret's name is no name, and must not be told as one.
      column.holdsNames = !column.name.isSecret
      pairs.append(column)
    }
    if !pairs.contains(where: \.holdsValues) { pairs = [] }
  }

  // What stands in the table's structure would fill new rows of a copy.
  private func judgeStructure(_ covered: Set<Int>) {
    for (index, column) in table.columns.enumerated() where !covered.contains(index) {
      var texts = column.values ?? []
      if case .text(let text)? = column.defaultValue { texts.append(text) }
      let isKnown = SystemSchema.role(table.name, column.name) != nil
      let name = FieldName(isKnown ? "" : column.name)
      for text in texts {
        guard let sight = sanitizer.recogniser.first(in: text, under: name, .configuration) else { continue }
        sanitizer.note(
          .column(table: table.name, column: column.name), "its default or labels: \(sight.reason)")
        isFound[index] = true
      }
    }
  }

  /// Looks at one row, after the rules did their work.
  ///
  /// - Parameter isAnswered: whether a rule with conditions matched this column of this row.
  func look(at row: UnsafeMutableBufferPointer<Field>, isAnswered: (Int) -> Bool) {
    for column in columns where !isFound[column.index] {
      guard let sight = sight(in: row[column.index], column), !isAnswered(column.index) else { continue }
      note(column, sight.reason, in: row)
    }
    if isQueue {
      isQueue = false
      sanitizer.note(.rows(table: table.name), QueueShape.reason)
    }
    if !pairs.isEmpty { lookAtPairs(row, isAnswered) }
  }

  private func sight(in field: Field, _ column: Column) -> Sight? {
    switch field {
    case .null, .real: return nil
    case .text(let bytes), .binary(let bytes):
      return bytes.isEmpty ? nil : sanitizer.recogniser.first(in: bytes, under: column.name, column.look)
    case .number(let bytes):
      return column.judgesNumbers ? sanitizer.recogniser.first(in: bytes, under: column.name, column.look) : nil
    case .integer(let value):
      guard column.judgesNumbers, value.magnitude > 1 else { return nil }
      return sanitizer.recogniser.first(in: String(value), under: column.name, column.look)
    }
  }

  // The name of a value may stand in a column beside it.
  private func lookAtPairs(_ row: UnsafeMutableBufferPointer<Field>, _ isAnswered: (Int) -> Bool) {
    for key in pairs where key.holdsNames {
      guard case .text(let bytes) = row[key.index], (2...128).contains(bytes.count),
        let name = sanitizer.recogniser.identifier(bytes), name.isSecret || name.isHost,
        sanitizer.recogniser.first(in: bytes, .configuration) == nil
      else { continue }
      for column in pairs where column.index != key.index && column.holdsValues && !isFound[column.index] {
        guard let value = row[column.index].bytes, let sight = sanitizer.recogniser.first(in: value, beside: name),
          !isAnswered(column.index)
        else { continue }
        let keyName = table.columns[key.index].name
        note(
          column, "\(sight.reason) beside its name in \(keyName)", in: row,
          when: [keyName: String(decoding: bytes, as: UTF8.self)])
      }
    }
  }

  private func note(
    _ column: Column, _ reason: String, in row: UnsafeMutableBufferPointer<Field>, when: [String: String]? = nil
  ) {
    let target = Rule.Target.column(table: table.name, column: table.columns[column.index].name)
    let counts = sanitizer.note(target, reason, when: when) { [table] name in
      table.index(of: name).flatMap { row[$0].plainText }
    }
    if counts, when == nil { isFound[column.index] = true }
  }
}

extension Field {
  /// The bytes of a text or of bytes.
  var bytes: UnsafeRawBufferPointer? {
    switch self {
    case .text(let bytes), .binary(let bytes): bytes
    default: nil
    }
  }
}
