import Archive
import Foundation
import Platform

/// `manifest.json`, the last entry of every archive: what the archive is. What must be in it, byte for byte, stands there
/// too, in a list `entries`, of which an archive may have a great many: `ManifestText` writes it, `ManifestParser` reads it.
public struct Manifest: Codable, Sendable, Equatable {
  /// The version this program writes: 2 since an archive holds the whole home folder.
  public static let currentVersion = 2
  /// The versions it reads.
  public static let knownVersions = 1...currentVersion
  /// The entry's name.
  public static let entryName = "manifest.json"

  /// 1 or 2.
  public var formatVersion: Int
  /// Normal or test-bed.
  public var kind: BackupKind
  /// The backup ID.
  public var id: BackupID
  /// The component the archive is of.
  public var component: Component
  /// When the snapshot was taken, UTC.
  public var created: String
  /// The version of the program that made it.
  public var productVersion: String
  /// SHA-256 over backup ID, a line feed and the HUB's instance ID: tells "this set came from this very system".
  public var originFingerprint: String
  /// What the rules did here; nil in a normal backup.
  public var sanitisation: Sanitisation?
  /// In HUB's archive: SHA-256 of the other two archives, by component.
  public var otherArchives: [String: String]?
  /// The names of everything the component had, so that the next preview can say what is new.
  public var inventory: Inventory

  package init(
    formatVersion: Int, kind: BackupKind, id: BackupID, component: Component, created: String,
    productVersion: String, originFingerprint: String, sanitisation: Sanitisation? = nil,
    otherArchives: [String: String]? = nil, inventory: Inventory
  ) {
    self.formatVersion = formatVersion
    self.kind = kind
    self.id = id
    self.component = component
    self.created = created
    self.productVersion = productVersion
    self.originFingerprint = originFingerprint
    self.sanitisation = sanitisation
    self.otherArchives = otherArchives
    self.inventory = inventory
  }

  /// What the rules did.
  public struct Sanitisation: Codable, Sendable, Equatable {
    /// Counts of each rule over the whole set so far.
    public var record: SanitisationRecord
    /// Whether recipients are masked.
    public var masksRecipients: Bool
    /// Hashes of production's hosts, and of those that production itself came from.
    public var productionHosts: [ProductionHosts]

    package init(record: SanitisationRecord, masksRecipients: Bool, productionHosts: [ProductionHosts]) {
      self.record = record
      self.masksRecipients = masksRecipients
      self.productionHosts = productionHosts
    }
  }

  /// Names for the next preview.
  public struct Inventory: Codable, Sendable, Equatable {
    /// Columns by table.
    public var tables: [String: [String]] = [:]
    /// Keys of the INI file.
    public var iniKeys: [String] = []
    /// Hub settings; HUB only.
    public var settings: [String] = []

    package init(tables: [String: [String]] = [:], iniKeys: [String] = [], settings: [String] = []) {
      self.tables = tables
      self.iniKeys = iniKeys
      self.settings = settings
    }
  }

  /// The fingerprint of a system for one backup.
  public static func fingerprint(_ id: BackupID, instanceID: String) -> String {
    Digest.hex(Digest.sha256(Array("\(id)\n\(instanceID)".utf8)))
  }

  /// Reads a manifest from outside.
  ///
  /// - Parameters:
  ///   - stream: gives the text, piece by piece.
  ///   - take: told each of its entries, in order; none after one that it threw for.
  /// - Throws: `AdminError` (`dataError`) for another version or anything that is no manifest; what `stream` and `take`
  ///   throw.
  package static func read(
    archive: String, from stream: (_ take: (UnsafeRawBufferPointer) -> Void) throws -> Void,
    take: (Entry) throws -> Void
  ) throws -> Manifest {
    try withoutActuallyEscaping(take) { take in
      var parser = ManifestParser(take: take)
      try stream { parser.take($0) }
      do {
        return try parser.finish { version in
          guard knownVersions.contains(version) else {
            throw AdminError(
              .dataError,
              "format version \(version) is not known to this program, which reads versions up to \(currentVersion)",
              at: archive,
              next: "use the program version that made the backup, or a newer one")
          }
        }
      } catch let error as AdminError {
        throw error
      } catch {
        throw AdminError(.dataError, "the manifest cannot be understood", at: archive, next: "use another backup set")
      }
    }
  }
}
