import Archive
import Database
import Installation
import Platform

/// A set whose three archives are open and belong together: one ID, one kind, one origin, and the digests that HUB's
/// manifest names.
public struct BackupSetReader {
  /// The set.
  public let set: BackupSet
  /// The archives.
  public let readers: [Component: ArchiveReader]
  private let digests: [Component: String]
  /// Seconds since 1970, before the first archive was opened.
  private let opened: Int64

  /// Opens a set.
  ///
  /// - Throws: `AdminError` (`dataError`) naming the archive that is missing, damaged or from another set.
  public init(_ set: BackupSet, cancellation: Cancellation) throws {
    try self.init(set, known: [:], cancellation: cancellation)
  }

  /// The same, with digests of archives that may have been read already.
  ///
  /// - Parameter now: seconds since 1970.
  init(
    _ set: BackupSet, known: [Component: CachedDigest], cancellation: Cancellation, now: Int64 = Moment.now
  ) throws {
    opened = now
    if set.isDistributed {
      throw AdminError(
        .dataError, "archives of the set are on other machines", at: set.placesElsewhere,
        next: "gather it first: hubtui backup collect \(set.id) --to DIR; then name that folder with --from")
    }
    guard set.missing.isEmpty else {
      let names = set.missing.map { set.kind.archiveName($0, set.id) }.joined(separator: ", ")
      throw AdminError(
        .dataError, "the set is not complete, missing: \(names)", next: "name the folder that has it with --from")
    }
    for case .duplicate(let component, let first, let second) in set.problems {
      throw AdminError(
        .dataError, "an archive of \(component.rawValue) is there twice", at: "\(first) and \(second)",
        next: "name only one of the folders with --from")
    }
    let ahead = try DigestPrefetch(set.archives, known: known, cancellation: cancellation)
    var readers: [Component: ArchiveReader] = [:]
    for component in Component.allCases {
      guard let path = set.archives[component] else { continue }
      let reader = try ArchiveReader(path: path, cancellation: cancellation)
      if let problem = reader.manifest.disagreement(with: set, component) {
        throw AdminError(.dataError, problem, at: path, next: "use three archives of one backup")
      }
      readers[component] = reader
    }
    self.set = set
    self.readers = readers
    let read = ahead.wait()
    var digests: [Component: String] = [:]
    for (component, reader) in readers { digests[component] = try reader.digest(known: read[component]) }
    self.digests = digests
    let hub = try reader(.hub).manifest
    for component in [Component.lui, .trk] {
      let reader = try reader(component)
      guard let digest = digests[component], hub.otherArchives?[component.rawValue] == digest,
        reader.manifest.originFingerprint == hub.originFingerprint
      else {
        throw AdminError(
          .dataError, "the archive is not the one that HUB's manifest names", at: reader.path,
          next: "use three archives of one backup")
      }
    }
    if set.kind == .testBed { try refuseUnsafe() }
    if let report = set.report {
      guard report.isValid else {
        throw AdminError(
          .dataError, "the report does not end with: \(set.kind.validityMark)", at: report.path,
          next: "use an earlier backup whose report is valid")
      }
      for component in Component.allCases {
        guard report.archiveDigests[set.kind.archiveName(component, set.id)] == digests[component] else {
          throw AdminError(
            .dataError, "the archive is not the one that the report names", at: try reader(component).path,
            next: "use another backup set")
        }
      }
    }
  }

  /// Refuses what no test-bed backup of this program holds: such a set would make a copy that does not know what it is,
  /// or that looks for production.
  private func refuseUnsafe() throws {
    for component in Component.allCases {
      let reader = try reader(component)
      func refuse(_ what: String) -> AdminError {
        AdminError(.dataError, what, at: reader.path, next: "use a test-bed set that this program made")
      }
      guard let sanitisation = reader.manifest.sanitisation else {
        throw refuse("a test-bed set that does not say how it was sanitised")
      }
      guard sanitisation.productionHosts.allSatisfy(\.isUsable),
        component != .hub || !sanitisation.productionHosts.isEmpty
      else { throw refuse("a test-bed set without usable hashes of production's hosts") }
      let ini = try reader.ini()
      for key in [IniKey.host] + Component.allCases.map({ $0.folderName + ".host" }) {
        guard let value = ini[key], HostName(value)?.isLocalhost != true else { continue }
        throw refuse("a test-bed set for more than a single server: \(key) of \(ini.name) is not localhost")
      }
      guard ini[DatabaseKey.url] == "internal" else {
        throw refuse("a test-bed set that names an external database, or none")
      }
    }
  }

  /// The digests for whoever opens the same set again.
  var cachedDigests: [Component: CachedDigest] {
    Dictionary(
      uniqueKeysWithValues: readers.compactMap { component, reader in
        digests[component].flatMap { CachedDigest(reader.stamp, digest: $0, now: opened) }.map { (component, $0) }
      })
  }

  /// A component's archive.
  public func reader(_ component: Component) throws -> ArchiveReader {
    guard let reader = readers[component] else {
      throw AdminError(.dataError, "the archive of \(component.rawValue) is missing", next: "use a complete set")
    }
    return reader
  }

  /// HUB's manifest, which stands for the set.
  public var manifest: Manifest { get throws { try reader(.hub).manifest } }

  /// Reads everything back: sizes, digests, row counts.
  ///
  /// - Parameter progress: told the component and the bytes read, piece by piece.
  /// - Throws: `AdminError` (`dataError`) for anything that is not as it was written.
  package func verify(progress: (Component, UInt64) -> Void = { _, _ in }) throws {
    for component in Component.allCases {
      try ArchiveVerification.verify(try reader(component), audit: nil) { progress(component, $0) }
    }
  }
}
