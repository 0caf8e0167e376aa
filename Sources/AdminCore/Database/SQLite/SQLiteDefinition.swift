import Platform

/// The statements that make a table of an engine-neutral schema in SQLite. Every name is quoted and every clause chosen
/// here: no SQL of a set is ever run.
struct SQLiteDefinition {
  package let table: TableSchema

  init(_ table: TableSchema) { self.table = table }

  /// CREATE TABLE.
  ///
  /// - Throws: `AdminError` (`dataError`) when the schema contradicts itself.
  func createTable() throws -> String {
    guard Set(table.columns.map { $0.name.lowercased() }).count == table.columns.count, !table.columns.isEmpty else {
      throw damaged("has a column twice, or none")
    }
    if table.autoIncrementNext != nil, !keyIsInline {
      throw damaged("numbers the rows by another column than its primary key, which SQLite cannot")
    }
    var lines = try table.columns.map(definition)
    if !table.primaryKey.isEmpty, !keyIsInline { lines.append("PRIMARY KEY (\(try list(table.primaryKey)))") }
    for index in table.indexes where index.name == nil {
      lines.append("UNIQUE (\(try index.columns.map(indexColumn).joined(separator: ", ")))")
    }
    for key in table.foreignKeys {
      let references = key.references.isEmpty ? "" : " (\(key.references.map(quoted).joined(separator: ", ")))"
      lines.append(
        "FOREIGN KEY (\(try list(key.columns))) REFERENCES \(quoted(key.table))\(references)"
          + " ON DELETE \(try action(key.onDelete)) ON UPDATE \(try action(key.onUpdate))")
    }
    let options = table.options.compactMap { ["strict": "STRICT", "without rowid": "WITHOUT ROWID"][$0] }
    return "CREATE TABLE \(quoted(table.name)) (\(lines.joined(separator: ", "))) \(options.joined(separator: ", "))"
  }

  /// CREATE INDEX for each named index: after the rows, which is faster.
  package func createIndexes() throws -> [String] {
    try table.indexes.compactMap { index in
      guard let name = index.name, index.method == nil else { return nil }
      guard !index.isUnique || index.columns.allSatisfy({ $0.prefix == nil }) else {
        throw damaged("has the unique index \(name) on the beginning of a value, which SQLite cannot keep")
      }
      return
        "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(quoted(table.isDynamic ? name : "\(table.name)_\(name)")) ON \(quoted(table.name))"
        + " (\(try index.columns.map(indexColumn).joined(separator: ", ")))"
    }
  }

  // An auto-increment key must be spelled INTEGER PRIMARY KEY in the column, and a single integer key is the row number
  // only there or with exactly this type.
  private var keyIsInline: Bool {
    if let auto = table.autoIncrementColumn, table.autoIncrementNext != nil, auto != table.primaryKey.first {
      return false
    }
    guard table.primaryKey.count == 1, let index = table.index(of: table.primaryKey[0]) else { return false }
    return table.autoIncrementNext != nil || table.isDynamic && table.columns[index].declared.uppercased() == "INTEGER"
  }

  private func definition(_ column: TableSchema.Column) throws -> String {
    var text = "\(quoted(column.name)) \(SQLiteType.declared(column, of: table))"
    if keyIsInline, column.name == table.primaryKey[0] {
      text += table.autoIncrementNext == nil ? " PRIMARY KEY" : " PRIMARY KEY AUTOINCREMENT"
    }
    if !column.isNullable { text += " NOT NULL" }
    switch column.defaultValue {
    case nil: break
    case .number(let number):
      guard SQLiteType.isNumber(number) else { throw damaged("has a default that is no number") }
      text += " DEFAULT \(number)"
    case .text(let value):
      text += " DEFAULT \(literal(value))"
    case .moment(let name):
      guard ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].contains(name) else {
        throw damaged("has an unknown default")
      }
      text += " DEFAULT \(name)"
    }
    if let collation = column.collation { text += " COLLATE \(try known(collation))" }
    return text
  }

  private func indexColumn(_ column: TableSchema.IndexColumn) throws -> String {
    guard table.index(of: column.name) != nil else { throw damaged("has an index on a column that is not there") }
    return quoted(column.name) + (try column.collation.map { " COLLATE \(try known($0))" } ?? "")
      + (column.isDescending ? " DESC" : "")
  }

  private func list(_ names: [String]) throws -> String {
    guard names.allSatisfy({ table.index(of: $0) != nil }) else {
      throw damaged("has a key on a column that is not there")
    }
    return names.map(quoted).joined(separator: ", ")
  }

  private func known(_ collation: String) throws -> String {
    // Another engine's collation, by what it says of case.
    if !table.isDynamic { return collation.contains("_ci") || collation.contains("_ai") ? "NOCASE" : "BINARY" }
    guard ["NOCASE", "RTRIM", "BINARY"].contains(collation.uppercased()) else {
      throw damaged("has the unknown collation \(collation)")
    }
    return collation.uppercased()
  }

  private func action(_ text: String) throws -> String {
    guard ["NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"].contains(text) else {
      throw damaged("has an unknown foreign key action")
    }
    return text
  }

  private func damaged(_ what: String) -> AdminError {
    AdminError(.dataError, "the schema of table \(table.name) \(what)", next: "use another backup set")
  }
}
