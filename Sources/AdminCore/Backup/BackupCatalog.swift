import Archive
import Glibc
import Installation
import Platform

/// All backup sets that can be found: in the installation's own backup folders and in others an operator names.
public enum BackupCatalog {
  /// The sets, newest first.
  ///
  /// - Parameter folders: further folders to look in; they are not searched below.
  public static func list(_ installation: Installation, from folders: [String] = []) throws -> [BackupSet] {
    try found(installation, from: folders).map(examined)
  }

  /// The sets as their names and reports tell of them, newest first.
  private static func found(_ installation: Installation, from folders: [String]) throws -> [BackupSet] {
    for folder in folders where !FileSystem.isFolder(folder) {
      throw AdminError(.usage, "no such folder", at: folder, next: "check the path after --from")
    }
    let places = try searchFolders(installation, folders)
    let gathered = try gathered(in: folders.map(FileSystem.absolute))
    var sets: [String: BackupSet] = [:]
    for folder in places {
      for name in try FileSystem.textNames(in: folder) {
        guard let (component, kind, id) = BackupKind.parse(archiveName: name) else { continue }
        if let home = gathered["\(id) \(kind)"], home != FileSystem.resolved(folder) { continue }
        let path = folder + "/" + name
        var set = sets["\(id) \(kind)"] ?? BackupSet(id: id, kind: kind)
        if let other = set.archives[component] {
          set.problems.append(.duplicate(component, other, path))
        } else {
          set.archives[component] = path
          set.size += UInt64(try FileSystem.status(path)?.st_size ?? 0)
        }
        sets["\(id) \(kind)"] = set
      }
    }
    let reports = try reports(installation, folders)
    return sets.values.map { judged($0, reports) }.sorted { $0.id > $1.id }
  }

  // A folder that was named and has all three archives of a set stands for it: after a collection the Hub has its own
  // archive twice.
  private static func gathered(in folders: [String]) throws -> [String: String] {
    var homes: [String: Set<String>] = [:]
    for folder in folders {
      var components: [String: Set<Component>] = [:]
      for name in try FileSystem.textNames(in: folder) {
        guard let parsed = BackupKind.parse(archiveName: name) else { continue }
        components["\(parsed.id) \(parsed.kind)", default: []].insert(parsed.component)
      }
      for (set, found) in components where found.count == Component.allCases.count {
        homes[set, default: []].insert(FileSystem.resolved(folder))
      }
    }
    return homes.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  /// The set with an ID; its archives are not opened, so `problems` says nothing of what is in them.
  ///
  /// - Throws: `AdminError` (`dataError`) when there is none.
  public static func find(_ id: BackupID, _ installation: Installation, from folders: [String] = []) throws -> BackupSet
  {
    let sets = try found(installation, from: folders)
    let found = sets.filter { $0.id == id }
    guard let set = found.first else {
      let known = sets.prefix(5).map { "\($0.id) (\($0.kind.title))" }.joined(separator: ", ")
      throw AdminError(
        .dataError, "no archive of backup \(id) was found",
        at: (try searchFolders(installation, folders)).joined(separator: ", "),
        next: known.isEmpty ? "name the folders of the archives with --from" : "there are: \(known)")
    }
    guard found.count == 1 else {
      throw AdminError(
        .dataError, "archives of both kinds carry the ID \(id)", next: "name only the folders of one kind with --from")
    }
    return set
  }

  /// The set with an ID in one folder alone.
  static func find(_ id: BackupID, _ installation: Installation, in folder: String) throws -> BackupSet {
    var set: BackupSet?
    for name in try FileSystem.textNames(in: folder) {
      guard let (component, kind, other) = BackupKind.parse(archiveName: name), other == id else { continue }
      set = set ?? BackupSet(id: id, kind: kind)
      set?.archives[component] = folder + "/" + name
      set?.size += UInt64(try FileSystem.status(folder + "/" + name)?.st_size ?? 0)
    }
    guard let set else {
      throw AdminError(.dataError, "no archive of backup \(id) was found", at: folder, next: "collect it again")
    }
    return examined(
      judged(set, try BackupReport.read(folder + "/" + set.kind.reportName(id)).map { [$0] } ?? []))
  }

  private static func searchFolders(_ installation: Installation, _ folders: [String]) throws -> [String] {
    // A damaged database must not hide the backups that could repair it.
    var places: [String]
    do {
      places = try BackupFolders(installation, Settings(installation.openDatabase(.readOnly))).all
    } catch is AdminError {
      places = Component.allCases.map { installation.home(of: $0) + "/backup" }
    }
    for folder in folders.map(FileSystem.absolute) where !places.contains(folder) { places.append(folder) }
    var seen: Set<String> = []
    return places.filter { seen.insert(FileSystem.resolved($0)).inserted }
  }

  private static func reports(_ installation: Installation, _ folders: [String]) throws -> [BackupReport.Summary] {
    try ([installation.logFolder] + folders).flatMap { folder in
      try FileSystem.textNames(in: folder).compactMap { name in
        BackupKind.parse(reportName: name) == nil ? nil : try BackupReport.read(folder + "/" + name)
      }
    }
  }

  private static func judged(_ set: BackupSet, _ reports: [BackupReport.Summary]) -> BackupSet {
    var set = set
    set.report = reports.first { $0.id == set.id && $0.kind == set.kind }
    if set.isDistributed {
      set.problems.append(.toBeCollected(set.placesElsewhere))
    } else if !set.missing.isEmpty {
      set.problems.append(.missing(set.missing))
    }
    if let report = set.report, !report.isValid {
      set.problems.append(.unmarkedReport(report.lastLine))
    }
    return set
  }

  /// The set with what is wrong inside of its archives.
  private static func examined(_ set: BackupSet) -> BackupSet {
    var set = set
    for component in Component.allCases {
      guard let path = set.archives[component] else { continue }
      do {
        let manifest = try ArchiveReader.manifest(of: path, cancellation: Cancellation())
        if let problem = manifest.disagreement(with: set, component) { set.problems.append(.contradiction(problem)) }
      } catch let error as AdminError where error.code != .dataError {
        // Nobody may take it for damaged and delete it.
        set.problems.append(.unexaminable(component, "\(error)"))
      } catch {
        set.problems.append(.damaged(component, (error as? AdminError)?.what ?? "\(error)"))
      }
    }
    return set
  }
}

extension Manifest {
  /// How the manifest contradicts the file name it was found under, in words; nil when it does not.
  func disagreement(with set: BackupSet, _ component: Component) -> String? {
    if id != set.id { return "the archive named \(component.rawValue) is from backup \(id)" }
    if kind != set.kind { return "the archive named \(component.rawValue) is from a \(kind.title)" }
    if self.component != component { return "the archive named \(component.rawValue) is \(self.component.rawValue)'s" }
    return nil
  }
}
