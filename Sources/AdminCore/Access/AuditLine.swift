import Archive
import Database
import Foundation
import Installation
import Platform
import TestBed

/// A line of the audit log as it is on disk: one JSON object, chained to the line before by its digest.
struct AuditLine: Codable, Equatable {
  /// What a line is beside a plain entry.
  enum Event: String, Codable {
    /// An action is about to begin.
    case begin
    /// How the action with the same `id` ended.
    case end
    /// The chain begins here: the lines before were written by a version that knew none.
    case chain
    /// The line before is torn, as a power failure leaves it.
    case torn
    /// The log was not as its head file said.
    case lost
  }

  package var time: String
  package var account: String
  package var source: String
  package var action: String
  package var detail: String
  package var result: String
  /// Nil for an entry of one line, such as a login.
  var event: Event?
  /// The same in the two lines of an action.
  package var id: String?
  /// Its place in the file, from 1; nil in lines of an earlier version.
  package var number: Int?
  /// SHA-256 of the line before without its line feed, lower-case hexadecimal; `genesis` in the first line; nil in lines
  /// of an earlier version.
  var previous: String?
  /// In a line with event `chain`: SHA-256 of everything before it.
  package var earlier: String?

  /// What the first line has for the digest of the line before.
  static let genesis = String(repeating: "0", count: 64)

  init(_ action: String, _ detail: String, by actor: Actor, result: String, event: Event? = nil, id: String? = nil) {
    time = Moment.text(Moment.now)
    (account, source) = (actor.account, actor.source)
    (self.action, self.detail, self.result, self.event, self.id) = (action, detail, result, event, id)
  }

  /// Nil for what is no line of an audit log.
  init?(_ bytes: [UInt8]) {
    do { self = try JSONDecoder().decode(AuditLine.self, from: Data(bytes)) } catch { return nil }
  }

  /// Without a line feed.
  package func bytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self))
  }

  /// Gives the lines of a log one after another, whatever its size.
  ///
  /// - Parameter body: told the line without its line feed, and whether it has one; only the last may lack it.
  static func forEach(in file: File, _ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var line: [UInt8] = []
    var offset: UInt64 = 0
    while true {
      let count = try file.read(into: buffer, at: offset)
      guard count > 0 else { break }
      offset += UInt64(count)
      var rest = buffer[..<count]
      while let end = rest.firstIndex(of: 0x0A) {
        line += rest[..<end]
        try body(line, true)
        line.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      line += rest
    }
    if !line.isEmpty { try body(line, false) }
  }
}

/// What the file beside the log knows of its end, which no chain can know: how many lines there are and the digest of the
/// last. It is written after each line.
struct AuditHead: Codable, Equatable {
  /// Lines in the log.
  package var lines = 0
  /// Bytes of the log.
  package var bytes: UInt64 = 0
  /// SHA-256 of the last line without its line feed; `AuditLine.genesis` while there is none.
  package var sha256 = AuditLine.genesis

  /// Nil when there is none.
  ///
  /// - Throws: `AdminError` (`dataError`) for one that cannot be understood.
  package static func read(_ path: String) throws -> AuditHead? {
    guard try FileSystem.exists(path) else { return nil }
    do {
      return try JSONDecoder().decode(AuditHead.self, from: Data(try FileSystem.read(path, limit: 4096)))
    } catch is DecodingError {
      throw AdminError(
        .dataError, "the audit log's head cannot be understood", at: path, next: "keep it and find out who changed it")
    }
  }

  package func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try FileSystem.replace(path, with: [UInt8](try encoder.encode(self)) + [0x0A])
  }

  /// The head once `line` follows.
  func followed(by line: [UInt8]) -> AuditHead {
    AuditHead(lines: lines + 1, bytes: bytes + UInt64(line.count) + 1, sha256: Digest.hex(Digest.sha256(line)))
  }
}
