import Glibc
import Synchronization

/// The installation's lock: a POSIX record lock, which the kernel frees when its process ends however it ends, and which
/// names that process.
struct OperationLock {
  private let file: File
  private let key: String

  // A record lock keeps out other processes only, and closing any descriptor of its file gives it up. So what this
  // process holds is known here, and such a file is not opened a second time.
  private static let held = Mutex<Set<String>>([])

  /// Takes the lock.
  ///
  /// - Throws: `AdminError` (`busy`) when another process has it.
  init(_ installation: Installation) throws {
    let key = FileSystem.resolved(installation.folder)
    self.key = key
    file = try OperationLock.held.withLock { held in
      guard !held.contains(key) else { throw OperationLock.busy(installation, holder: getpid()) }
      let file = try OperationLock.lockedFile(installation)
      held.insert(key)
      return file
    }
  }

  private static func lockedFile(_ installation: Installation) throws -> File {
    let file = try File(installation.operationLockPath, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard fcntl(file.descriptor, F_SETLK, &request) == 0 else {
      let isHeld = errno == EACCES || errno == EAGAIN
      guard isHeld else { throw systemError("cannot lock", file.path) }
      throw busy(installation, holder: try askKernel(installation))
    }
    return file
  }

  private static func busy(_ installation: Installation, holder: Int32?) -> AdminError {
    AdminError(
      .busy, "another operation runs" + (holder.map { " (process \($0))" } ?? ""), at: installation.folder,
      next: "see: hubtui operation status; wait for its end, or: hubtui operation cancel")
  }

  func release() {
    OperationLock.held.withLock { held in
      file.close()
      held.remove(key)
    }
  }

  /// The process that holds the lock, nil when nobody does.
  static func holder(_ installation: Installation) throws -> Int32? {
    let key = FileSystem.resolved(installation.folder)
    return try OperationLock.held.withLock { try $0.contains(key) ? getpid() : askKernel(installation) }
  }

  private static func askKernel(_ installation: Installation) throws -> Int32? {
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
