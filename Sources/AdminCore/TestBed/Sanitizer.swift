import Database
import Detection
import Installation
import Platform

/// Applies a rule set to INI files, settings, rows and files on their way into an archive, counts what it does, and
/// collects what the leak audit must look for. With the empty set it passes everything through.
public final class Sanitizer {
  package let ruleSet: RuleSet
  package let backupID: BackupID
  package let masker: Masker
  let recogniser = Recogniser()
  /// Asks for the addresses of production's hosts as they are met, beside the rest of the work.
  private let lookups = HostAddresses()
  private let database: any SystemDatabase
  private var knownKeys: KeyColumns?
  /// The names of the site's rules.
  private let siteRules: Set<String>
  private let fileRules: [RuleSet.Bound]
  /// The file that was asked for last, and the patterns that its lines match.
  private var file: (place: Rule.Target, lines: Set<String>) = (.file(nil, ""), [])
  private var tallies: [Tally] = []
  /// What removed values look like, for the leak audit.
  package private(set) var needles = NeedleCollection()
  /// The hosts of production that rules removed.
  package var productionHosts = ProductionHostCollection()
  /// What a name server said of them, once it was asked.
  package private(set) var productionAnswers: ProductionHostCollection.Answers?
  /// What looks dangerous and is covered by no rule.
  public private(set) var findings: [Finding] = []
  private var offendingPlaces: Set<String> = []
  /// Which of the site's harmless entries something was seen for, by their indexes.
  package private(set) var usedHarmless: Set<Int> = []

  /// Counts of one rule at one place, with samples for the preview.
  package final class Tally {
    package let rule: Int
    package let place: String
    package var count = 0
    package var samples: [ChangeSample] = []
    init(rule: Int, place: String) {
      self.rule = rule
      self.place = place
    }
  }

  package init(_ ruleSet: RuleSet, backupID: BackupID, database: any SystemDatabase, masker: Masker = Masker()) {
    self.ruleSet = ruleSet
    self.backupID = backupID
    self.database = database
    self.masker = masker
    siteRules = Set(ruleSet.rules.filter(\.isOfSite).map(\.id))
    fileRules = ruleSet.bound { if case .file = $0 { true } else { false } }
  }

  /// The rules in their order with what each did so far; a rule that found nothing is there too.
  public var appliedRules: [AppliedRule] {
    ruleSet.rules.enumerated().map { index, rule in
      let places = tallies.filter { $0.rule == index && $0.count > 0 }
      return AppliedRule(
        rule, places: places.map { .init(place: $0.place, count: $0.count) }.sorted { $0.place < $1.place })
    }
  }

  /// What was done so far.
  public var record: SanitisationRecord { SanitisationRecord(rules: appliedRules.map(\.record)) }

  /// Up to three samples a place.
  public var samples: [ChangeSample] { tallies.sorted { ($0.rule, $0.place) < ($1.rule, $1.place) }.flatMap(\.samples) }

  /// Throws when something looks dangerous and is covered by no rule; names each thing with the lines to add.
  public func refuseFindings(rulesPath: String) throws {
    guard let first = findings.first else { return }
    let others =
      findings.count == 1
      ? ""
      : " and \(findings.count - 1) more (\(findings.dropFirst().map(\.place).joined(separator: ", ")))"
    throw AdminError(
      .refused, "looks dangerous (\(first.reason)) and is covered by no rule\(others)", at: first.place,
      next: "add to \(rulesPath): \(first.remedy)")
  }

  /// Takes over what another machine's sanitiser found by the same rules.
  package func absorb(_ results: SanitizerResults) throws {
    for record in results.record.rules {
      guard let index = ruleSet.index(of: record.id) else {
        throw AdminError(
          .dataError, "another machine applied a rule that is not known here", at: record.id,
          next: "install the same version of hubtui on all machines")
      }
      for place in record.places { tally(index, place.place).count += max(0, place.count) }
    }
    for sample in results.samples {
      guard let index = ruleSet.index(of: sample.rule) else { continue }
      let tally = tally(index, sample.place)
      if tally.samples.count < 3 { tally.samples.append(sample) }
    }
    needles.merge(results.needles)
    productionHosts.merge(results.productionHosts)
    if let masked = results.maskedAddresses { masker.maskedAddresses.merge(masked) }
    usedHarmless.formUnion(results.usedHarmless.filter(ruleSet.harmless.indices.contains))
    for finding in results.findings { note(finding) }
  }

  /// Asks a name server for the addresses of production's hosts: an alias of production's LISTSERV is production's
  /// LISTSERV. It waits two seconds at most.
  package func askForProductionHosts() -> ProductionHostCollection.Answers {
    let answers = productionHosts.resolved(within: 2000, by: lookups)
    productionAnswers = answers
    return answers
  }

  /// Everything that was found so far, for the Hub's own sanitiser.
  package var results: SanitizerResults {
    SanitizerResults(
      record: record, samples: samples, needles: needles, productionHosts: productionHosts,
      findings: findings, usedHarmless: usedHarmless.sorted())
  }

  /// The site's entries that change nothing here, in words. An entry that says what is harmless is only told of when all
  /// of its place was looked at.
  package var idleEntries: [String] {
    zip(ruleSet.site.entries, ruleSet.site.described).compactMap { entry, words in
      let isUsed: Bool
      switch entry.content {
      case .rule(let index):
        let rule = index + BuiltInRules.all.count
        isUsed = tallies.contains { $0.rule == rule && $0.count > 0 }
      case .harmless(let range):
        isUsed =
          range.contains(where: usedHarmless.contains)
          || findings.contains { finding in ruleSet.harmless[range].contains { $0.target == finding.target } }
      }
      return isUsed ? nil : "line \(words.line), \(words.kind), \(words.place)"
    }
  }

  func tally(_ rule: Int, _ place: String) -> Tally {
    if let tally = tallies.first(where: { $0.rule == rule && $0.place == place }) { return tally }
    let tally = Tally(rule: rule, place: place)
    tallies.append(tally)
    return tally
  }

  package func note(_ tally: Tally, before: SQLValue, after: SQLValue, _ sensitivity: Rule.Sensitivity) {
    tally.count += 1
    if sensitivity != .none { remember(before, sensitivity, at: tally.place, rule: ruleSet.rules[tally.rule].id) }
    guard tally.samples.count < 3 else { return }
    let sample = ChangeSample(
      rule: ruleSet.rules[tally.rule].id, place: tally.place,
      before: sensitivity == .secret ? EmbeddedSecrets.dots : before.shown, after: after.shown)
    if !tally.samples.contains(sample) { tally.samples.append(sample) }
  }

  /// Notes something dangerous, unless the site says that it is harmless.
  ///
  /// - Parameters:
  ///   - when: the rows that are meant, by the text of their columns; nil means the whole place.
  ///   - row: gives the text of a column of the row in which it was seen.
  /// - Returns: whether it counts.
  @discardableResult
  package func note(
    _ target: Rule.Target, _ reason: String, when: [String: String]? = nil, row: (String) -> String? = { _ in nil }
  ) -> Bool {
    if RuleSet.isKnownHarmless(target) { return false }
    let finding = Finding(target: target, reason: reason, when: when)
    let row = { column in when?[column] ?? row(column) }
    let hasLine = { [file] pattern in file.place == target && file.lines.contains(pattern) }
    if let entry = ruleSet.harmlessEntry(target, row: row, hasLine: hasLine) {
      usedHarmless.insert(entry)
      return false
    }
    note(finding)
    return true
  }

  /// Takes over a finding of another machine, which asked there whether it is harmless.
  package func note(_ finding: Finding) {
    if offendingPlaces.insert(finding.place).inserted { findings.append(finding) }
  }

  func remember(_ value: SQLValue, _ sensitivity: Rule.Sensitivity, at place: String, rule: String) {
    switch value {
    case .text(let text):
      needles.add(text, sensitivity, rule: rule, isOfSite: siteRules.contains(rule))
      for secret in EmbeddedSecrets.values(in: text) { needles.add(secret, .secret, rule: rule) }
      let isAddress = sensitivity == .address
      let expectation = AddressValue.Expectation(place: place, isAddress: isAddress)
      lookups.ask(productionHosts.add(AddressValue(text, expectation), isSecret: !isAddress))
    case .binary(let bytes): needles.add(bytes, rule: rule)
    default: break
    }
  }

  /// Looks at all settings that no rule covers, before any row is read: so that the common refusal comes at once.
  package func checkSettings(_ settings: Settings) throws {
    let bound = ruleSet.bound { if case .setting = $0 { true } else { false } }
    guard ruleSet.isTestBed else { return }
    for (name, value) in try settings.all() {
      let target = Rule.Target.setting(Settings.key(name))
      if !bound.contains(where: { $0.match.target.matches(target) }) { lookAt(setting: name, value: value) }
    }
  }

  func lookAt(setting name: String, value: String) {
    let definition = SettingCatalogue[Settings.key(name)]
    guard definition?.access != .fixed else { return }
    // A setting that the catalogue knows has a name above suspicion; its value is looked at all the same.
    let reason =
      definition == nil
      ? reason(unknown: name, value: value) : recogniser.first(in: value, under: FieldName(""), .configuration)?.reason
    if let reason { note(.setting(name), reason) }
  }

  /// Why an unknown setting or INI key stops a backup; nil when its value has one of the few plain shapes.
  func reason(unknown name: String, value: String) -> String? {
    if let sight = recogniser.first(in: value, under: FieldName(name), .configuration) { return sight.reason }
    return PlainShape.fits(value) ? nil : PlainShape.reason
  }

  /// Whether a rule leaves this file out, which is then counted; its path is that inside the home folder.
  ///
  /// - Parameter search: which of some patterns a line of the file matches; asked only when a site's entry depends on it.
  public func leavesOut(
    _ path: String, of component: Component, search: ([String]) throws -> Set<String>
  ) throws -> Bool {
    let place = Rule.Target.file(component, path)
    let rules = fileRules.filter { $0.match.target.matches(place) }
    let patterns = (rules.map(\.match.conditions) + ruleSet.harmless.filter { $0.target == place }.map(\.conditions))
      .joined().compactMap { if case .hasLine(let pattern) = $0 { pattern } else { nil } }
    file = (place, patterns.isEmpty ? [] : try search(patterns))
    let applying = rules.first { bound in
      bound.match.conditions.allSatisfy { $0.holds(row: { _ in nil }, hasLine: file.lines.contains) }
    }
    guard let applying else { return false }
    let folder = path.hasBytePrefix("data/") ? "\(component.folderName)/data" : component.folderName
    tally(applying.rule, "files of \(folder)").count += 1
    return true
  }

  /// The keys that rules unset; worked out once, from the structure of all tables.
  func keyColumns() throws -> KeyColumns {
    if let known = knownKeys { return known }
    let keys = try KeyColumns(try database.componentTables(), ruleSet)
    knownKeys = keys
    return keys
  }

  /// What happens to the rows of a table; nil when nothing does and nothing needs a look.
  package func plan(for table: TableSchema) throws -> TablePlan? {
    guard ruleSet.isTestBed else { return nil }
    return try TablePlan(table, sanitizer: self, database: database)
  }
}

extension SQLValue {
  /// For people: what is unset says so, bytes are counted, a long text is cut.
  package var shown: String {
    switch self {
    case .null: "(unset)"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let text): text.isEmpty ? "(empty)" : SQLValue.shortened(EmbeddedSecrets.hidden(in: text))
    case .binary(let bytes): "(\(bytes.count) bytes)"
    }
  }

  private static func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(57) + "…" : text }
}
