import Glibc

/// The installation's lock: an open file description lock, which the kernel frees when its process ends however it ends,
/// and which other looks at the file from the same process do not free. The file's content names the process.
struct OperationLock {
  private let file: File

  /// Takes the lock.
  ///
  /// - Throws: `AdminError` (`busy`) when another process has it.
  init(_ installation: Installation) throws {
    file = try File(installation.operationLockPath, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    try FileSystem.giveToFolderOwner(file)
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard fcntl(file.descriptor, OperationLock.setCommand, &request) == 0 else {
      let isHeld = errno == EACCES || errno == EAGAIN
      guard isHeld else { throw systemError("cannot lock", file.path) }
      let holder = try OperationLock.holder(installation).map { " (process \($0))" } ?? ""
      throw AdminError(
        .busy, "another operation runs\(holder)", at: installation.folder,
        next: "see: hubtui operation status; wait for its end, or: hubtui operation cancel")
    }
    try file.truncate(to: 0)
    try file.write("\(getpid())\n")
  }

  // F_OFD_GETLK and F_OFD_SETLK of <fcntl.h> (fcntl(2)), which Swift does not import.
  private static let getCommand: Int32 = 36
  private static let setCommand: Int32 = 37

  func release() { file.close() }

  /// The process that holds the lock, nil when nobody does.
  static func holder(_ installation: Installation) throws -> Int32? {
    guard try FileSystem.exists(installation.operationLockPath) else { return nil }
    let file = try File(installation.operationLockPath, flags: O_RDWR | O_NOFOLLOW)
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    guard fcntl(file.descriptor, getCommand, &request) == 0 else {
      throw systemError("cannot examine the lock", file.path)
    }
    if request.l_type == Int16(F_UNLCK) { return nil }
    if request.l_pid > 0 { return request.l_pid }
    let text = String(decoding: try FileSystem.read(file.path, limit: 64), as: UTF8.self)
    return Int32(text.trimmingSpaces) ?? 0
  }
}
