import Foundation
import Glibc

/// The log of everything that changed something: one JSON object a line, only ever appended to.
public struct AuditLog: Sendable {
  /// One line.
  public struct Entry: Codable, Sendable, Equatable {
    /// When, UTC.
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
    public let result: String
  }

  /// The log's path.
  public let path: String

  /// The log of an installation.
  public init(_ installation: Installation) { path = installation.logFolder + "/audit.jsonl" }

  /// Appends a line and waits for the disk.
  public func append(_ action: String, _ detail: String, by actor: Actor, result: String = "done") throws {
    let entry = Entry(
      time: Moment.text(Moment.now), account: actor.account, source: actor.source, action: action, detail: detail,
      result: result)
    try FileSystem.makeFolder(FileSystem.folder(of: path))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = [UInt8](try encoder.encode(entry)) + [0x0A]
    let file = try File(path, flags: O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)
    try line.withUnsafeBytes { try file.write($0) }
    try file.sync()
  }

  /// Runs `body` and appends how it went; a failure to write the log is told, not swallowed.
  public func record<Result>(_ action: String, _ detail: String, by actor: Actor, _ body: () throws -> Result) throws
    -> Result
  {
    let result: Result
    do {
      result = try body()
    } catch {
      let reason = (error as? AdminError)?.description ?? "\(error)"
      do { try append(action, detail, by: actor, result: reason) } catch let logError as AdminError {
        let first = error as? AdminError ?? AdminError(.inputOutput, reason, next: "start again")
        throw AdminError(
          first.code, first.what, at: first.place, next: first.next + " (and the audit log: \(logError.what))")
      }
      throw error
    }
    try append(action, detail, by: actor)
    return result
  }

  /// All lines, oldest first.
  ///
  /// - Throws: `AdminError` (`dataError`) naming a line that is none.
  public func entries() throws -> [Entry] {
    guard try FileSystem.exists(path) else { return [] }
    let bytes = try FileSystem.read(path, limit: 256 << 20)
    return try bytes.split(separator: 0x0A).enumerated().map { index, line in
      do { return try JSONDecoder().decode(Entry.self, from: Data(line)) } catch {
        throw AdminError(
          .dataError, "line \(index + 1) of the audit log is damaged", at: path,
          next: "find out who changed it; keep the file")
      }
    }
  }
}
