import Administration
import Database
import Installation
import Platform
import TestBed

/// Makes a backup: snapshot, rows and files, rules, archives, audit, publication, report. Each component does its part
/// where it is; this puts the parts in order.
package struct BackupRun {
  private let context: BackupContext
  // HUB's archive holds the digests of the others, so it is written last; it is the backup master.
  private let participants: [any BackupParticipant]
  private var installation: Installation { context.installation }
  private var options: BackupOptions { context.options }
  private var operation: Operation { context.operation }
  private var id: BackupID { context.id }
  private var sanitizer: Sanitizer { context.sanitizer }
  private var database: any SystemDatabase { context.database }

  /// Makes a backup and gives its ID; nothing is published unless all of it is good.
  ///
  /// - Throws: `AdminError`; a report that ends without the mark says the same.
  package static func create(
    _ options: BackupOptions, as chosen: BackupID? = nil, in context: OperationContext,
    with elsewhere: ParticipantsElsewhere
  ) throws -> BackupID {
    let installation = context.installation
    return try Operation.run(options.kind.title, in: context) { operation in
      try AuditLog(installation).record("backup create", options.kind.title, by: context.actor) {
        let id = try chosen ?? nextID(installation)
        operation.set(backupID: id)
        let report = try BackupReport(folder: installation.logFolder, kind: options.kind, id: id)
        let problem: AdminError?
        do {
          problem = try withRun(options, operation, id, elsewhere) { run in
            try run.write(report)
            return run.trimmed()
          }
        } catch {
          let adminError = error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "start again")
          report.fail(adminError)
          throw adminError
        }
        // An old archive that cannot be removed does not make the new backup a bad one.
        if let problem {
          throw AdminError(
            problem.code, "backup \(id) is complete and valid, but an earlier one cannot be removed: \(problem.what)",
            at: problem.location, next: problem.next)
        }
        return id
      }
    }
  }

  /// What a backup would do, without writing anything.
  package static func preview(
    _ options: BackupOptions, in context: OperationContext, with elsewhere: ParticipantsElsewhere
  ) throws -> BackupPreview {
    try Operation.run("preview of a \(options.kind.title)", in: context) { operation in
      let id = try nextID(context.installation)
      return try withRun(options, operation, id, elsewhere, isPreview: true) { try $0.previewed() }
    }
  }

  /// Tries everything that a backup needs of the components on other machines, up to their views of the one database.
  package static func test(_ operation: Operation, with elsewhere: ParticipantsElsewhere) throws {
    let id = try nextID(operation.installation)
    try withRun(BackupOptions(kind: .normal), operation, id, elsewhere, isPreview: true) { run in
      for participant in run.participants {
        try participant.inspect()
        try participant.finish()
      }
    }
  }

  private static func nextID(_ installation: Installation) throws -> BackupID {
    BackupID.next(after: try BackupReport.list(installation).first?.id)
  }

  private static func withRun<Result>(
    _ options: BackupOptions, _ operation: Operation, _ id: BackupID, _ elsewhere: ParticipantsElsewhere,
    isPreview: Bool = false, _ body: (BackupRun) throws -> Result
  ) throws -> Result {
    let installation = operation.installation
    operation.phase("opening the system database")
    let database = try installation.openDatabase(.readOnly)
    let siteRules = options.kind == .normal ? nil : try SiteRules.text(of: installation.rulesPath)
    let ruleSet: RuleSet =
      options.kind == .normal
      ? .none
      : try .testBed(
        SiteRules(yaml: siteRules ?? "", path: installation.rulesPath), maskRecipients: options.masksRecipients)
    let masker = Masker()
    let fingerprint = Manifest.fingerprint(id, instanceID: try installation.instanceID())
    let order = BackupOrder(
      kind: options.kind, id: id, level: options.level, masksRecipients: options.masksRecipients,
      siteRules: siteRules ?? "", maskingKey: masker.keyBytes, originFingerprint: fingerprint,
      rulesPath: installation.rulesPath, isPreview: isPreview)
    var remote: [any BackupParticipant] = []
    defer { for participant in remote { participant.close() } }
    for connect in try elsewhere(installation, Settings(database)) {
      let participant = try connect(operation)
      remote.append(participant)
      try participant.prepare(order)
    }
    func run() throws -> Result {
      let settings = Settings(database)
      let tables = try database.componentTables()
      let context = BackupContext(
        installation: installation, options: options, operation: operation, id: id, settings: settings,
        folders: try BackupFolders(installation, settings),
        sanitizer: Sanitizer(ruleSet.fitted(to: tables), backupID: id, database: database, masker: masker),
        database: database, tables: tables, snapshotTime: Moment.now,
        originFingerprint: fingerprint, rulesPath: installation.rulesPath)
      let participants = try [Component.lui, .trk, .hub].compactMap { component -> (any BackupParticipant)? in
        if let participant = remote.first(where: { $0.component == component }) {
          try participant.join(context)
          return participant
        }
        guard try FileSystem.exists(installation.iniPath(of: component)) else { return nil }
        return ComponentBackup(component, context)
      }
      return try body(BackupRun(context: context, participants: participants))
    }
    guard !remote.isEmpty else { return try database.withSnapshot(run) }
    operation.phase("beginning one snapshot on all machines")
    return try database.withSharedSnapshot(
      { token in
        for component in remote { try component.askSnapshot(token) }
        for component in remote { try component.awaitSnapshot() }
      }, run)
  }

  private func previewed() throws -> BackupPreview {
    for participant in participants { try participant.inspect() }
    try sanitizer.checkSettings(context.settings)
    var preview = BackupPreview(kind: options.kind)
    var inventories: [Component: Manifest.Inventory] = [:]
    for participant in participants {
      operation.phase("looking at \(participant.name)")
      let outcome = try participant.preview()
      preview.add(participant.component, outcome)
      inventories[participant.component] = outcome.inventory
    }
    for participant in participants { try participant.finish() }
    preview.rules = sanitizer.appliedRules
    preview.samples = sanitizer.samples
    preview.findings = sanitizer.findings
    preview.idleEntries = sanitizer.idleEntries
    if options.kind == .testBed {
      preview.notes += sanitizer.ruleSet.absentColumns(in: context.tables).map {
        "a rule changes column \($0), which is not there"
      }
      preview.unresolvedHosts = sanitizer.askForProductionHosts().unresolved.map(\.description)
      preview.drift =
        try BackupDrift.since(installation, context.folders, inventories) + participants.flatMap(\.drift)
    }
    return preview
  }

  private func write(_ report: BackupReport) throws {
    for folder in context.folders.all { try PartialFile.removeAll(in: folder, of: installation) }
    for participant in participants { try participant.inspect() }
    try sanitizer.checkSettings(context.settings)
    try sanitizer.refuseFindings(rulesPath: context.rulesPath)
    for participant in participants { try participant.plan() }
    do {
      var archives: [Component: WrittenArchive] = [:]
      for participant in participants {
        operation.phase("writing \(participant.name)")
        let others = archives.map { ($0.key.rawValue, $0.value.digest) }
        archives[participant.component] = try participant.write(
          otherDigests: participant.component == .hub ? Dictionary(uniqueKeysWithValues: others) : nil)
        try sanitizer.refuseFindings(rulesPath: context.rulesPath)
      }
      try database.confirm(context.tables)
      let audit = options.kind == .testBed ? LeakAudit(sanitizer, tables: context.tables) : nil
      for participant in participants {
        operation.phase("\(audit == nil ? "verifying" : "auditing") \(participant.name)")
        try participant.audit(audit)
      }
      try describe(archives, audit, in: report)
      try operation.cancellation.check()
      operation.phase("publishing")
      for participant in participants { try participant.publish() }
      try report.succeed()
    } catch {
      throw withdrawn(after: error)
    }
  }

  /// Takes everything back after an error and gives the error to tell.
  private func withdrawn(after error: any Error) -> any Error {
    var problems: [String] = []
    // HUB's first: what an error keeps from going away is never a whole set.
    for participant in participants.reversed() {
      do { try participant.withdraw() } catch {
        problems.append((error as? AdminError)?.description ?? "\(error)")
      }
    }
    guard !problems.isEmpty, let first = error as? AdminError else { return error }
    return AdminError(
      first.code, first.what, at: first.location, next: "\(first.next). Besides: \(problems.joined(separator: ". "))")
  }

  /// Removes what the history no longer keeps; the error when something cannot be removed.
  private func trimmed() -> AdminError? {
    operation.phase("removing backups beyond the history")
    do {
      let valid = try BackupHistory.valid(installation, options.kind)
      for participant in participants {
        try participant.trim(valid: valid)
        try participant.finish()
      }
      return nil
    } catch {
      return error as? AdminError ?? AdminError(.inputOutput, "\(error)", next: "remove it by hand")
    }
  }

  private func describe(
    _ archives: [Component: WrittenArchive], _ audit: LeakAudit?, in report: BackupReport
  ) throws {
    try report.line("Snapshot: \(Moment.text(context.snapshotTime))")
    if participants.contains(where: { $0.host != nil }) {
      try report.line(
        "Mark: \(Moment.text(context.snapshotTime)); every component had begun its view of the one system database, and files were read after it"
      )
      for participant in participants {
        for line in participant.times { try report.line("  \(participant.name): \(line)") }
      }
    }
    try report.line("")
    if options.kind == .testBed {
      try report.line("Rules applied, with the number of values, rows and files changed")
      for rule in sanitizer.appliedRules {
        try report.line("  \(rule.id): \(rule.count) (\(rule.danger))")
        for place in rule.record.places { try report.line("    \(place.place): \(place.count)") }
      }
      try report.line("")
      let absent = sanitizer.ruleSet.absentColumns(in: context.tables)
      if !absent.isEmpty {
        try report.line("Columns that rules change and that are not there: \(absent.joined(separator: ", "))")
        try report.line("")
      }
      if let answers = sanitizer.productionAnswers {
        try report.line("Production's hosts: \(answers.hosts.count) names and addresses that a copy refuses")
        for line in ProductionHostCollection.warning(answers.unresolved.map(\.description)) {
          try report.line("  \(line)")
        }
        try report.line("")
      }
    }
    try report.line("Contents")
    for component in Component.allCases {
      guard let outcome = archives[component]?.outcome else { continue }
      let rows = outcome.rows.values.reduce(0, +)
      try report.line(
        "  \(component.rawValue): \(outcome.files) files (\(outcome.fileBytes) bytes), \(outcome.rows.count) tables (\(rows) rows)"
      )
      for note in outcome.notes { try report.line("    \(note)") }
    }
    try report.line("  \(HomeNames.notTakenLine)")
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
    for participant in participants.sorted(by: { $0.component < $1.component }) {
      guard let archive = archives[participant.component] else { continue }
      let name = options.kind.archiveName(participant.component, id)
      try report.line("  \(name) \(archive.size) bytes sha256 \(archive.digest)")
      try report.line(BackupReport.place(participant.folder, on: participant.host))
    }
    try report.line("")
  }
}
