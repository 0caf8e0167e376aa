import Archive
import Installation
import Platform
import Yams

/// What a site adds in `hub/test-bed-rules.yaml`: rules of its own, and names that look dangerous and are not. It can add,
/// never weaken: a name that a built-in rule covers is refused here.
///
/// ```yaml
/// rules:
///   - {id: crm, danger: the copy would call the CRM, setting: lui.crm.token, action: unset}
/// harmless:
///   - {column: lui_plugin_colours.host_name, because: a colour's name}
/// ```
package struct SiteRules {
  package var rules: [Rule] = []
  var harmless: [Rule.Target] = []

  /// Reads the file; an absent one adds nothing.
  ///
  /// - Throws: `AdminError` (`configuration`) naming the entry that cannot be understood.
  package static func read(_ path: String) throws -> SiteRules {
    guard let text = try text(of: path) else { return SiteRules() }
    return try SiteRules(yaml: text, path: path)
  }

  /// The file's text; nil when there is none.
  package static func text(of path: String) throws -> String? {
    guard try FileSystem.exists(path) else { return nil }
    let bytes = try FileSystem.read(path, limit: sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong("not UTF-8", path) }
    return text
  }

  /// The most bytes that such a file may have.
  package static let sizeLimit = 256 << 10

  package init() {}

  package init(yaml: String, path: String) throws {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw SiteRules.wrong("not YAML", path)
    }
    guard let root else { return }
    guard let mapping = root.mapping else { throw SiteRules.wrong("the file is no mapping", path) }
    for (key, value) in mapping {
      guard let name = key.string, ["rules", "harmless"].contains(name), let entries = value.sequence else {
        throw SiteRules.wrong("only lists named rules and harmless may stand here, not \(key.string ?? "?")", path)
      }
      for (index, node) in entries.enumerated() {
        let place = "\(path), \(name) entry \(index + 1)"
        var fields = try SiteRules.fields(of: node, place)
        let target = try SiteRules.target(&fields, place, exactly: name == "harmless")
        if let builtIn = BuiltInRules.all.first(where: { $0.matches.contains { $0.target.overlaps(target) } }) {
          throw SiteRules.wrong(
            "\(target) is covered by the built-in rule \(builtIn.id), which a site cannot change", place)
        }
        if name == "harmless" {
          if case .rows = target {
            throw SiteRules.wrong("rows cannot be harmless; name the column that looks dangerous", place)
          }
          fields["because"] = nil
          harmless += target.spellings
        } else {
          rules.append(try SiteRules.rule(&fields, target, place))
        }
        if let unknown = fields.keys.sorted().first { throw SiteRules.wrong("the word \(unknown) is not known", place) }
      }
    }
  }

  private static func rule(_ fields: inout [String: String], _ target: Rule.Target, _ place: String) throws -> Rule {
    guard let id = fields.removeValue(forKey: "id"), !id.isEmpty, !BuiltInRules.all.contains(where: { $0.id == id })
    else {
      throw wrong("a rule needs an id of its own", place)
    }
    let action: Rule.Action
    switch (fields.removeValue(forKey: "action"), fields.removeValue(forKey: "set"), target) {
    case ("leave-out", nil, .rows), ("leave-out", nil, .file): action = .leaveOut
    case (_, _, .rows), (_, _, .file): throw wrong("rows and files can only have the action leave-out", place)
    case ("unset", nil, _): action = .unset
    case (nil, .some(let value), _): action = .set(.text(value))
    default: throw wrong("a rule needs either action: unset, action: leave-out (rows, files) or set: VALUE", place)
    }
    let danger = fields.removeValue(forKey: "danger") ?? "named by the site"
    let after = fields.removeValue(forKey: "after-restore") ?? "as the site decides"
    // What a site takes out is searched for like a secret: it can only be too careful.
    let matches = target.spellings.map {
      Rule.Match(target: $0, conditions: [], action: action, sensitivity: .secret)
    }
    return Rule(id: id, danger: danger, afterRestore: after, matches: matches)
  }

  private static func fields(of node: Node, _ place: String) throws -> [String: String] {
    guard let mapping = node.mapping else { throw wrong("an entry must be a mapping", place) }
    var fields: [String: String] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, let text = value.scalar?.string,
        fields.updateValue(text, forKey: name) == nil
      else {
        throw wrong("every word must have one plain value", place)
      }
    }
    return fields
  }

  private static func target(_ fields: inout [String: String], _ place: String, exactly: Bool) throws -> Rule.Target {
    var targets: [Rule.Target] = []
    for kind in ["ini", "setting", "column", "rows", "file"] {
      guard let text = fields.removeValue(forKey: kind) else { continue }
      if exactly, text.contains(where: { "*?[".contains($0) }) {
        throw wrong("harmless names one thing, without a pattern", place)
      }
      targets.append(try target(kind, text, place))
    }
    guard targets.count == 1 else {
      throw wrong("exactly one of ini, setting, column, rows, file must be given", place)
    }
    return targets[0]
  }

  private static func target(_ kind: String, _ text: String, _ place: String) throws -> Rule.Target {
    switch kind {
    case "setting": return .setting(text)
    case "rows": return .rows(table: text)
    case "column":
      guard let dot = text.firstIndex(of: ".") else { throw wrong("a column is spelled table.column", place) }
      return .column(table: String(text[..<dot]), column: String(text[text.index(after: dot)...]))
    case "ini":
      guard let colon = text.firstIndex(of: ":") else { throw wrong("an INI key is spelled file.ini:key", place) }
      return .ini(
        file: try iniFile(String(text[..<colon]), place),
        key: String(text[text.index(after: colon)...]).trimmingSpaces)
    default:
      guard let slash = text.firstIndex(of: "/") else {
        throw wrong("a file is spelled hub/path in the home folder", place)
      }
      let name = String(text[..<slash])
      let component = Component.allCases.first { $0.folderName == name }
      guard component != nil || name == "*" else {
        throw wrong("a file is spelled hub/path, lui/path or trk/path", place)
      }
      return .file(component, String(text[text.index(after: slash)...]))
    }
  }

  private static func iniFile(_ text: String, _ place: String) throws -> String {
    if text == "*" { return text }
    if let component = Component.allCases.first(where: { $0.iniName == text }) { return component.iniFile }
    guard let slash = text.firstIndex(of: "/") else {
      throw wrong("the INI file is none of hub.ini, lui.ini, tracker.ini, and no path such as hub/tomcat.ini", place)
    }
    let folder = String(text[..<slash])
    let component = Component.allCases.first { $0.folderName == folder }
    guard component != nil || folder == "*" else {
      throw wrong("an INI file is spelled hub/path, lui/path or trk/path", place)
    }
    let path = String(text[text.index(after: slash)...])
    guard component?.hasIni(path) != false || path.contains(where: { "*?[".contains($0) }) else {
      throw wrong("only \(Component.iniNames) are read as INI files", place)
    }
    return text
  }

  private static func wrong(_ what: String, _ place: String) -> AdminError {
    AdminError(.configuration, what, at: place, next: "correct the file; docs/test-bed-rules.md shows its form")
  }
}

extension Rule.Target {
  /// What an entry of the file means: a path of a file was once one inside the data folder, and still is that as well.
  fileprivate var spellings: [Rule.Target] {
    guard case .file(let component, let path) = self, !path.hasBytePrefix("data/") else { return [self] }
    return [self, .file(component, "data/" + path)]
  }

  /// Whether two targets can mean the same place.
  func overlaps(_ other: Rule.Target) -> Bool {
    func same(_ left: String, _ right: String) -> Bool { matchesPattern(left, right) || matchesPattern(right, left) }
    switch (self, other) {
    case (.ini(let left, let a), .ini(let right, let b)): return same(left, right) && same(a, b)
    case (.setting(let a), .setting(let b)): return same(a, b)
    case (.column(let table, let a), .column(let other, let b)): return same(table, other) && same(a, b)
    case (.rows(let a), .rows(let b)): return same(a, b)
    // The settings are rows too: whoever changes these changes every setting.
    case (.setting, .column(let table, let column)), (.column(let table, let column), .setting):
      return same(table, Settings.table) && (same(column, "name") || same(column, "value"))
    case (.setting, .rows(let table)), (.rows(let table), .setting): return same(table, Settings.table)
    case (.rows(let a), .column(let b, _)), (.column(let b, _), .rows(let a)): return same(a, b)
    case (.file(let left, let a), .file(let right, let b)):
      return (left == nil || right == nil || left == right) && same(a, b)
    default: return false
    }
  }
}
