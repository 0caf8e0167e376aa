import CLinux
import Glibc

extension FileSystem {
  /// Waits until everything on the file system that holds `folder` is on the disk, names and contents (syncfs(2); from
  /// Linux 5.8 on it tells of writes that failed).
  ///
  /// - Throws: `AdminError` (`inputOutput`).
  static func syncAll(_ folder: String) throws {
    let file = try File(folder, flags: O_RDONLY | O_DIRECTORY)
    guard syncfs(file.descriptor) == 0 else { throw systemError("cannot sync the file system of", folder) }
  }
}
