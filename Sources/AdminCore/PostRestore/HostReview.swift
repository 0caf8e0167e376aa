import Database
import Detection
import Glibc
import Installation
import Platform
import TestBed

/// Looks at every address in a test system that it would use once its outbox is open: those of the INI files and the
/// settings, and those of the columns from which rules take values. When one was set it may not have resolved, or to
/// another address.
///
/// What a name server says later nobody can know: a name that is given to production after the opening is not found.
struct HostReview {
  /// Gives what a name server says of many hosts.
  typealias Resolver = (Set<HostName>) -> [HostName: HostName.Resolution]

  private struct Place {
    let name: String
    let value: AddressValue
    /// Whether an address stands there for certain.
    let isAddress: Bool
  }

  private let installation: Installation
  private let database: any SystemDatabase
  private let resolve: Resolver
  /// Different values of a column that are read.
  private static let mostValues = 100_000
  /// Different hosts that are looked at; each costs a look-up and some milliseconds.
  private static let mostHosts = 2000
  private static let usualWait = 10_000

  init(_ installation: Installation, _ database: any SystemDatabase, resolve: Resolver? = nil) {
    self.installation = installation
    self.database = database
    self.resolve = resolve ?? { HostAddresses.resolutions(of: $0, within: HostReview.usualWait) }
  }

  /// - Throws: `AdminError`: `refused` naming the first place with a host of production, or with an address that cannot
  ///   be taken apart; `unavailable` for a server that does not resolve. On any system but a test system nothing.
  package func check() throws {
    let settings = Settings(database)
    guard let system = try TestSystem(settings) else { return }
    let places = try iniPlaces() + settingPlaces(settings) + columnPlaces()
    // What never leaves this machine needs no name server.
    let hosts = Set(places.flatMap(\.value.hosts)).filter { !$0.isLoopback }
    guard hosts.count <= HostReview.mostHosts else { throw HostReview.tooMany("all settings, INI files and tables") }
    // By name first, which asks no name server, and is the most telling refusal.
    for place in places {
      for host in place.value.hosts {
        try system.refuseProduction(host, resolvedTo: .addresses([]), for: place.name, mustResolve: false)
      }
    }
    if let place = places.first(where: { !$0.value.unreadable.isEmpty }) { throw TestSystem.unreadable(place.name) }
    let answers = resolve(hosts)
    func refuse(_ host: HostName, _ place: Place, mustResolve: Bool) throws {
      guard hosts.contains(host) else { return }
      let answer = answers[host] ?? .unknown(reason: "not asked")
      try system.refuseProduction(host, resolvedTo: answer, for: place.name, mustResolve: mustResolve)
    }
    for place in places {
      for host in place.value.hosts { try refuse(host, place, mustResolve: false) }
    }
    for place in places {
      for host in place.value.servers { try refuse(host, place, mustResolve: true) }
      for host in place.value.domains where place.isAddress {
        // A domain may have mail servers and no address of its own; only a name server that is silent leaves it open.
        if case .unknown? = answers[host] { try refuse(host, place, mustResolve: true) }
      }
    }
  }

  private func iniPlaces() throws -> [Place] {
    let rules = try rules().compactMap { match -> (file: String, key: String)? in
      guard match.sensitivity == .address, case .ini(let file, let key) = match.target else { return nil }
      return (file, key)
    }
    return try Component.allCases.flatMap { component in
      try iniFiles(of: component).flatMap { path -> [Place] in
        let file = installation.home(of: component) + "/" + path
        let name = component.folderName + "/" + path
        return try IniFile.read(file).lines.flatMap { line -> [Place] in
          guard case .assignment(let key) = line.kind else { return [] }
          let isAddress = rules.contains { matchesPattern(name, $0.file) && matchesPattern(key, $0.key) }
          return line.readings.filter { !$0.isEmpty }.map { place("\(file): \(key)", key, $0, isAddress: isAddress) }
        }
      }
    }
  }

  /// The INI files of a component's home folder, by their paths inside it. The data folder is not configuration.
  private func iniFiles(of component: Component) throws -> [String] {
    var files: [String] = []
    func look(_ folder: String, depth: Int) throws {
      let place = installation.home(of: component) + (folder.isEmpty ? "" : "/" + folder)
      guard FileSystem.isFolder(place) else { return }
      for name in try FileSystem.textNames(in: place).sorted() {
        let path = folder.isEmpty ? name : folder + "/" + name
        // A link to a folder may lead anywhere.
        switch try FileSystem.status(place + "/" + name).map({ $0.st_mode & S_IFMT }) {
        case S_IFDIR? where depth < HostReview.deepest && !(depth == 0 && HostReview.otherFolders.contains(name)):
          try look(path, depth: depth + 1)
        case S_IFREG? where component.hasIni(path), S_IFLNK? where component.hasIni(path): files.append(path)
        default: break
        }
      }
    }
    try look("", depth: 0)
    return files
  }

  // Deep enough for a web server's configuration.
  private static let deepest = 6
  private static let otherFolders: Set<String> = ["data", "logs", "backup", "database"]

  private func settingPlaces(_ settings: Settings) throws -> [Place] {
    let rules = try rules().compactMap { match -> String? in
      guard match.sensitivity == .address, case .setting(let name) = match.target else { return nil }
      return name
    }
    return try settings.all().sorted(by: { $0.name < $1.name }).compactMap { name, text in
      guard !text.isEmpty else { return nil }
      if let definition = SettingCatalogue[name] {
        guard definition.access != .fixed else { return nil }
        return Place(
          name: name, value: definition.addresses(in: text),
          isAddress: definition.namesServer || definition.kind == .addresses)
      }
      return place(name, name, text, isAddress: rules.contains { matchesPattern(name, $0) })
    }
  }

  /// The columns from which rules take addresses and secrets, the site's own too, so that no list can fall behind.
  private func columnPlaces() throws -> [Place] {
    let rules = try rules().compactMap { match -> (table: String, column: String, isAddress: Bool)? in
      guard match.sensitivity != .none, case .column(let table, let column) = match.target else { return nil }
      return (table, column, match.sensitivity == .address)
    }
    var places: [Place] = []
    for table in try database.componentTables() {
      for column in table.columns where [.text, .binary, .json, .enumeration, .numeric].contains(column.type) {
        let matching = rules.filter { matchesPattern(table.name, $0.table) && matchesPattern(column.name, $0.column) }
        guard !matching.isEmpty, table.name != Settings.table else { continue }
        let name = "\(table.name).\(column.name)"
        let isAddress = matching.contains(where: \.isAddress)
        for text in try values(of: column.name, in: table.name, name, isAddress: isAddress) {
          places.append(place(name, column.name, text, isAddress: isAddress))
        }
      }
    }
    return places
  }

  private func values(of column: String, in table: String, _ name: String, isAddress: Bool) throws -> [String] {
    let column = quoted(column)
    let rows = try database.query(
      "SELECT DISTINCT \(column) FROM \(quoted(table)) WHERE \(column) IS NOT NULL LIMIT \(HostReview.mostValues + 1)")
    guard rows.count <= HostReview.mostValues else { throw HostReview.tooMany(name) }
    return try rows.compactMap { row in
      switch row[0] {
      case .text(let text): return text.isEmpty ? nil : text
      case .binary(let bytes):
        // Some drivers store texts as bytes.
        if let text = String(validating: bytes, as: UTF8.self) { return text.isEmpty ? nil : text }
        // A key store is no address.
        guard isAddress else { return nil }
        throw TestSystem.unreadable(name)
      default: return nil
      }
    }
  }

  private static func tooMany(_ place: String) -> AdminError {
    AdminError(
      .refused, "there are too many different addresses to hold them all against production's", at: place,
      next: "unset those that the test system does not need")
  }

  private func place(_ name: String, _ key: String, _ text: String, isAddress: Bool) -> Place {
    Place(
      name: name, value: AddressValue(text, AddressValue.Expectation(place: key, isAddress: isAddress)),
      isAddress: isAddress)
  }

  private func rules() throws -> [Rule.Match] {
    (BuiltInRules.all + (try SiteRules.read(installation.rulesPath).rules)).flatMap(\.matches)
  }
}
