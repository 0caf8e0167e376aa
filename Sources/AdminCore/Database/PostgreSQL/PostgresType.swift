/// A built-in column type of PostgreSQL, read strictly: a set from elsewhere may not bring SQL of its own.
struct PostgresType: Equatable {
  /// As CREATE TABLE takes it, and as the server spells it: `character varying(20)[]`.
  let sql: String
  /// The words without sizes: `timestamp without time zone`.
  package let base: String
  /// Sizes.
  package let sizes: [Int]
  let isArray: Bool

  // Types with a place in the row format of their own.
  private static let kinds: [String: ColumnType] = [
    "smallint": .integer, "integer": .integer, "bigint": .integer, "numeric": .numeric,
    "real": .real, "double precision": .real, "boolean": .boolean, "bytea": .binary, "bit": .bit, "date": .date,
    "time without time zone": .time, "timestamp without time zone": .timestamp, "timestamp with time zone": .instant,
    "json": .json, "jsonb": .json, "uuid": .uuid,
  ]

  // Types whose text the server reads back as the same value. Money is none: its text is in the server's
  // currency. Nor is oid: it may be the number of a large object, which is no row of the table.
  private static let texts: Set = [
    "text", "character varying", "character", "name", "bit varying", "time with time zone", "interval", "inet", "cidr",
    "macaddr", "macaddr8", "xml", "tsvector", "tsquery", "jsonpath", "pg_lsn", "point", "line", "lseg", "box", "path",
    "polygon", "circle", "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "int4multirange",
    "int8multirange", "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange",
  ]

  private static let intervalFields: Set = [
    "year", "month", "day", "hour", "minute", "second", "year to month", "day to hour", "day to minute",
    "day to second", "hour to minute", "hour to second", "minute to second",
  ]

  /// Nil for anything but a known type with its sizes.
  init?(declared: String) {
    var text = Substring(declared)
    sql = declared
    isArray = text.hasSuffix("[]")
    while text.hasSuffix("[]") { text = text.dropLast(2) }
    var sizes: [Int] = []
    if let open = text.firstIndex(of: "(") {
      guard let close = text[open...].firstIndex(of: ")") else { return nil }
      for part in text[text.index(after: open)..<close].split(separator: ",", omittingEmptySubsequences: false) {
        guard let size = Int(part), (-1000...10_485_760).contains(size), String(size) == part else { return nil }
        sizes.append(size)
      }
      guard sizes.count <= 2 else { return nil }
      text = text[..<open] + text[text.index(after: close)...]
    }
    self.sizes = sizes
    base = String(text)
    let isInterval = base.hasPrefix("interval ") && PostgresType.intervalFields.contains(String(base.dropFirst(9)))
    guard PostgresType.kinds[base] != nil || PostgresType.texts.contains(base) || isInterval else { return nil }
  }

  private init(_ sql: String) {
    // Only with what this file spells.
    self.sql = sql
    base = sql
    sizes = []
    isArray = false
  }

  /// The engine-neutral kind, with what it needs to be made anew, in a column without name.
  var neutral: TableSchema.Column {
    var column = TableSchema.Column(name: "", type: .text, declared: sql)
    guard !isArray else { return column }
    column.type = PostgresType.kinds[base] ?? .text
    switch base {
    case "smallint": column.size = 16
    case "integer": column.size = 32
    case "bigint": column.size = 64
    case "numeric":
      column.size = sizes.first
      column.scale = sizes.isEmpty ? nil : sizes.count > 1 ? sizes[1] : 0
    case "real": column.size = 32
    case "double precision": column.size = 64
    case "bit", "character": column.size = sizes.first ?? 1
    default: if column.type != .text || base.hasSuffix("varying") { column.size = sizes.first }
    }
    return column
  }

  /// The type that holds a column of another engine.
  ///
  /// - Parameter isAuto: whether the server numbers the rows by it.
  init(neutral column: TableSchema.Column, isAuto: Bool) {
    switch column.type {
    case .integer:
      // An unsigned number needs the next wider type.
      let bits = (column.size ?? 64) + (column.isUnsigned == true ? 1 : 0)
      self.init(bits <= 16 ? "smallint" : bits <= 32 ? "integer" : bits <= 64 || isAuto ? "bigint" : "numeric(20,0)")
    // The program writes 0 and 1.
    case .boolean: self.init("smallint")
    case .numeric:
      let digits = column.size ?? 0
      if let scale = column.scale, (1...1000).contains(digits), (0...digits).contains(scale) {
        self.init("numeric(\(digits),\(scale))")
      } else {
        self.init("numeric")
      }
    case .real: self.init(column.size == 32 ? "real" : "double precision")
    case .text:
      let size = column.size ?? 0
      self.init((1...10_485_760).contains(size) ? "character varying(\(size))" : "text")
    case .binary: self.init("bytea")
    case .bit:
      let size = column.size ?? 0
      self.init((1...83_886_080).contains(size) ? "bit(\(size))" : "bit varying")
    case .date: self.init("date")
    case .time: self.init("time(\(PostgresType.fraction(column))) without time zone")
    case .timestamp: self.init("timestamp(\(PostgresType.fraction(column))) without time zone")
    case .instant: self.init("timestamp(\(PostgresType.fraction(column))) with time zone")
    // jsonb would put the keys in another order.
    case .json: self.init("json")
    case .uuid: self.init("uuid")
    case .enumeration: self.init("text")
    }
  }

  private static func fraction(_ column: TableSchema.Column) -> Int { min(6, max(0, column.size ?? 6)) }
}
