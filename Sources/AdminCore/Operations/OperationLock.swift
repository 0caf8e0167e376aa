import Glibc

/// The installation's lock: a POSIX record lock, which the kernel frees when its process ends however it ends, and which
/// names that process.
struct OperationLock {
  private let file: File

  /// Takes the lock.
  ///
  /// - Throws: `AdminError` (`busy`) when another process has it.
  init(_ installation: Installation) throws {
    file = try File(installation.operationLockPath, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard fcntl(file.descriptor, F_SETLK, &request) == 0 else {
      let isHeld = errno == EACCES || errno == EAGAIN
      guard isHeld else { throw systemError("cannot lock", file.path) }
      let holder = try OperationLock.holder(installation).map { " (process \($0))" } ?? ""
      throw AdminError(
        .busy, "another operation runs\(holder)", at: installation.folder,
        next: "see: hubtui operation status; wait for its end, or: hubtui operation cancel")
    }
  }

  func release() { file.close() }

  /// The process that holds the lock, nil when nobody does.
  static func holder(_ installation: Installation) throws -> Int32? {
    guard try FileSystem.exists(installation.operationLockPath) else { return nil }
    let file = try File(installation.operationLockPath, flags: O_RDWR | O_NOFOLLOW)
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard fcntl(file.descriptor, F_GETLK, &request) == 0 else {
      throw systemError("cannot examine the lock", file.path)
    }
    return request.l_type == Int16(F_UNLCK) ? nil : request.l_pid
  }
}
