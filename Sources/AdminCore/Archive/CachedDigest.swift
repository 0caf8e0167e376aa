import Glibc
import Platform

/// The digest of an archive that was read a moment ago, for whoever opens the same archive again: reading all of it twice
/// in one command takes longer than all else that is asked before a restore.
package struct CachedDigest: Sendable {
  /// What tells one state of one file from every other: the kernel sets the time of the last change at each write, and no
  /// program can set it back (inode(7), st_ctime).
  package struct Stamp: Sendable, Equatable {
    package let device: UInt64
    let inode: UInt64
    package let size: Int64
    package let changed: FileTime

    package init(_ status: stat) {
      (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
      changed = FileTime(status.st_ctim)
    }
  }

  package let stamp: Stamp
  /// SHA-256, lower-case hexadecimal.
  package let digest: String

  /// Nil when the last change was so young that another one might have got the same time.
  ///
  /// - Parameter now: seconds since 1970, before the archive was opened.
  package init?(_ stamp: Stamp, digest: String, now: Int64) {
    guard now - stamp.changed.seconds >= 2 else { return nil }
    (self.stamp, self.digest) = (stamp, digest)
  }

  /// Reads the archive at `path`; nil when it is too young, or was changed meanwhile.
  ///
  /// - Throws: `AdminError` (`inputOutput`, `cancelled`).
  package static func read(_ path: String, _ cancellation: Cancellation, stop: Cancellation) throws -> CachedDigest? {
    let file = try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    let now = Moment.now
    let stamp = Stamp(try file.status())
    let digest = try Digest.sha256(of: file, first: UInt64(max(0, stamp.size)), cancellation: cancellation) { _ in
      try stop.check()
    }
    guard Stamp(try file.status()) == stamp else { return nil }
    return CachedDigest(stamp, digest: Digest.hex(digest), now: now)
  }
}
