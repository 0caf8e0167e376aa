/// A column type of MariaDB or MySQL, read strictly: a set from elsewhere may not bring SQL of its own.
struct MariaDBType: Equatable {
  /// The type's word, lower case.
  package var base: String
  /// Sizes.
  package var sizes: [Int] = []
  /// The labels of ENUM and SET.
  package var labels: [String] = []
  var isUnsigned = false
  var isZeroFilled = false

  init(_ base: String, _ sizes: [Int] = [], labels: [String] = [], isUnsigned: Bool = false) {
    self.base = base
    self.sizes = sizes
    self.labels = labels
    self.isUnsigned = isUnsigned
  }

  private static let plain: Set = [
    "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit", "char", "varchar",
    "tinytext", "text", "mediumtext", "longtext", "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob",
    "date", "time", "datetime", "timestamp", "year", "json", "uuid", "inet4", "inet6",
  ]

  /// Nil for anything but `word`, `word(sizes)`, `enum('a','b')` and `set(…)`, with `unsigned` and `zerofill` behind.
  ///
  /// - Parameter isEscaped: whether a backslash in a label begins an escape, as where the server itself spells a type.
  init?(declared: String, isEscaped: Bool = false) {
    var text = Substring(declared)
    let word = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    base = word.lowercased()
    text = text.dropFirst(word.count)
    if base == "enum" || base == "set" {
      guard let labels = MariaDBType.labels(&text, isEscaped) else { return nil }
      self.labels = labels
    } else {
      guard MariaDBType.plain.contains(base) else { return nil }
      if text.hasPrefix("(") {
        guard let close = text.firstIndex(of: ")") else { return nil }
        for part in text[text.index(after: text.startIndex)..<close].split(
          separator: ",", omittingEmptySubsequences: false)
        {
          guard let size = Int(part), (0...4_294_967_295).contains(size) else { return nil }
          sizes.append(size)
        }
        text = text[text.index(after: close)...]
      }
    }
    for word in text.split(separator: " ") {
      switch word.lowercased() {
      case "unsigned": isUnsigned = true
      case "zerofill": isZeroFilled = true
      default: return nil
      }
    }
  }

  private static func labels(_ text: inout Substring, _ isEscaped: Bool) -> [String]? {
    guard text.first == "(" else { return nil }
    var scalars = Substring.UnicodeScalarView(text.unicodeScalars.dropFirst())
    var labels: [String] = []
    while scalars.popFirst() == "'" {
      var label = String.UnicodeScalarView()
      while let scalar = scalars.popFirst() {
        if scalar == "'" {
          guard scalars.first == "'" else { break }
          scalars.removeFirst()
        }
        if scalar == "\\", isEscaped, let letter = scalars.popFirst() {
          label.append(unescaped(letter))
          continue
        }
        label.append(scalar)
      }
      labels.append(String(label))
      switch scalars.popFirst() {
      case ",": continue
      case ")":
        text = Substring(scalars)
        return labels
      default: return nil
      }
    }
    return nil
  }

  /// What a letter after a backslash stands for (mariadb.com/kb/en/string-literals).
  static func unescaped(_ letter: Unicode.Scalar) -> Unicode.Scalar {
    switch letter {
    case "n": "\n"
    case "r": "\r"
    case "t": "\t"
    case "0": "\0"
    case "Z": "\u{1A}"
    default: letter
    }
  }

  /// As CREATE TABLE takes it.
  var sql: String {
    var text = base
    if base == "enum" || base == "set" {
      text += "(\(labels.map(literal).joined(separator: ",")))"
    } else if !sizes.isEmpty {
      text += "(\(sizes.map(String.init).joined(separator: ",")))"
    }
    if isUnsigned { text += " unsigned" }
    if isZeroFilled { text += " zerofill" }
    return text
  }

  /// Whether values are characters, which have a character set.
  var isText: Bool {
    ["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"].contains(base)
  }

  /// Whether a key needs a length for it.
  var isLong: Bool {
    ["tinytext", "text", "mediumtext", "longtext", "json", "tinyblob", "blob", "mediumblob", "longblob"].contains(base)
  }

  /// The engine-neutral kind, with what it needs to be made anew, in a column without name.
  func neutral(isJSON: Bool) -> TableSchema.Column {
    var column = TableSchema.Column(name: "", type: .text, declared: sql)
    if isUnsigned { column.isUnsigned = true }
    switch base {
    case "tinyint":
      column.type = sizes == [1] && !isUnsigned ? .boolean : .integer
      column.size = column.type == .boolean ? nil : 8
    case "smallint", "mediumint", "int", "bigint":
      column.type = .integer
      column.size = ["smallint": 16, "mediumint": 24, "int": 32][base] ?? 64
    case "year":
      column.type = .integer
      column.size = 16
    case "decimal":
      column.type = .numeric
      column.size = sizes.first ?? 10
      column.scale = sizes.count > 1 ? sizes[1] : 0
    case "float", "double":
      column.type = .real
      column.size = base == "float" ? 32 : 64
    case "bit":
      column.type = .bit
      column.size = sizes.first ?? 1
    case "char", "varchar": column.size = sizes.first
    case "binary", "varbinary":
      column.type = .binary
      column.size = sizes.first ?? 1
    case "tinyblob", "blob", "mediumblob", "longblob": column.type = .binary
    case "date": column.type = .date
    case "time":
      column.type = .time
      column.size = sizes.first ?? 0
    case "datetime":
      column.type = .timestamp
      column.size = sizes.first ?? 0
    case "timestamp":
      column.type = .instant
      column.size = sizes.first ?? 0
    case "json": column.type = .json
    case "uuid": column.type = .uuid
    case "enum":
      column.type = .enumeration
      column.values = labels
    default: if isJSON { column.type = .json }
    }
    return column
  }

  /// The type that holds a column of another engine.
  ///
  /// - Parameter isInKey: whether it is part of the primary key, which takes no long type.
  init(neutral column: TableSchema.Column, isInKey: Bool) {
    let unsigned = column.isUnsigned == true
    // Characters of four bytes each: what InnoDB takes as a key.
    let longText = isInKey ? MariaDBType("varchar", [700]) : MariaDBType("longtext")
    switch column.type {
    case .integer:
      switch column.size ?? 64 {
      case ...8: self.init("tinyint", isUnsigned: unsigned)
      case ...16: self.init("smallint", isUnsigned: unsigned)
      case ...24: self.init("mediumint", isUnsigned: unsigned)
      case ...32: self.init("int", isUnsigned: unsigned)
      default: self.init("bigint", isUnsigned: unsigned)
      }
    case .boolean: self.init("tinyint", [1])
    case .numeric:
      let digits = column.size ?? 0
      let scale = column.scale ?? -1
      // Wider numbers, and those without a fixed width, are exact only as texts.
      if (1...65).contains(digits), (0...38).contains(scale), scale <= digits {
        self.init("decimal", [digits, scale])
      } else {
        self = longText
      }
    case .real: self.init(column.size == 32 ? "float" : "double")
    case .text:
      if let size = column.size, (0...4000).contains(size) { self.init("varchar", [size]) } else { self = longText }
    case .binary:
      if let size = column.size, (0...8000).contains(size) {
        self.init("varbinary", [size])
      } else {
        self = isInKey ? MariaDBType("varbinary", [2800]) : MariaDBType("longblob")
      }
    case .bit:
      if let size = column.size, (1...64).contains(size) { self.init("bit", [size]) } else { self = longText }
    case .date: self.init("date")
    case .time: self.init("time", [min(6, column.size ?? 6)])
    // An instant of another engine may be later than 2038, where TIMESTAMP ends: it is kept in UTC.
    case .timestamp, .instant: self.init("datetime", [min(6, column.size ?? 6)])
    case .json: self.init("json")
    case .uuid: self.init("uuid")
    case .enumeration:
      if let values = column.values, !values.isEmpty {
        self.init("enum", labels: values)
      } else {
        self.init("varchar", [255])
      }
    }
  }
}
