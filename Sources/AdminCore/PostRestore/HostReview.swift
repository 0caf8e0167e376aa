import Database
import Detection
import Installation
import Platform
import TestBed

/// Looks at every host that a test system would talk to once its outbox is open: those of the settings, and those of the
/// columns from which the rules take addresses. When one was set it may not have resolved, or to another address.
///
/// What a name server says later nobody can know: a name that is given to production after the opening is not found.
struct HostReview {
  private let database: any SystemDatabase

  init(_ database: any SystemDatabase) { self.database = database }

  /// - Throws: `AdminError`: `refused` naming the first host that is production's, `unavailable` for one that does not
  ///   resolve. On any system but a test system nothing.
  package func check() throws {
    let settings = Settings(database)
    guard let system = try TestSystem(settings) else { return }
    for (name, value) in try settings.all().sorted(by: { $0.name < $1.name }) where !value.isEmpty {
      let definition = SettingCatalogue[name]
      guard definition?.access != .fixed else { continue }
      for host in definition?.hosts(in: value) ?? Suspicion.hosts(in: value) {
        if definition?.namesServer ?? true {
          try system.refuseProduction(host, for: name, mustResolve: true)
        } else {
          try HostReview.checkMailDomain(host, name, system)
        }
      }
    }
    let tables = try database.componentTables()
    for (table, column) in HostReview.columns {
      guard let schema = tables.first(where: { $0.name == table }),
        schema.columns.contains(where: { $0.name == column })
      else { continue }
      for row in try database.query("SELECT DISTINCT \(column) FROM \(table) WHERE \(column) <> ''") {
        guard let value = row[0].text else { continue }
        let hosts = column.hasSuffix("host") ? HostName(value).map { [$0] } ?? [] : Suspicion.hosts(in: value)
        for host in hosts { try system.refuseProduction(host, for: "\(table).\(column)", mustResolve: true) }
      }
    }
  }

  // A domain may have mail servers and no address of its own; only a name server that is silent leaves it open.
  private static func checkMailDomain(_ host: HostName, _ name: String, _ system: TestSystem) throws {
    var isSilent = false
    if case .unknown = host.resolution() { isSilent = true }
    try system.refuseProduction(host, for: name, mustResolve: isSilent)
  }

  /// Where the rules take servers' addresses from, so that no list of its own can fall behind.
  private static let columns: [(table: String, column: String)] = BuiltInRules.all.flatMap(\.matches).compactMap {
    match in
    guard case .column(let table, let column) = match.target, match.sensitivity == .address,
      column.hasSuffix("host") || column.hasSuffix("url")
    else { return nil }
    return (table, column)
  }
}
