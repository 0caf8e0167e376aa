/// The places of arguments in a statement of ours.
enum SQLArguments {
  /// `sql` with every `?` outside of quotes replaced by what `spelling` makes of its argument and position, from 1.
  static func replaced(
    in sql: String, _ arguments: [SQLValue], _ spelling: (SQLValue, Int) -> String
  ) -> String {
    var result = ""
    var quote: Unicode.Scalar?
    var position = 0
    for scalar in sql.unicodeScalars {
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
      } else if scalar == "?", position < arguments.count {
        position += 1
        result += spelling(arguments[position - 1], position)
        continue
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
