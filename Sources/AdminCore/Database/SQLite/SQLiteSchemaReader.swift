import Platform

/// Reads a SQLite file's structure into engine-neutral terms, and refuses by name what they cannot say: nothing may drop
/// out of a backup unnoticed.
struct SQLiteSchemaReader {
  package let connection: SQLiteConnection

  init(_ connection: SQLiteConnection) { self.connection = connection }

  package func componentTables() throws -> [TableSchema] {
    var tables: [TableSchema] = []
    for object in try objects() where ComponentTables.contain(object.name) {
      guard object.type == "table" else { throw cannotCarry("\(object.type) \(object.name)") }
      tables.append(try schema(of: object))
    }
    return tables
  }

  func otherNames() throws -> [String] { try objects().map(\.name).filter { !ComponentTables.contain($0) } }

  private struct Object {
    var name: String
    var type: String
    var options: [String]
  }

  private func objects() throws -> [Object] {
    // PRAGMA table_list: schema, name, type, ncol, wr, strict (sqlite.org/pragma.html#pragma_table_list).
    try connection.rows("PRAGMA main.table_list").compactMap { row in
      guard let name = row[1].text, let type = row[2].text, !name.hasPrefix("sqlite_"), type != "shadow" else {
        return nil
      }
      var options: [String] = []
      if row[5].integer == 1 { options.append("strict") }
      if row[4].integer == 1 { options.append("without rowid") }
      return Object(name: name, type: type, options: options)
    }.sorted { $0.name < $1.name }
  }

  private func schema(of object: Object) throws -> TableSchema {
    let name = object.name
    if let trigger = try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type='trigger' AND tbl_name=?", [.text(name)]
    )
    .first?.first?.text {
      throw cannotCarry("trigger \(trigger) on table \(name)")
    }
    let sql = try connection.rows("SELECT sql FROM sqlite_schema WHERE type='table' AND name=?", [.text(name)])
    let words = SQLWords(sql.first?.first?.text ?? "")
    if words.contains("check") { throw cannotCarry("CHECK constraint of table \(name)") }
    if words.contains("on", "conflict") { throw cannotCarry("ON CONFLICT clause of table \(name)") }
    if words.contains("initially", "deferred") { throw cannotCarry("deferred foreign key of table \(name)") }
    var columns: [TableSchema.Column] = []
    var key: [(position: Int64, name: String)] = []
    // PRAGMA table_xinfo: cid, name, type, notnull, dflt_value, pk, hidden (2 and 3: generated).
    for row in try connection.rows("PRAGMA main.table_xinfo(\(quoted(name)))") {
      let column = row[1].text ?? ""
      guard row[6].integer == 0 else { throw cannotCarry("generated column \(name).\(column)") }
      let declared = row[2].text ?? ""
      guard let type = SQLiteType.neutral(declared) else {
        throw cannotCarry("type \(declared) of column \(name).\(column)")
      }
      let isNullable = row[3].integer == 0
      let sizes = SQLiteType.sizes(declared)
      columns.append(
        TableSchema.Column(
          name: column, type: type, declared: declared, isNullable: isNullable,
          defaultValue: try row[4].text.map { try defaultValue($0, of: "\(name).\(column)") } ?? nil,
          collation: try collation(of: column, in: name),
          size: type == .text || type == .numeric || type == .bit ? sizes.first : nil,
          scale: type == .numeric && !sizes.isEmpty ? sizes.dropFirst().first ?? 0 : nil,
          isUnsigned: declared.uppercased().hasPrefix("UNSIGNED_BLOB") ? true : nil))
      if let position = row[5].integer, position > 0 { key.append((position, column)) }
    }
    return TableSchema(
      name: name, columns: columns, primaryKey: key.sorted { $0.position < $1.position }.map(\.name),
      autoIncrementNext: words.contains("autoincrement") ? try nextNumber(of: name) : nil,
      indexes: try indexes(of: name), foreignKeys: try foreignKeys(of: name), options: object.options)
  }

  private func nextNumber(of table: String) throws -> Int64 {
    let last =
      try connection.rows("SELECT seq FROM sqlite_sequence WHERE name=?", [.text(table)]).first?.first?.integer ?? 0
    return last == .max ? last : last + 1
  }

  private func indexes(of table: String) throws -> [TableSchema.Index] {
    // PRAGMA index_list: seq, name, unique, origin (c, u, pk), partial; newest first.
    try connection.rows("PRAGMA main.index_list(\(quoted(table)))").reversed().compactMap { row in
      guard let name = row[1].text, let origin = row[3].text else { return nil }
      guard row[4].integer == 0 else { throw cannotCarry("partial index \(name) of table \(table)") }
      // PRAGMA index_xinfo: seqno, cid (-2: expression), name, desc, coll, key.
      let columns = try connection.rows("PRAGMA main.index_xinfo(\(quoted(name)))").filter { $0[5].integer == 1 }.map {
        part in
        guard let column = part[2].text else { throw cannotCarry("expression in index \(name) of table \(table)") }
        let usual = try self.collation(of: column, in: table) ?? "BINARY"
        let collation = part[4].text.flatMap { $0.uppercased() == usual ? nil : $0.uppercased() }
        return TableSchema.IndexColumn(column, isDescending: part[3].integer == 1, collation: collation)
      }
      if origin == "pk" {
        guard columns.allSatisfy({ !$0.isDescending && $0.collation == nil }) else {
          throw cannotCarry("order or collation in the primary key of table \(table)")
        }
        return nil
      }
      return TableSchema.Index(name: origin == "u" ? nil : name, isUnique: row[2].integer == 1, columns: columns)
    }
  }

  // Nil when it is the engine's default.
  private func collation(of column: String, in table: String) throws -> String? {
    let name = try connection.collation(of: column, in: table).uppercased()
    return name == "BINARY" ? nil : name
  }

  private func foreignKeys(of table: String) throws -> [TableSchema.ForeignKey] {
    // PRAGMA foreign_key_list: id, seq, table, from, to, on_update, on_delete, match; newest first.
    var keys: [(id: Int64, key: TableSchema.ForeignKey)] = []
    for row in try connection.rows("PRAGMA main.foreign_key_list(\(quoted(table)))") {
      guard let id = row[0].integer, let target = row[2].text, let column = row[3].text else { continue }
      if keys.last?.id != id {
        let key = TableSchema.ForeignKey(
          columns: [], table: target, references: [], onDelete: row[6].text ?? "NO ACTION",
          onUpdate: row[5].text ?? "NO ACTION")
        keys.append((id, key))
      }
      keys[keys.count - 1].key.columns.append(column)
      if let reference = row[4].text { keys[keys.count - 1].key.references.append(reference) }
    }
    return keys.reversed().map(\.key)
  }

  private func defaultValue(_ sql: String, of location: String) throws -> TableSchema.DefaultValue? {
    let text = sql.uppercased()
    if text == "NULL" { return nil }
    if ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"].contains(text) { return .moment(text) }
    if text == "TRUE" { return .number("1") }
    if text == "FALSE" { return .number("0") }
    if SQLiteType.isNumber(sql) { return .number(sql) }
    let scalars = sql.unicodeScalars
    if scalars.count >= 2, scalars.first == "'", scalars.last == "'" {
      var inner = String.UnicodeScalarView()
      var isEscaped = false
      for scalar in scalars.dropFirst().dropLast() {
        if scalar == "'", !isEscaped {
          isEscaped = true
        } else {
          isEscaped = false
          inner.append(scalar)
        }
      }
      if !isEscaped { return .text(String(inner)) }
    }
    throw cannotCarry("default expression of column \(location)")
  }

  private func cannotCarry(_ thing: String) -> AdminError {
    AdminError(
      .dataError, "a backup cannot carry the \(thing)", at: connection.path,
      next: "remove it, or move it out of the hub_, lui_ and trk_ names, and start again")
  }
}

/// The words of a CREATE statement without strings, quoted names and comments: enough to see whether a keyword stands in
/// it, which the pragmas do not tell.
struct SQLWords {
  private var words: [String] = []

  init(_ sql: String) {
    let bytes = Array(sql.utf8)
    var index = 0
    func skip(to end: UInt8) -> String {
      var text: [UInt8] = []
      index += 1
      while index < bytes.count {
        if bytes[index] == end {
          if index + 1 < bytes.count, bytes[index + 1] == end, end != 0x5D {
            index += 1
          } else {
            break
          }
        }
        text.append(bytes[index])
        index += 1
      }
      index += 1
      return String(decoding: text, as: UTF8.self)
    }
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x27: _ = skip(to: 0x27)
      case 0x22, 0x60: words.append("\u{22}" + skip(to: byte))
      case 0x5B: words.append("\u{22}" + skip(to: 0x5D))
      case 0x2D where index + 1 < bytes.count && bytes[index + 1] == 0x2D:
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
      case 0x2F where index + 1 < bytes.count && bytes[index + 1] == 0x2A:
        index += 2
        while index + 1 < bytes.count, !(bytes[index] == 0x2A && bytes[index + 1] == 0x2F) { index += 1 }
        index += 2
      case 0x2C: words.append(","); index += 1
      default:
        let start = index
        while index < bytes.count, isWord(bytes[index]) { index += 1 }
        if index == start { index += 1 } else { words.append(String(decoding: bytes[start..<index], as: UTF8.self)) }
      }
    }
  }

  /// Whether the keyword, in lower case, stands outside of strings and quoted names.
  package func contains(_ keyword: String) -> Bool { words.contains { $0.lowercased() == keyword } }

  /// Whether two keywords, in lower case, stand side by side.
  package func contains(_ first: String, _ second: String) -> Bool {
    zip(words, words.dropFirst()).contains { $0.lowercased() == first && $1.lowercased() == second }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5F || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }
}
