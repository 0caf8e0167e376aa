import Administration
import Archive
import Database
import Glibc
import Installation
import Platform
import TestBed

/// Restores a set: stage beside the live state, verify what was staged, commit through the journal.
public struct RestoreRun {
  private let installation: Installation
  private let set: BackupSetReader
  private let operation: Operation
  private let paths: RestorePaths
  /// Where archives were looked for.
  private let folders: [String]
  private let location: DatabaseLocation
  /// The database's file, after a link was followed once: what is exchanged is the file it leads to. Nil for a server.
  private let databaseFile: String?

  /// Asks the preflight again under the lock, then restores.
  ///
  /// - Parameters:
  ///   - earlier: the preflight that the operator saw, whose reading of the archives need not be done again.
  ///   - confirmsRebuild: whether the operator typed the word that rebuilds a lost origin.
  /// - Throws: `AdminError`; the live state is then as it was.
  public static func restore(
    _ id: BackupID, from folders: [String], after earlier: RestorePreflight? = nil, confirmsRebuild: Bool = false,
    in context: OperationContext
  ) throws {
    let installation = context.installation
    try Operation.run("restore", in: context) { operation in
      try AuditLog(installation).record("restore", id.description, by: context.actor) {
        operation.set(backupID: id)
        operation.phase("preflight")
        let preflight = try RestorePreflight.run(
          id, installation, from: folders, after: earlier, cancellation: operation.cancellation)
        if let failure = preflight.failure { throw failure }
        guard let set = preflight.set else { return }
        guard !preflight.isRebuild || confirmsRebuild else {
          throw AdminError(
            .refused, "rebuilding a lost origin needs a typed confirmation", at: installation.folder,
            next: "run the restore at a terminal and type what it asks for")
        }
        try RestoreRun(installation, set, operation, from: folders).run()
      }
    }
  }

  /// Exchanges the live state and the one before the last restore; a second roll-back undoes the first.
  public static func rollBack(in context: OperationContext) throws -> BackupID {
    let installation = context.installation
    return try Operation.run("roll-back", in: context) { operation in
      try AuditLog(installation).record("restore rollback", "", by: context.actor) {
        operation.phase("looking at the former state")
        guard let former = try FormerState.read(installation) else {
          throw AdminError(
            .dataError, "there is no former state to roll back to", at: installation.folder,
            next: "nothing was restored here")
        }
        for component in Component.allCases {
          if let evidence = try installation.runningEvidence(of: component) {
            throw AdminError(
              .refused, "component \(component.rawValue) is running (\(evidence))", next: "stop it and start again")
          }
        }
        try refuseToCarryAway(former, installation)
        var journal = former
        journal.token = newToken()
        let paths = RestorePaths(installation, journal.token)
        journal.items = try former.items.map { item in
          var item = item
          item.staged = item.former
          item.hasStaged = try item.path(\.staged).exists()
          item.former = paths.former(replacing: former.token, in: item.former)
          return item
        }
        journal.tables = former.tables?.reversed(token: journal.token)
        // Without them the files alone would go back, and fit no database.
        guard try journal.hasStagedTables(installation) else {
          throw AdminError(
            .dataError, "the tables of the former state are gone from the database server",
            at: journal.tables?.staged ?? "", next: "restore a backup instead; nothing was changed")
        }
        operation.set(backupID: former.id)
        try operation.cancellation.check()
        operation.phase("committing")
        try RestoreCommit.commit(journal, installation)
        return former.id
      }
    }
  }

  /// A folder may have come to hold what a roll-back must not move: a backup folder, a mount point.
  private static func refuseToCarryAway(_ former: RestoreJournal, _ installation: Installation) throws {
    var databases: [DatabaseLocation] = []
    // A roll-back may be what repairs the INI files.
    do { databases = [try DatabaseLocation(of: installation)] } catch is AdminError {}
    for component in Component.allCases {
      let home = Array((installation.home(of: component) + "/").utf8)
      let staying = try StayingThings(installation, component, databases: databases, folders: [])
      for item in former.items where item.former.contains("/.restore-former-") {
        let live = try item.path(\.live).bytes
        guard live.starts(with: home) else { continue }
        let path = Array(live.dropFirst(home.count))
        guard let what = staying.what(at: path) ?? staying.what(below: path) else { continue }
        throw AdminError(
          .refused, "the roll-back would carry away \(what) of this installation", at: item.live,
          next: "move \(what) out of that folder, with its setting, and start again")
      }
    }
  }

  private init(
    _ installation: Installation, _ set: BackupSetReader, _ operation: Operation, from folders: [String]
  ) throws {
    self.folders = folders
    self.installation = installation
    self.set = set
    self.operation = operation
    paths = RestorePaths(installation, RestoreRun.newToken())
    let inis = try Component.allCases.map { (component: $0, ini: try set.reader($0).ini()) }
    do {
      location = try DatabaseLocation(inis: inis, installation: installation)
    } catch let error as AdminError where error.code == .configuration {
      // The files are those of the set, not those that stand here.
      throw AdminError(
        .dataError, error.what, at: "\(try set.reader(.hub).path): \(FileSystem.name(of: error.location))",
        next: "use another backup set")
    }
    guard set.set.kind == .normal || location.isInternal else {
      throw AdminError(
        .dataError, "a test-bed set names an external database", at: try set.reader(.hub).path,
        next: "use another backup set")
    }
    databaseFile = location.file.map(FileSystem.resolved)
  }

  private static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return String((0..<8).map { _ in BackupID.alphabet[Int.random(in: 0..<32, using: &generator)] })
  }

  private func run() throws {
    let exchange = location.address.map { TableExchange($0, token: paths.token) }
    let databaseItems =
      databaseFile.map { paths.databaseItems($0, suffixes: location.fileEngine?.suffixes ?? []) } ?? []
    var journal = RestoreJournal(
      phase: .staging, id: set.set.id, token: paths.token, items: paths.iniItems() + databaseItems, tables: exchange)
    if let databaseFile { try FileSystem.makeFolder(FileSystem.folder(of: databaseFile)) }
    try paths.removeStrays(databaseFile: databaseFile)
    try journal.write(to: RestoreJournal.path(installation))
    let places = places()
    do {
      try stage(exchange)
      try operation.cancellation.check()
      operation.phase("committing")
      // Looked at now, since the preflight is long ago.
      journal.items = try homeItems() + journal.items
      try closeLiveDatabase()
      guard self.places() == places else {
        throw AdminError(
          .refused, "a folder of the installation was exchanged while the restore ran", at: installation.folder,
          next: "put it back and start the restore again; nothing was changed")
      }
      if let exchange { try location.namespaces().mark(exchange) }
    } catch {
      // The first error is the one to tell. A database server that is gone cannot take back what was staged; the journal
      // stays, and whoever opens the installation next does it.
      do { _ = try RestoreCommit.recover(installation) } catch is AdminError {}
      throw error
    }
    try RestoreCommit.commit(journal, installation)
  }

  /// What is exchanged in the home folders.
  private func homeItems() throws -> [RestoreJournal.Item] {
    let databases = [location, try DatabaseLocation(of: installation)]
    return try Component.allCases.flatMap { component in
      try ExchangePlan.items(
        of: component, paths, from: set.reader(component),
        StayingThings(installation, component, databases: databases, folders: folders))
    }
  }

  /// Which folders the paths lead to now: behind a link that was put there meanwhile the commit would exchange what is not
  /// the installation's.
  private func places() -> [[UInt64]] {
    let database = databaseFile.map { FileSystem.folder(of: $0) } ?? installation.folder
    return (Component.allCases.map(installation.home) + [database]).map { path -> [UInt64] in
      var status = stat()
      return fstatat(AT_FDCWD, path, &status, 0) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : []
    }
  }

  private func stage(_ exchange: TableExchange?) throws {
    for component in Component.allCases {
      // What is staged, and read back afterwards.
      let contents = try set.reader(component).contents
      operation.plan(component, total: (contents.fileBytes + contents.rowBytes) * 2)
    }
    var staged: [(component: Component, files: FileStager)] = []
    for component in Component.allCases {
      operation.phase("staging files of \(component.rawValue)")
      let files = FileStager(
        component: component, home: installation.home(of: component), folder: paths.stagedFolder(of: component),
        operation: operation,
        isNormal: set.set.kind == .normal)
      try files.stage(from: try set.reader(component))
      staged.append((component, files))
    }
    let tables = TableStager(try staging(exchange), operation: operation)
    try tables.stage(set)
    for (component, files) in staged {
      operation.phase("verifying files of \(component.rawValue)")
      try files.verify(against: try set.reader(component))
    }
    try tables.verify(set)
    try tables.finish { database in
      guard let sanitisation = try set.manifest.sanitisation else { return }
      try TestSystem.mark(
        Settings(database), set: set.set.id, hosts: sanitisation.productionHosts,
        masksRecipients: sanitisation.masksRecipients)
    }
  }

  private func staging(_ exchange: TableExchange?) throws -> any TableStaging {
    if let exchange { return try location.staging(namespace: exchange.staged) }
    guard let file = databaseFile, let engine = location.fileEngine else {
      throw AdminError(.configuration, "the set names no database", next: "use another backup set")
    }
    try FileSystem.makeFolder(FileSystem.folder(of: file))
    let path = paths.stagedDatabase(file)
    for suffix in engine.suffixes { try FileSystem.remove(path + suffix) }
    return try engine.stage(path, file)
  }

  /// Folds the live database's log into its file, so that nothing of it is left behind by the rename.
  private func closeLiveDatabase() throws {
    guard let file = databaseFile, let engine = location.fileEngine, try FileSystem.exists(file) else { return }
    // A live file that is no database must not keep a restore from repairing it: then it is put aside as it is.
    do { try engine.fold(file) } catch let error as AdminError
      where error.code == .dataError
    {
      return
    }
  }
}

extension RestorePaths {
  func former(replacing token: String, in path: String) -> String {
    guard let range = path.range(of: "-former-" + token) else { return path + "-former-" + self.token }
    return path[..<range.lowerBound] + "-former-" + self.token + path[range.upperBound...]
  }
}
