import Glibc

/// Makes a backup: snapshot, rows and files, rules, archives, audit, publication, report.
public struct BackupRun {
  private let installation: Installation
  private let options: BackupOptions
  private let operation: Operation
  private let id: BackupID
  private let settings: Settings
  private let folders: BackupFolders
  private let sanitizer: Sanitizer
  private let tables: [TableSchema]
  private let database: any SystemDatabase
  private let snapshotTime: Int64

  /// Makes a backup and gives its ID; nothing is published unless all of it is good.
  ///
  /// - Throws: `AdminError`; a report that ends without the mark says the same.
  public static func create(
    _ installation: Installation, _ options: BackupOptions, as chosen: BackupID? = nil, by actor: Actor,
    observer: (@Sendable (OperationStatus) -> Void)? = nil
  ) throws -> BackupID {
    try Operation.run(options.kind.title, on: installation, by: actor, observer: observer) { operation in
      try AuditLog(installation).record("backup create", options.kind.title, by: actor) {
        let id = try chosen ?? nextID(installation)
        operation.set(backupID: id)
        let report = try BackupReport(folder: installation.logFolder, kind: options.kind, id: id)
        let folders: BackupFolders
        do {
          folders = try withRun(installation, options, operation, id) { run in
            try run.write(report)
            return run.folders
          }
        } catch {
          let adminError = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
          report.fail(adminError)
          throw adminError
        }
        operation.phase("removing backups beyond the history")
        do {
          try BackupHistory.trim(installation, options.kind, folders: folders, newest: id)
        } catch let error as AdminError {
          // An old archive that cannot be removed does not make the new backup a bad one.
          throw AdminError(
            error.code, "backup \(id) is complete and valid, but an earlier one cannot be removed: \(error.what)",
            at: error.place, next: error.next)
        }
        return id
      }
    }
  }

  /// What a backup would do, without writing anything.
  public static func preview(_ installation: Installation, _ options: BackupOptions, by actor: Actor) throws
    -> BackupPreview
  {
    try Operation.run("preview of a \(options.kind.title)", on: installation, by: actor, quiet: true) { operation in
      try withRun(installation, options, operation, nextID(installation)) { try $0.previewed() }
    }
  }

  private static func nextID(_ installation: Installation) throws -> BackupID {
    BackupID.next(after: try BackupReport.list(installation).first?.id)
  }

  private static func withRun<Result>(
    _ installation: Installation, _ options: BackupOptions, _ operation: Operation, _ id: BackupID,
    _ body: (BackupRun) throws -> Result
  ) throws -> Result {
    operation.phase("opening the system database")
    for component in Component.allCases { try refuseRemote(component, installation) }
    let database = try installation.openDatabase(.readOnly)
    return try database.withSnapshot {
      let ruleSet: RuleSet =
        options.kind == .normal
        ? .none : try .testBed(site: installation.rulesPath, maskRecipients: options.masksRecipients)
      let settings = Settings(database)
      return try body(
        BackupRun(
          installation: installation, options: options, operation: operation, id: id, settings: settings,
          folders: try BackupFolders(installation, settings),
          sanitizer: Sanitizer(ruleSet, backupID: id, database: database), tables: try database.componentTables(),
          database: database, snapshotTime: Moment.now))
    }
  }

  private static func refuseRemote(_ component: Component, _ installation: Installation) throws {
    guard let address = try installation.address(of: component), !PortProbe.isOnThisMachine(address.host) else {
      return
    }
    throw AdminError(
      .unavailable, "component \(component.rawValue) is on another machine, which this version does not back up",
      at: "\(installation.iniPath(of: component)): \(IniKey.host)=\(address.host)",
      next: "back up an installation whose components are all here")
  }

  private struct Source {
    var ini: IniFile
    var status: stat
  }

  /// The INI files as they go into the archives, and everything that can be refused before a row is read.
  private func sources() throws -> [Component: Source] {
    var sources: [Component: Source] = [:]
    for component in Component.allCases {
      guard let status = try FileSystem.status(installation.iniPath(of: component)) else { continue }
      var ini = try installation.ini(of: component)
      try sanitizer.sanitize(&ini, of: component)
      sources[component] = Source(ini: ini, status: status)
    }
    return sources
  }

  private func walk(_ component: Component, into writer: ZipWriter?) -> ComponentWalk {
    ComponentWalk(
      component: component, installation: installation, sanitizer: sanitizer, database: database,
      tables: tables.filter { $0.component == component }, operation: operation, excludedFolders: Set(folders.all),
      writer: writer)
  }

  // HUB's archive holds the digests of the others, so it is written last; it is the backup master.
  private static let order: [Component] = [.lui, .trk, .hub]

  private func previewed() throws -> BackupPreview {
    let sources = try sources()
    try sanitizer.checkSettings(settings)
    var preview = BackupPreview(kind: options.kind)
    for component in BackupRun.order {
      guard let source = sources[component] else { continue }
      operation.phase("looking at \(component.rawValue)")
      let outcome = try walk(component, into: nil).run(
        ini: source.ini, iniStatus: source.status, snapshotTime: snapshotTime)
      preview.add(component, outcome)
    }
    preview.rules = sanitizer.ruleSet.rules
    preview.record = sanitizer.record
    preview.samples = sanitizer.samples
    preview.offences = sanitizer.offences
    if options.kind == .testBed { preview.news = try BackupNews.since(installation, folders, preview.inventories) }
    return preview
  }

  private func write(_ report: BackupReport) throws {
    try removePartials()
    let sources = try sources()
    try sanitizer.checkSettings(settings)
    try sanitizer.refuseOffences(rulesPath: installation.rulesPath)
    var estimates: [Component: UInt64] = [:]
    for component in BackupRun.order {
      let estimate = try walk(component, into: nil).estimate()
      estimates[component] = estimate
      // Once to write, once to read back.
      operation.plan(component, total: estimate * 2)
    }
    var partials: [Component: String] = [:]
    var published: [String] = []
    do {
      var digests: [String: String] = [:]
      var outcomes: [Component: ComponentWalk.Outcome] = [:]
      for component in BackupRun.order {
        guard let source = sources[component] else { continue }
        operation.phase("writing \(component.rawValue)")
        try FileSystem.makeFolder(folders[component])
        let partial = folders[component] + "/.\(options.kind.archiveName(component, id)).partial"
        partials[component] = partial
        outcomes[component] = try archive(
          component, source, at: partial, otherDigests: component == .hub ? digests : nil)
        digests[component.rawValue] = Digest.hex(
          try Digest.sha256(ofFile: partial, cancellation: operation.cancellation))
      }
      try database.confirm(tables)
      let audit = options.kind == .testBed ? LeakAudit(sanitizer, tables: tables) : nil
      for component in BackupRun.order {
        guard let partial = partials[component] else { continue }
        operation.phase("\(audit == nil ? "verifying" : "auditing") \(component.rawValue)")
        let reader = try ArchiveReader(path: partial, cancellation: operation.cancellation)
        let bytes = Double(max(1, reader.manifest.entries.reduce(0) { $0 + $1.size }))
        let weight = Double(estimates[component] ?? 0) / bytes
        try ArchiveVerification.verify(reader, audit: audit) {
          operation.advance(component, by: UInt64(Double($0) * weight))
        }
      }
      try describe(outcomes, digests, partials, audit, in: report)
      try operation.cancellation.check()
      operation.phase("publishing")
      for component in BackupRun.order {
        guard let partial = partials[component] else { continue }
        let archive = folders[component] + "/" + options.kind.archiveName(component, id)
        published.append(archive)
        try FileSystem.rename(partial, archive)
      }
      try report.succeed()
    } catch {
      // HUB's first: what an error keeps from going away is never a whole set.
      for path in published.reversed() + partials.values { unlink(path) }
      throw error
    }
  }

  private func archive(
    _ component: Component, _ source: Source, at partial: String, otherDigests: [String: String]?
  ) throws -> ComponentWalk.Outcome {
    let writer = try ZipWriter(
      path: partial, level: options.level, threads: options.threads, cancellation: operation.cancellation)
    do {
      let outcome = try walk(component, into: writer).run(
        ini: source.ini, iniStatus: source.status, snapshotTime: snapshotTime)
      try sanitizer.refuseOffences(rulesPath: installation.rulesPath)
      let entries = try writer.drain().map { Manifest.Entry($0, outcome: outcome) }
      let manifest = Manifest(
        formatVersion: Manifest.currentVersion, kind: options.kind, id: id, component: component,
        created: Moment.text(snapshotTime), productVersion: Product.version,
        originFingerprint: Manifest.fingerprint(id, instanceID: try installation.instanceID()), entries: entries,
        sanitisation: try sanitisation(of: component), otherArchives: otherDigests, inventory: outcome.inventory)
      try writer.addEntry(
        Manifest.entryName, mode: ComponentWalk.entryMode, modifiedSeconds: snapshotTime, bytes: try manifest.encoded())
      try writer.finish()
      return outcome
    } catch {
      writer.abandon()
      throw error
    }
  }

  private func sanitisation(of component: Component) throws -> Manifest.Sanitisation? {
    guard options.kind == .testBed else { return nil }
    var hosts: [ProductionHosts] = []
    // Only HUB, the last, knows all of them. Their addresses count as well: an alias of production's LISTSERV is
    // production's LISTSERV.
    if component == .hub {
      let names = sanitizer.productionHosts
      let addresses = HostAddresses.of(names.filter { !$0.isAddress }, within: 2000).filter { !$0.isLocalhost }
      hosts = try (TestSystem(settings)?.hosts ?? []) + [ProductionHosts(names.union(addresses))]
    }
    return Manifest.Sanitisation(
      record: sanitizer.record, masksRecipients: options.masksRecipients, productionHosts: hosts)
  }

  /// Removes what a killed backup left: the lock is held, so no partial file has an owner.
  private func removePartials() throws {
    for folder in folders.all {
      for name in try FileSystem.textNames(in: folder) where name.hasPrefix(".") && name.hasSuffix(".partial") {
        let inner = String(name.dropFirst().dropLast(".partial".count))
        if BackupKind.parse(archiveName: inner) != nil { try FileSystem.remove(folder + "/" + name) }
      }
    }
  }

  private func describe(
    _ outcomes: [Component: ComponentWalk.Outcome], _ digests: [String: String], _ partials: [Component: String],
    _ audit: LeakAudit?, in report: BackupReport
  ) throws {
    try report.line("Snapshot: \(Moment.text(snapshotTime))")
    try report.line("")
    if options.kind == .testBed {
      try report.line("Rules applied, with the number of values, rows and files changed")
      for (rule, record) in zip(sanitizer.ruleSet.rules, sanitizer.record.rules) {
        try report.line("  \(rule.id): \(record.count) (\(rule.danger))")
        for place in record.places { try report.line("    \(place.place): \(place.count)") }
      }
      try report.line("")
    }
    try report.line("Contents")
    for component in Component.allCases {
      guard let outcome = outcomes[component] else { continue }
      let rows = outcome.rows.values.reduce(0, +)
      try report.line(
        "  \(component.rawValue): \(outcome.files) files (\(outcome.fileBytes) bytes), \(outcome.rows.count) tables (\(rows) rows)"
      )
      for note in outcome.notes { try report.line("    \(note)") }
    }
    let others = try database.otherTables()
    if !others.isEmpty { try report.line("  Not taken, no component's tables: \(others.joined(separator: ", "))") }
    try report.line("")
    if let audit {
      try report.line(
        "Leak audit: \(audit.needleCount) spellings of removed values searched for in all three archives, none found where a system reads them"
      )
      if audit.skippedCount > 0 {
        try report.line(
          "  \(audit.skippedCount) removed values are too short or too common to be told from ordinary text")
      }
      for (place, count) in audit.contentHits.sorted(by: { $0.key < $1.key }) {
        try report.line("  inside user content, kept: rule \(place): \(count)")
      }
    } else {
      try report.line("Verification: all three archives were read back; sizes, digests and row counts agree")
    }
    try report.line("")
    try report.line("Archives")
    for component in Component.allCases {
      guard let partial = partials[component], let digest = digests[component.rawValue] else { continue }
      let size = try FileSystem.status(partial)?.st_size ?? 0
      try report.line("  \(options.kind.archiveName(component, id)) \(size) bytes sha256 \(digest)")
      try report.line("    in \(folders[component])")
    }
    try report.line("")
  }
}

extension Manifest.Entry {
  init(_ entry: ZipEntry, outcome: ComponentWalk.Outcome) {
    self.init(
      name: entry.name, size: entry.size, compressedSize: entry.compressedSize, offset: entry.headerOffset,
      crc32: Digest.hex(entry.crc32), sha256: Digest.hex(entry.sha256), mode: String(entry.mode, radix: 8),
      modified: outcome.modified[entry.name] ?? "\(entry.modifiedSeconds).000000000", rows: outcome.rows[entry.name],
      blocks: entry.blocks.isEmpty ? nil : entry.blocks)
  }
}
