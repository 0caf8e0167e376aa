import Archive
import Platform

/// Something that looks dangerous and that no rule covers.
public struct Finding: Sendable, Equatable, Codable {
  /// Where it is.
  public let target: Rule.Target
  /// Why it looks dangerous.
  public let reason: String
  /// The rows that are meant, by the text of their columns; nil means all of the place. A table of names and values has
  /// many settings in one column.
  public let when: [String: String]?

  package init(target: Rule.Target, reason: String, when: [String: String]? = nil) {
    self.target = target
    self.reason = reason
    self.when = when
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case target, reason, when }

  /// Reads what `encode` writes, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    target = try values.decode(Rule.Target.self, forKey: .target)
    reason = try values.decode(String.self, forKey: .reason)
    when = try values.decodeIfPresent([String: String].self, forKey: .when)
  }

  /// Where it is, with the rows that are meant.
  public var place: String {
    guard let when, !when.isEmpty else { return target.description }
    let rows = when.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" }.joined(separator: " and ")
    return "\(target) where \(rows)"
  }

  /// An entry for the list `rules` of `hub/test-bed-rules.yaml` that takes it out.
  public var rule: String { entry(.remove) }

  /// An entry for the list `harmless` that says it may stay.
  public var harmless: String { entry(.harmless(because: "")) }

  /// Both on one line, each a whole text that may be pasted under others.
  public var remedy: String { "\(line(.remove)) or \(line(.harmless(because: "")))" }
}
