import Database

/// The form of the values that are invented for a key.
struct InventedForm: Equatable {
  /// Why no values can be invented, as the end of a sentence about the column.
  struct Impossible: Error { let reason: String }

  enum Kind: Equatable {
    /// Text of at most so many characters.
    case text(limit: Int)
    /// Whole numbers below 2 to this power.
    case integer(bits: Int)
    /// Whole numbers below 10 to this power.
    case digits(Int)
    /// So many bytes.
    case bytes(Int)
    /// UUIDs.
    case uuid
    /// Calendar dates.
    case date
    /// Whatever kind the value itself has, as in SQLite; its texts of at most so many characters.
    case asItIs(limit: Int)
  }

  /// Which texts the database takes for the same key.
  enum Comparison: Int { case exact, asciiCase, blanks, caseAndBlanks }

  var kind: Kind
  var comparison = Comparison.exact

  /// Fewer characters leave too few values for a table of some size: these are 60 bits.
  static let shortest = 12
  /// For texts that may be of any length.
  static let unlimited = 1 << 20

  init(kind: Kind, comparison: Comparison = .exact) { (self.kind, self.comparison) = (kind, comparison) }

  init(_ table: TableSchema, _ column: TableSchema.Column) throws(Impossible) {
    let isAutomatic =
      table.autoIncrementColumn == column.name
      || table.autoIncrementColumn == nil && table.autoIncrementNext != nil && table.primaryKey == [column.name]
    guard !isAutomatic else { throw Impossible(reason: "counts the table's rows by itself") }
    let prefixes = table.indexes.filter(\.isUnique).flatMap(\.columns).filter { $0.name == column.name }
      .compactMap(\.prefix)
    let limit = min(column.size ?? Self.unlimited, prefixes.min() ?? Self.unlimited)
    if table.engine == nil || table.engine == .sqlite {
      kind = .asItIs(limit: column.type == .text ? limit : Self.unlimited)
    } else {
      switch column.type {
      case .text: kind = .text(limit: limit)
      case .integer: kind = .integer(bits: min(63, (column.size ?? 64) - (column.isUnsigned == true ? 0 : 1)))
      case .numeric where column.scale ?? 0 == 0 && (column.size ?? 99) <= 18: kind = .digits(column.size ?? 18)
      case .binary: kind = .bytes(min(limit, 16))
      case .uuid: kind = .uuid
      case .date: kind = .date
      default: throw Impossible(reason: "is a key of a type (\(column.declared)) for which no values can be invented")
      }
    }
    switch kind {
    case .text(let limit) where limit < Self.shortest, .asItIs(let limit) where limit < Self.shortest:
      throw Impossible(reason: "is a key with room for \(limit) characters only, where \(Self.shortest) are needed")
    case .bytes(let count) where count < 8:
      throw Impossible(reason: "is a key with room for \(count) bytes only, where 8 are needed")
    default: break
    }
    comparison = Self.comparison(table, column)
  }

  private static func comparison(_ table: TableSchema, _ column: TableSchema.Column) -> Comparison {
    guard column.type == .text || table.engine == nil || table.engine == .sqlite else { return .exact }
    let name = column.collation?.lowercased()
    switch table.engine {
    case nil, .some(.sqlite): return name == "nocase" ? .asciiCase : name == "rtrim" ? .blanks : .exact
    case .some(.mariadb):
      let isExact = name.map { $0.hasSuffix("_bin") || $0.hasSuffix("_cs") || $0 == "binary" } ?? false
      return isExact ? .blanks : .caseAndBlanks
    default: return .exact
    }
  }

  /// The form that fits both.
  func joined(with other: InventedForm) throws(Impossible) -> InventedForm {
    var result = self
    switch (kind, other.kind) {
    case (.text(let a), .text(let b)): result.kind = .text(limit: min(a, b))
    case (.asItIs(let a), .asItIs(let b)): result.kind = .asItIs(limit: min(a, b))
    case (.integer(let a), .integer(let b)): result.kind = .integer(bits: min(a, b))
    case (.digits(let a), .digits(let b)): result.kind = .digits(min(a, b))
    case (.bytes(let a), .bytes(let b)): result.kind = .bytes(min(a, b))
    case (.uuid, .uuid), (.date, .date): break
    default: throw Impossible(reason: "refers to a column of another type")
    }
    result.comparison = Comparison(rawValue: comparison.rawValue | other.comparison.rawValue) ?? .caseAndBlanks
    return result
  }
}
