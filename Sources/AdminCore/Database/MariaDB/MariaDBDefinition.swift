import Platform

/// The statements that make a table of an engine-neutral schema in MariaDB. Every name is quoted and every clause chosen
/// here: no SQL of a set is ever run.
struct MariaDBDefinition {
  package let table: TableSchema
  private let isOwn: Bool

  init(_ table: TableSchema) {
    self.table = table
    isOwn = table.engine == .mariadb
  }

  /// CREATE TABLE with what rows need: columns and the primary key.
  ///
  /// - Throws: `AdminError` (`dataError`) when the schema contradicts itself, or holds what MariaDB cannot.
  func createTable() throws -> String {
    guard Set(table.columns.map { $0.name.lowercased() }).count == table.columns.count, !table.columns.isEmpty else {
      throw damaged("has a column twice, or none")
    }
    guard table.name.count <= 64, table.columns.allSatisfy({ $0.name.count <= 64 }) else {
      throw damaged("has a name of more than 64 characters, which MariaDB does not take")
    }
    var lines = try table.columns.map(definition)
    if !table.primaryKey.isEmpty { lines.append("PRIMARY KEY (\(try list(table.primaryKey)))") }
    if let auto = table.autoIncrementNext == nil ? nil : autoColumn, auto != table.primaryKey.first {
      // An auto-increment column must lead a key from the start.
      guard let index = table.indexes.first(where: { $0.columns.first?.name == auto }) else {
        throw damaged("has an auto-increment column without a key")
      }
      lines.append(try clause(index))
    }
    let next = table.autoIncrementNext.map { " AUTO_INCREMENT=\(max(1, $0))" } ?? ""
    return
      "CREATE TABLE \(quoted(table.name)) (\(lines.joined(separator: ", "))) ENGINE=InnoDB"
      + " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin\(next)"
  }

  /// ALTER TABLE with all indexes but the primary key: after the rows, which is faster.
  package func createIndexes() throws -> [String] {
    let made = table.autoIncrementNext == nil ? nil : autoColumn
    let indexes = table.indexes.filter { index in
      !(made != nil && made != table.primaryKey.first && index.columns.first?.name == made)
    }
    // A full-text index is built alone.
    let (full, plain) = (indexes.filter { $0.method == "fulltext" }, indexes.filter { $0.method != "fulltext" })
    let groups = (plain.isEmpty ? [] : [plain]) + full.map { [$0] }
    return try groups.map { group in
      "ALTER TABLE \(quoted(table.name)) \(try group.map { "ADD \(try clause($0))" }.joined(separator: ", "))"
    }
  }

  /// ALTER TABLE with the references: when all tables have their rows and indexes. Made with the table, each would have an
  /// index of its own that grows row by row.
  func createReferences() throws -> [String] {
    // One by one, so that the server numbers them in their order.
    try table.foreignKeys.map { key in
      let target = key.references.isEmpty ? try primaryKey(of: key.table) : key.references
      let actions = try clause("ON DELETE", key.onDelete) + clause("ON UPDATE", key.onUpdate)
      return "ALTER TABLE \(quoted(table.name)) ADD FOREIGN KEY (\(try list(key.columns)))"
        + " REFERENCES \(quoted(key.table)) (\(target.map(quoted).joined(separator: ", ")))\(actions)"
    }
  }

  /// The type that a column has here.
  package func type(of column: TableSchema.Column) throws -> MariaDBType {
    // MariaDB calls it LONGTEXT with a check.
    if column.type == .json { return MariaDBType("json") }
    if isOwn {
      guard let type = MariaDBType(declared: column.declared),
        type.neutral(isJSON: column.type == .json).type == column.type
      else { throw damaged("has the unknown type \(column.declared)") }
      return type
    }
    let isInKey =
      table.primaryKey.contains(column.name) || table.foreignKeys.contains { $0.columns.contains(column.name) }
    var type = MariaDBType(neutral: column, isInKey: isInKey)
    // A row has at most 65,535 bytes, long types apart.
    if type.base == "varchar", !isInKey, rowIsWide { type = MariaDBType("longtext") }
    return type
  }

  private var rowIsWide: Bool {
    table.columns.reduce(0) { $0 + ($1.type == .text ? ($1.size ?? 0) * 4 : 16) } > 60_000
  }

  private var autoColumn: String? { table.autoIncrementColumn ?? table.primaryKey.first }

  private func definition(_ column: TableSchema.Column) throws -> String {
    let type = try type(of: column)
    var text = "\(quoted(column.name)) \(type.sql)"
    if type.isText, type.base != "json" { text += try collation(of: column) }
    text += column.isNullable && !table.primaryKey.contains(column.name) ? " NULL" : " NOT NULL"
    if table.autoIncrementNext != nil, column.name == autoColumn { text += " AUTO_INCREMENT" }
    switch column.defaultValue {
    case nil: break
    case .number(let number):
      guard SQLiteType.isNumber(number) else { throw damaged("has a default that is no number") }
      text += " DEFAULT \(type.isText || type.isLong ? literal(number) : number)"
    case .text(let value):
      if type.base == "bit" {
        guard value.allSatisfy({ $0 == "0" || $0 == "1" }) else { throw damaged("has a default that is no bits") }
        text += " DEFAULT b'\(value)'"
      } else {
        text += " DEFAULT \(literal(value))"
      }
    case .moment(let name):
      guard ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].contains(name) else {
        throw damaged("has an unknown default")
      }
      text += " DEFAULT \(moment(name, type))"
    }
    if column.isSetOnUpdate == true { text += " ON UPDATE \(moment("CURRENT_TIMESTAMP", type))" }
    return text
  }

  private func moment(_ name: String, _ type: MariaDBType) -> String {
    switch name {
    case "CURRENT_DATE": "(CURRENT_DATE)"
    case "CURRENT_TIME": "(CURRENT_TIME)"
    default: "CURRENT_TIMESTAMP(\(type.base == "datetime" || type.base == "timestamp" ? type.sizes.first ?? 0 : 0))"
    }
  }

  // Another engine compares texts byte for byte, unless it says otherwise.
  private func collation(of column: TableSchema.Column) throws -> String {
    // A collation of PostgreSQL orders texts; it takes no two different ones for the same.
    guard let name = column.collation, isOwn || (table.engine ?? .sqlite) == .sqlite else {
      return isOwn ? "" : " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
    }
    if !isOwn { return " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_nopad_ci" }
    guard name.utf8.allSatisfy({ $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }),
      let set = name.split(separator: "_").first
    else { throw damaged("has the unknown collation \(name)") }
    return " CHARACTER SET \(set) COLLATE \(name)"
  }

  private func clause(_ index: TableSchema.Index) throws -> String {
    let columns = try index.columns.map { part -> String in
      guard let position = table.index(of: part.name) else {
        throw damaged("has an index on a column that is not there")
      }
      let type = try type(of: table.columns[position])
      // A unique index on a long type is kept as a hash of the whole value; an ordinary one takes the beginning.
      let prefix = part.prefix ?? (type.isLong && !index.isUnique && index.method == nil ? 191 : nil)
      return quoted(part.name) + (prefix.map { "(\($0))" } ?? "") + (part.isDescending ? " DESC" : "")
    }
    let kind = index.method == "fulltext" ? "FULLTEXT INDEX" : index.isUnique ? "UNIQUE INDEX" : "INDEX"
    return "\(kind) \(index.name.map { quoted(String($0.prefix(64))) } ?? "") (\(columns.joined(separator: ", ")))"
  }

  private func primaryKey(of name: String) throws -> [String] {
    guard name == table.name else { throw damaged("has a reference to \(name) without its columns") }
    return table.primaryKey
  }

  private func list(_ names: [String]) throws -> String {
    guard names.allSatisfy({ table.index(of: $0) != nil }) else {
      throw damaged("has a key on a column that is not there")
    }
    return names.map(quoted).joined(separator: ", ")
  }

  private func clause(_ event: String, _ action: String) throws -> String {
    guard ["NO ACTION", "RESTRICT", "SET NULL", "SET DEFAULT", "CASCADE"].contains(action) else {
      throw damaged("has an unknown foreign key action")
    }
    // InnoDB knows no SET DEFAULT, and takes RESTRICT in words for NO ACTION when a reference is added.
    return action == "RESTRICT" || action == "SET DEFAULT" ? "" : " \(event) \(action)"
  }

  private func damaged(_ what: String) -> AdminError {
    AdminError(.dataError, "the schema of table \(table.name) \(what)", next: "use another backup set")
  }
}
