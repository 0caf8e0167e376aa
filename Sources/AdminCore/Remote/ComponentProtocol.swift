import Database
import Foundation
import Installation
import Platform
import TestBed

/// The first frame of each side: who speaks, and in which versions of the protocol.
struct Hello: Codable, Sendable {
  /// What tells this protocol from everything else that a program may print.
  static let word = "hubtui-component"
  /// The versions that this program speaks.
  static let protocols = 2...2

  var word = Hello.word
  var oldest = Hello.protocols.lowerBound
  var newest = Hello.protocols.upperBound
  /// The program's version, for people.
  var product = Product.version
  /// The version of archives.
  var format = Manifest.currentVersion
  /// A digest of the built-in rules: a copy is only as safe as the rules of the machine that wrote it.
  var rules = BuiltInRules.digest
  /// The version of the built-in rules; nil from a program that did not number them.
  var rulesVersion: Int? = BuiltInRules.version
  /// The component that is served; nil from the Hub.
  var component: Component?

  /// Why the two sides cannot work together, in words; nil when they can.
  func objection(to other: Hello) -> String? {
    guard other.oldest <= newest else {
      return "it is newer (\(other.product)) and no longer speaks this version's protocol (\(newest))"
    }
    guard other.newest >= oldest else {
      return "it is older (\(other.product)) and does not speak this version's protocol (\(oldest))"
    }
    guard other.format == format else {
      let relation = other.format > format ? "newer" : "older"
      return "it is \(relation) (\(other.product)) and writes archives of format \(other.format), not \(format)"
    }
    return nil
  }

  /// Why the other side's rules are not good enough for a test-bed backup, in words; nil when they are the same.
  func rulesObjection(to other: Hello) -> String? {
    guard other.rulesVersion != rulesVersion || other.rules != rules else { return nil }
    func spelled(_ hello: Hello) -> String {
      "\(hello.rulesVersion.map { "version \($0)" } ?? "without a version"), hubtui \(hello.product)"
    }
    return
      "its rules for a test-bed backup are not this version's (\(spelled(other)) there, \(spelled(self)) here)"
  }
}

/// What the Hub asks of a component. Nothing in it is a path, but for the words of a message.
enum Request: Codable, Sendable {
  /// What the component is and has.
  case describe
  /// Begins a backup: opens the database, takes the lock.
  case prepare(BackupOrder)
  /// Begins the view of the database.
  case snapshot(SnapshotToken)
  /// The Hub's time of the snapshot, which stands in all three manifests.
  case inspect(snapshotTime: Int64)
  case plan
  /// Walks without writing, and says what is new since a test-bed backup.
  case preview(since: BackupID?)
  case write(earlier: SanitisationRecord)
  /// Reads back; the needles and masked addresses of all components.
  case audit(NeedleCollection, maskedAddresses: Data?)
  case verify
  case publish
  /// Removes an archive that belongs to no set.
  case withdraw(BackupKind, BackupID)
  case trim(newest: BackupID, valid: [BackupID])
  /// Ends the backup.
  case finish
  /// SHA-256 of the first bytes of a published archive.
  case digest(BackupKind, BackupID, count: UInt64)
  /// The bytes of a published archive from there on.
  case fetch(BackupKind, BackupID, offset: UInt64)
}

/// What a component answers. Each request has one answer, with any number of `progress` before it; `fetch` has the bytes
/// between `archive` and `done`.
enum Reply: Codable {
  case described(ComponentDescription)
  case prepared(folder: String)
  case begun
  /// What the view shows, for comparison.
  case inspected(digest: String, findings: [Finding])
  case previewed(ComponentWalk.Outcome, SanitizerResults, drift: [String])
  case written(WrittenArchive, SanitizerResults)
  case audited(contentHits: [String: Int])
  case digest(String, size: UInt64)
  case archive(size: UInt64)
  case done
  case progress(done: UInt64, total: UInt64)
  case failed(code: Int32, what: String, place: String, next: String)
}

/// What a component says of itself.
public struct ComponentDescription: Codable, Sendable, Equatable {
  /// The version of its program.
  public var version: String
  /// Bytes that are free for its archives.
  public var freeSpace: UInt64?
  /// Its newest archive.
  public var lastBackup: String?
  /// What keeps it from making a backup now; nil for nothing.
  public var problem: String?
  /// Its clock, seconds since 1970.
  public var time: Int64
}

extension AdminError {
  var reply: Reply {
    func cut(_ text: String) -> String { String(decoding: text.utf8.prefix(2000), as: UTF8.self) }
    return .failed(code: code.rawValue, what: cut(what), place: cut(location), next: cut(next))
  }
}
