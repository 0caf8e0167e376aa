import Archive
import Database
import Foundation
import Glibc
import Installation
import Platform
import TestBed

/// The installation's lock: an open file description lock, which the kernel frees when its process ends however it ends,
/// and which other looks at the file from the same process do not free. The file's content says who holds it and why.
package struct OperationLock {
  /// Who holds the lock, in his own words.
  struct Holder: Codable, CustomStringConvertible {
    /// What he does, for screens: `backup`, `settings set`.
    package var name: String
    var processID: Int32
    package var account: String
    /// When he began, UTC.
    package var started: String
    /// Tells an operation from every other; nil for a short change.
    package var token: String?

    package var description: String { "\(isKnown ? "\(name) by \(account), " : "")process \(processID)" }

    /// Whether the lock's content says who it is.
    var isKnown: Bool { !started.isEmpty }
  }

  private let file: File

  /// Takes the lock.
  ///
  /// - Throws: `AdminError` (`busy`) naming the holder when there is one.
  init(_ installation: Installation, _ holder: Holder) throws {
    file = try File(installation.operationLockPath, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    try FileSystem.giveToFolderOwner(file)
    var request = OperationLock.request
    guard fcntl(file.descriptor, OperationLock.setCommand, &request) == 0 else {
      let isHeld = errno == EACCES || errno == EAGAIN
      guard isHeld else { throw systemError("cannot lock", file.path) }
      let other = try OperationLock.holder(installation).map { " (\($0))" } ?? ""
      throw AdminError(
        .busy, "another operation runs\(other)", at: installation.folder,
        next: "see: hubtui operation status; wait for its end, or: hubtui operation cancel")
    }
    try file.truncate(to: 0)
    try file.write(String(decoding: try JSONEncoder().encode(holder), as: UTF8.self) + "\n")
  }

  // F_OFD_GETLK and F_OFD_SETLK of <fcntl.h> (fcntl(2)), which Swift does not import.
  private static let getCommand: Int32 = 36
  private static let setCommand: Int32 = 37

  private static var request: flock {
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    return request
  }

  /// Frees the lock; nobody is named any more.
  func release() {
    do { try file.truncate(to: 0) } catch {
      // Nobody reads the name while the lock is free, and the next holder overwrites it.
    }
    file.close()
  }

  /// Who holds the lock, nil when nobody does.
  static func holder(_ installation: Installation) throws -> Holder? {
    guard try FileSystem.exists(installation.operationLockPath) else { return nil }
    let file = try File(installation.operationLockPath, flags: O_RDWR | O_NOFOLLOW)
    var request = request
    guard fcntl(file.descriptor, getCommand, &request) == 0 else {
      throw systemError("cannot examine the lock", file.path)
    }
    if request.l_type == Int16(F_UNLCK) { return nil }
    do {
      return try JSONDecoder().decode(Holder.self, from: Data(try FileSystem.read(file.path, limit: 4096)))
    } catch is DecodingError {
      // He has the lock and has not written yet, or is of another version.
      return Holder(
        name: "operation", processID: max(0, request.l_pid), account: "an account that is not known",
        started: "")
    }
  }
}
