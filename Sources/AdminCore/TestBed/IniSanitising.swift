import Database
import Detection
import Installation
import Platform

/// INI files on their way into an archive: values by the rules, comments, and keys that tell something themselves.
extension Sanitizer {
  /// Applies the rules to a component's own INI file.
  public func sanitize(_ ini: inout IniFile, of component: Component) {
    sanitize(&ini, of: component, path: component.iniName)
  }

  /// Applies the rules to an INI file of a component's home folder.
  ///
  /// - Parameter path: relative to the home folder.
  public func sanitize(_ ini: inout IniFile, of component: Component, path: String) {
    guard ruleSet.isTestBed else { return }
    let file = component.folderName + "/" + path
    let bound = ruleSet.bound {
      if case .ini(let wanted, _) = $0 { matchesPattern(file, wanted) } else { false }
    }
    func rule(for key: String) -> RuleSet.Bound? {
      bound.first { if case .ini(_, let wanted) = $0.match.target { matchesPattern(key, wanted) } else { false } }
    }
    // Whether the line before was taken out and ends as one that goes on: then what follows belongs to it.
    var goesOn = false
    for index in ini.lines.indices {
      let line = ini.lines[index]
      let isRemoved: Bool
      switch line.kind {
      case .blank: isRemoved = false
      case .comment:
        isRemoved =
          goesOn || IniComment.isDangerous(line.bytes) || IniComment.words(line.bytes).contains { rule(for: $0) != nil }
      case .commentedAssignment(let key):
        let match = rule(for: key)
        if let match, match.match.sensitivity != .none {
          for reading in line.readings {
            remember(.text(reading), match.match.sensitivity, at: key, rule: ruleSet.rules[match.rule].id)
          }
        }
        isRemoved =
          goesOn || match != nil || IniComment.isDangerous(line.bytes)
          || line.readings.contains { reason(unknown: key, value: $0) != nil }
      case .assignment(let key):
        let target = Rule.Target.ini(file: file, key: key)
        if let match = rule(for: key) {
          apply(match, to: &ini, index, target)
          isRemoved = false
        } else if !ruleSet.isHarmless(target), IniKeyText.isDangerous(key) || goesOn && line.text.isEmpty {
          remember(.text(key), .secret, at: file, rule: Sanitizer.commentsRule)
          isRemoved = true
        } else {
          if let reason = line.readings.lazy.compactMap({ self.reason(unknown: key, value: $0) }).first {
            note(target, reason)
          }
          isRemoved = false
        }
      }
      if isRemoved, let rule = ruleSet.index(of: Sanitizer.commentsRule) {
        tally(rule, "ini \(Rule.Target.shortened(file)) comments").count += 1
        ini.replace(line: index, withComment: "(a comment was removed by the test-bed backup)")
      }
      goesOn = isRemoved && IniComment.goesOn(line.bytes)
    }
  }

  private static let commentsRule = "comments"

  private func apply(_ match: RuleSet.Bound, to ini: inout IniFile, _ index: Int, _ target: Rule.Target) {
    let line = ini.lines[index]
    let new: SQLValue = if case .set(let value) = match.match.action { value } else { .null }
    guard !line.text.isEmpty, new.text != line.text else { return }
    note(
      tally(match.rule, target.description), before: .text(line.text), after: new, match.match.sensitivity)
    if match.match.sensitivity != .none {
      for reading in line.readings.dropFirst() {
        remember(.text(reading), match.match.sensitivity, at: target.description, rule: ruleSet.rules[match.rule].id)
      }
    }
    ini.replaceValue(ofLine: index, with: new.text ?? "")
  }
}

/// Comments of INI files: prose without effect, which may still tell a host or a password.
enum IniComment {
  static func isDangerous(_ bytes: [UInt8]) -> Bool {
    words(bytes).contains { FieldName($0).isSecret }
      || Recogniser.first(in: String(decoding: bytes, as: UTF8.self), .configuration) != nil
  }

  /// The words, without the marks of prose around them.
  static func words(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(\.trimmingPunctuation)
  }

  /// Whether a comment ends as a line does that the next one continues: it was one before somebody switched it off.
  static func goesOn(_ bytes: [UInt8]) -> Bool {
    let text = bytes.dropLast(JavaProperties.lineEndCount(bytes))
    return text.reversed().prefix { $0 == 0x5C }.count % 2 == 1
  }
}

/// Keys of INI files: names with dots, unless somebody wrote an address or a secret where a key stands.
enum IniKeyText {
  static func isDangerous(_ key: String) -> Bool {
    // A name with dots looks like a host; only what no such name has is looked at as closely as a value.
    let isName = key.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "-_.".utf8.contains($0)
    }
    return !Recogniser.sights(in: key, isName ? .content : .configuration).isEmpty
      || key.split(separator: ".").count == 4 && HostName(key)?.isAddress == true
  }
}

extension Substring {
  /// Without the quotes, brackets and full stops that stand around a word in prose.
  fileprivate var trimmingPunctuation: String {
    var text = self
    while let first = text.first, "#!(<[\"',;".contains(first) { text = text.dropFirst() }
    while let last = text.last, ")>]\"',;.:!?".contains(last) { text = text.dropLast() }
    return String(text)
  }
}
