import Glibc

/// A file without a name: nobody else can open it, and it is gone with the process, whatever happens to that.
package enum UnnamedFile {
  /// The folder for what is of no use to anybody later: `TMPDIR`, or where the Filesystem Hierarchy Standard has the place
  /// for large temporary files (`/tmp` may be memory).
  package static var folder: String {
    guard let named = getenv("TMPDIR").map({ String(cString: $0) }), named.utf8.first == 0x2F else { return "/var/tmp" }
    return named
  }

  /// Creates one in `folder`, mode 0600, to be read and written; in that for temporary files where `folder` has none
  /// without a name, as a share of another machine.
  ///
  /// - Throws: `AdminError`: `cannotCreate`, `inputOutput`.
  package static func create(in folder: String) throws -> File {
    for place in folder == self.folder ? [folder] : [folder, self.folder] {
      let descriptor = open(place, O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600)
      if descriptor >= 0 { return File(descriptor: descriptor, path: place) }
      let number = errno
      // What file systems and old kernels say when they have no such files (open(2), "O_TMPFILE").
      guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(number), FileSystem.isFolder(place) else {
        throw AdminError(
          number == ENOSPC ? .inputOutput : .cannotCreate,
          "cannot create a temporary file (\(String(cString: strerror(number))))", at: place,
          next: "make room in that folder and make it writable, or name another one with TMPDIR")
      }
    }
    return try named(in: self.folder)
  }

  /// One that had a name for a moment.
  package static func named(in folder: String) throws -> File {
    let path = "\(folder)/.hubtui-\(UInt64.random(in: 0 ... .max))"
    let file = try File(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
    guard unlink(path) == 0 else { throw systemError("cannot remove", path) }
    return file
  }
}

// <fcntl.h>: __O_TMPFILE with O_DIRECTORY. A macro that Swift does not import.
private let O_TMPFILE = 0o20000000 | O_DIRECTORY
