import Administration
import Database
import Installation
import Platform
import TestBed

/// A component's part in a backup, done on its own machine by the service there.
package final class RemoteComponent: BackupParticipant {
  package let component: Component
  package let host: String?
  package private(set) var folder = ""
  package private(set) var times: [String] = []
  package private(set) var drift: [String] = []
  private let address: ComponentAddress
  private let operation: Operation
  private let session: RemoteSession
  private var kind = BackupKind.normal
  private var id: BackupID?
  private var context: BackupContext?
  /// From the moment on at which it was asked to publish: an answer may have been lost.
  private var mayBePublished = false

  /// Connects.
  package init(_ component: Component, at address: ComponentAddress, operation: Operation) throws {
    self.component = component
    self.address = address
    self.operation = operation
    host = address.host.description
    session = try RemoteSession(component, at: address, cancellation: operation.cancellation)
    session.progress = { operation.report(component, $0) }
  }

  /// The components on other machines, for a backup.
  package static let all: ParticipantsElsewhere = { installation, settings in
    try ComponentAddresses(installation, settings).elsewhere.map { component, address in
      { operation in
        operation.phase("connecting to \(component.rawValue) on \(address.host)")
        return try RemoteComponent(component, at: address, operation: operation)
      }
    }
  }

  /// Ends the session; what was not published is removed there.
  package func close() { session.close() }

  /// Makes the other side ready: its lock, its database, the rules.
  package func prepare(_ request: BackupOrder) throws {
    kind = request.kind
    id = request.id
    if request.kind == .testBed, let objection = Hello().rulesObjection(to: session.hello) {
      throw AdminError(
        .refused, objection, at: session.displayName, next: "install the same version of hubtui on all machines")
    }
    let before = Moment.now
    guard case .described(let description) = try session.ask(.describe) else { throw session.unexpected }
    let skew = description.time - (before + Moment.now) / 2
    guard case .prepared(let folder) = try session.ask(.prepare(request)) else { throw session.unexpected }
    self.folder = folder
    let clock = skew.magnitude <= 2 ? "" : ", its clock is \(skew.magnitude) s \(skew > 0 ? "ahead" : "behind")"
    times.append("hubtui \(session.hello.product)\(clock)")
  }

  /// Asks for its view of the database to begin; the answer is awaited apart, so that all begin at once.
  package func askSnapshot(_ token: SnapshotToken) throws { try session.post(.snapshot(token)) }

  /// Waits until its view has begun.
  package func awaitSnapshot() throws {
    // Writers are kept off meanwhile.
    guard case .begun = try session.answer(within: 20) else { throw session.unexpected }
    times.append("its view of the database began \(Moment.text(Moment.now))")
  }

  /// Takes its place in the run, once all views have begun.
  package func join(_ context: BackupContext) throws { self.context = context }

  package func inspect() throws {
    guard let context else { return }
    let request = Request.inspect(snapshotTime: context.snapshotTime)
    guard case .inspected(let digest, let findings) = try session.ask(request) else { throw session.unexpected }
    guard digest == (try SnapshotDigest.of(context.database, context.tables)) else {
      throw AdminError(
        .configuration, "the components do not see one system database (tables or settings differ)",
        at: session.displayName,
        next: "make \(DatabaseKey.url) in the INI files of all machines name the same database")
    }
    for finding in findings { context.sanitizer.note(finding) }
  }

  package func plan() throws {
    guard case .done = try session.ask(.plan, within: nil) else { throw session.unexpected }
  }

  package func preview() throws -> ComponentWalk.Outcome {
    let last = try context.flatMap { try BackupDrift.last($0.installation) }
    guard case .previewed(let outcome, let results, let drift) = try session.ask(.preview(since: last), within: nil)
    else { throw session.unexpected }
    self.drift = drift
    try context?.sanitizer.absorb(results)
    return outcome
  }

  package func write(otherDigests: [String: String]?) throws -> WrittenArchive {
    let begin = Moment.now
    let request = Request.write(earlier: context?.sanitizer.record ?? SanitisationRecord())
    guard case .written(let archive, let results) = try session.ask(request, within: nil) else {
      throw session.unexpected
    }
    times.append("files and rows were read from \(Moment.text(begin)) to \(Moment.text(Moment.now))")
    try context?.sanitizer.absorb(results)
    return archive
  }

  package func audit(_ audit: LeakAudit?) throws {
    guard let audit else {
      guard case .done = try session.ask(.verify, within: nil) else { throw session.unexpected }
      return
    }
    guard
      case .audited(let hits) = try session.ask(
        .audit(audit.needles, maskedAddresses: audit.maskedAddresses?.data), within: nil)
    else {
      throw session.unexpected
    }
    audit.absorb(hits)
  }

  package func publish() throws {
    mayBePublished = true
    guard case .done = try session.ask(.publish) else { throw session.unexpected }
  }

  package func withdraw() throws {
    // Before a publication the end of the line is enough: the other side removes its partial file.
    guard mayBePublished, let id else { return close() }
    do {
      // The operation may be cancelled, which ends every wait; a session of its own takes the archive back.
      session.close()
      try RemoteArchives(component, address, Cancellation()).withdraw(kind, id)
    } catch {
      throw AdminError(
        .unavailable, "the archive \(kind.archiveName(component, id)) of this failed backup may still be there",
        at: "\(session.displayName), \(folder)", next: "it belongs to no set; delete it there")
    }
  }

  package func trim(valid: Set<BackupID>) throws {
    guard let id else { return }
    let ids = Array(valid.sorted(by: >).prefix(RemoteComponent.mostIDs))
    guard case .done = try session.ask(.trim(newest: id, valid: ids)) else { throw session.unexpected }
  }

  package func finish() throws {
    guard case .done = try session.ask(.finish) else { throw session.unexpected }
  }

  private static let mostIDs = 10_000
}

/// Questions to a component on another machine that need no backup to run.
struct RemoteArchives {
  private let session: RemoteSession

  /// Connects.
  init(_ component: Component, _ address: ComponentAddress, _ cancellation: Cancellation) throws {
    session = try RemoteSession(component, at: address, cancellation: cancellation)
  }

  /// Ends the session.
  func close() { session.close(patience: 2000) }

  /// What it says of itself.
  func describe() throws -> ComponentDescription {
    guard case .described(let description) = try session.ask(.describe) else { throw session.unexpected }
    return description
  }

  /// Removes an archive there; an absent one is fine.
  func withdraw(_ kind: BackupKind, _ id: BackupID) throws {
    guard case .done = try session.ask(.withdraw(kind, id)) else { throw session.unexpected }
  }

  /// SHA-256 of the first bytes of an archive, and its size.
  func digest(_ kind: BackupKind, _ id: BackupID, count: UInt64) throws -> (digest: String, size: UInt64) {
    guard case .digest(let digest, let size) = try session.ask(.digest(kind, id, count: count), within: nil) else {
      throw session.unexpected
    }
    return (digest, size)
  }

  /// The bytes of an archive from `offset` on.
  func fetch(
    _ kind: BackupKind, _ id: BackupID, from offset: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard case .archive(let size) = try session.ask(.fetch(kind, id, offset: offset)) else { throw session.unexpected }
    var left = size > offset ? size - offset : 0
    while left > 0 {
      let bytes = try session.data()
      guard UInt64(bytes.count) <= left else { throw session.wrong("it sends more than the archive has") }
      try bytes.withUnsafeBytes(body)
      left -= UInt64(bytes.count)
    }
    guard case .done = try session.answer() else { throw session.unexpected }
  }
}
