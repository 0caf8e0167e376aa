/// What the rules did in one run: for the report, the preview and the manifest.
public struct SanitisationRecord: Sendable, Codable, Equatable {
  /// The rules with what each changed, in their order; a rule that found nothing is listed too.
  public package(set) var rules: [RuleRecord] = []

  package init(rules: [RuleRecord] = []) {
    self.rules = rules
  }

  /// One rule's work.
  public struct RuleRecord: Sendable, Codable, Equatable {
    /// The rule's ID.
    public let id: String
    /// The places it changed.
    public package(set) var places: [PlaceRecord] = []

    package init(id: String, places: [PlaceRecord] = []) {
      self.id = id
      self.places = places
    }
    /// Values, rows and files changed in all.
    public var count: Int { places.reduce(0) { $0 + $1.count } }
  }

  /// One place that a rule changed.
  public struct PlaceRecord: Sendable, Codable, Equatable {
    /// The place, as `column lui_jobs.origin`.
    public let place: String
    /// How many values, rows or files.
    public let count: Int

    package init(place: String, count: Int) {
      self.place = place
      self.count = count
    }
  }
}

extension SanitisationRecord {
  /// What both did: this one's rules first.
  package func adding(_ other: SanitisationRecord) -> SanitisationRecord {
    var sum = self
    for rule in other.rules {
      guard let index = sum.rules.firstIndex(where: { $0.id == rule.id }) else {
        sum.rules.append(rule)
        continue
      }
      for place in rule.places {
        if let known = sum.rules[index].places.firstIndex(where: { $0.place == place.place }) {
          let count = sum.rules[index].places[known].count + place.count
          sum.rules[index].places[known] = PlaceRecord(place: place.place, count: count)
        } else {
          sum.rules[index].places.append(place)
        }
      }
      sum.rules[index].places.sort { $0.place < $1.place }
    }
    return sum
  }
}
