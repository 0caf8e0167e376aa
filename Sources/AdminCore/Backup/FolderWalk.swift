import Database
import Glibc
import Installation
import Platform

/// Walks a live folder of a component without following a link, in byte order, and says of each thing what becomes of it.
/// Nothing hangs the walk and nothing drops out of it unnamed.
struct FolderWalk {
  /// One thing in the folder.
  struct Item {
    /// The path inside the home folder as bytes.
    let path: [UInt8]
    /// The name of the archive entry.
    let entryName: String
    /// What lstat(2) said.
    let status: stat
    /// What it is.
    let kind: Kind
    /// The open folder that holds it.
    let parent: Int32
    /// Its name in that folder, zero-terminated.
    package let name: [CChar]
  }

  /// What becomes of a thing.
  enum Kind {
    /// A plain file: its bytes are taken.
    case file
    /// A folder: taken, with what is in it.
    case folder
    /// A link: taken as a link.
    case link(target: [UInt8], leavesHome: Bool)
    /// A socket, FIFO or device: named, not taken.
    case special(String)
    /// No part of a backup: not taken, nor what is in it.
    case excluded(HomeExclusions.Reason)
  }

  /// A folder to walk.
  struct Start {
    /// Where it is.
    let folder: String
    /// Its path inside the home folder; empty for the home folder itself.
    let path: [UInt8]
    /// What the names of its entries begin with, a slash at the end.
    let entryPrefix: String

    /// What a component's home folder holds beside its INI file and data folder. It may be a link to another disk.
    static func home(_ installation: Installation, _ component: Component) -> Start {
      Start(folder: FileSystem.resolved(installation.home(of: component)), path: [], entryPrefix: "home/")
    }

    /// A component's data folder.
    static func data(_ installation: Installation, _ component: Component) -> Start {
      Start(folder: installation.dataFolder(of: component), path: Array("data".utf8), entryPrefix: "data/")
    }
  }

  /// What could not be looked at, by its path inside the home folder, with the reason.
  private(set) var unreadable: [(path: String, reason: String)] = []
  private let exclusions: HomeExclusions
  // Deeper nesting than any installation has, and fewer than the descriptors a process may hold.
  private static let deepest = 200

  init(_ exclusions: HomeExclusions) { self.exclusions = exclusions }

  /// Calls `visit` for everything below a folder; an absent one has nothing.
  mutating func walk(_ start: Start, _ visit: (Item) throws -> Void) throws {
    guard try FileSystem.exists(start.folder) else { return }
    let top = open(start.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard top >= 0 else {
      unreadable.append((String(decoding: start.path, as: UTF8.self), String(cString: strerror(errno))))
      return
    }
    do {
      let names = try names(top, start.path)
      try walk(top, names, start.path, start.entryPrefix, depth: 0, visit)
    } catch {
      close(top)
      throw error
    }
    close(top)
  }

  private mutating func walk(
    _ descriptor: Int32, _ names: [[UInt8]], _ path: [UInt8], _ entryPrefix: String, depth: Int,
    _ visit: (Item) throws -> Void
  ) throws {
    var folder = stat()
    guard fstat(descriptor, &folder) == 0 else {
      throw systemError("cannot examine", String(decoding: path, as: UTF8.self))
    }
    for name in names {
      let inner = path.isEmpty ? name : path + [0x2F] + name
      let shown = String(decoding: inner, as: UTF8.self)
      let cName = name.map { CChar(bitPattern: $0) } + [0]
      var status = stat()
      guard fstatat(descriptor, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        // Gone since the folder was read: as if the walk had come later.
        if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
        continue
      }
      let innerEntry = entryPrefix + EntryName.encoded(name)
      func item(_ kind: Kind, _ suffix: String = "") -> Item {
        Item(path: inner, entryName: innerEntry + suffix, status: status, kind: kind, parent: descriptor, name: cName)
      }
      let candidate = HomeExclusions.Candidate(
        path: inner, name: name, status: status, parent: FileIdentity(folder))
      if let reason = exclusions.reason(for: candidate) {
        try visit(item(.excluded(reason)))
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: try visit(item(.file))
      case S_IFDIR:
        let child = openat(descriptor, cName, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard child >= 0 else {
          if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
          continue
        }
        defer { close(child) }
        guard depth < FolderWalk.deepest else {
          unreadable.append((shown, "nested more than \(FolderWalk.deepest) folders deep"))
          continue
        }
        let names = try self.names(child, inner)
        if let reason = exclusions.reason(forFolder: inner, with: names) {
          try visit(item(.excluded(reason)))
          continue
        }
        try visit(item(.folder, "/"))
        try walk(child, names, inner, innerEntry + "/", depth: depth + 1, visit)
      case S_IFLNK:
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(descriptor, cName, &buffer, buffer.count)
        guard count >= 0 else {
          if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
          continue
        }
        let target = buffer[..<count].map { UInt8(bitPattern: $0) }
        let folders = inner.count { $0 == 0x2F }
        try visit(item(.link(target: target, leavesHome: FolderWalk.leaves(target, depth: folders))))
      case S_IFSOCK: try visit(item(.special("socket")))
      case S_IFIFO: try visit(item(.special("FIFO")))
      default: try visit(item(.special("device")))
      }
    }
  }

  private func names(_ descriptor: Int32, _ path: [UInt8]) throws -> [[UInt8]] {
    let shown = String(decoding: path, as: UTF8.self)
    let copy = dup(descriptor)
    guard copy >= 0 else { throw systemError("cannot read folder", shown) }
    guard let stream = fdopendir(copy) else {
      close(copy)
      throw systemError("cannot read folder", shown)
    }
    defer { closedir(stream) }
    return try FileSystem.names(of: stream, shown)
  }

  /// Whether a link's target is absolute or climbs out of the home folder.
  ///
  /// - Parameter depth: how many folders of the home folder lie around the link.
  static func leaves(_ target: [UInt8], depth: Int) -> Bool {
    if target.first == 0x2F || target.isEmpty { return true }
    var level = depth
    for part in target.split(separator: 0x2F) where !part.elementsEqual([0x2E]) {
      level += part.elementsEqual([0x2E, 0x2E]) ? -1 : 1
      if level < 0 { return true }
    }
    return false
  }
}

extension FolderWalk.Item {
  /// The path for reports.
  var shownPath: String { printable(String(decoding: path, as: UTF8.self)) }
}
