import Archive
import Platform
import Yams

/// The lists of `hub/test-bed-rules.yaml` with their entries and lines, before anything of them is understood.
///
/// The two lists may be given several times: a line that a refusal prints is a whole text, and pasted under others it adds
/// to them. YAML forbids a key twice, so each part that begins with one of the two keys is parsed by itself.
enum RulesDocument {
  /// The lists that there are.
  enum ListName: String, CaseIterable { case rules, harmless }

  /// A list, as often as it is given.
  struct List {
    let name: ListName
    var entries: [Entry] = []
  }

  /// An entry: words with one plain value each, and `when` with several.
  struct Entry {
    /// The line it begins in, counted from 1.
    let line: Int
    /// Where it is, for messages.
    let place: String
    /// The words with plain values.
    var words: [String: String]
    /// What `when` says, in its order; nil when the word is not there.
    var conditions: [(column: String, pattern: String)]?
  }

  /// All lists in their order.
  ///
  /// - Throws: `AdminError` (`configuration`) naming the line.
  static func lists(in yaml: String, _ path: String) throws -> [List] {
    var lists: [List] = []
    var counts: [ListName: Int] = [:]
    // A node knows its anchor only while its parser is there.
    var parsers: [Parser] = []
    defer { withExtendedLifetime(parsers) {} }
    for part in parts(of: yaml) {
      for root in try roots(of: part, path, &parsers) {
        try refuseAnchor(root, part, path)
        if isNull(root) { continue }
        guard let mapping = root.mapping else { throw wrong("the file is no mapping", part.place(of: root, path)) }
        for (key, value) in mapping {
          try refuseAnchor(value, part, path)
          guard let name = key.string.flatMap(ListName.init), value.sequence != nil || isNull(value) else {
            throw wrong(
              "only lists named rules and harmless may stand here, not \(key.string ?? "?")", part.place(of: key, path))
          }
          var list = List(name: name)
          for node in value.sequence ?? [] {
            counts[name, default: 0] += 1
            let place = "\(part.place(of: node, path)), \(name.rawValue) entry \(counts[name] ?? 1)"
            list.entries.append(try entry(node, line: part.line(of: node), place, part, path))
          }
          lists.append(list)
        }
      }
    }
    return lists
  }

  static func wrong(_ what: String, _ place: String) -> AdminError {
    AdminError(.configuration, what, at: place, next: "correct the file; docs/test-bed-rules.md shows its form")
  }

  // MARK: - Parts

  private struct Part {
    var text: String
    /// How many lines of the file stand before it.
    let offset: Int

    func line(of node: Node) -> Int { offset + (node.mark?.line ?? 1) }

    func place(of node: Node, _ path: String) -> String { place(node.mark, path) }

    func place(_ mark: Mark?, _ path: String) -> String {
      guard let mark else { return "\(path), line \(offset + 1)" }
      // What is missing at the end is missed in the line after the last one.
      let lines = text.utf8.count { $0 == 0x0A } + 1
      return "\(path), line \(offset + min(mark.line, lines)), column \(mark.column)"
    }
  }

  private static func parts(of yaml: String) -> [Part] {
    var parts: [Part] = []
    // A carriage return and the line feed after it are one character, and both end a line.
    for (number, line) in yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if parts.isEmpty || beginsList(line) {
        parts.append(Part(text: String(line), offset: number))
      } else {
        parts[parts.count - 1].text += "\n" + line
      }
    }
    return parts
  }

  private static func beginsList(_ line: Substring) -> Bool {
    ListName.allCases.contains { name in
      ["", "\"", "'"].contains { quote in
        let key = quote + name.rawValue + quote
        guard line.hasPrefix(key) else { return false }
        return line.dropFirst(key.count).drop { $0 == " " }.first == ":"
      }
    }
  }

  private static func roots(of part: Part, _ path: String, _ parsers: inout [Parser]) throws -> [Node] {
    do {
      let parser = try Parser(yaml: part.text)
      parsers.append(parser)
      var roots: [Node] = []
      while let root = try parser.nextRoot() { roots.append(root) }
      return roots
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
      throw wrong("the word \(keys.first ?? "?") stands twice", part.place(context.mark, path))
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _)
    {
      throw wrong("not YAML (\(problem))", part.place(mark, path))
    } catch {
      throw wrong("not YAML", part.place(nil, path))
    }
  }

  // MARK: - Nodes

  private static func entry(_ node: Node, line: Int, _ place: String, _ part: Part, _ path: String) throws -> Entry {
    try refuseAnchor(node, part, path)
    guard let mapping = node.mapping else { throw wrong("an entry must be a mapping", place) }
    var entry = Entry(line: line, place: place, words: [:])
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { throw wrong("every word must have one plain value", place) }
      try refuseAnchor(value, part, path)
      if name == "when" {
        guard let conditions = value.mapping, !conditions.isEmpty else {
          throw wrong("when must be a mapping of columns and patterns, as in {name: \"*PASSWORD*\"}", place)
        }
        entry.conditions = try conditions.map { column, pattern in
          try refuseAnchor(pattern, part, path)
          return (try plain(column, name, place), try plain(pattern, name, place))
        }
      } else {
        entry.words[name] = try plain(value, name, place)
      }
    }
    return entry
  }

  private static func plain(_ node: Node, _ word: String, _ place: String) throws -> String {
    guard let scalar = node.scalar else { throw wrong("every word must have one plain value", place) }
    guard !isNull(node) else { throw wrong("the word \(word) has no value; \"\" is the empty one", place) }
    // What YAML takes for numbers, truth values and times is meant as it is written.
    guard [.str, .int, .float, .bool, .timestamp, .implicit].contains(where: { node.tag == Tag($0) }) else {
      throw wrong("the value of \(word) is of an odd kind; put quotes around it", place)
    }
    return scalar.string
  }

  private static func isNull(_ node: Node) -> Bool {
    node.scalar.map { $0.style == .plain && ["", "~", "null", "Null", "NULL"].contains($0.string) } ?? false
  }

  private static func refuseAnchor(_ node: Node, _ part: Part, _ path: String) throws {
    let hasAnchor = node.scalar?.anchor ?? node.mapping?.anchor ?? node.sequence?.anchor
    guard hasAnchor == nil else {
      throw wrong("anchors and aliases (& and *) are not used here; write it out", part.place(of: node, path))
    }
  }
}
