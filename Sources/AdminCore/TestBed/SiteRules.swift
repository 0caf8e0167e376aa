import Archive
import Platform

/// What a site adds in `hub/test-bed-rules.yaml`: rules of its own, and names that look dangerous and are not. It can add,
/// never weaken: a name that a built-in rule covers is refused here.
///
/// ```yaml
/// rules:
///   - {id: crm, danger: the copy would call the CRM, setting: lui.crm.token, action: unset}
///   - {id: crm-keys, column: lui_options.value, when: {name: "crm_*"}, action: unset}
/// harmless:
///   - {column: lui_plugin_colours.host_name, because: a colour's name}
/// ```
package struct SiteRules: Sendable {
  /// The rules in the order in which they stand.
  package private(set) var rules: [Rule] = []
  /// What is harmless, in the order in which it stands.
  package private(set) var harmless: [HarmlessEntry] = []
  /// Every entry with its place in the file.
  package private(set) var entries: [Entry] = []

  /// An entry of the file and where it stands.
  package struct Entry: Sendable {
    /// The line it begins in, counted from 1.
    package let line: Int
    /// What it says.
    package let content: Content

    /// What an entry says.
    package enum Content: Sendable {
      /// A rule, by its index in `rules`.
      case rule(Int)
      /// A harmless thing, by its indexes in `harmless`: the path of a file may mean two.
      case harmless(Range<Int>)
    }
  }

  /// The entries in words: the line, `rule` with its ID or `harmless`, and the places.
  package var described: [(line: Int, kind: String, place: String)] {
    entries.map { entry in
      switch entry.content {
      case .rule(let index):
        let rule = rules[index]
        return (entry.line, "rule \(rule.id)", rule.matches.map(\.target.description).joined(separator: ", "))
      case .harmless(let range):
        return (entry.line, "harmless", harmless[range].map(\.target.description).joined(separator: ", "))
      }
    }
  }

  /// Reads the file; an absent one adds nothing.
  ///
  /// - Throws: `AdminError` (`configuration`) naming line and entry of what cannot be understood.
  package static func read(_ path: String) throws -> SiteRules {
    guard let text = try text(of: path) else { return SiteRules() }
    return try SiteRules(yaml: text, path: path)
  }

  /// The file's text; nil when there is none.
  package static func text(of path: String) throws -> String? {
    guard try FileSystem.exists(path) else { return nil }
    let bytes = try FileSystem.read(path, limit: sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw RulesDocument.wrong("not UTF-8", path) }
    return text
  }

  /// The most bytes that such a file may have.
  package static let sizeLimit = 256 << 10

  package init() {}

  package init(yaml: String, path: String) throws {
    for list in try RulesDocument.lists(in: yaml, path) {
      for entry in list.entries {
        switch list.name {
        case .rules:
          rules.append(try SiteRuleEntry.rule(entry))
          entries.append(Entry(line: entry.line, content: .rule(rules.count - 1)))
        case .harmless:
          let start = harmless.count
          harmless += try SiteRuleEntry.harmless(entry)
          entries.append(Entry(line: entry.line, content: .harmless(start..<harmless.count)))
        }
      }
    }
  }
}

/// Something that a site says is harmless although it looks dangerous.
package struct HarmlessEntry: Sendable, Equatable {
  /// The one place; its names are meant literally.
  package let target: Rule.Target
  /// The rows or files of that place which are meant; empty means all.
  package let conditions: [Rule.Condition]

  /// Whether all rows or files of the place are meant.
  package var isUnconditional: Bool { conditions.isEmpty }
}
