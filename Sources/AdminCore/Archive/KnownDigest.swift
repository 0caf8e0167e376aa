import Glibc

/// The digest of an archive that was read a moment ago, for who opens the same archive again: reading all of it twice in
/// one command takes longer than all else that is asked before a restore.
struct KnownDigest: Sendable {
  /// What tells one state of one file from every other: the kernel sets the time of the last change at each write, and no
  /// program can set it back (inode(7), st_ctime).
  struct Stamp: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let changed: FileTime

    init(_ status: stat) {
      (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
      changed = FileTime(status.st_ctim)
    }
  }

  let stamp: Stamp
  /// SHA-256, lower-case hexadecimal.
  let digest: String

  /// Nil while the last change is so young that another one might get the same time.
  init?(_ stamp: Stamp, digest: String, now: Int64) {
    guard now - stamp.changed.seconds >= 2 else { return nil }
    (self.stamp, self.digest) = (stamp, digest)
  }
}
