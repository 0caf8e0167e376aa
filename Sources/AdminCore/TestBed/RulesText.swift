import Archive
import Database
import Installation

/// The rules as a text of their own: one line a match, and one for a rule that has none. Two machines agree on rules by a
/// digest of this text, so its spelling says all that a rule does, and changes only when a rule does. What a rule says to
/// people is no part of it.
enum RulesText {
  /// The lines of all matches, in order.
  static func lines(_ rules: [Rule]) -> [String] {
    rules.flatMap { rule in
      rule.matches.isEmpty ? ["\(rule.id): no match"] : rule.matches.map { "\(rule.id): \(line($0))" }
    }
  }

  private static func line(_ match: Rule.Match) -> String {
    let conditions = match.conditions.map { " when \(spelled($0))" }.joined()
    return "\(spelled(match.target))\(conditions): \(spelled(match.action)), \(spelled(match.sensitivity))"
  }

  private static func spelled(_ target: Rule.Target) -> String {
    switch target {
    case .ini(let file, let key): "ini \(quoted(file)) \(quoted(key))"
    case .setting(let name): "setting \(quoted(name))"
    case .column(let table, let column): "column \(quoted(table)) \(quoted(column))"
    case .rows(let table): "rows \(quoted(table))"
    case .file(let component, let pattern): "file \(component?.rawValue ?? "*") \(quoted(pattern))"
    }
  }

  private static func spelled(_ condition: Rule.Condition) -> String {
    switch condition {
    case .equals(let column, let text): "\(quoted(column)) equals \(quoted(text))"
    case .matches(let column, let pattern): "\(quoted(column)) matches \(quoted(pattern))"
    case .isSet(let column): "\(quoted(column)) is set"
    case .isIn(let column, let query): "\(quoted(column)) is in \(quoted(query))"
    case .resembles(let column, let pattern): "\(quoted(column)) resembles \(quoted(pattern))"
    case .hasLine(let pattern): "has a line \(quoted(pattern))"
    }
  }

  private static func spelled(_ action: Rule.Action) -> String {
    switch action {
    case .unset: "unset"
    case .set(.null): "set null"
    case .set(.integer(let number)): "set \(number)"
    case .set(.real(let number)): "set real \(number)"
    case .set(.text(let text)): "set \(quoted(text))"
    case .set(.binary(let bytes)): "set bytes \(Digest.hex(bytes))"
    case .setBackupID: "set backup ID"
    case .mask(let mask): "mask \(mask.rawValue)"
    case .leaveOut: "leave out"
    }
  }

  private static func spelled(_ sensitivity: Rule.Sensitivity) -> String {
    switch sensitivity {
    case .none: "tells nothing"
    case .address: "address"
    case .secret: "secret"
    }
  }

  // A text ends at a quotation mark that no backslash is before, and never goes on in the next line.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension BuiltInRules {
  /// The rules as text, the masking of recipients with them.
  package static let lines = RulesText.lines(all + [masking])

  /// SHA-256 of the text, hexadecimal: what two machines compare, so that a version which nobody raised is noticed too.
  package static let digest = Digest.hex(Digest.sha256(Array((lines.joined(separator: "\n") + "\n").utf8)))
}
