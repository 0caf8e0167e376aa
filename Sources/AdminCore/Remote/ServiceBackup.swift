import Administration
import Archive
import Database
import Glibc
import Installation
import Platform
import TestBed

/// The component's side of one backup: the same `ComponentBackup` as on the Hub's machine, moved by the Hub's requests.
/// Whatever ends it early, an error, the Hub's or the end of the line, removes what was not published.
final class ServiceBackup {
  private let service: ComponentService
  private let line: ServiceLine
  private let request: BackupOrder
  private var isFinished = false

  init(_ service: ComponentService, _ line: ServiceLine, _ request: BackupOrder) {
    self.service = service
    self.line = line
    self.request = request
  }

  package func run() throws {
    guard (1...9).contains(request.level), request.siteRules.utf8.count <= SiteRules.sizeLimit,
      request.maskingKey.count == 32, Digest.bytes(hex: request.originFingerprint)?.count == 32
    else {
      throw AdminError(.dataError, "the Hub asks for a backup that cannot be made", next: "start again")
    }
    let component = service.component
    let name = request.isPreview ? "preview of a \(request.kind.title)" : request.kind.title
    let told = Guarded<OperationStatus.Work?>(nil)
    let observer: @Sendable (OperationStatus) -> Void = { status in
      told.withLock { $0 = status.components[component.rawValue] }
    }
    try Operation.run("\(name) for the Hub", in: service.context(observer)) { operation in
      operation.set(backupID: request.id)
      let relay = try CancellationRelay(from: line, to: operation.cancellation, told: told)
      defer { relay.stop() }
      try AuditLog(service.installation).record(
        request.isPreview ? "backup preview" : "backup create", "\(component.rawValue) \(request.id), for the Hub",
        by: service.actor
      ) { try begin(operation) }
    }
    if isFinished { try line.send(.done) }
  }

  private func begin(_ operation: Operation) throws {
    let database = try service.installation.openDatabase(.readOnly)
    let settings = Settings(database)
    let folders = try BackupFolders(service.installation, settings)
    let folder = folders[service.component]
    if !request.isPreview { try PartialFile.removeAll(in: folder, of: service.installation) }
    try line.send(.prepared(folder: folder))
    operation.phase("waiting for the Hub")
    guard let next = try line.next() else { return try hangUp(operation) }
    guard case .snapshot(let token) = next else { throw disorder }
    try database.withSnapshot(joining: token) {
      try line.send(.begun)
      try work(operation, database, folders)
    }
  }

  private func work(_ operation: Operation, _ database: any SystemDatabase, _ folders: BackupFolders) throws {
    guard let next = try line.next() else { return try hangUp(operation) }
    guard case .inspect(let snapshotTime) = next else { throw disorder }
    let installation = service.installation
    let tables = try database.componentTables()
    let ruleSet: RuleSet =
      request.kind == .normal
      ? .none
      : try .testBed(
        SiteRules(yaml: request.siteRules, path: request.rulesPath), maskRecipients: request.masksRecipients
      ).fitted(to: tables)
    let sanitizer = Sanitizer(
      ruleSet, backupID: request.id, database: database, masker: Masker(key: request.maskingKey))
    let options = BackupOptions(kind: request.kind, masksRecipients: request.masksRecipients, level: request.level)
    let context = BackupContext(
      installation: installation, options: options, operation: operation, id: request.id, settings: Settings(database),
      folders: folders, sanitizer: sanitizer, database: database, tables: tables, snapshotTime: snapshotTime,
      originFingerprint: request.originFingerprint, rulesPath: request.rulesPath)
    let backup = ComponentBackup(service.component, context)
    var isPublished = false
    do {
      try backup.inspect()
      try line.send(.inspected(digest: SnapshotDigest.of(database, tables), findings: sanitizer.findings))
      while !isFinished {
        operation.phase("waiting for the Hub")
        guard let next = try line.next() else {
          // What is published belongs to the Hub: only it knows whether the set became one.
          if isPublished { return }
          try hangUp(operation)
          throw disorder
        }
        switch next {
        case .plan:
          try backup.plan()
          try line.send(.done)
        case .preview(let last):
          let outcome = try backup.preview()
          let drift = try last.map {
            try BackupDrift.since($0, service.component, folders[service.component], outcome.inventory)
          }
          try line.send(.previewed(outcome, sanitizer.results, drift: drift ?? []))
        case .write(let earlier):
          operation.phase("writing \(service.component.rawValue)")
          backup.earlierRecord = earlier
          let archive = try backup.write(otherDigests: nil)
          try database.confirm(tables)
          line.messageLimit = ServiceLine.needlesLimit
          var results = sanitizer.results
          results.maskedAddresses = sanitizer.masker.maskedAddresses.data
          try line.send(
            .written(
              WrittenArchive(digest: archive.digest, size: archive.size, outcome: archive.outcome),
              results))
        case .audit(let needles, let maskedAddresses):
          operation.phase("auditing \(service.component.rawValue)")
          if let maskedAddresses { sanitizer.masker.maskedAddresses.merge(maskedAddresses) }
          let audit = LeakAudit(needles, ruleSet, tables: tables, masker: sanitizer.masker)
          try backup.audit(audit)
          try line.send(.audited(contentHits: audit.contentHits))
        case .verify:
          operation.phase("verifying \(service.component.rawValue)")
          try backup.audit(nil)
          try line.send(.done)
        case .publish:
          try backup.publish()
          isPublished = true
          try line.send(.done)
        case .trim(_, let valid):
          try backup.trim(valid: Set(valid))
          try line.send(.done)
        case .finish: isFinished = true
        default: throw disorder
        }
      }
    } catch {
      if !isPublished { try backup.withdraw() }
      throw error
    }
  }

  private func hangUp(_ operation: Operation) throws {
    operation.cancellation.cancel()
    try operation.cancellation.check()
  }

  private var disorder: AdminError {
    AdminError(
      .dataError, "the Hub does not ask in the order of a backup", next: "install the same version on both sides")
  }
}

/// Stops the work when the line to the Hub ends, and tells the Hub how far it is.
private final class CancellationRelay: Sendable {
  private let isOver = Guarded(false)
  private let thread: JoinableThread

  init(from line: ServiceLine, to cancellation: Cancellation, told: Guarded<OperationStatus.Work?>) throws {
    thread = try JoinableThread { [isOver] in
      while !isOver.withLock({ $0 }) {
        usleep(200_000)
        line.watch()
        if line.cancellation.isCancelled { cancellation.cancel() }
        guard
          let work = told.withLock({ work in
            defer { work = nil }
            return work
          })
        else { continue }
        do { try line.send(.progress(done: work.done, total: work.total)) } catch {
          // The end of the line is what stops the work.
        }
      }
    }
  }

  func stop() {
    isOver.withLock { $0 = true }
    thread.join()
  }
}
