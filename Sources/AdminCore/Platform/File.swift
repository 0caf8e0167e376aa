import Glibc

/// An open file descriptor with errors that name the path. Closed when it goes away.
public final class File {
  /// The path as it was opened.
  public let path: String
  /// The descriptor, valid until `close()`.
  public private(set) var descriptor: Int32

  /// Takes over an open descriptor.
  public init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Opens `path` with open(2)'s `flags`, always close-on-exec; creates with `mode`, 0600 unless told.
  ///
  /// - Throws: `AdminError`, `cannotCreate` when the flags create, else `inputOutput`.
  public convenience init(_ path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o600) throws {
    let descriptor = open(path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      let code: AdminError.Code = flags & O_CREAT != 0 && errno != ENOSPC ? .cannotCreate : .inputOutput
      throw systemError(flags & O_CREAT != 0 ? "cannot create" : "cannot open", path, code: code)
    }
    self.init(descriptor: descriptor, path: path)
  }

  deinit { close() }

  /// Closes the descriptor; a second call does nothing.
  public func close() {
    guard descriptor >= 0 else { return }
    Glibc.close(descriptor)
    descriptor = -1
  }

  /// Closes a file that was opened only to exist.
  package static func closing(_ file: File) { file.close() }

  /// What fstat(2) says of it.
  public func status() throws -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError("cannot examine", path) }
    return status
  }

  /// Its size in bytes.
  public var size: UInt64 { get throws { UInt64(max(0, try status().st_size)) } }

  /// Reads up to `buffer.count` bytes at the current position; 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw systemError("cannot read", path) }
    }
  }

  /// Moves the position over a hole, in which nothing but zero bytes stands.
  ///
  /// - Parameter most: the most bytes to skip.
  /// - Returns: the bytes skipped; 0 where data stand, and where the file system knows no holes.
  package func skipHole(most: Int) throws -> Int {
    let position = lseek(descriptor, 0, SEEK_CUR)
    guard position >= 0 else { throw systemError("cannot read", path) }
    let data = lseek(descriptor, position, seekData)
    // Without any data behind it the hole reaches to the end.
    let count = data >= 0 ? min(most, Int(data - position)) : errno == ENXIO ? most : 0
    guard lseek(descriptor, position + off_t(count), SEEK_SET) >= 0 else { throw systemError("cannot read", path) }
    return count
  }

  /// Reads up to `buffer.count` bytes at `offset`, fewer only at the end of the file.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
      if count > 0 {
        done += count
      } else if count == 0 {
        break
      } else if errno != EINTR {
        throw systemError("cannot read", path)
      }
    }
    return done
  }

  /// Writes all bytes at the current position.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw systemError("cannot write", path)
      }
    }
  }

  /// Writes all bytes at `offset`, leaving the current position.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw systemError("cannot write", path)
      }
    }
  }

  /// Writes the UTF-8 bytes of `text`.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Cuts the file to `size` bytes and moves the position there.
  public func truncate(to size: UInt64) throws {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
      throw systemError("cannot shorten", path)
    }
  }

  /// Waits until the bytes are on the disk.
  public func sync() throws {
    guard fsync(descriptor) == 0 else { throw systemError("cannot sync", path) }
  }
}

/// The `AdminError` for the current `errno`: a full disk, a quota and a size limit are named with what to do.
public func systemError(_ what: String, _ path: String, code: AdminError.Code = .inputOutput) -> AdminError {
  let number = errno
  let reason = String(cString: strerror(number))
  let next: String
  switch number {
  case ENOSPC, EDQUOT, EFBIG: next = "free disk space there and start again; nothing half done was left"
  case EACCES, EPERM, EROFS: next = "check the owner and mode, and under which account this runs"
  case ENOENT: next = "check the path"
  case ELOOP: next = "a symbolic link stands where a plain file must be; check who put it there"
  default: next = "check the disk and the path, then start again"
  }
  return AdminError(code, "\(what) (\(reason))", at: path, next: next)
}

// SEEK_DATA of lseek(2), which Swift does not import.
private let seekData: Int32 = 3
