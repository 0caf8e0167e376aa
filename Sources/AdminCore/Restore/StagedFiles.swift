import Glibc

/// The INI file and data folder of one component, made in a staging folder that nobody else can enter. Links come last, so
/// that no file can be written through one.
struct StagedFiles {
  let component: Component
  /// The component's home folder, whose owner will own the files.
  let home: String
  let folder: String
  let operation: Operation
  /// A normal set comes back to the very system it is from: only there set-user-ID and set-group-ID bits come back, and
  /// links that lead out of the data folder.
  let isNormal: Bool

  func stage(from reader: ArchiveReader) throws {
    try FileSystem.remove(folder)
    try FileSystem.makeFolder(folder)
    let iniName = "ini/" + component.iniName
    var later: [(entry: Manifest.Entry, path: [CChar], mode: mode_t)] = []
    for entry in reader.manifest.entries where entry.name == iniName || entry.name.hasBytePrefix("data/") {
      try operation.cancellation.check()
      let path = try stagedPath(of: entry, reader)
      guard let mode = UInt32(entry.mode, radix: 8) else { throw damaged(entry, reader) }
      switch mode & S_IFMT {
      case S_IFDIR:
        guard mkdir(path, 0o700) == 0 else {
          throw systemError("cannot create folder", shown(path), code: .cannotCreate)
        }
        later.append((entry, path, mode))
      case S_IFLNK: later.append((entry, path, mode))
      case S_IFREG:
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
          throw systemError("cannot create", shown(path), code: errno == ENOSPC ? .inputOutput : .cannotCreate)
        }
        let file = File(descriptor: descriptor, path: shown(path))
        try reader.read(entry) { bytes in
          try file.write(bytes)
          operation.advance(component, by: UInt64(bytes.count))
        }
        try finish(entry, path, mode, reader, descriptor: descriptor)
      default: throw damaged(entry, reader)
      }
    }
    // A folder's time changes with every name made in it, so folders get theirs after all else, the inner ones first.
    for (entry, path, mode) in later where mode & S_IFMT == S_IFLNK {
      let target = try reader.bytes(of: entry, limit: 4095)
      // The part of the link itself and that of the data folder are no depth.
      let depth = entry.name.utf8.count { $0 == 0x2F } - 1
      guard !target.isEmpty, !target.contains(0), isNormal || !FolderWalk.leaves(target, depth: depth) else {
        throw AdminError(
          .dataError, "link \(entry.name) has no target, or one that leads out of the data folder", at: reader.path,
          next: "use another backup set")
      }
      guard symlink(target.map { CChar(bitPattern: $0) } + [0], path) == 0 else {
        throw systemError("cannot create link", shown(path))
      }
      try finish(entry, path, mode, reader, descriptor: nil)
    }
    for (entry, path, mode) in later.reversed() where mode & S_IFMT == S_IFDIR {
      try finish(entry, path, mode, reader, descriptor: nil)
    }
  }

  /// Waits until everything staged is on the disk, reads every file back and holds it against the manifest.
  func verify(against reader: ArchiveReader) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    for entry in reader.manifest.entries
    where entry.name == "ini/" + component.iniName || entry.name.hasBytePrefix("data/") {
      guard let mode = UInt32(entry.mode, radix: 8), mode & S_IFMT != S_IFLNK else { continue }
      try operation.cancellation.check()
      let path = try stagedPath(of: entry, reader)
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { throw systemError("cannot open", shown(path)) }
      let file = File(descriptor: descriptor, path: shown(path))
      try file.sync()
      guard mode & S_IFMT == S_IFREG else { continue }
      var hasher = SHA256Hasher()
      while true {
        let count = try file.read(into: buffer)
        guard count > 0 else { break }
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        operation.advance(component, by: UInt64(count))
      }
      guard Digest.hex(hasher.digest()) == entry.sha256 else {
        throw AdminError(
          .inputOutput, "what was staged is not what the manifest says", at: shown(path),
          next: "check the disk and start again")
      }
    }
    try FileSystem.syncFolder(folder)
  }

  private func stagedPath(of entry: Manifest.Entry, _ reader: ArchiveReader) throws -> [CChar] {
    var path = Array(folder.utf8)
    let name = entry.name.hasBytePrefix("ini/") ? entry.name.utf8.dropFirst(4) : entry.name.utf8[...]
    for part in name.split(separator: 0x2F) {
      guard let bytes = EntryName.decoded(Substring(part)) else { throw damaged(entry, reader) }
      path += [0x2F] + bytes
    }
    return path.map { CChar(bitPattern: $0) } + [0]
  }

  private func finish(
    _ entry: Manifest.Entry, _ path: [CChar], _ mode: mode_t, _ reader: ArchiveReader, descriptor: Int32?
  ) throws {
    guard let time = FileTime.parse(entry.modified) else { throw damaged(entry, reader) }
    if geteuid() == 0, let owner = try FileSystem.status(home), lchown(path, owner.st_uid, owner.st_gid) != 0 {
      throw systemError("cannot give to its owner", shown(path))
    }
    let bits = mode & (isNormal ? 0o7777 : 0o1777)
    if mode & S_IFMT != S_IFLNK, (descriptor.map { fchmod($0, bits) } ?? chmod(path, bits)) != 0 {
      throw systemError("cannot set the mode of", shown(path))
    }
    let times = [timespec(tv_sec: 0, tv_nsec: Int(UTIME_OMIT)), time]
    guard utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw systemError("cannot set the time of", shown(path))
    }
  }

  private func shown(_ path: [CChar]) -> String {
    String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func damaged(_ entry: Manifest.Entry, _ reader: ArchiveReader) -> AdminError {
    AdminError(
      .dataError, "entry \(entry.name) has a name, type or time that no backup has", at: reader.path,
      next: "use another backup set")
  }
}

// <sys/stat.h>: leaves that time as it is. A macro that Swift does not import.
private let UTIME_OMIT = (1 << 30) - 2
