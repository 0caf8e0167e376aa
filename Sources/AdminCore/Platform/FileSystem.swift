import Glibc

/// What the engine needs of folders and whole files; every error names its path.
public enum FileSystem {
  /// What lstat(2) says of `path`, nil when nothing is there.
  public static func status(_ path: String) throws -> stat? {
    var status = stat()
    if lstat(path, &status) == 0 { return status }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw systemError("cannot examine", path)
  }

  /// Whether anything, a dangling link included, has this name.
  public static func exists(_ path: String) throws -> Bool { try status(path) != nil }

  /// Whether `path` is a folder, links followed.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder without `.` and `..`, in byte order; names that are not UTF-8 come with their bytes.
  public static func names(in folder: String) throws -> [[UInt8]] {
    guard let stream = opendir(folder) else { throw systemError("cannot open folder", folder) }
    defer { closedir(stream) }
    return try names(of: stream, folder)
  }

  /// The names in an open folder, as `names(in:)`.
  package static func names(of stream: OpaquePointer, _ folder: String) throws -> [[UInt8]] {
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw systemError("cannot read folder", folder) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          let length = strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))
          return Array(UnsafeBufferPointer(start: bytes, count: length))
        }
      }
      if name != [0x2E] && name != [0x2E, 0x2E] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The names in a folder that are UTF-8; an absent folder has none.
  public static func textNames(in folder: String) throws -> [String] {
    guard isFolder(folder) else { return [] }
    return try names(in: folder).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// Makes a folder and the missing ones above it, mode 0700 unless told.
  public static func makeFolder(_ path: String, mode: mode_t = 0o700) throws {
    if isFolder(path) { return }
    let parent = folder(of: path)
    if parent != path { try makeFolder(parent, mode: mode) }
    guard mkdir(path, mode) == 0 || (errno == EEXIST && isFolder(path)) else {
      throw systemError("cannot create folder", path, code: errno == ENOSPC ? .inputOutput : .cannotCreate)
    }
  }

  /// All bytes of a file of at most `limit` bytes; an enemy's endless file is refused, not read.
  ///
  /// - Parameter followingLinks: whether `path` itself may be a symbolic link.
  public static func read(_ path: String, limit: Int = 16 << 20, followingLinks: Bool = true) throws -> [UInt8] {
    let file = try File(path, flags: O_RDONLY | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
    let status = try file.status()
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.dataError, "not a plain file", at: path, next: "put a plain file there")
    }
    guard status.st_size <= limit else {
      throw AdminError(.dataError, "larger than \(limit) bytes", at: path, next: "check what this file is")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Replaces `path` as a whole: partial file, sync, rename, sync of the folder. Keeps the mode of a former file.
  ///
  /// - Parameter isDurable: false leaves out the syncs, for what nobody misses after a power failure.
  public static func replace(
    _ path: String, with bytes: [UInt8], mode: mode_t = 0o600, isDurable: Bool = true
  ) throws {
    let former = try status(path)
    let partial = folder(of: path) + "/." + name(of: path) + ".partial"
    do {
      let file = try File(partial, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
      fchmod(file.descriptor, former.map { $0.st_mode & 0o7777 } ?? mode)
      if let former, geteuid() == 0 { fchown(file.descriptor, former.st_uid, former.st_gid) }
      if former == nil { try giveToFolderOwner(file) }
      try bytes.withUnsafeBytes { try file.write($0) }
      if isDurable { try file.sync() }
      file.close()
      if isDurable {
        try rename(partial, path)
      } else if Glibc.rename(partial, path) != 0 {
        throw systemError("cannot rename", partial)
      }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Copies a plain file to a new one, mode 0600; nothing that exists is overwritten.
  public static func copy(_ source: String, to target: String) throws {
    let input = try File(source, flags: O_RDONLY | O_NONBLOCK)
    let output = try File(target, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    do {
      while true {
        let count = try input.read(into: buffer)
        guard count > 0 else { break }
        try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
      try output.sync()
    } catch {
      unlink(target)
      throw error
    }
  }

  /// Renames and syncs both folders, so that the new name survives a power failure.
  public static func rename(_ source: String, _ target: String) throws {
    guard Glibc.rename(source, target) == 0 else { throw systemError("cannot rename \(source) to", target) }
    try syncFolder(folder(of: target))
    if folder(of: source) != folder(of: target) { try syncFolder(folder(of: source)) }
  }

  /// Waits until a folder's names are on the disk.
  public static func syncFolder(_ path: String) throws {
    let folder = try File(path, flags: O_RDONLY | O_DIRECTORY)
    // Some network file systems cannot sync a folder and say EINVAL; there is nothing better to do there.
    guard fsync(folder.descriptor) == 0 || errno == EINVAL else { throw systemError("cannot sync folder", path) }
  }

  /// Removes a file, or a folder with all below it, never following a link; absent is fine.
  public static func remove(_ path: String) throws { try BytePath(path).remove() }

  /// Free bytes for this account on the file system that holds `path` or its nearest existing folder.
  public static func freeSpace(at path: String) throws -> UInt64 {
    var place = path
    while !isFolder(place) && place != "/" { place = folder(of: place) }
    var status = statvfs()
    guard statvfs(place, &status) == 0 else { throw systemError("cannot examine the disk of", place) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  /// The path without its last part; `.` when there is only one.
  public static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  public static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// An absolute form of `path` without `.`, `..` and doubled slashes; links are not resolved.
  public static func absolute(_ path: String) -> String {
    var full = path
    if !path.hasBytePrefix("/") {
      let current = getcwd(nil, 0)
      defer { free(current) }
      full = (current.map { String(cString: $0) } ?? "/") + "/" + path
    }
    var parts: [Substring] = []
    for part in full.utf8.split(separator: 0x2F).map(Substring.init) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The path with every link resolved; the absolute path itself when it does not exist.
  public static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return absolute(path) }
    defer { free(real) }
    return String(cString: real)
  }
}
