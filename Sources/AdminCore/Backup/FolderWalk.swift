import Database
import Glibc
import Platform

/// Walks a live data folder without following a link, in byte order, and says of each thing what becomes of it. Nothing
/// hangs the walk and nothing drops out of it unnamed.
struct FolderWalk {
  /// One thing in the folder.
  struct Item {
    /// The path inside the folder as bytes.
    let path: [UInt8]
    /// The name of the archive entry, without `data/`.
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
    case link(target: [UInt8], leavesFolder: Bool)
    /// A socket, FIFO or device: named, not taken.
    case special(String)
  }

  /// What could not be looked at, with the reason.
  private(set) var unreadable: [(path: String, reason: String)] = []
  private let exclude: Set<String>
  // Deeper nesting than any installation has, and fewer than the descriptors a process may hold.
  private static let deepest = 200

  /// - Parameter exclude: absolute paths that are not data although they may lie inside, such as a backup folder.
  init(exclude: Set<String>) { self.exclude = exclude }

  /// Calls `visit` for everything below `folder`; an absent folder has nothing.
  mutating func walk(_ folder: String, _ visit: (Item) throws -> Void) throws {
    guard try FileSystem.exists(folder) else { return }
    let top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard top >= 0 else {
      unreadable.append((folder, String(cString: strerror(errno))))
      return
    }
    try walk(top, at: folder, [], "", depth: 0, visit)
  }

  private mutating func walk(
    _ descriptor: Int32, at folder: String, _ path: [UInt8], _ entryName: String, depth: Int,
    _ visit: (Item) throws -> Void
  ) throws {
    defer { close(descriptor) }
    for name in try names(descriptor, folder) {
      let inner = path.isEmpty ? name : path + [0x2F] + name
      let shown = String(decoding: inner, as: UTF8.self)
      if exclude.contains(folder + "/" + String(decoding: name, as: UTF8.self)) { continue }
      let cName = name.map { CChar(bitPattern: $0) } + [0]
      var status = stat()
      guard fstatat(descriptor, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
        // Gone since the folder was read: as if the walk had come later.
        if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
        continue
      }
      let innerEntry = (entryName.isEmpty ? "" : entryName + "/") + EntryName.encoded(name)
      func item(_ kind: Kind, _ suffix: String = "") -> Item {
        Item(path: inner, entryName: innerEntry + suffix, status: status, kind: kind, parent: descriptor, name: cName)
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: try visit(item(.file))
      case S_IFDIR:
        let child = openat(descriptor, cName, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard child >= 0 else {
          if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
          continue
        }
        guard depth < FolderWalk.deepest else {
          close(child)
          unreadable.append((shown, "nested more than \(FolderWalk.deepest) folders deep"))
          continue
        }
        do { try visit(item(.folder, "/")) } catch {
          close(child)
          throw error
        }
        try walk(
          child, at: folder + "/" + String(decoding: name, as: UTF8.self), inner, innerEntry, depth: depth + 1, visit)
      case S_IFLNK:
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(descriptor, cName, &buffer, buffer.count)
        guard count >= 0 else {
          if errno != ENOENT { unreadable.append((shown, String(cString: strerror(errno)))) }
          continue
        }
        let target = buffer[..<count].map { UInt8(bitPattern: $0) }
        try visit(item(.link(target: target, leavesFolder: FolderWalk.leaves(target, depth: depth))))
      case S_IFSOCK: try visit(item(.special("socket")))
      case S_IFIFO: try visit(item(.special("FIFO")))
      default: try visit(item(.special("device")))
      }
    }
  }

  private mutating func names(_ descriptor: Int32, _ folder: String) throws -> [[UInt8]] {
    let copy = dup(descriptor)
    guard copy >= 0, let stream = fdopendir(copy) else { throw systemError("cannot read folder", folder) }
    defer { closedir(stream) }
    return try FileSystem.names(of: stream, folder)
  }

  /// Whether a link's target is absolute or climbs out of the data folder.
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
