/// Between declared types of SQLite columns and the engine-neutral kinds, by SQLite's own rules of affinity
/// (sqlite.org/datatype3.html, section 3.1).
enum SQLiteType {
  /// The kind of a declared type; nil for `ANY`, which promises nothing.
  static func neutral(_ declared: String) -> ColumnType? {
    let name = declared.uppercased()
    if name == "ANY" { return nil }
    if name.contains("INT") { return .integer }
    if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") { return .text }
    if name.isEmpty || name.contains("BLOB") { return .binary }
    if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") { return .real }
    if name.contains("BOOL") { return .boolean }
    if name.contains("TIMESTAMP") || name.contains("DATETIME") { return .timestamp }
    if name.contains("DATE") { return .date }
    if name.contains("TIME") { return .time }
    if name.contains("JSON") { return .json }
    return .numeric
  }

  /// The type to declare for a column; what the set says when it is harmless and means the same, else the kind's own.
  static func declared(_ column: TableSchema.Column) -> String {
    if isPlain(column.declared), neutral(column.declared) == column.type { return column.declared }
    switch column.type {
    case .integer: return "INTEGER"
    case .numeric: return "NUMERIC"
    case .real: return "REAL"
    case .text: return "TEXT"
    case .binary: return "BLOB"
    case .boolean: return "BOOLEAN"
    case .date: return "DATE"
    case .time: return "TIME"
    case .timestamp: return "TIMESTAMP"
    case .json: return "JSON"
    }
  }

  /// Whether a default is a number as SQL writes it: `nan` and `inf` are words to SQL.
  static func isNumber(_ text: String) -> Bool { Int64(text) != nil || Double(text)?.isFinite == true }

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
