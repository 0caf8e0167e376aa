import Archive
import Platform

/// What an operator decides about a finding.
public enum Answer: Sendable, Equatable {
  /// The value becomes unset; a file is not taken.
  case remove
  /// The value becomes this one.
  case set(String)
  /// The rows, or the file, are not taken.
  case leaveOut
  /// It stays as it is, for this reason.
  case harmless(because: String)

  /// In a word or two, for lists.
  public var shown: String {
    switch self {
    case .remove: "remove"
    case .set(let value): "set to \(value.isEmpty ? "(empty)" : value)"
    case .leaveOut: "leave out"
    case .harmless: "harmless"
    }
  }
}

extension Finding {
  /// The answer as a line of `hub/test-bed-rules.yaml`: a whole text by itself, which adds to the lines above it.
  public func line(_ answer: Answer) -> String {
    if case .harmless = answer { return "harmless: [\(entry(answer))]" }
    return "rules: [\(entry(answer))]"
  }

  /// Why this answer cannot be given, in words; nil when it can.
  public func objection(to answer: Answer) -> String? {
    switch (answer, target) {
    case (.set, .file), (.set, .rows): return "a file or row cannot be set to a value"
    case (.leaveOut, .ini), (.leaveOut, .setting): return "an INI key or setting cannot be left out; remove it"
    default: break
    }
    do {
      _ = try SiteRules(yaml: line(answer), path: "")
      return nil
    } catch {
      return (error as? AdminError)?.what ?? "\(error)"
    }
  }

  /// The answer as an entry of its list.
  func entry(_ answer: Answer) -> String {
    var words: [(String, String)] = []
    switch answer {
    case .harmless(let because):
      words = [spelled(target)] + conditions + (because.isEmpty ? [] : [("because", YAMLText.quoted(because))])
    case .set(let value): words = [id, spelled(target)] + conditions + [("set", YAMLText.quoted(value))]
    case .remove, .leaveOut:
      var place = target
      var action = "unset"
      switch (answer, target) {
      case (_, .file), (_, .rows): action = "leave-out"
      case (.leaveOut, .column(let table, _)): (place, action) = (.rows(table: table), "leave-out")
      default: break
      }
      words = [id, spelled(place)] + conditions + [("action", action)]
    }
    return "{" + words.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
  }

  private func spelled(_ target: Rule.Target) -> (String, String) {
    let (kind, text) = SiteRuleTarget.spelled(target)
    return (kind, YAMLText.quoted(text))
  }

  private var conditions: [(String, String)] {
    guard let when, !when.isEmpty else { return [] }
    let pairs = when.sorted { $0.key < $1.key }.map {
      "\(YAMLText.quoted($0.key)): \(YAMLText.quoted(Pattern.literal($0.value)))"
    }
    return [("when", "{\(pairs.joined(separator: ", "))}")]
  }

  // Made of the place, so that it says in a report what it is about; a few digits tell places apart that read alike.
  private var id: (String, String) {
    let (kind, text) = SiteRuleTarget.spelled(target)
    let whole = "\(kind) \(text) \(conditions.map(\.1).joined())"
    let words = whole.dropFirst(kind.count + 1).prefix(60).split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    let digits = Digest.hex(Digest.sha256(Array(whole.utf8))).prefix(4)
    return ("id", (["site"] + words.map(String.init) + [String(digits)]).joined(separator: "-"))
  }
}

/// Texts as YAML writes them on one line.
enum YAMLText {
  /// A text as a plain scalar, or in double quotes where it needs them.
  static func quoted(_ text: String) -> String {
    if isPlain(text) { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where printable(String(scalar)) == String(scalar) && scalar.value != 0xFEFF:
        result.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xFF: result += "\\x" + digits(scalar, 2)
      case _ where scalar.value <= 0xFFFF: result += "\\u" + digits(scalar, 4)
      default: result += "\\U" + digits(scalar, 8)
      }
    }
    return result + "\""
  }

  private static func digits(_ scalar: Unicode.Scalar, _ count: Int) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  // Words that no reader takes for anything but a text.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.allSatisfy({ isLetter($0) || isInner($0) }) else {
      return false
    }
    return !["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 }

  private static func isInner(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
  }
}
