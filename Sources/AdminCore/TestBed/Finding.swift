import Platform

/// Something that looks dangerous and that no rule covers.
public struct Finding: Sendable, Equatable, Codable {
  /// Where it is.
  public let target: Rule.Target
  /// Why it looks dangerous.
  public let reason: String

  package init(target: Rule.Target, reason: String) {
    self.target = target
    self.reason = reason
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case target, reason }

  /// Reads what `encode` writes, and nothing else.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(strictlyKeyedBy: CodingKeys.self)
    target = try values.decode(Rule.Target.self, forKey: .target)
    reason = try values.decode(String.self, forKey: .reason)
  }

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
    case .ini(let file, let key): "ini: \"\(Rule.Target.shortened(file)):\(key)\""
    case .setting(let name): "setting: \(name)"
    case .column(let table, let column): "column: \(table).\(column)"
    case .rows(let table): "rows: \(table)"
    case .file(let component, let path): "file: \"\(component?.folderName ?? "*")/\(path)\""
    }
  }
}
