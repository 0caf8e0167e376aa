import Glibc

/// A path as the kernel has it: a name on disk may be any bytes, and not all of them are a `String`.
package struct BytePath: Hashable, Sendable {
  /// Without a zero byte.
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package init(_ path: String) { bytes = Array(path.utf8) }

  /// The path of a thing in this folder.
  package func appending(_ name: some Sequence<UInt8>) -> BytePath { BytePath(bytes + [0x2F] + name) }

  /// The path without its last part.
  package var folder: BytePath {
    guard let slash = bytes.lastIndex(of: 0x2F) else { return BytePath(".") }
    return BytePath(slash == 0 ? [0x2F] : Array(bytes[..<slash]))
  }

  /// For messages, bytes that are not UTF-8 replaced.
  package var shown: String { String(decoding: bytes, as: UTF8.self) }

  /// Zero-terminated.
  package var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

  /// What lstat(2) says of it, nil when nothing is there.
  package func status() throws -> stat? {
    var status = stat()
    if lstat(cString, &status) == 0 { return status }
    if errno == ENOENT || errno == ENOTDIR { return nil }
    throw systemError("cannot examine", shown)
  }

  /// Whether anything, a dangling link included, has this name.
  package func exists() throws -> Bool { try status() != nil }

  /// Makes the folder and the missing ones above it, mode 0700.
  package func makeFolder() throws {
    var status = stat()
    func isFolder() -> Bool { stat(cString, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR }
    if isFolder() { return }
    if folder != self { try folder.makeFolder() }
    guard mkdir(cString, 0o700) == 0 || (errno == EEXIST && isFolder()) else {
      throw systemError("cannot create folder", shown, code: errno == ENOSPC ? .inputOutput : .cannotCreate)
    }
  }

  /// Renames and syncs both folders, so that the new name survives a power failure.
  package func rename(to target: BytePath) throws {
    guard Glibc.rename(cString, target.cString) == 0 else {
      throw systemError("cannot rename \(shown) to", target.shown)
    }
    try target.folder.syncFolder()
    if target.folder != folder { try folder.syncFolder() }
  }

  private func syncFolder() throws {
    let descriptor = open(cString, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("cannot open", shown) }
    defer { close(descriptor) }
    // Some network file systems cannot sync a folder and say EINVAL; there is nothing better to do there.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw systemError("cannot sync folder", shown) }
  }

  /// Removes a file, or a folder with all below it, never following a link; absent is fine.
  package func remove() throws {
    guard let status = try status() else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(cString) == 0 || errno == ENOENT else { throw systemError("cannot remove", shown) }
      return
    }
    chmod(cString, 0o700)
    for name in try names() { try appending(name).remove() }
    guard rmdir(cString) == 0 || errno == ENOENT else { throw systemError("cannot remove folder", shown) }
  }

  /// The names in the folder without `.` and `..`, in byte order.
  package func names() throws -> [[UInt8]] {
    guard let stream = opendir(cString) else { throw systemError("cannot open folder", shown) }
    defer { closedir(stream) }
    return try FileSystem.names(of: stream, shown)
  }
}
