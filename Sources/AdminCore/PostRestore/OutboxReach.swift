import Database
import Detection
import Installation
import Platform

/// Whom the mails of a test system would reach: what is to be known before its outbox opens. It reads a bounded part of
/// large tables, and says when it did.
public struct OutboxReach: Sendable, Equatable {
  /// How many persons' real addresses are in the copy, by the name of what they are; empty in a masked one.
  public private(set) var people: [Count] = []
  /// How many letters and other contents link to hosts of production.
  public private(set) var links: [Count] = []

  /// How many of something.
  public struct Count: Sendable, Equatable {
    /// What, in the plural.
    public let noun: String
    /// How many.
    public let number: Int
    /// Whether there may be more.
    public let isLeast: Bool

    fileprivate var words: String { "\(isLeast ? "at least " : "")\(number) \(noun)" }
  }

  /// In sentences; none when there is nothing to be known.
  public var lines: [String] {
    var lines: [String] = []
    if !people.isEmpty {
      lines.append(
        "Recipients are not masked: this copy holds the real addresses of \(people.map(\.words).joined(separator: " and "))."
      )
    }
    if !links.isEmpty {
      lines.append(
        "Links to production: \(links.map(\.words).joined(separator: ", ")) lead to production's hosts when they are opened or clicked."
      )
    }
    return lines
  }

  /// Nobody: on a system that is no restored copy.
  public init() {}

  /// Reads it from a test system's database.
  package init(_ database: any SystemDatabase, _ system: TestSystem) throws {
    if !system.masksRecipients {
      for (table, noun) in [("lui_recipients", "recipients"), ("lui_subscribers", "subscribers")] {
        if let count = try OutboxReach.addresses(in: table, noun, database) { people.append(count) }
      }
    }
    for (table, noun) in [("lui_jobs", "letters"), ("lui_drop_ins", "drop-ins"), ("trk_urls", "tracked URLs")] {
      if let count = try OutboxReach.links(in: table, noun, database, system) { links.append(count) }
    }
  }

  private static let mostAddresses = 100_000
  private static let mostBytes = 32 << 20
  private static let mostRows = 100_000
  private static let mostHosts = 100
  private static let pageSize = 100

  private static func addresses(in table: String, _ noun: String, _ database: any SystemDatabase) throws -> Count? {
    guard try database.columns(of: table).contains("email") else { return nil }
    let rows = try database.query(
      """
      SELECT count(*) FROM (SELECT 1 AS one FROM \(quoted(table)) WHERE email <> '' AND
      email NOT LIKE '%@example.invalid' LIMIT \(mostAddresses + 1)) AS addresses
      """)
    guard let number = rows.first?.first?.integer, number > 0 else { return nil }
    return Count(noun: noun, number: min(Int(number), mostAddresses), isLeast: number > mostAddresses)
  }

  /// How many rows of a table link to production; the newest first, where there are too many.
  private static func links(
    in table: String, _ noun: String, _ database: any SystemDatabase, _ system: TestSystem
  ) throws -> Count? {
    let content = try database.columns(of: table).filter { SystemSchema.role(table, $0) == .content }
    guard !content.isEmpty else { return nil }
    let select = "SELECT id, \(content.map(quoted).joined(separator: ", ")) FROM \(quoted(table))"
    var rows: [Set<String>] = []
    var frequency: [String: Int] = [:]
    var (bytes, last, isLeast) = (0, SQLValue.null, false)
    while true {
      let page =
        last == .null
        ? try database.query("\(select) ORDER BY id DESC LIMIT \(pageSize)")
        : try database.query("\(select) WHERE id < ? ORDER BY id DESC LIMIT \(pageSize)", [last])
      for row in page {
        let texts = row.dropFirst().compactMap(\.text)
        bytes += texts.reduce(0) { $0 + $1.utf8.count }
        let hosts = texts.reduce(into: Set<String>()) { $0.formUnion(Links.hosts(in: $1)) }
        guard !hosts.isEmpty else { continue }
        rows.append(hosts)
        for host in hosts { frequency[host, default: 0] += 1 }
      }
      guard page.count == pageSize, let next = page.last?.first, next.integer != nil else { break }
      last = next
      if bytes > mostBytes || rows.count > mostRows {
        isLeast = true
        break
      }
    }
    let frequent = frequency.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let looked = Array(frequent.prefix(mostHosts))
    let production = Guarded<Set<String>>([])
    try SharedWork.run(looked.count, workers: Processors.count) { _, index in
      guard let host = HostName.address(looked[index]) ?? HostName(looked[index]), try system.isProduction([host])
      else {
        return
      }
      production.withLock { _ = $0.insert(looked[index]) }
    }
    let hosts = production.withLock { $0 }
    let number = rows.count { !$0.isDisjoint(with: hosts) }
    return number == 0
      ? nil : Count(noun: noun, number: number, isLeast: isLeast || frequent.count > looked.count)
  }
}
