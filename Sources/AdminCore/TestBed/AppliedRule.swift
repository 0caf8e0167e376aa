import Installation
import Platform

/// A rule with what it did in one run, or would do: for the report and the preview.
public struct AppliedRule: Sendable, Equatable, Codable {
  /// The danger it removes.
  public let danger: String
  /// The post-restore step that sets again what was removed.
  public let afterRestore: String
  /// The rule's ID and the places it changed.
  public let record: SanitisationRecord.RuleRecord

  /// The rule's name in reports.
  public var id: String { record.id }
  /// Values, rows and files changed in all.
  public var count: Int { record.count }

  package init(_ rule: Rule, places: [SanitisationRecord.PlaceRecord]) {
    danger = rule.danger
    afterRestore = rule.afterRestore
    record = SanitisationRecord.RuleRecord(id: rule.id, places: places)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case danger, afterRestore, record }

  /// Reads what `encode` writes, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    danger = try values.decode(String.self, forKey: .danger)
    afterRestore = try values.decode(String.self, forKey: .afterRestore)
    record = try values.decode(SanitisationRecord.RuleRecord.self, forKey: .record)
    guard record.places.allSatisfy({ $0.count >= 0 }) else {
      throw DecodingError.dataCorruptedError(forKey: .record, in: values, debugDescription: "a count below zero")
    }
  }
}
