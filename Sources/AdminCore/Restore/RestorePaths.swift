import Database
import Glibc
import Installation
import Platform

/// Where a restore stages and where it puts the former state: beside the live things, on the same file systems.
struct RestorePaths {
  package let installation: Installation
  let token: String

  init(_ installation: Installation, _ token: String) {
    self.installation = installation
    self.token = token
  }

  func stagedFolder(of component: Component) -> String {
    installation.home(of: component) + "/.restore-staged-" + token
  }

  func formerFolder(of component: Component) -> String {
    installation.home(of: component) + "/.restore-former-" + token
  }

  /// The INI files, which every restore exchanges.
  func iniItems() -> [RestoreJournal.Item] {
    Component.allCases.map { component in
      .init(
        live: installation.iniPath(of: component), staged: stagedFolder(of: component) + "/" + component.iniName,
        former: formerFolder(of: component) + "/" + component.iniName, hasStaged: true)
    }
  }

  /// One thing of a home folder.
  ///
  /// - Parameter path: inside the home folder.
  func item(_ path: [UInt8], of component: Component, hasStaged: Bool) -> RestoreJournal.Item {
    // Below `home`, so that no name of a home folder is taken for the INI file or the data folder.
    let isData = path.elementsEqual("data".utf8) || path.starts(with: "data/".utf8)
    let place = Array((isData ? "" : "home/").utf8) + path
    return .init(
      live: BytePath(installation.home(of: component)).appending(path),
      staged: BytePath(stagedFolder(of: component)).appending(place),
      former: BytePath(formerFolder(of: component)).appending(place), hasStaged: hasStaged)
  }

  /// The files of a database, which its engine keeps in one.
  func databaseItems(_ databaseFile: String, suffixes: [String]) -> [RestoreJournal.Item] {
    var items: [RestoreJournal.Item] = []
    // The log files of a database belong to it and go where it goes; a journal left beside another database would be
    // rolled back into that.
    for suffix in suffixes {
      items.append(
        .init(
          live: databaseFile + suffix, staged: stagedDatabase(databaseFile) + suffix,
          former: "\(databaseFile).restore-former-\(token)\(suffix)", hasStaged: suffix.isEmpty))
    }
    return items
  }

  /// Removes what a restore staged where it could not clean up, such as behind a mount that was gone. With the lock held
  /// and no journal there, nothing staged has an owner.
  func removeStrays(databaseFile: String?) throws {
    var places = Component.allCases.map { (installation.home(of: $0), ".restore-staged-") }
    if let databaseFile {
      places.append((FileSystem.folder(of: databaseFile), "\(FileSystem.name(of: databaseFile)).restore-staged-"))
    }
    for (folder, prefix) in places {
      for name in try FileSystem.textNames(in: folder) where name.hasBytePrefix(prefix) {
        try FileSystem.remove(folder + "/" + name)
      }
    }
  }

  func stagedDatabase(_ path: String) -> String { "\(path).restore-staged-\(token)" }
}
