import Archive
import Glibc
import Installation
import Platform
import TestBed

/// Everything that is asked before a restore touches anything: each answer is a line with pass, warning or fail.
public struct RestorePreflight {
  /// One answer.
  public struct Check: Sendable, Equatable {
    /// How it went.
    public enum Outcome: String, Sendable {
      /// As it must be.
      case pass
      /// Not wrong, but to be known.
      case warning
      /// Keeps the restore from starting.
      case fail
    }

    /// What was asked.
    public let title: String
    /// How it went.
    public let outcome: Outcome
    /// Why, in words.
    public let detail: String
  }

  /// The answers in order.
  public private(set) var checks: [Check] = []
  /// The first failure; nil when the restore may start.
  public private(set) var failure: AdminError?
  /// Normal or test-bed.
  public let kind: BackupKind
  /// The set, when it is whole.
  package private(set) var set: BackupSetReader?
  private var known: [Component: CachedDigest] = [:]
  /// Whether this would rebuild a lost origin on an empty installation, which needs a typed confirmation.
  public private(set) var isRebuild = false

  /// Asks everything that can be asked, even after a failure.
  ///
  /// - Parameter earlier: one that was run before on the same set, whose reading need not be done again.
  public static func run(
    _ id: BackupID, _ installation: Installation, from folders: [String], after earlier: RestorePreflight? = nil,
    cancellation: Cancellation = Cancellation()
  ) throws -> RestorePreflight {
    let found = try BackupCatalog.find(id, installation, from: folders)
    var preflight = RestorePreflight(kind: found.kind)
    var opened: BackupSetReader?
    preflight.ask("three archives of one backup, as HUB's manifest names them") {
      opened = try BackupSetReader(found, known: earlier?.known ?? [:], cancellation: cancellation)
      return "\(found.kind.title) \(id)"
    }
    preflight.set = opened
    if found.report == nil {
      preflight.checks.append(
        .init(title: "report", outcome: .warning, detail: "not at hand; the archives speak for themselves"))
    } else if found.report?.isValid == true {
      preflight.checks.append(.init(title: "report", outcome: .pass, detail: "ends with the validity mark"))
    }
    switch found.kind {
    case .testBed: preflight.askTestBed(installation)
    case .normal: preflight.askNormal(installation)
    }
    preflight.ask("components are stopped") {
      for component in Component.allCases {
        if let evidence = try installation.runningEvidence(of: component) {
          throw AdminError(
            .refused, "component \(component.rawValue) is running (\(evidence))", at: installation.home(of: component),
            next: "stop it and start the restore again")
        }
      }
      return "no pid file of a live process, no answering port"
    }
    let elsewhere = try Component.allCases.filter { try installation.isElsewhere($0) }
    if !elsewhere.isEmpty {
      preflight.ask("all three components are on this machine") {
        throw AdminError(
          .refused, "on other machines: \(elsewhere.map(\.rawValue).joined(separator: ", "))", at: installation.folder,
          next: "restore where all three components are on one machine")
      }
    }
    preflight.ask("folders can be exchanged") { try exchangeable(installation, opened, folders) }
    preflight.ask("enough disk space") { try diskSpace(opened, installation) }
    if let former = try FormerState.read(installation) {
      preflight.checks.append(
        .init(
          title: "former state", outcome: .warning,
          detail: "the state before the restore of \(former.id) is given up when this restore is complete"))
    }
    return preflight
  }

  private init(kind: BackupKind) { self.kind = kind }

  /// The answers alone, for whoever shows them: an open set takes memory, and the restore opens its own.
  package func closed() -> RestorePreflight {
    var answers = self
    answers.known = set?.cachedDigests ?? [:]
    answers.set = nil
    return answers
  }

  private mutating func ask(_ title: String, _ question: () throws -> String) {
    do {
      checks.append(Check(title: title, outcome: .pass, detail: try question()))
    } catch {
      let error = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
      checks.append(Check(title: title, outcome: .fail, detail: error.description))
      if failure == nil { failure = error }
    }
  }

  private mutating func cannotTell(_ title: String) {
    checks.append(Check(title: title, outcome: .warning, detail: "cannot be told while the set is not whole"))
  }

  private mutating func askTestBed(_ installation: Installation) {
    let set = set
    ask("the target is a single server") {
      let places = try installation.distribution()
      guard places.isEmpty else {
        throw AdminError(
          .refused, "the target is distributed (\(places.joined(separator: ", ")))", at: installation.folder,
          next: "restore a test-bed backup only into a single-server installation; make one with: hubtui setup DIR")
      }
      return "all three components are on localhost"
    }
    ask("the target has the internal database") {
      guard try DatabaseLocation(of: installation).isInternal else {
        throw AdminError(
          .refused, "the target uses an external database", at: installation.folder,
          next: "restore a test-bed backup only into an installation with the internal database")
      }
      return "internal"
    }
    askOwnAddresses()
    guard set != nil else { return cannotTell("the target is not the origin") }
    ask("the target is not the origin") {
      if try RestorePreflight.isOrigin(installation, set) {
        throw AdminError(
          .refused, "this test-bed backup was made on this very system", at: installation.folder,
          next: "restore it into a test server, never into its origin")
      }
      return "another system"
    }
  }

  // A test system may stand on production's machine, but whoever moved production's address here must know it. What it
  // then sets under that address, or under the machine's name, is refused as production's.
  private mutating func askOwnAddresses() {
    let title = "this machine is none of production's"
    do {
      guard let hosts = try set?.manifest.sanitisation?.productionHosts else { return cannotTell(title) }
      let own = try OwnHosts.addresses().union(OwnHosts.names(within: 1000)).flatMap(\.equivalents)
      let isProductions = try own.contains { host in try hosts.contains { try $0.contains(host) } }
      checks.append(
        isProductions
          ? Check(
            title: title, outcome: .warning,
            detail: "its name or an address is production's: the copy refuses them and may use localhost alone")
          : Check(title: title, outcome: .pass, detail: "its name and addresses are not known as production's"))
    } catch {
      let error = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
      checks.append(Check(title: title, outcome: .warning, detail: "cannot be told: \(error)"))
    }
  }

  private mutating func askNormal(_ installation: Installation) {
    let set = set
    guard set != nil else { return cannotTell("the target is the origin") }
    var isRebuild = false
    ask("the target is the origin") {
      if try RestorePreflight.isOrigin(installation, set) { return "this very system" }
      let reasons =
        "its jobs would be sent twice, its components would connect to production's, and it would write into production's database"
      guard try EmptyInstallation.isEmpty(installation) else {
        throw AdminError(
          .refused, "a normal backup restored into another system is dangerous: \(reasons)", at: installation.folder,
          next: "make a test-bed backup and restore that; a lost origin can be rebuilt only on an empty installation")
      }
      if let inis = try set?.readers.map({ ($0.key, try $0.value.ini()) }), !inis.isEmpty {
        let location = try DatabaseLocation(inis: inis.map { (component: $0.0, ini: $0.1) }, installation: installation)
        if !location.isInternal, try location.exists(), try EmptyInstallation.hasData(location) {
          throw AdminError(
            .refused, "the external database that the backup names holds data, so the origin is not lost",
            at: location.displayName,
            next: "restore on the origin itself, or make a test-bed backup")
        }
      }
      isRebuild = true
      return "another system, and empty: the lost origin can be rebuilt here after a typed confirmation"
    }
    self.isRebuild = isRebuild
  }

  private static func isOrigin(_ installation: Installation, _ set: BackupSetReader?) throws -> Bool {
    guard let manifest = try set?.manifest, let instanceID = try installation.ini(of: .hub)[IniKey.instanceID] else {
      return false
    }
    return Manifest.fingerprint(manifest.id, instanceID: instanceID) == manifest.originFingerprint
  }

  // A restore is committed by renames, which a mount point or a folder of another account would stop half-way.
  private static func exchangeable(
    _ installation: Installation, _ set: BackupSetReader?, _ folders: [String]
  ) throws -> String {
    for component in Component.allCases {
      let home = installation.home(of: component)
      guard access(home, W_OK | X_OK) == 0 else { throw systemError("cannot write in", home) }
      guard let data = try FileSystem.status(installation.dataFolder(of: component)),
        // The home folder may be a link to another disk; what is exchanged lies beyond it.
        let folder = try FileSystem.status(FileSystem.resolved(home))
      else { continue }
      guard data.st_mode & S_IFMT == S_IFDIR, data.st_dev == folder.st_dev else {
        throw AdminError(
          .configuration, "the data folder is a link or a mount point, which a restore cannot exchange",
          at: installation.dataFolder(of: component), next: "make it a plain folder of its home folder's file system")
      }
    }
    guard let set else { return "plain folders, writable" }
    let databases = [try DatabaseLocation(of: installation)]
    for component in Component.allCases where try !installation.isElsewhere(component) {
      _ = try ExchangePlan.items(
        of: component, RestorePaths(installation, "PREFLIGHT"), from: set.reader(component),
        StayingThings(installation, component, databases: databases, folders: folders))
    }
    return "plain folders, writable, and nothing in them that must stay where the set has something"
  }

  private static func diskSpace(_ set: BackupSetReader?, _ installation: Installation) throws -> String {
    guard let set else { return "cannot be told without the set" }
    var needed: [dev_t: (bytes: UInt64, place: String)] = [:]
    func need(_ bytes: UInt64, at place: String) {
      var folder = place
      while !FileSystem.isFolder(folder), folder != "/" { folder = FileSystem.folder(of: folder) }
      var status = stat()
      guard stat(folder, &status) == 0 else { return }
      needed[status.st_dev, default: (0, folder)].bytes += bytes
    }
    let location = try DatabaseLocation(of: installation)
    for component in Component.allCases {
      let contents = try set.reader(component).contents
      need(contents.fileBytes + UInt64(contents.fileEntries) * 4096, at: installation.home(of: component))
      // Rows with their indexes take about half as much again as their text.
      let rows = contents.rowBytes + contents.rowBytes / 2
      if let folder = location.folder { need(rows, at: folder) }
    }
    for (bytes, place) in needed.values {
      let free = try FileSystem.freeSpace(at: place)
      guard bytes <= free else {
        throw AdminError(
          .inputOutput, "the restore needs \(bytes) bytes, \(free) are free", at: place,
          next: "free disk space there and start again")
      }
    }
    return "\(needed.values.reduce(0) { $0 + $1.bytes }) bytes needed"
  }
}

/// What counts as an empty installation: nobody's work is in it.
enum EmptyInstallation {
  static func isEmpty(_ installation: Installation) throws -> Bool {
    let location = try DatabaseLocation(of: installation)
    return try location.isInternal && !hasData(location)
  }

  static func hasData(_ location: DatabaseLocation) throws -> Bool {
    let database = try location.open(.readOnly)
    let work = ["lui_jobs", "lui_subscribers", "lui_recipients", "lui_recipient_lists", "trk_events", "trk_urls"]
    return try database.componentTables().contains { table in
      guard work.contains(table.name) || SystemSchema.tables.allSatisfy({ $0.name != table.name }) else { return false }
      return try database.rowCount(of: table) > 0
    }
  }
}
