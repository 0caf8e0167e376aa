/// Between declared types of SQLite columns and the engine-neutral kinds, by SQLite's own rules of affinity
/// (sqlite.org/datatype3.html, section 3.1).
enum SQLiteType {
  /// How SQLite converts what is put into a column.
  enum Affinity { case integer, text, none, real, numeric }

  static func affinity(_ declared: String) -> Affinity {
    let name = declared.uppercased()
    if name.contains("INT") { return .integer }
    if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") { return .text }
    if name.isEmpty || name.contains("BLOB") { return .none }
    if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") { return .real }
    return .numeric
  }

  /// Types of other engines whose values SQLite would change in a column of numbers: their names say which kind they
  /// are, and end so that SQLite keeps the values as they are.
  private static let kept: [String: ColumnType] = [
    "DECIMAL_TEXT": .numeric, "JSON_TEXT": .json, "BIT_TEXT": .bit, "UNSIGNED_BLOB": .integer,
  ]

  /// The kind of a declared type; nil for `ANY`, which promises nothing.
  static func neutral(_ declared: String) -> ColumnType? {
    let name = declared.uppercased()
    if name == "ANY" { return nil }
    if let kind = kept[String(name.prefix { $0 != "(" })] { return kind }
    switch affinity(declared) {
    case .integer: return .integer
    case .text: return .text
    case .none: return .binary
    case .real: return .real
    case .numeric: break
    }
    if name.contains("BOOL") { return .boolean }
    if name == "TIMESTAMPTZ" { return .instant }
    if name.contains("TIMESTAMP") || name.contains("DATETIME") { return .timestamp }
    if name.contains("DATE") { return .date }
    if name.contains("TIME") { return .time }
    if name.contains("JSON") { return .json }
    if name.contains("UUID") { return .uuid }
    return .numeric
  }

  /// The sizes of a declared type, as in `DECIMAL(12,2)`.
  package static func sizes(_ declared: String) -> [Int] {
    guard let open = declared.firstIndex(of: "("), declared.hasSuffix(")") else { return [] }
    return declared[declared.index(after: open)...].dropLast().split(separator: ",").compactMap {
      Int($0.filter { $0 != " " })
    }
  }

  /// The type to declare for a column; what the set says when it is SQLite's own, harmless and means the same, else one
  /// that keeps every value of the column's kind as it is.
  package static func declared(_ column: TableSchema.Column, of table: TableSchema) -> String {
    if table.isDynamic, isPlain(column.declared), neutral(column.declared) == column.type { return column.declared }
    switch column.type {
    case .integer: return column.isUnsigned == true && column.size ?? 64 > 63 ? "UNSIGNED_BLOB(64)" : "INTEGER"
    case .numeric:
      let sizes = [column.size, column.scale].compactMap { $0 }.map(String.init).joined(separator: ",")
      // A double keeps fifteen digits.
      let fits = table.isDynamic || column.scale != nil && (column.size ?? 99) <= 15
      return (fits ? "DECIMAL" : "DECIMAL_TEXT") + (sizes.isEmpty ? "" : "(\(sizes))")
    case .real: return "REAL"
    case .text: return column.size.map { "VARCHAR(\($0))" } ?? "TEXT"
    case .binary: return "BLOB"
    case .bit: return column.size.map { "BIT_TEXT(\($0))" } ?? "BIT_TEXT"
    case .boolean: return "BOOLEAN"
    case .date: return "DATE"
    case .time: return "TIME"
    case .timestamp: return "TIMESTAMP"
    case .instant: return "TIMESTAMPTZ"
    case .json: return table.isDynamic ? "JSON" : "JSON_TEXT"
    case .uuid: return "UUID"
    case .enumeration: return "TEXT"
    }
  }

  /// Whether a default is a number as SQL writes it: `nan` and `inf` are words to SQL.
  package static func isNumber(_ text: String) -> Bool { Int64(text) != nil || Double(text)?.isFinite == true }

  /// Words and a size, as `DOUBLE PRECISION` or `DECIMAL(10,2)`: a set from elsewhere may not bring SQL of its own.
  private static func isPlain(_ declared: String) -> Bool {
    guard declared.utf8.count <= 64 else { return false }
    let parts = declared.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: " ")
    let clauses: Set = [
      "AS", "AUTOINCREMENT", "CHECK", "COLLATE", "CONSTRAINT", "DEFAULT", "GENERATED", "NOT", "NULL", "ON", "PRIMARY",
      "REFERENCES", "UNIQUE",
    ]
    guard (1...3).contains(words.count), words.allSatisfy({ !clauses.contains($0.uppercased()) }),
      parts[0].utf8.allSatisfy({
        $0 == 0x20 || $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
      })
    else { return false }
    guard parts.count == 2 else { return true }
    return parts[1].hasSuffix(")")
      && parts[1].dropLast().utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2C || $0 == 0x20 }
  }
}
