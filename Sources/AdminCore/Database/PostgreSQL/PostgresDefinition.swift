import Platform

/// The statements that make a table of an engine-neutral schema in PostgreSQL. Every name is quoted and every clause
/// chosen here: no SQL of a set is ever run.
struct PostgresDefinition {
  package let table: TableSchema
  private let isOwn: Bool

  /// The options of a table that numbers its rows by an identity column; without them a PostgreSQL table does so by a
  /// sequence and a default (`serial`).
  package static let identity = "identity"
  package static let always = "identity always"

  init(_ table: TableSchema) {
    self.table = table
    isOwn = table.engine == .postgresql
  }

  /// CREATE TABLE with columns and primary key.
  ///
  /// - Throws: `AdminError` (`dataError`) when the schema contradicts itself, or holds what PostgreSQL cannot.
  func createTable() throws -> String {
    guard Set(table.columns.map(\.name)).count == table.columns.count, !table.columns.isEmpty else {
      throw damaged("has a column twice, or none")
    }
    // A longer name would be cut.
    guard table.name.utf8.count <= 63, table.columns.allSatisfy({ $0.name.utf8.count <= 63 }) else {
      throw damaged("has a name of more than 63 bytes, which PostgreSQL does not take")
    }
    guard table.autoIncrementNext == nil || autoColumn.flatMap(table.index) != nil else {
      throw damaged("has no column for its numbers")
    }
    var lines = try table.columns.map(definition)
    if !table.primaryKey.isEmpty { lines.append("PRIMARY KEY (\(try list(table.primaryKey)))") }
    return "CREATE TABLE \(quoted(table.name)) (\(lines.joined(separator: ", ")))"
  }

  /// Sets the next number, if the table numbers its rows.
  func setNext() -> String? {
    guard let next = table.autoIncrementNext, let column = autoColumn else { return nil }
    let last = next > 1 ? "\(next - 1), true" : "1, false"
    return "SELECT setval(pg_get_serial_sequence(\(literal(quoted(table.name))), \(literal(column))), \(last))"
  }

  /// The enumerations that the columns need: after those of other tables with the same name.
  func enumerations() throws -> [(name: String, labels: [String])] {
    guard isOwn else { return [] }
    return try table.columns.filter { $0.type == .enumeration }.map { column in
      guard (1...63).contains(column.declared.utf8.count), PostgresType(declared: column.declared) == nil,
        let labels = column.values
      else { throw damaged("has an enumeration without labels") }
      return (column.declared, labels)
    }
  }

  /// CREATE INDEX and ADD CONSTRAINT for all but the primary key: after the rows, which is faster.
  package func createIndexes() throws -> [String] {
    try table.indexes.compactMap { index in
      let methods: Set = ["hash", "gin", "gist", "brin", "spgist"]
      if let method = index.method, !isOwn || !methods.contains(method) {
        guard isOwn else { return nil }
        throw damaged("has an index of the unknown kind \(method)")
      }
      let name = index.name.map { quoted(isOwn ? $0 : PostgresDefinition.cut("\(table.name)_\($0)")) }
      if index.isConstraint == true || name == nil {
        guard index.isUnique, index.columns.allSatisfy({ $0.prefix == nil }) else {
          throw damaged("has a constraint that is none")
        }
        return "ALTER TABLE \(quoted(table.name)) ADD \(name.map { "CONSTRAINT \($0) " } ?? "")UNIQUE"
          + " (\(try list(index.columns.map(\.name))))"
      }
      guard !index.isUnique || index.columns.allSatisfy({ $0.prefix == nil }) else {
        throw damaged("has a unique index on the beginning of a value, which PostgreSQL cannot keep")
      }
      return "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(name ?? "") ON \(quoted(table.name))"
        + " USING \(index.method ?? "btree") (\(try index.columns.map(part).joined(separator: ", ")))"
    }
  }

  /// ALTER TABLE with the references, when all tables are complete.
  func createReferences() throws -> [String] {
    try table.foreignKeys.map { key in
      let references = key.references.isEmpty ? "" : " (\(key.references.map(quoted).joined(separator: ", ")))"
      return "ALTER TABLE \(quoted(table.name)) ADD FOREIGN KEY (\(try list(key.columns)))"
        + " REFERENCES \(quoted(key.table))\(references)"
        + " ON DELETE \(try action(key.onDelete)) ON UPDATE \(try action(key.onUpdate))"
    }
  }

  /// The type that a column has here, as SQL.
  package func type(of column: TableSchema.Column) throws -> String {
    guard isOwn else {
      return PostgresType(neutral: column, isAuto: table.autoIncrementNext != nil && column.name == autoColumn).sql
    }
    if column.type == .enumeration { return quoted(column.declared) }
    guard let type = PostgresType(declared: column.declared), type.neutral.type == column.type else {
      throw damaged("has the unknown type \(column.declared)")
    }
    return type.sql
  }

  private var autoColumn: String? { table.autoIncrementColumn ?? table.primaryKey.first }

  private func definition(_ column: TableSchema.Column) throws -> String {
    var type = try type(of: column)
    let isAuto = table.autoIncrementNext != nil && column.name == autoColumn
    let isIdentity = isAuto && (!isOwn || !table.options.filter(["identity", "identity always"].contains).isEmpty)
    if isAuto, !isIdentity {
      guard let serial = ["smallint": "smallserial", "integer": "serial", "bigint": "bigserial"][type] else {
        throw damaged("numbers its rows by a column of type \(type)")
      }
      type = serial
    }
    var text = "\(quoted(column.name)) \(type)"
    if let collation = column.collation, isOwn { text += " COLLATE pg_catalog.\(quoted(collation))" }
    if !column.isNullable { text += " NOT NULL" }
    if isIdentity {
      text += " GENERATED \(table.options.contains(PostgresDefinition.always) ? "ALWAYS" : "BY DEFAULT") AS IDENTITY"
    }
    guard !isAuto, let value = column.defaultValue else { return text }
    return text + " DEFAULT \(try sql(value, type))"
  }

  private func sql(_ value: TableSchema.DefaultValue, _ type: String) throws -> String {
    switch value {
    case .number(let number):
      guard SQLiteType.isNumber(number) else { throw damaged("has a default that is no number") }
      // A quoted number is read by the column's type, a truth value included.
      return literal(number)
    case .text(let text):
      return type == "bytea" && text.isEmpty ? "'\\x'" : literal(text)
    case .moment(let name):
      guard ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].contains(name) else {
        throw damaged("has an unknown default")
      }
      return name
    }
  }

  private func part(_ column: TableSchema.IndexColumn) throws -> String {
    guard table.index(of: column.name) != nil else { throw damaged("has an index on a column that is not there") }
    let collation = isOwn ? column.collation.map { " COLLATE pg_catalog.\(quoted($0))" } ?? "" : ""
    return quoted(column.name) + collation + (column.isDescending ? " DESC" : "")
  }

  private static func cut(_ name: String) -> String { String(decoding: name.utf8.prefix(60), as: UTF8.self) }

  private func list(_ names: [String]) throws -> String {
    guard names.allSatisfy({ table.index(of: $0) != nil }) else {
      throw damaged("has a key on a column that is not there")
    }
    return names.map(quoted).joined(separator: ", ")
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
