import Archive
import Glibc
import Installation
import Platform
import TestBed

/// The log of everything that changed something: one JSON object a line, only ever appended to, each with the digest of
/// the line before.
///
/// An action has two lines: one before it begins and one with its outcome, so that a killed action has a line too. The
/// chain shows what was changed, removed, inserted or put in another order; what is missing at the end shows in the head
/// file. Who may write both files as their owner may write both anew: the chain has no key.
public struct AuditLog: Sendable {
  /// One entry, made of one line or of the two of an action.
  public struct Entry: Codable, Sendable, Equatable {
    /// When it was, or began, UTC.
    public let time: String
    /// Who.
    public let account: String
    /// From where.
    public let source: String
    /// What was done, such as `outbox revoke`.
    public let action: String
    /// To what; never a secret.
    public let detail: String
    /// `done`, or why not.
    public package(set) var result: String
    /// When an action ended, UTC; nil for one without an outcome and for what takes no time.
    public package(set) var ended: String?
  }

  /// The log's path.
  public let path: String
  /// The path of the file that knows the log's end.
  let headPath: String

  /// What an action without an outcome has for its result.
  public static let noOutcome = "no outcome: it still runs, or it was killed"

  /// The log of an installation.
  public init(_ installation: Installation) {
    path = installation.logFolder + "/audit.jsonl"
    headPath = installation.logFolder + "/audit.head"
  }

  /// Appends an entry of one line and waits for the disk.
  public func append(_ action: String, _ detail: String, by actor: Actor, result: String = "done") throws {
    try append(AuditLine(action, detail, by: actor, result: result), by: actor)
  }

  /// Appends a line that says what begins, runs `body`, and appends how it went. What cannot be logged does not begin; a
  /// failure to log the outcome is told, not swallowed.
  public func record<Result>(_ action: String, _ detail: String, by actor: Actor, _ body: () throws -> Result) throws
    -> Result
  {
    var generator = SystemRandomNumberGenerator()
    let id = Digest.hex((0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) })
    try append(AuditLine(action, detail, by: actor, result: "begun", event: .begin, id: id), by: actor)
    func end(_ result: String) throws {
      try append(AuditLine(action, detail, by: actor, result: result, event: .end, id: id), by: actor)
    }
    let result: Result
    do {
      result = try body()
    } catch {
      let reason = (error as? AdminError)?.description ?? "\(error)"
      do { try end(reason) } catch let logError as AdminError {
        let first = error as? AdminError ?? AdminError(.inputOutput, reason, next: "start again")
        throw AdminError(
          first.code, first.what, at: first.location, next: first.next + " (and the audit log: \(logError.what))")
      }
      throw error
    }
    try end("done")
    return result
  }

  /// All entries, in the order in which they began. A line that is none is an entry that says so: damage must not hide
  /// the rest.
  public func entries() throws -> [Entry] {
    guard let file = try open() else { return [] }
    var entries: [Entry] = []
    var open: [String: Int] = [:]
    var number = 0
    try AuditLine.forEach(in: file) { bytes, _ in
      number += 1
      guard let line = AuditLine(bytes) else {
        let result = "line \(number) of the audit log is damaged; see: hubtui audit verify"
        return entries.append(Entry(time: "", account: "", source: "", action: "?", detail: "", result: result))
      }
      if line.event == .end, let index = line.id.flatMap({ open.removeValue(forKey: $0) }) {
        entries[index].result = line.result
        entries[index].ended = line.time
        return
      }
      if line.event == .begin, let id = line.id { open[id] = entries.count }
      entries.append(
        Entry(
          time: line.time, account: line.account, source: line.source, action: line.action, detail: line.detail,
          result: line.event == .begin ? AuditLog.noOutcome : line.result))
    }
    return entries
  }

  /// The log, open for reading while nobody writes; nil when there is none.
  package func open() throws -> File? {
    guard try FileSystem.exists(path) else { return nil }
    let file = try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.dataError, "not a plain file", at: path, next: "find out who put it there")
    }
    try FileLock.wait(for: file, shared: true)
    return file
  }

  private func append(_ line: AuditLine, by actor: Actor) throws {
    var writer = try AuditWriter(path, headPath: headPath, actor: actor)
    try writer.append(line)
  }
}
