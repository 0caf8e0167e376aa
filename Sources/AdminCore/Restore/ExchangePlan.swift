import Archive
import Database
import Glibc
import Installation
import Platform

/// What a restore exchanges in the home folder of one component: each thing that the set has there as a whole, and the
/// data folder. What a backup would not take stays where it is, and so does what is mounted; a folder around such a thing
/// is exchanged piece by piece. What lies directly in the home folder and is not in the set stays too.
struct ExchangePlan {
  private let component: Component
  private let paths: RestorePaths
  private let reader: ArchiveReader
  /// What stays, by its path inside the home folder, and what it is.
  private let staying: StayingThings
  private var items: [RestoreJournal.Item] = []

  /// More single things are no plan any more: each is a line of the journal and two renames.
  private static let mostItems = 10_000

  /// The things to exchange, in order.
  ///
  /// - Throws: `AdminError` when something cannot be exchanged; nothing was changed.
  static func items(
    of component: Component, _ paths: RestorePaths, from reader: ArchiveReader, _ staying: StayingThings
  ) throws -> [RestoreJournal.Item] {
    var plan = ExchangePlan(component, paths, reader, staying)
    let tops = try plan.children(of: [])
    guard tops.count <= mostItems else { throw plan.tooMany(tops.count, in: []) }
    for (name, isFolder) in tops.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try plan.exchange(name, isFolder: isFolder)
    }
    try plan.exchange(Array("data".utf8), isFolder: reader.contents.hasData ? true : nil)
    return plan.items
  }

  private init(_ component: Component, _ paths: RestorePaths, _ reader: ArchiveReader, _ staying: StayingThings) {
    self.component = component
    self.paths = paths
    self.reader = reader
    self.staying = staying
  }

  /// - Parameter isFolder: what the set has at this path; nil for nothing.
  private mutating func exchange(_ path: [UInt8], isFolder: Bool?) throws {
    if let what = staying.what(at: path) {
      // An empty folder is no loss.
      guard let isFolder else { return }
      guard try isFolder && children(of: path).isEmpty else { throw conflict(path, what) }
    } else if staying.what(below: path) != nil, isFolder != false {
      var names = isFolder == true ? try children(of: path).mapValues { Bool?.some($0) } : [:]
      for name in try live(path).names() where names[name] == nil {
        names.updateValue(nil, forKey: name)
      }
      guard items.count + names.count <= ExchangePlan.mostItems else { throw tooMany(names.count, in: path) }
      try checkWritable(path)
      for (name, isFolder) in names.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        try exchange(path + [0x2F] + name, isFolder: isFolder)
      }
    } else if let what = staying.what(below: path) {
      throw conflict(path, what)
    } else {
      try checkMovable(path)
      items.append(paths.item(path, of: component, hasStaged: isFolder != nil))
    }
  }

  /// What the set has directly in a folder, and whether it is a folder itself.
  private func children(of path: [UInt8]) throws -> [[UInt8]: Bool] {
    let encoded = path.split(separator: 0x2F).map { EntryName.encoded(Array($0)) + "/" }.joined()
    let prefix = (encoded.hasBytePrefix("data/") ? "" : "home/") + encoded
    var children: [[UInt8]: Bool] = [:]
    var isInside = false
    for index in 0..<reader.contents.fileEntries {
      let entry = try reader.entry(at: index)
      guard entry.name.hasBytePrefix(prefix) else {
        // They come one after the other.
        if isInside { break }
        continue
      }
      isInside = true
      var name = entry.name.utf8.dropFirst(prefix.utf8.count)
      if name.last == 0x2F { name = name.dropLast() }
      guard !name.isEmpty, !name.contains(0x2F), let bytes = EntryName.decoded(Substring(name)) else { continue }
      children[bytes] = entry.mode & S_IFMT == S_IFDIR
    }
    return children
  }

  // A rename of a folder writes in that folder, too; one that failed half-way would leave the restore undecided.
  private func checkMovable(_ path: [UInt8]) throws {
    let place = live(path)
    guard let status = try place.status(), status.st_mode & S_IFMT == S_IFDIR else { return }
    // A subvolume is no mount point and cannot be renamed into another one either.
    guard try FileIdentity(status).device == FileIdentity(at: paths.installation.home(of: component))?.device else {
      throw AdminError(
        .configuration, "the folder is on another file system than its home folder, so it cannot be exchanged",
        at: shown(path), next: "make it a plain folder of its home folder's file system")
    }
    try checkWritable(path)
  }

  private func checkWritable(_ path: [UInt8]) throws {
    guard access(live(path).cString, W_OK | X_OK) == 0 else {
      throw systemError("cannot move or exchange", shown(path))
    }
  }

  private func live(_ path: [UInt8]) -> BytePath {
    let home = BytePath(paths.installation.home(of: component))
    return path.isEmpty ? home : home.appending(path)
  }

  private func tooMany(_ count: Int, in path: [UInt8]) -> AdminError {
    AdminError(
      .refused, "the restore would have to exchange \(count) things one by one", at: shown(path),
      next:
        "put them into folders of their own, or move out of that folder what a restore leaves alone, and start again"
    )
  }

  private func conflict(_ path: [UInt8], _ what: String) -> AdminError {
    AdminError(
      .refused, "the set has something where \(what) of this installation is, which a restore does not move",
      at: shown(path), next: "move \(what) to another place, with its setting, and start the restore again")
  }

  private func shown(_ path: [UInt8]) -> String {
    printable(live(path).shown)
  }
}
