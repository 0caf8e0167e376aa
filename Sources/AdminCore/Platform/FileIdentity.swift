import Glibc

/// What tells one thing on this machine's disks from every other, by whatever name it is reached: a link, a bind mount or
/// another spelling of its path leads to the same.
package struct FileIdentity: Hashable, Sendable {
  /// The device that holds it.
  package let device: UInt64
  /// Its number there.
  package let inode: UInt64

  /// From what stat(2) said.
  package init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// Of what a path leads to, links followed; nil when nothing is there.
  ///
  /// - Throws: `AdminError` (`inputOutput`) when it cannot be told.
  package init?(at path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR || errno == ELOOP { return nil }
      throw systemError("cannot examine", path)
    }
    self.init(status)
  }
}
