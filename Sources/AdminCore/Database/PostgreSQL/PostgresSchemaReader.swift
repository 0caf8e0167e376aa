import Platform

/// Reads a schema's structure into engine-neutral terms, and refuses by name what they cannot say: nothing may drop out of
/// a backup unnoticed.
struct PostgresSchemaReader {
  package let connection: PostgresConnection
  /// The name of the schema that holds the tables.
  package let namespace: String
  private var schema: String { "\(literal(quoted(namespace)))::regnamespace" }
  private var isComponents: String { PostgresSchemaReader.isComponents("c.relname") }

  init(_ connection: PostgresConnection, _ namespace: String) {
    self.connection = connection
    self.namespace = namespace
  }

  /// A condition: whether `name` has a component's prefix.
  static func isComponents(_ name: String) -> String {
    "(" + ComponentTables.prefixes.map { "starts_with(\(name)::text, \(literal($0)))" }.joined(separator: " OR ")
      + ")"
  }

  /// The names of the tables that a backup locks.
  func lockableNames() throws -> [String] {
    try names("c.relkind = 'r' AND \(isComponents)")
  }

  func otherNames() throws -> [String] {
    try names("c.relkind IN ('r','p','v','m','f') AND NOT \(isComponents) AND c.relname <> '\(TableExchange.marker)'")
  }

  private func names(_ condition: String) throws -> [String] {
    try connection.texts(
      "SELECT c.relname FROM pg_class c WHERE c.relnamespace = \(schema) AND \(condition) ORDER BY c.relname COLLATE \"C\""
    ).compactMap { $0[0] }
  }

  package func componentTables() throws -> [TableSchema] {
    if let thing = try connection.texts(PostgresRefusals.query(schema, isComponents)).first?.first {
      throw cannotCarry(thing ?? "")
    }
    let names = try lockableNames()
    guard !names.isEmpty else { return [] }
    var tables = Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, TableSchema(name: $0, columns: [], primaryKey: [], engine: .postgresql))
      })
    let sequences = try sequences()
    try addColumns(to: &tables, sequences)
    try addIndexes(to: &tables)
    try addForeignKeys(to: &tables)
    for name in names {
      if let auto = tables[name]?.autoIncrementColumn, tables[name]?.primaryKey == [auto] {
        tables[name]?.autoIncrementColumn = nil
      }
    }
    return names.compactMap { tables[$0] }
  }

  /// The schema's enumerations with their labels in order.
  func enumerations() throws -> [(name: String, labels: [String])] {
    var types: [(name: String, labels: [String])] = []
    let rows = try connection.texts(
      """
      SELECT t.typname, e.enumlabel FROM pg_type t LEFT JOIN pg_enum e ON e.enumtypid = t.oid
      WHERE t.typnamespace = \(schema) AND t.typtype = 'e' ORDER BY t.typname, e.enumsortorder
      """)
    for row in rows {
      guard let name = row[0] else { continue }
      if types.last?.name != name { types.append((name, [])) }
      if let label = row[1] { types[types.count - 1].labels.append(label) }
    }
    return types
  }

  // MARK: Columns

  private struct Sequence {
    var name: String
    var identity: String
    var next: Int64
  }

  private func sequences() throws -> [String: Sequence] {
    var sequences: [String: Sequence] = [:]
    let rows = try connection.texts(
      """
      SELECT c.relname, a.attname, s.relname, a.attidentity, q.seqincrement, q.seqcycle, q.seqcache,
      to_regclass(format('%I.%I', n.nspname, s.relname)), n.oid = c.relnamespace FROM pg_depend d
      JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_class c ON c.oid = d.refobjid JOIN pg_sequence q ON q.seqrelid = s.oid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND c.relnamespace = \(schema) AND \(isComponents) ORDER BY 1, 2, 3
      """)
    for row in rows {
      guard let table = row[0], let column = row[1], let name = row[2], let path = row[7] else { continue }
      guard row[4] == "1", row[5] == "f", row[8] == "t", sequences["\(table).\(column)"] == nil else {
        throw cannotCarry("sequence \(name) of column \(table).\(column), which counts in a way of its own")
      }
      // Looking takes no number.
      let state = try connection.texts("SELECT last_value, is_called FROM \(path)").first
      guard let last = state?[0].flatMap({ Int64($0) }), last >= 1, last < Int64.max else {
        throw cannotCarry("sequence \(name) of column \(table).\(column), which is beyond the numbers from 1")
      }
      sequences["\(table).\(column)"] = Sequence(
        name: name, identity: row[3] ?? "", next: state?[1] == "t" ? last + 1 : last)
    }
    return sequences
  }

  private func addColumns(to tables: inout [String: TableSchema], _ sequences: [String: Sequence]) throws {
    var sequences = sequences
    let labels = Dictionary(uniqueKeysWithValues: try enumerations().map { ($0.name, $0.labels) })
    let rows = try connection.texts(
      """
      SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, t.typtype,
      n.nspname = 'pg_catalog', n.oid = \(schema), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
      CASE WHEN a.attcollation <> t.typcollation THEN l.collname END, m.nspname = 'pg_catalog',
      (SELECT s.relname FROM pg_depend p JOIN pg_class s ON s.oid = p.refobjid AND s.relkind = 'S'
       WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass LIMIT 1)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      LEFT JOIN pg_collation l ON l.oid = a.attcollation LEFT JOIN pg_namespace m ON m.oid = l.collnamespace
      WHERE c.relnamespace = \(schema) AND c.relkind = 'r' AND \(isComponents) ORDER BY c.relname, a.attnum
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], let declared = row[2], let type = row[3] else { continue }
      let location = "\(table).\(name)"
      var column: TableSchema.Column
      if row[4] == "e", row[6] == "t" {
        column = .init(name: name, type: .enumeration, declared: type, values: labels[type] ?? [])
      } else if row[4] != "d", row[5] == "t", let known = PostgresType(declared: declared) {
        column = known.neutral
        column.name = name
      } else {
        throw cannotCarry("type \(declared) of column \(location)")
      }
      column.isNullable = row[7] != "t"
      if let collation = row[9] {
        guard row[10] == "t" else { throw cannotCarry("collation \(collation) of column \(location)") }
        column.collation = collation
      }
      if let sequence = sequences.removeValue(forKey: location) {
        guard column.type == .integer, tables[table]?.autoIncrementNext == nil,
          !sequence.identity.isEmpty || row[11] == sequence.name && row[8]?.hasPrefix("nextval(") == true
        else { throw cannotCarry("sequence \(sequence.name) of column \(location)") }
        tables[table]?.autoIncrementNext = sequence.next
        tables[table]?.autoIncrementColumn = name
        if !sequence.identity.isEmpty {
          tables[table]?.options = [sequence.identity == "a" ? PostgresDefinition.always : PostgresDefinition.identity]
        }
      } else if let text = row[8] {
        guard let value = PostgresDefault(text, column, type: declared) else {
          throw cannotCarry("default expression of column \(location)")
        }
        column.defaultValue = value.value
      }
      tables[table]?.columns.append(column)
    }
    if let left = sequences.first { throw cannotCarry("sequence \(left.value.name) of column \(left.key)") }
  }

  // MARK: Keys

  private func addIndexes(to tables: inout [String: TableSchema]) throws {
    let rows = try connection.texts(
      """
      SELECT c.relname, i.relname, x.indisprimary, x.indisunique, o.contype, m.amname, a.attname, x.indoption[k] & 1,
      CASE WHEN x.indcollation[k] <> a.attcollation THEN l.collname END
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
      JOIN pg_am m ON m.oid = i.relam CROSS JOIN generate_series(0, x.indnkeyatts - 1) k
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[k]
      LEFT JOIN pg_collation l ON l.oid = x.indcollation[k]
      LEFT JOIN pg_constraint o ON o.conindid = i.oid AND o.contype IN ('p', 'u')
      WHERE c.relnamespace = \(schema) AND c.relkind = 'r' AND \(isComponents) ORDER BY c.relname, i.oid, k
      """)
    for row in rows {
      guard let table = row[0], let name = row[1], let column = row[6] else { continue }
      if row[2] == "t" {
        tables[table]?.primaryKey.append(column)
        continue
      }
      let part = TableSchema.IndexColumn(column, isDescending: row[7] == "1", collation: row[8])
      let last = (tables[table]?.indexes.count ?? 0) - 1
      if last >= 0, tables[table]?.indexes[last].name == name {
        tables[table]?.indexes[last].columns.append(part)
        continue
      }
      var index = TableSchema.Index(
        name: name, isUnique: row[3] == "t", columns: [part], method: row[5] == "btree" ? nil : row[5])
      if row[4] == "u" { index.isConstraint = true }
      tables[table]?.indexes.append(index)
    }
  }

  private func addForeignKeys(to tables: inout [String: TableSchema]) throws {
    let rows = try connection.texts(
      """
      SELECT c.relname, o.oid, f.relname, a.attname, b.attname, o.confdeltype, o.confupdtype
      FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_class f ON f.oid = o.confrelid
      CROSS JOIN generate_subscripts(o.conkey, 1) k
      JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[k]
      JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = o.confkey[k]
      WHERE o.contype = 'f' AND c.relnamespace = \(schema) AND \(isComponents) ORDER BY c.relname, o.conname, k
      """)
    let actions = ["a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"]
    var last: String?
    for row in rows {
      guard let table = row[0], let target = row[2], let column = row[3], let reference = row[4] else { continue }
      if row[1] != last {
        last = row[1]
        tables[table]?.foreignKeys.append(
          .init(
            columns: [], table: target, references: [], onDelete: actions[row[5] ?? ""] ?? "NO ACTION",
            onUpdate: actions[row[6] ?? ""] ?? "NO ACTION"))
      }
      let position = (tables[table]?.foreignKeys.count ?? 1) - 1
      tables[table]?.foreignKeys[position].columns.append(column)
      tables[table]?.foreignKeys[position].references.append(reference)
    }
  }

  private func cannotCarry(_ thing: String) -> AdminError {
    AdminError(
      .dataError, "a backup cannot carry the \(thing)", at: connection.displayName,
      next: "remove it, or move it out of the hub_, lui_ and trk_ names, and start again")
  }
}
