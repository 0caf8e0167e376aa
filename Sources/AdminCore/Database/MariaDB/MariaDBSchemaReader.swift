import Platform

/// Reads a database's structure into engine-neutral terms, and refuses by name what they cannot say: nothing may drop
/// out of a backup unnoticed.
struct MariaDBSchemaReader {
  package let connection: MariaDBConnection
  /// The database's name.
  package let name: String
  private var schema: String { literal(name) }

  init(_ connection: MariaDBConnection, _ name: String) {
    self.connection = connection
    self.name = name
  }

  func otherNames() throws -> [String] { try objects().map(\.name).filter { !ComponentTables.contain($0) } }

  package func componentTables() throws -> [TableSchema] {
    let objects = try objects().filter { ComponentTables.contain($0.name) }
    for object in objects {
      guard object.type == "BASE TABLE" else { throw cannotCarry("\(object.type.lowercased()) \(object.name)") }
      guard object.engine == "InnoDB" else {
        throw cannotCarry("storage engine \(object.engine) of table \(object.name), which knows no snapshot")
      }
      guard !object.options.contains("partitioned") else { throw cannotCarry("partitions of table \(object.name)") }
    }
    guard !objects.isEmpty else { return [] }
    try refuseTriggers()
    let json = try jsonColumns()
    let columns = try columns(json)
    let indexes = try indexes()
    let keys = try foreignKeys()
    return objects.map { object in
      var table = TableSchema(
        name: object.name, columns: columns[object.name]?.columns ?? [], primaryKey: [], engine: .mariadb)
      if let auto = columns[object.name]?.auto {
        table.autoIncrementNext = object.next ?? 1
        table.autoIncrementColumn = auto
      }
      for (name, index) in indexes[object.name] ?? [] {
        if name == "PRIMARY" {
          table.primaryKey = index.columns.map(\.name)
        } else {
          table.indexes.append(index)
        }
      }
      if table.primaryKey == table.autoIncrementColumn.map({ [$0] }) { table.autoIncrementColumn = nil }
      table.foreignKeys = keys[object.name] ?? []
      return table
    }
  }

  private struct Object {
    var name: String
    var type: String
    var engine: String
    var options: String
    var next: Int64?
  }

  private func objects() throws -> [Object] {
    try connection.texts(
      """
      SELECT TABLE_NAME, TABLE_TYPE, ENGINE, CREATE_OPTIONS, AUTO_INCREMENT FROM information_schema.TABLES
      WHERE TABLE_SCHEMA=\(schema) ORDER BY CAST(TABLE_NAME AS BINARY)
      """
    ).compactMap { row in
      guard let name = row[0], name != TableExchange.marker else { return nil }
      return Object(
        name: name, type: row[1] ?? "", engine: row[2] ?? "", options: row[3] ?? "", next: row[4].flatMap { Int64($0) })
    }
  }

  private func refuseTriggers() throws {
    let rows = try connection.texts(
      "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA=\(schema)")
    for row in rows {
      guard let table = row[1], ComponentTables.contain(table) else { continue }
      throw cannotCarry("trigger \(row[0] ?? "") of table \(table)")
    }
  }

  /// MariaDB's JSON is LONGTEXT with a check; every other check cannot be carried.
  private func jsonColumns() throws -> [String: Set<String>] {
    var columns: [String: Set<String>] = [:]
    let namesTables = try connection.texts(
      """
      SELECT 1 FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA='information_schema' AND TABLE_NAME='CHECK_CONSTRAINTS' AND COLUMN_NAME='TABLE_NAME'
      """)
    guard !namesTables.isEmpty else {
      // MySQL names no table there, and its JSON is a type of its own.
      let found = try connection.texts(
        "SELECT CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA=\(schema)")
      if let name = found.first?.first { throw cannotCarry("check \(name ?? "")") }
      return [:]
    }
    let rows = try connection.texts(
      """
      SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
      WHERE CONSTRAINT_SCHEMA=\(schema)
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], ComponentTables.contain(table) else { continue }
      // The server quotes as this session does.
      guard row[2] == "json_valid(\(quoted(name)))" || row[2] == "json_valid(`\(name.replacing("`", with: "``"))`)"
      else {
        throw cannotCarry("check \(name) of table \(table)")
      }
      columns[table, default: []].insert(name)
    }
    return columns
  }

  private func columns(_ json: [String: Set<String>]) throws -> [String: (
    columns: [TableSchema.Column], auto: String?
  )] {
    var tables: [String: (columns: [TableSchema.Column], auto: String?)] = [:]
    let rows = try connection.texts(
      """
      SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA,
      GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE TABLE_SCHEMA=\(schema)
      ORDER BY TABLE_NAME, ORDINAL_POSITION
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], ComponentTables.contain(table) else { continue }
      let location = "\(table).\(name)"
      guard (row[7] ?? "").isEmpty else { throw cannotCarry("generated column \(location)") }
      guard let type = MariaDBType(declared: row[2] ?? "", isEscaped: true) else {
        throw cannotCarry("type \(row[2] ?? "") of column \(location)")
      }
      var column = type.neutral(isJSON: json[table]?.contains(name) == true)
      column.name = name
      column.isNullable = row[3] == "YES"
      column.collation = row[5].flatMap { type.isText ? $0 : nil }
      column.defaultValue = try defaultValue(row[4], column, location)
      var extra = (row[6] ?? "").lowercased()
      for word in ["on update current_timestamp", "default_generated", "auto_increment"] where extra.contains(word) {
        extra = extra.replacing(word, with: "")
        if word == "on update current_timestamp" { column.isSetOnUpdate = true }
        if word == "auto_increment" { tables[table, default: ([], nil)].auto = name }
      }
      guard extra.allSatisfy({ "() 0123456789".contains($0) }) else {
        throw cannotCarry("attribute \(row[6] ?? "") of column \(location)")
      }
      tables[table, default: ([], nil)].columns.append(column)
    }
    return tables
  }

  private func defaultValue(_ text: String?, _ column: TableSchema.Column, _ location: String) throws
    -> TableSchema.DefaultValue?
  {
    guard let text, text.uppercased() != "NULL" else { return nil }
    let lower = text.lowercased()
    if lower.hasPrefix("current_timestamp") || lower == "now()" { return .moment("CURRENT_TIMESTAMP") }
    if lower == "curdate()" || lower == "current_date()" { return .moment("CURRENT_DATE") }
    if lower == "curtime()" || lower == "current_time()" { return .moment("CURRENT_TIME") }
    if column.type == .bit, lower.hasPrefix("b'"), lower.hasSuffix("'") {
      let digits = lower.dropFirst(2).dropLast()
      guard digits.allSatisfy({ "01".contains($0) }) else { throw cannotCarry("default of column \(location)") }
      return .text(String(repeating: "0", count: max(0, (column.size ?? 1) - digits.count)) + digits)
    }
    if let inner = unquoted(text) { return .text(inner) }
    if SQLiteType.isNumber(text) { return .number(text) }
    // MySQL spells a text without quotes.
    if !connection.isMariaDB, !text.contains("(") { return .text(text) }
    throw cannotCarry("default expression of column \(location)")
  }

  private func unquoted(_ text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count >= 2, scalars.first == "'", scalars.last == "'" else { return nil }
    var result = String.UnicodeScalarView()
    var index = 1
    while index < scalars.count - 1 {
      var scalar = scalars[index]
      if scalar == "'" || scalar == "\\" {
        index += 1
        guard index < scalars.count - 1 else { return nil }
        scalar = scalar == "'" ? scalars[index] : MariaDBType.unescaped(scalars[index])
      }
      result.append(scalar)
      index += 1
    }
    return String(result)
  }

  private func indexes() throws -> [String: [(name: String, index: TableSchema.Index)]] {
    var tables: [String: [(name: String, index: TableSchema.Index)]] = [:]
    // The server gives them in the order in which they were made, which no column tells.
    let rows = try connection.texts(
      """
      SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE
      FROM information_schema.STATISTICS WHERE TABLE_SCHEMA=\(schema)
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], ComponentTables.contain(table) else { continue }
      guard let column = row[3] else { throw cannotCarry("expression in index \(name) of table \(table)") }
      let method = (row[6] ?? "BTREE").lowercased()
      guard ["btree", "hash", "fulltext"].contains(method) else {
        throw cannotCarry("\(method) index \(name) of table \(table)")
      }
      let part = TableSchema.IndexColumn(column, isDescending: row[4] == "D", prefix: row[5].flatMap { Int($0) })
      if let index = tables[table]?.firstIndex(where: { $0.name == name }) {
        tables[table]?[index].index.columns.append(part)
      } else {
        tables[table, default: []].append(
          (
            name,
            .init(
              name: name, isUnique: row[2] == "0", columns: [part], method: method == "fulltext" ? method : nil)
          ))
      }
    }
    return tables
  }

  private func foreignKeys() throws -> [String: [TableSchema.ForeignKey]] {
    var tables: [String: [(name: String, key: TableSchema.ForeignKey)]] = [:]
    let rows = try connection.texts(
      """
      SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME,
      k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
      FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
      ON r.CONSTRAINT_SCHEMA=k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME=k.CONSTRAINT_NAME AND r.TABLE_NAME=k.TABLE_NAME
      WHERE k.TABLE_SCHEMA=\(schema) AND k.REFERENCED_TABLE_NAME IS NOT NULL
      ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], let column = row[2], let target = row[4], let reference = row[5],
        ComponentTables.contain(table)
      else { continue }
      guard row[3] == self.name, ComponentTables.contain(target) else {
        throw cannotCarry(
          "foreign key \(name) of table \(table), which leads to another database or to a table of no component")
      }
      if tables[table]?.last?.name != name {
        let key = TableSchema.ForeignKey(
          columns: [], table: target, references: [], onDelete: row[6] ?? "RESTRICT", onUpdate: row[7] ?? "RESTRICT")
        tables[table, default: []].append((name, key))
      }
      let last = (tables[table]?.count ?? 1) - 1
      tables[table]?[last].key.columns.append(column)
      tables[table]?[last].key.references.append(reference)
    }
    return tables.mapValues { $0.map(\.key) }
  }

  private func cannotCarry(_ thing: String) -> AdminError {
    AdminError(
      .dataError, "a backup cannot carry the \(thing)", at: connection.displayName,
      next: "remove it, or move it out of the hub_, lui_ and trk_ names, and start again")
  }
}
