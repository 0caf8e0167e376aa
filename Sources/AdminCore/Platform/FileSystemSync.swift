import CLinux
import Glibc

extension FileSystem {
  /// Waits until everything on the file system that holds `folder` is on the disk, names and contents (syncfs(2); from
  /// Linux 5.8 on it tells of writes that failed).
  ///
  /// - Throws: `AdminError` (`inputOutput`).
  package static func syncAll(_ folder: String) throws {
    let file = try File(folder, flags: O_RDONLY | O_DIRECTORY)
    guard syncfs(file.descriptor) == 0 else { throw systemError("cannot sync the file system of", folder) }
  }
}

extension File {
  /// Starts to write what the system still holds of this file, without waiting: a later sync then finds little to do
  /// (sync_file_range(2), flag SYNC_FILE_RANGE_WRITE). Where it cannot, that sync does all.
  package func startWriting() { _ = sync_file_range(descriptor, 0, 0, 2) }
}
