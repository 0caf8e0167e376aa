/// A column's default as the server spells it, when it is a literal or the moment of insertion.
struct PostgresDefault {
  /// Nil is NULL, which is no default.
  package let value: TableSchema.DefaultValue?

  /// Nil for any other expression.
  ///
  /// - Parameter type: the column's type as the server spells it.
  init?(_ expression: String, _ column: TableSchema.Column, type: String) {
    let text = PostgresDefault.withoutCast(expression, column, type)
    switch text.uppercased() {
    case "CURRENT_TIMESTAMP", "NOW()", "LOCALTIMESTAMP": value = .moment("CURRENT_TIMESTAMP")
    case "CURRENT_DATE": value = .moment("CURRENT_DATE")
    case "CURRENT_TIME", "LOCALTIME": value = .moment("CURRENT_TIME")
    case "NULL": value = nil
    case "TRUE" where column.type == .boolean: value = .number("1")
    case "FALSE" where column.type == .boolean: value = .number("0")
    default:
      let isBits = text.hasPrefix("B'")
      if let inner = PostgresDefault.unquoted(isBits ? text.dropFirst() : text[...]) {
        // Another engine would take the text of bytes for the bytes.
        guard column.type != .binary || inner == "\\x" else { return nil }
        value =
          column.type == .binary
          ? .text("") : column.type.isNumber && SQLiteType.isNumber(inner) ? .number(inner) : .text(inner)
      } else if column.type.isNumber, SQLiteType.isNumber(text) {
        value = .number(text)
      } else {
        return nil
      }
    }
  }

  /// `'abc'::character varying` without its cast, `(-1)` without its parentheses. A cast to another type than the
  /// column's, or to a shorter one, may change the value and stays.
  private static func withoutCast(_ expression: String, _ column: TableSchema.Column, _ spelled: String) -> String {
    guard let mark = expression.ranges(of: "::").last else { return withoutParentheses(expression) }
    let type = String(expression[mark.upperBound...])
    let literal = withoutParentheses(String(expression[..<mark.lowerBound]))
    let base = PostgresType(declared: column.declared)
    var same = [spelled]
    if let base { same.append(base.isArray ? "\(base.base)[]" : base.base) }
    if base?.base == "character" { same.append("bpchar") }
    if base?.base == "bit" { same.append("\"bit\"") }
    if column.type == .text, base?.isArray == false { same.append("text") }
    // DEFAULT -1 of a bigint is '-1'::integer.
    let isWhole = unquoted(literal[...]).flatMap { Int64($0) } != nil
    if column.type == .numeric || column.type == .real || column.type == .integer && isWhole {
      same += ["smallint", "integer", "bigint", "numeric"]
    }
    return same.contains(type) ? literal : expression
  }

  private static func withoutParentheses(_ text: String) -> String {
    guard text.hasPrefix("("), text.hasSuffix(")") else { return text }
    let inner = String(text.dropFirst().dropLast())
    return SQLiteType.isNumber(inner) ? inner : text
  }

  private static func unquoted(_ text: Substring) -> String? {
    guard text.utf8.count >= 2, text.utf8.first == 0x27, text.utf8.last == 0x27 else { return nil }
    var result: [UInt8] = []
    var bytes = text.utf8.dropFirst().dropLast().makeIterator()
    while let byte = bytes.next() {
      if byte == 0x27, bytes.next() != 0x27 { return nil }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
