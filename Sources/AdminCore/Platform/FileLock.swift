import Glibc

/// Waits for a lock on an open file: an open file description lock, which the kernel frees when the file is closed or its
/// process ends, however it ends.
package enum FileLock {
  // F_OFD_SETLKW of <fcntl.h> (fcntl(2)), which Swift does not import.
  private static let waitCommand: Int32 = 38

  /// Waits until nobody else writes.
  ///
  /// - Parameter shared: whether others may read meanwhile; the file must be open for writing unless shared.
  /// - Throws: `AdminError` (`inputOutput`).
  package static func wait(for file: File, shared: Bool = false) throws {
    var request = flock()
    request.l_type = Int16(shared ? F_RDLCK : F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    while fcntl(file.descriptor, waitCommand, &request) != 0 {
      guard errno == EINTR else { throw systemError("cannot lock", file.path) }
    }
  }

  /// Opens a plain file, creating it, and waits for its lock; what was put in its place meanwhile is opened anew.
  ///
  /// - Throws: `AdminError`: `cannotCreate`, `inputOutput`; `dataError` for anything but a plain file.
  package static func open(_ path: String, flags: Int32) throws -> File {
    while true {
      // Without O_NONBLOCK a named pipe would block here for ever.
      let file = try File(path, flags: flags | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
      guard try file.status().st_mode & S_IFMT == S_IFREG else {
        throw AdminError(.dataError, "not a plain file", at: path, next: "check who put it there, and remove it")
      }
      try FileSystem.giveToFolderOwner(file)
      try wait(for: file)
      if let now = try FileSystem.status(path), now.st_ino == (try file.status()).st_ino { return file }
    }
  }
}

extension FileSystem {
  /// Gives a file that root made in a service account's folder to that account, which could not go on with it otherwise.
  package static func giveToFolderOwner(_ file: File) throws {
    guard geteuid() == 0, let parent = try status(folder(of: file.path)), parent.st_mode & S_IFMT == S_IFDIR else {
      return
    }
    let status = try file.status()
    guard status.st_uid == 0, parent.st_uid != 0 else { return }
    guard fchown(file.descriptor, parent.st_uid, parent.st_gid) == 0 else {
      throw systemError("cannot give to the folder's owner", file.path)
    }
  }
}
