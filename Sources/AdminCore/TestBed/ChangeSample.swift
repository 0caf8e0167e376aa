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
}
