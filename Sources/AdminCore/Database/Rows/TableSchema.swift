/// A table's structure in engine-neutral terms, as `database/<table>.schema.json` holds it.
public struct TableSchema: Codable, Sendable, Equatable {
  /// The table's name as the database spells it.
  public var name: String
  /// The columns in order.
  public var columns: [Column]
  /// The primary key's columns in key order; empty when there is none.
  public var primaryKey: [String]
  /// The next value of the auto-increment column; nil when the table has no such column.
  public var autoIncrementNext: Int64?
  /// Unique constraints and indexes, in creation order.
  public var indexes: [Index]
  /// References to other tables.
  public var foreignKeys: [ForeignKey]
  /// Storage options of the engine, lower case, such as `strict` and `without rowid`.
  public var options: [String]
  /// The engine whose words `declared`, the collations and the options are; nil means SQLite.
  public var engine: EngineName?
  /// The auto-increment column when it is not the one column of the primary key.
  public var autoIncrementColumn: String?

  /// A table without indexes and references.
  public init(
    name: String, columns: [Column], primaryKey: [String], autoIncrementNext: Int64? = nil, indexes: [Index] = [],
    foreignKeys: [ForeignKey] = [], options: [String] = [], engine: EngineName? = nil,
    autoIncrementColumn: String? = nil
  ) {
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.autoIncrementNext = autoIncrementNext
    self.indexes = indexes
    self.foreignKeys = foreignKeys
    self.options = options
    self.engine = engine
    self.autoIncrementColumn = autoIncrementColumn
  }

  /// Whether any column may hold any kind of value, as in SQLite, so that a value tells its kind itself.
  var isDynamic: Bool { engine == nil || engine == .sqlite }

  /// The position of a column, nil when there is none of this name.
  public func index(of column: String) -> Int? { columns.firstIndex { $0.name == column } }
}

extension TableSchema {
  /// One column.
  public struct Column: Codable, Sendable, Equatable {
    /// The column's name.
    public var name: String
    /// What kind of values it holds.
    public var type: ColumnType
    /// The type as the engine it came from declares it, such as `VARCHAR(255)`.
    public var declared: String
    /// Whether NULL is allowed.
    public var isNullable: Bool
    /// The value of a row that does not give one.
    public var defaultValue: DefaultValue?
    /// The collation when it is not the engine's default.
    public var collation: String?
    /// Bits of an integer (8 to 64) or a real (32, 64); digits of a number; characters of a text; bytes; bits; digits
    /// of a second's fraction. Nil means the engine's widest.
    public var size: Int?
    /// Digits after the point.
    public var scale: Int?
    /// Whether a number cannot be negative; nil means it can.
    public var isUnsigned: Bool?
    /// The labels of an enumeration.
    public var values: [String]?
    /// Whether every change of a row sets the column to that moment; nil means no.
    public var isSetOnUpdate: Bool?

    /// A column.
    public init(
      name: String, type: ColumnType, declared: String, isNullable: Bool = true, defaultValue: DefaultValue? = nil,
      collation: String? = nil, size: Int? = nil, scale: Int? = nil, isUnsigned: Bool? = nil, values: [String]? = nil
    ) {
      self.name = name
      self.type = type
      self.declared = declared
      self.isNullable = isNullable
      self.defaultValue = defaultValue
      self.collation = collation
      self.size = size
      self.scale = scale
      self.isUnsigned = isUnsigned
      self.values = values
    }
  }

  /// An index, unique or not.
  public struct Index: Codable, Sendable, Equatable {
    /// The index's name; nil for an unnamed unique constraint.
    public var name: String?
    /// Whether two rows may not share a key.
    public var isUnique: Bool
    /// The key columns.
    public var columns: [IndexColumn]
    /// The engine's kind of index, such as `fulltext`, when it is not the ordinary one; an engine that has no such kind
    /// leaves the index away.
    public var method: String?
    /// Whether it is a named unique constraint, which other statements may name; nil means no.
    public var isConstraint: Bool?

    /// An index.
    public init(name: String?, isUnique: Bool, columns: [IndexColumn], method: String? = nil) {
      self.name = name
      self.isUnique = isUnique
      self.columns = columns
      self.method = method
    }
  }

  /// A column of an index.
  public struct IndexColumn: Codable, Sendable, Equatable {
    /// The column's name.
    public var name: String
    /// Whether the key descends.
    public var isDescending: Bool
    /// The key's collation when it is not the column's.
    public var collation: String?
    /// How many characters or bytes of the value the key holds; nil means all of it.
    public var prefix: Int?

    /// A key column, ascending unless told.
    public init(_ name: String, isDescending: Bool = false, collation: String? = nil, prefix: Int? = nil) {
      self.name = name
      self.isDescending = isDescending
      self.collation = collation
      self.prefix = prefix
    }
  }

  /// A reference to rows of another table.
  public struct ForeignKey: Codable, Sendable, Equatable {
    /// The referring columns.
    public var columns: [String]
    /// The table referred to.
    public var table: String
    /// The columns referred to; empty means its primary key.
    public var references: [String]
    /// `NO ACTION`, `RESTRICT`, `SET NULL`, `SET DEFAULT` or `CASCADE`.
    public var onDelete: String
    /// As `onDelete`.
    public var onUpdate: String

    /// A reference.
    public init(
      columns: [String], table: String, references: [String], onDelete: String = "NO ACTION",
      onUpdate: String = "NO ACTION"
    ) {
      self.columns = columns
      self.table = table
      self.references = references
      self.onDelete = onDelete
      self.onUpdate = onUpdate
    }
  }

  /// A column's default: a literal, or the moment of insertion. Other expressions are not carried.
  public enum DefaultValue: Codable, Sendable, Equatable {
    /// A number as SQL writes it.
    case number(String)
    /// A text.
    case text(String)
    /// `CURRENT_TIMESTAMP`, `CURRENT_DATE` or `CURRENT_TIME`.
    case moment(String)
  }
}

/// The engine-neutral kinds of values. `docs/formats.md` tells how each is written.
public enum ColumnType: String, Codable, Sendable, CaseIterable {
  /// Whole numbers of up to 64 bits.
  case integer
  /// Exact decimal numbers; also SQLite's numeric affinity, which keeps text that is no number.
  case numeric
  /// IEEE 754, single or double.
  case real
  /// Unicode text.
  case text
  /// Bytes.
  case binary
  /// A string of bits, as digits 0 and 1.
  case bit
  /// A truth value, stored as 0 or 1.
  case boolean
  /// A calendar date, a time of day, or both, without a zone, as ISO 8601 text.
  case date, time, timestamp
  /// A moment in time, as ISO 8601 text in UTC.
  case instant
  /// JSON text.
  case json
  /// A UUID, as lower-case text.
  case uuid
  /// One of the column's labels.
  case enumeration = "enum"
}
