import Glibc
import Platform

/// `hub/test-bed-rules.yaml` as a text to which answers are added, a line each; everything else in it stays byte for byte.
package struct RulesFile {
  /// Where it is.
  package let path: String
  /// What it says now.
  package private(set) var rules: SiteRules
  private var text: String

  /// An answer that the file has.
  package struct Given: Sendable, Equatable {
    /// The line it begins in, counted from 1.
    package let line: Int
    /// What it says.
    package let answer: Answer
  }

  /// Reads the file; an absent one has no answers.
  ///
  /// - Throws: `AdminError` (`configuration`) when it cannot be understood, or is no plain file.
  package init(_ path: String) throws {
    self.path = path
    if let status = try FileSystem.status(path), status.st_mode & S_IFMT != S_IFREG {
      throw AdminError(.configuration, "the rules file is a link or no file", at: path, next: "put a plain file there")
    }
    text = try SiteRules.text(of: path) ?? ""
    rules = try SiteRules(yaml: text, path: path)
  }

  /// The answer to a finding; nil when there is none.
  package func answer(to finding: Finding) -> Given? {
    for entry in rules.entries {
      if let answer = answer(entry, to: finding) { return Given(line: entry.line, answer: answer) }
    }
    return nil
  }

  private func answer(_ entry: SiteRules.Entry, to finding: Finding) -> Answer? {
    switch entry.content {
    case .rule(let index):
      let match = rules.rules[index].matches.first { match in
        match.target.covers(finding.target) && holds(match.conditions, finding)
      }
      guard let match else { return nil }
      switch (match.action, match.target) {
      case (.set(.text(let value)), _): return .set(value)
      case (.leaveOut, .rows): return .leaveOut
      default: return .remove
      }
    case .harmless(let range):
      let isMeant = rules.harmless[range].contains { $0.target == finding.target && holds($0.conditions, finding) }
      return isMeant ? .harmless(because: "") : nil
    }
  }

  // Whether a file has such a line is not known here; who asks for one means the files that have it.
  private func holds(_ conditions: [Rule.Condition], _ finding: Finding) -> Bool {
    conditions.allSatisfy { $0.holds(row: { finding.when?[$0] }, hasLine: { _ in true }) }
  }

  /// Answers a finding. A former answer that stands in a line of its own is replaced.
  ///
  /// - Parameter offersHarmless: whether a commented line below says how to keep the value instead.
  /// - Throws: `AdminError`: `usage` for an answer that cannot be given; `configuration` when a former answer is one that
  ///   only its writer can change, or the file would become too large.
  package mutating func give(_ answer: Answer, to finding: Finding, offersHarmless: Bool = false) throws {
    if let objection = finding.objection(to: answer) {
      throw AdminError(.usage, objection, at: finding.place, next: "give another answer")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let given = self.answer(to: finding) {
      guard isOwnLine(lines[given.line - 1], of: finding) else {
        throw AdminError(
          .configuration, "line \(given.line) answers this already, in words that hubtui does not change",
          at: "\(path), line \(given.line)", next: "change it there")
      }
      lines[given.line - 1] = finding.line(answer)
    } else {
      if lines.last == "" { lines.removeLast() }
      if lines.isEmpty { lines.append("# What test-bed backups remove or keep here, one line an answer.") }
      lines += ["", "# \(printable(finding.place)): \(printable(finding.reason))", finding.line(answer)]
      if offersHarmless { lines.append("# \(finding.line(.harmless(because: "say why")))") }
      lines.append("")
    }
    let new = lines.joined(separator: "\n")
    guard new.utf8.count <= SiteRules.sizeLimit else {
      throw AdminError(
        .configuration, "the rules file would be larger than \(SiteRules.sizeLimit) bytes", at: path,
        next: "let one entry with a pattern stand for many")
    }
    rules = try SiteRules(yaml: new, path: path)
    text = new
  }

  // A line as the program writes it, which answers this finding and nothing else.
  private func isOwnLine(_ line: String, of finding: Finding) -> Bool {
    guard line.hasPrefix("rules: [") || line.hasPrefix("harmless: ["), let site = understood(line),
      site.entries.count == 1
    else { return false }
    let answers: [Answer] = [.remove, .set(""), .harmless(because: "")]
    return answers.contains { answer in
      guard let own = understood(finding.line(answer)) else { return false }
      return own.rules.map(\.matches[0].target) == site.rules.map(\.matches[0].target)
        && own.rules.map(\.matches[0].conditions) == site.rules.map(\.matches[0].conditions)
        && own.harmless == site.harmless
    }
  }

  // A line that means nothing by itself is a part of something that an operator wrote.
  private func understood(_ line: String) -> SiteRules? {
    do { return try SiteRules(yaml: line, path: path) } catch { return nil }
  }

  /// Stores it as a whole: readable by this account alone when it is new.
  ///
  /// - Throws: `AdminError` (`inputOutput`).
  package func store() throws { try FileSystem.replace(path, with: Array(text.utf8)) }
}

extension Rule.Target {
  /// Whether a rule for this place says something of another: leaving rows out answers for their columns.
  fileprivate func covers(_ place: Rule.Target) -> Bool {
    if case .rows(let pattern) = self, case .column(let table, _) = place { return matchesPattern(table, pattern) }
    return matches(place)
  }
}
