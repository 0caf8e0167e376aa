import Database
import Installation
import Platform

/// Proves a test-bed set: searches everything that was written for everything that was removed.
package final class LeakAudit {
  private let search: NeedleSearch
  /// Looks for addresses that were masked and still stand somewhere; nil when none was.
  private let addresses: AddressSearch?
  private let masker: Masker?
  /// The columns in which such were found in this entry, with their counts.
  private var foundAddresses: [Int: Int] = [:]
  private let collection: NeedleCollection
  private let secondJudge: SecondJudge
  private let configurationTables: Set<String>
  private let harmless: Set<String>
  private let maskedColumns: [String: Set<Int>]
  /// Hits inside user content, which do not fail a backup: rule, place, count. Of the files only the first few of a rule
  /// are named: a production may have a hundred thousand letters, each with its own host in it.
  package private(set) var contentHits: [String: Int] = [:]
  private var namedFiles: [String: Set<String>] = [:]
  /// What was found in this entry, with its count: one letter may hold one host a hundred times.
  private var found: [Find: Int] = [:]
  private struct Find: Hashable {
    let rule: Int
    let column: Int
  }
  /// Whether an entry is begun and not ended: a hit may reach from one piece of it into the next.
  private var isSearching = false
  private static let mostNamedFiles = 20
  /// The place of a hit in the names of the data folder: no file, and always told.
  package static let fileNames = "data/ (file names)"
  /// How many different spellings are searched for.
  package var needleCount: Int { collection.needles.count }
  /// Removed values that are too short or too common to search for.
  package var skippedCount: Int { collection.skipped }

  package convenience init(_ sanitizer: Sanitizer, tables: [TableSchema]) {
    self.init(sanitizer.needles, sanitizer.ruleSet, tables: tables, masker: sanitizer.masker)
  }

  /// - Parameters:
  ///   - needles: of all machines of the backup.
  ///   - masker: knows the addresses that were masked on all of them.
  package init(_ needles: NeedleCollection, _ ruleSet: RuleSet, tables: [TableSchema], masker: Masker? = nil) {
    self.masker = masker
    addresses = masker.flatMap { $0.maskedAddresses.isEmpty ? nil : AddressSearch($0) }
    collection = needles
    secondJudge = SecondJudge(ruleSet)
    search = NeedleSearch(collection.needles)
    var configuration: Set<String> = [Settings.table]
    var masked: [String: Set<Int>] = [:]
    for rule in ruleSet.rules {
      for match in rule.matches {
        guard case .column(let table, let column) = match.target else { continue }
        for schema in tables where matchesPattern(schema.name, table) {
          if match.sensitivity != .none { configuration.insert(schema.name) }
          if match.action == .mask(.email), let index = schema.index(of: column) {
            masked[schema.name, default: []].insert(index)
          }
        }
      }
    }
    configurationTables = configuration
    harmless = Set(
      ruleSet.harmless.compactMap { if case .column = $0.target { $0.target.description } else { nil } })
    maskedColumns = masked
  }

  /// The masked addresses, for another machine.
  package var maskedAddresses: MaskedAddresses? { masker?.maskedAddresses }

  /// What is searched for.
  package var needles: NeedleCollection { collection }

  /// Counts what another machine found inside user content by the same needles.
  package func absorb(_ hits: [String: Int]) { contentHits.merge(hits) { $0 + max(0, $1) } }

  /// Searches one entry of an archive while it is read back, the one before being done with.
  package func inspector(of entry: String, archive: String, table: TableSchema?) -> EntryInspector {
    precondition(!isSearching, "two entries are searched at a time")
    isSearching = true
    search.start()
    addresses?.start()
    return EntryInspector(
      audit: self, entry: entry, archive: archive, table: table,
      judge: secondJudge.reader(of: entry, archive: archive, table: table))
  }

  /// Searches the bytes of one entry in order.
  package struct EntryInspector {
    fileprivate let audit: LeakAudit
    fileprivate let entry: String
    fileprivate let archive: String
    fileprivate let table: TableSchema?
    fileprivate let judge: (any EntryJudge)?

    package func scan(_ bytes: UnsafeRawBufferPointer) throws {
      try audit.search.scan(bytes) { try weigh($0) }
      try judge?.scan(bytes)
      audit.addresses?.scan(bytes) { audit.foundAddresses[table == nil ? 0 : $0, default: 0] += 1 }
    }

    package func finish() throws {
      try audit.search.finish { try weigh($0) }
      try judge?.finish()
      for (find, count) in audit.found {
        audit.count(count, of: audit.collection.rules[find.rule], place(find.column).name)
      }
      audit.found.removeAll(keepingCapacity: true)
      audit.addresses?.finish { audit.foundAddresses[table == nil ? 0 : $0, default: 0] += 1 }
      for (column, count) in audit.foundAddresses {
        audit.count(count, of: BuiltInRules.masking.id, place(column).name)
      }
      audit.foundAddresses.removeAll(keepingCapacity: true)
      audit.isSearching = false
    }

    private func weigh(_ hit: NeedleSearch.Hit) throws {
      let find = Find(rule: audit.search.rule(of: hit), column: table == nil ? 0 : hit.column)
      if let known = audit.found.index(forKey: find) { return audit.found.values[known] += 1 }
      let place = place(find.column)
      guard place.isContent else {
        throw AdminError(
          .refused,
          "leak audit: a value that rule \(audit.collection.rules[find.rule]) removed is still in \(place.name)",
          at: archive,
          next: "add a rule for that place to hub/test-bed-rules.yaml and start again; nothing was published")
      }
      audit.found[find] = 1
    }

    /// Where a hit is, and whether users' own content stands there.
    private func place(_ index: Int) -> (name: String, isContent: Bool) {
      // The home folder's own files configure the component; users' files are in data.
      guard let table, index < table.columns.count else { return (entry, entry.hasBytePrefix("data/")) }
      let column = table.columns[index].name
      let name = "column \(table.name).\(column)"
      switch SystemSchema.role(table.name, column) {
      case .content, .personal: return (name, true)
      case .plain, .digest: return (name, !audit.configurationTables.contains(table.name))
      // Unknown is dangerous, unless the site says that it is not.
      case nil: return (name, audit.harmless.contains(name))
      }
    }
  }

  private func count(_ hits: Int, of rule: String, _ place: String) {
    var place = place
    if place.hasBytePrefix("data/"), place != LeakAudit.fileNames, namedFiles[rule]?.contains(place) != true {
      if namedFiles[rule, default: []].count < LeakAudit.mostNamedFiles {
        namedFiles[rule, default: []].insert(place)
      } else {
        place = "other files in data/"
      }
    }
    contentHits["\(rule), \(place)", default: 0] += hits
  }

  /// Checks one decoded row of a set with masked recipients: every address must be an invented one.
  package func checkMask(_ row: UnsafeMutableBufferPointer<Field>, of table: TableSchema, archive: String) throws {
    guard let columns = maskedColumns[table.name] else { return }
    for column in columns {
      guard case .text(let bytes) = row[column], !bytes.isEmpty else { continue }
      let suffix = "@example.invalid".utf8
      if bytes.count < suffix.count || !bytes.suffix(suffix.count).elementsEqual(suffix) {
        throw AdminError(
          .refused, "leak audit: an address is not masked in column \(table.name).\(table.columns[column].name)",
          at: archive,
          next: "report this; nothing was published")
      }
    }
  }

  /// Whether rows of a table need `checkMask`.
  package func checksMask(of table: TableSchema) -> Bool { maskedColumns[table.name] != nil }
}
