import Database
import Glibc
import Installation
import Platform

/// What in a component's home folder is no part of a backup, whatever name or link leads to it: a backup does not take it,
/// and a restore leaves it where it is.
struct HomeExclusions {
  /// Why a thing is not taken.
  struct Reason: Equatable {
    /// What it is, for previews and reports; nil for what is said once of all home folders.
    let text: String?
    /// Whether a restore must not carry it away with the folder around it.
    let stays: Bool
  }

  /// What a walk tells of a thing.
  struct Candidate {
    /// Its path inside the home folder.
    let path: [UInt8]
    /// Its name.
    let name: [UInt8]
    /// What lstat(2) said.
    let status: stat
    /// The folder that holds it.
    let parent: FileIdentity
  }

  private let component: Component
  private let leavesRulesOut: Bool
  private let leavesArchivesOut: Bool
  /// Folders that are left out whole.
  private var folders: [FileIdentity: String] = [:]
  /// Paths inside the home folder as the settings spell them, of a link too.
  private var spelled: [[UInt8]: String] = [:]
  /// The backup folders, those too that hold more than archives.
  private var backupFolders: Set<FileIdentity> = []
  /// Archives of the backup folders, which may have other names elsewhere.
  private var archives: Set<FileIdentity> = []
  /// Files of a database, likewise.
  private var databaseFiles: Set<FileIdentity> = []
  /// The folder of a database that is a file, and the names of its files there.
  private var databases: [(folder: FileIdentity, name: [UInt8], suffixes: [String])] = []

  /// - Parameters:
  ///   - backups: where backups go; nil when nobody can tell, and a folder with archives in it counts as such.
  ///   - others: further folders that are left out.
  ///   - locations: where the system database is, or may be.
  ///   - isTestBed: whether the site's rules stay behind.
  init(
    _ installation: Installation, _ component: Component, backups: [String]?, and others: [String] = [],
    databases locations: [DatabaseLocation], isTestBed: Bool
  ) throws {
    self.component = component
    leavesRulesOut = isTestBed && component == .hub
    let home = installation.home(of: component)
    let homes = try [home, installation.dataFolder(of: component)].map { try FileIdentity(at: $0) }
    func leaveOut(_ path: String, _ what: String) throws {
      if path.hasBytePrefix(home + "/"), path != installation.dataFolder(of: component) {
        spelled[Array(path.utf8.dropFirst(home.utf8.count + 1))] = what
      }
      // A backup folder that is the home folder itself, or data, is not left out whole: only its archives are.
      guard let identity = try FileIdentity(at: path), !homes.contains(identity) else { return }
      folders[identity] = what
    }
    leavesArchivesOut = backups == nil
    let backups = (backups ?? []) + others
    for path in backups { try leaveOut(path, "a backup folder") }
    let homesOfAll = Component.allCases.map(installation.home)
    for path in Set(backups + homesOfAll.map { $0 + "/" + HomeNames.backups }) where FileSystem.isFolder(path) {
      if let identity = try FileIdentity(at: path) { backupFolders.insert(identity) }
      for name in try BytePath(path).names() where HomeExclusions.isArchive(name) {
        guard let status = try BytePath(path).appending(name).status() else { continue }
        archives.insert(FileIdentity(status))
      }
    }
    for other in homesOfAll {
      try leaveOut(other + "/" + HomeNames.logs, "the logs")
      if other != home { try leaveOut(other, "the home folder of another component") }
    }
    try leaveOut(installation.folder, "the install folder")
    for location in locations {
      switch location {
      case .embedded(let path): try leaveOut(FileSystem.folder(of: path), HomeExclusions.database)
      case .internalServer(let folder): try leaveOut(folder, HomeExclusions.database)
      case .externalFile, .server: break
      }
      guard let file = location.file.map(FileSystem.resolved), let engine = location.fileEngine else { continue }
      for suffix in engine.suffixes {
        if let identity = try FileIdentity(at: file + suffix) { databaseFiles.insert(identity) }
      }
      if let folder = try FileIdentity(at: FileSystem.folder(of: file)) {
        databases.append((folder, Array(FileSystem.name(of: file).utf8), engine.suffixes))
      }
    }
  }

  private static let database = "the system database"

  /// Why a thing is not taken; nil for one that is.
  func reason(for thing: Candidate) -> Reason? {
    let isTop = thing.path.count == thing.name.count
    if isTop {
      if let use = HomeNames.use(of: thing.name, component) { return Reason(text: nil, stays: use != .ownPlace) }
      if leavesRulesOut, HomeNames.rules.utf8.elementsEqual(thing.name) {
        return Reason(text: "the site's own rules, because a test system has its own", stays: false)
      }
    }
    if let what = spelled[thing.path] { return Reason(text: what, stays: true) }
    let identity = FileIdentity(thing.status)
    guard thing.status.st_mode & S_IFMT != S_IFDIR else {
      return folders[identity].map { Reason(text: $0, stays: true) }
    }
    if databaseFiles.contains(identity) {
      return Reason(text: HomeExclusions.database, stays: isOfDatabase(thing))
    }
    if isOfDatabase(thing) { return Reason(text: HomeExclusions.database, stays: true) }
    // Under another name it is only one more name of an archive that stays.
    let stays = backupFolders.contains(thing.parent)
    if archives.contains(identity) { return Reason(text: "an archive of a backup folder", stays: stays) }
    return HomeExclusions.isPartial(thing.name) ? Reason(text: "a partial archive", stays: stays) : nil
  }

  /// Why a folder is not taken, told by what is in it: the files of a database server, of which a copy is none.
  func reason(forFolder path: [UInt8], with names: [[UInt8]]) -> Reason? {
    if leavesArchivesOut, names.contains(where: HomeExclusions.isArchive) {
      return Reason(text: "a folder with archives", stays: true)
    }
    guard !path.starts(with: HomeExclusions.data) else { return nil }
    func has(_ name: String) -> Bool { names.contains(Array(name.utf8)) }
    guard has("ibdata1") || (has("PG_VERSION") && has("global")) else { return nil }
    return Reason(text: "the files of a database server", stays: true)
  }

  private static let data = Array("data/".utf8)

  private func isOfDatabase(_ thing: Candidate) -> Bool {
    databases.contains { folder, name, suffixes in
      guard folder == thing.parent, thing.name.starts(with: name) else { return false }
      let rest = thing.name.dropFirst(name.count)
      return suffixes.contains { $0.utf8.elementsEqual(rest) } || rest.starts(with: ".restore-staged-".utf8)
        || rest.starts(with: ".restore-former-".utf8)
    }
  }

  private static func isArchive(_ name: [UInt8]) -> Bool {
    isPartial(name) || String(validating: name, as: UTF8.self).flatMap(BackupKind.parse(archiveName:)) != nil
  }

  private static func isPartial(_ name: [UInt8]) -> Bool {
    String(validating: name, as: UTF8.self).map(PartialFile.isPartial) == true
  }
}
