/// What the rules did in one run: for the report, the preview and the manifest.
public struct SanitisationRecord: Sendable, Codable, Equatable {
  /// The rules with what each changed, in their order; a rule that found nothing is listed too.
  public internal(set) var rules: [RuleRecord] = []

  /// One rule's work.
  public struct RuleRecord: Sendable, Codable, Equatable {
    /// The rule's ID.
    public let id: String
    /// The places it changed.
    public internal(set) var places: [PlaceRecord] = []
    /// Values, rows and files changed in all.
    public var count: Int { places.reduce(0) { $0 + $1.count } }
  }

  /// One place that a rule changed.
  public struct PlaceRecord: Sendable, Codable, Equatable {
    /// The place, as `column lui_jobs.origin`.
    public let place: String
    /// How many values, rows or files.
    public let count: Int
  }
}

extension SanitisationRecord {
  /// What both did: this one's rules first.
  func adding(_ other: SanitisationRecord) -> SanitisationRecord {
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

/// What one machine's sanitiser found. It holds secrets: it lives in memory and on its way through ssh, never on a disk.
struct Findings: Codable {
  var record = SanitisationRecord()
  var samples: [ChangeSample] = []
  var needles = NeedleCollection()
  var productionHosts: [String] = []
  var offences: [Offence] = []
}

/// Something that looks dangerous and that no rule covers.
public struct Offence: Sendable, Equatable, Codable {
  /// Where it is.
  public let target: Rule.Target
  /// Why it looks dangerous.
  public let reason: String

  /// An entry for the list `rules` of `hub/test-bed-rules.yaml` that takes it out.
  public var rule: String {
    var action = "unset"
    if case .file = target { action = "leave-out" }
    return "{id: site-1, \(word), action: \(action)}"
  }

  /// An entry for the list `harmless` that says it may stay.
  public var harmless: String { "{\(word)}" }

  /// Both on one line.
  public var remedy: String { "rules: [\(rule)] or harmless: [\(harmless)]" }

  private var word: String {
    switch target {
    case .ini(let component, let key): "ini: \"\(component?.iniName ?? "*"):\(key)\""
    case .setting(let name): "setting: \(name)"
    case .column(let table, let column): "column: \(table).\(column)"
    case .rows(let table): "rows: \(table)"
    case .file(let component, let path): "file: \"\(component?.folderName ?? "*")/\(path)\""
    }
  }
}

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
