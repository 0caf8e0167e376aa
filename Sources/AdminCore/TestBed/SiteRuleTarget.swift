import Archive
import Installation
import Platform

/// How `hub/test-bed-rules.yaml` spells a place.
enum SiteRuleTarget {
  /// The words for the kinds of places.
  static let kinds = ["ini", "setting", "column", "rows", "file"]

  /// The place that a word of an entry names; its names are patterns.
  ///
  /// - Throws: `AdminError` (`configuration`).
  static func parse(_ kind: String, _ text: String, _ place: String) throws -> Rule.Target {
    switch kind {
    case "setting": return .setting(text)
    case "rows": return .rows(table: text)
    case "column":
      guard let (table, column) = Pattern.halves(of: text, at: ".") else {
        throw RulesDocument.wrong("a column is spelled table.column", place)
      }
      return .column(table: table, column: column)
    case "ini":
      guard let (file, key) = Pattern.halves(of: text, at: ":") else {
        throw RulesDocument.wrong("an INI key is spelled file.ini:key", place)
      }
      return .ini(file: try iniFile(file, place), key: Pattern.trimmed(key))
    default:
      guard let (name, path) = Pattern.halves(of: text, at: "/") else {
        throw RulesDocument.wrong("a file is spelled hub/path in the home folder", place)
      }
      let component = Component.allCases.first { $0.folderName == name }
      guard component != nil || name == "*" else {
        throw RulesDocument.wrong("a file is spelled hub/path, lui/path or trk/path", place)
      }
      return .file(component, path)
    }
  }

  private static func iniFile(_ text: String, _ place: String) throws -> String {
    if text == "*" { return text }
    if let component = Component.allCases.first(where: { $0.iniName == text }) { return component.iniFile }
    guard let (folder, path) = Pattern.halves(of: text, at: "/") else {
      throw RulesDocument.wrong(
        "the INI file is none of hub.ini, lui.ini, tracker.ini, and no path such as hub/tomcat.ini", place)
    }
    let component = Component.allCases.first { $0.folderName == folder }
    guard component != nil || folder == "*" else {
      throw RulesDocument.wrong("an INI file is spelled hub/path, lui/path or trk/path", place)
    }
    if let path = Pattern.text(of: path), component?.hasIni(path) == false {
      throw RulesDocument.wrong("only \(Component.iniNames) are read as INI files", place)
    }
    return text
  }

  /// What stands before a path that is meant in the home folder alone.
  private static let here = "./"

  /// The places that an entry's place means: the path of a file was once one inside the data folder, and still is that as
  /// well.
  static func spellings(_ target: Rule.Target) -> [Rule.Target] {
    guard case .file(let component, let path) = target, !path.hasBytePrefix("data/") else { return [target] }
    if path.hasBytePrefix(here) { return [.file(component, String(path.dropFirst(here.count)))] }
    return [target, .file(component, "data/" + path)]
  }

  /// Kind and text under which exactly this place is found again: its names are meant literally.
  static func spelled(_ target: Rule.Target) -> (kind: String, text: String) {
    switch target {
    case .ini(let file, let key):
      ("ini", "\(spelled(iniFile: file)):\(Pattern.literal(key, escaping: " \t"))")
    case .setting(let name): ("setting", Pattern.literal(name))
    case .column(let table, let column):
      ("column", "\(Pattern.literal(table, escaping: ".")).\(Pattern.literal(column))")
    case .rows(let table): ("rows", Pattern.literal(table))
    case .file(let component, let path):
      ("file", "\(component?.folderName ?? "*")/\(path.hasBytePrefix("data/") ? "" : here)\(Pattern.literal(path))")
    }
  }

  private static func spelled(iniFile file: String) -> String {
    let name = Rule.Target.shortened(file)
    return name == file && file != "*" ? Pattern.literal(file, escaping: ":") : name
  }
}

extension Rule.Target {
  /// The one place that the patterns of this one match; nil when they may match several.
  var literal: Rule.Target? {
    switch self {
    case .ini(let file, let key):
      Pattern.text(of: file).flatMap { file in Pattern.text(of: key).map { .ini(file: file, key: $0) } }
    case .setting(let name): Pattern.text(of: name).map { .setting($0) }
    case .column(let table, let column):
      Pattern.text(of: table).flatMap { table in
        Pattern.text(of: column).map { .column(table: table, column: $0) }
      }
    case .rows(let table): Pattern.text(of: table).map { .rows(table: $0) }
    case .file(let component, let path):
      component == nil ? nil : Pattern.text(of: path).map { .file(component, $0) }
    }
  }

  /// Whether the patterns of this one match a place, whose names are meant literally.
  func matches(_ place: Rule.Target) -> Bool {
    switch (self, place) {
    case (.ini(let wanted, let pattern), .ini(let file, let key)):
      matchesPattern(file, wanted) && matchesPattern(key, pattern)
    case (.setting(let pattern), .setting(let name)): matchesPattern(Settings.key(name), Settings.key(pattern))
    case (.column(let table, let pattern), .column(let name, let column)):
      matchesPattern(name, table) && matchesPattern(column, pattern)
    case (.rows(let pattern), .rows(let table)): matchesPattern(table, pattern)
    case (.file(let wanted, let pattern), .file(let component, let path)):
      (wanted == nil || wanted == component) && matchesPattern(path.lowercased(), pattern.lowercased())
    default: false
    }
  }

  /// Whether two targets can mean the same place.
  func overlaps(_ other: Rule.Target) -> Bool {
    func same(_ left: String, _ right: String) -> Bool {
      left == right || matchesPattern(left, right) || matchesPattern(right, left)
    }
    switch (self, other) {
    case (.ini(let left, let a), .ini(let right, let b)): return same(left, right) && same(a, b)
    case (.setting(let a), .setting(let b)): return same(Settings.key(a), Settings.key(b))
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
