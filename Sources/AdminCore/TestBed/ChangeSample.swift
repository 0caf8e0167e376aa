import Platform

/// One line of a preview: a value before and after a rule; a secret only as dots.
public struct ChangeSample: Sendable, Equatable, Codable {
  /// The rule's ID.
  public let rule: String
  /// The place.
  public let place: String
  /// How the value is now.
  public let before: String
  /// How it will be in the copy.
  public let after: String

  init(rule: String, place: String, before: String, after: String) {
    self.rule = rule
    self.place = place
    self.before = before
    self.after = after
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case rule, place, before, after }

  /// Reads what `encode` writes, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    rule = try values.decode(String.self, forKey: .rule)
    place = try values.decode(String.self, forKey: .place)
    before = try values.decode(String.self, forKey: .before)
    after = try values.decode(String.self, forKey: .after)
  }
}
