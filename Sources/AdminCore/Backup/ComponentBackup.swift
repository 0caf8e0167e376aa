import Administration
import Archive
import Database
import Glibc
import Installation
import Platform
import TestBed

/// What the components of one backup have in common on one machine.
package struct BackupContext {
  package let installation: Installation
  package let options: BackupOptions
  package let operation: Operation
  package let id: BackupID
  let settings: Settings
  package let folders: BackupFolders
  let sanitizer: Sanitizer
  package let database: any SystemDatabase
  let tables: [TableSchema]
  let snapshotTime: Int64
  let originFingerprint: String
  /// The site's rules, on the Hub's machine.
  let rulesPath: String
}

/// The work of a backup on one component of this machine: for this machine's Hub, or for the Hub of another one.
final class ComponentBackup: BackupParticipant {
  let component: Component
  let host: String? = nil
  let times: [String] = []
  let drift: [String] = []
  /// What the rules did on other machines before this one's turn.
  var earlierRecord = SanitisationRecord()
  private let context: BackupContext
  private var ini: IniFile?
  private var iniStatus = stat()
  private var estimate: UInt64 = 0
  private var hasPartial = false
  private var isPublished = false

  init(_ component: Component, _ context: BackupContext) {
    self.component = component
    self.context = context
  }

  package var folder: String { context.folders[component] }
  private var archivePath: String { folder + "/" + context.options.kind.archiveName(component, context.id) }
  private var partialPath: String {
    PartialFile.path(folder, context.options.kind.archiveName(component, context.id), of: context.installation)
  }
  private var sanitizer: Sanitizer { context.sanitizer }
  private var operation: Operation { context.operation }

  func inspect() throws {
    guard let status = try FileSystem.status(context.installation.iniPath(of: component)) else { return }
    if context.options.kind == .testBed { try sanitizer.productionHosts.addOwnMachine() }
    var ini = try context.installation.ini(of: component)
    sanitizer.sanitize(&ini, of: component)
    self.ini = ini
    iniStatus = status
  }

  func plan() throws {
    estimate = try walk(into: nil).estimate()
    // Once to write, once to read back.
    operation.plan(component, total: estimate * 2)
  }

  package func preview() throws -> ComponentWalk.Outcome { try run(walk(into: nil)) }

  func write(otherDigests: [String: String]?) throws -> WrittenArchive {
    try FileSystem.makeFolder(folder)
    hasPartial = true
    let outcome = try archive(otherDigests)
    operation.reach(component, estimate)
    return WrittenArchive(
      digest: Digest.hex(try Digest.sha256(ofFile: partialPath, cancellation: operation.cancellation)),
      size: UInt64(try FileSystem.status(partialPath)?.st_size ?? 0), outcome: outcome)
  }

  func audit(_ audit: LeakAudit?) throws {
    let reader = try ArchiveReader(path: partialPath, cancellation: operation.cancellation)
    let bytes = Double(max(1, reader.contents.bytes))
    let weight = Double(estimate) / bytes
    try ArchiveVerification.verify(reader, audit: audit) {
      operation.advance(component, by: UInt64(Double($0) * weight))
    }
    operation.reach(component, estimate * 2)
  }

  func publish() throws {
    isPublished = true
    try FileSystem.rename(partialPath, archivePath)
  }

  func withdraw() throws {
    if isPublished { unlink(archivePath) }
    if hasPartial { unlink(partialPath) }
  }

  func trim(valid: Set<BackupID>) throws {
    try BackupHistory.trim(
      component, context.options.kind, folders: context.folders, newest: context.id, valid: valid)
  }

  func finish() {}

  func prepare(_ order: BackupOrder) {}
  func askSnapshot(_ token: SnapshotToken) {}
  func awaitSnapshot() {}
  func join(_ context: BackupContext) {}
  func close() {}

  private func walk(into writer: ZipWriter?) throws -> ComponentWalk {
    let installation = context.installation
    let exclusions = try HomeExclusions(
      installation, component, backups: context.folders.all, databases: [DatabaseLocation(of: installation)],
      isTestBed: sanitizer.ruleSet.isTestBed)
    return ComponentWalk(
      component: component, installation: installation, sanitizer: sanitizer, database: context.database,
      tables: context.tables.filter { $0.component == component }, operation: operation,
      exclusions: exclusions, writer: writer)
  }

  private func run(_ walk: ComponentWalk) throws -> ComponentWalk.Outcome {
    guard let ini else {
      throw AdminError(
        .configuration, "component \(component.rawValue) has no readable INI file",
        at: context.installation.iniPath(of: component), next: "check that the component is installed on this machine")
    }
    return try walk.run(ini: ini, iniStatus: iniStatus, snapshotTime: context.snapshotTime)
  }

  private func archive(_ otherDigests: [String: String]?) throws -> ComponentWalk.Outcome {
    let options = context.options
    let writer = try ZipWriter(
      path: partialPath, level: options.level, threads: options.threads, cancellation: operation.cancellation)
    do {
      let outcome = try run(walk(into: writer))
      try sanitizer.refuseFindings(rulesPath: context.rulesPath)
      try writer.drain()
      let manifest = Manifest(
        formatVersion: Manifest.currentVersion, kind: options.kind, id: context.id, component: component,
        created: Moment.text(context.snapshotTime), productVersion: Product.version,
        originFingerprint: context.originFingerprint, sanitisation: try sanitisation(),
        otherArchives: otherDigests, inventory: outcome.inventory)
      try writer.beginEntry(
        Manifest.entryName, mode: ComponentWalk.entryMode, modifiedSeconds: context.snapshotTime)
      let entries = EntryTable.Window(writer.entries)
      try ManifestText.write(manifest, entries: writer.entries.count) {
        try Manifest.Entry(entries[$0])
      } to: { text in
        try text.withUnsafeBytes { try writer.write($0) }
      }
      try writer.endEntry()
      try writer.finish()
      return outcome
    } catch {
      writer.abandon()
      throw error
    }
  }

  private func sanitisation() throws -> Manifest.Sanitisation? {
    guard context.options.kind == .testBed else { return nil }
    var hosts: [ProductionHosts] = []
    // Only HUB, the last, knows all of them. Their addresses count as well: an alias of production's LISTSERV is
    // production's LISTSERV.
    if component == .hub {
      let answers = sanitizer.askForProductionHosts()
      let own = try ProductionHosts(answers.hosts, unresolved: answers.unresolved.count)
      hosts = try (TestSystem(context.settings)?.hosts ?? []) + [own]
    }
    return Manifest.Sanitisation(
      record: earlierRecord.adding(sanitizer.record), masksRecipients: context.options.masksRecipients,
      productionHosts: hosts)
  }
}
