import Database
import Glibc
import Platform

/// A backup's ID, `YYYYMMDDhhmmss-XXXX`: UTC and four random letters of Crockford's base 32, so that alphanumeric order
/// is age.
public struct BackupID: Hashable, Comparable, Sendable, CustomStringConvertible, Codable {
  /// The ID as file names spell it.
  public let description: String

  /// Crockford's base 32: no I, L, O, U (crockford.com/base32.html).
  package static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// Nil for text that is no backup ID.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 19, bytes[14] == 0x2D, Moment.parseCompact(String(text.prefix(14))) != nil,
      bytes[15...].allSatisfy({ BackupID.alphabet.contains(Character(Unicode.Scalar($0))) })
    else { return nil }
    description = text
  }

  /// A new ID for this moment, later than `newest` even when the clock went backwards.
  public static func next(after newest: BackupID?, now: Int64 = Moment.now) -> BackupID {
    var seconds = now
    if let newest, let last = newest.time, last >= seconds { seconds = last + 1 }
    var generator = SystemRandomNumberGenerator()
    let letters = (0..<4).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] }
    return BackupID(unchecked: Moment.compact(seconds) + "-" + String(letters))
  }

  /// When it was made, in seconds since 1970; nil when the digits are no time.
  public var time: Int64? { Moment.parseCompact(String(description.prefix(14))) }

  /// Age order.
  public static func < (left: BackupID, right: BackupID) -> Bool { left.description < right.description }

  /// Reads the ID's text.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = BackupID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a backup ID"))
    }
    self = id
  }

  /// Writes the ID's text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  private init(unchecked: String) { description = unchecked }
}

/// The two kinds of backup. They differ in names, in the validity mark and in their rule set, and in nothing else.
public enum BackupKind: String, Codable, Sendable, CaseIterable {
  /// Restores only into its own origin.
  case normal
  /// Restores only into a single-server test system that is not its origin.
  case testBed = "test-bed"

  /// The middle of an archive's name.
  var archiveWord: String { self == .normal ? "Backup" : "TestBedBackup" }

  /// How a report's name begins.
  var reportPrefix: String { self == .normal ? "backupReport_" : "testBedBackupReport_" }

  /// The last line of a good report, letter for letter: without it a backup is not usable for a restore.
  public var validityMark: String {
    self == .normal ? "The backup was completed successfully" : "The test-bed-backup was completed successfully"
  }

  /// In words.
  public var title: String { self == .normal ? "backup" : "test-bed backup" }

  /// An archive's file name.
  public func archiveName(_ component: Component, _ id: BackupID) -> String {
    "\(component.rawValue)_\(archiveWord)_\(id).zip"
  }

  /// A report's file name.
  public func reportName(_ id: BackupID) -> String { "\(reportPrefix)\(id).txt" }

  /// What an archive's file name says; nil for other files.
  package static func parse(archiveName name: String) -> (component: Component, kind: BackupKind, id: BackupID)? {
    for component in Component.allCases {
      for kind in allCases {
        let prefix = "\(component.rawValue)_\(kind.archiveWord)_"
        if name.hasPrefix(prefix), name.hasSuffix(".zip"),
          let id = BackupID(String(name.dropFirst(prefix.count).dropLast(4)))
        {
          return (component, kind, id)
        }
      }
    }
    return nil
  }

  /// What a report's file name says; nil for other files.
  public static func parse(reportName name: String) -> (kind: BackupKind, id: BackupID)? {
    for kind in allCases where name.hasPrefix(kind.reportPrefix) && name.hasSuffix(".txt") {
      if let id = BackupID(String(name.dropFirst(kind.reportPrefix.count).dropLast(4))) { return (kind, id) }
    }
    return nil
  }
}
