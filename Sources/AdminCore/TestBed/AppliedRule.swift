import Installation

/// A rule with what it did in one run, or would do.
public struct AppliedRule: Codable, Sendable, Equatable {
  /// The rule's ID.
  public let id: String
  /// The danger it removes.
  public let danger: String
  /// The post-restore step that sets again what it removed.
  public let afterRestore: String
  /// The places it changed.
  public let places: [SanitisationRecord.PlaceRecord]

  /// Values, rows and files changed in all.
  public var count: Int { places.reduce(0) { $0 + $1.count } }

  init(_ rule: Rule, _ places: [SanitisationRecord.PlaceRecord]) {
    id = rule.id
    danger = rule.danger
    afterRestore = rule.afterRestore
    self.places = places
  }
}
