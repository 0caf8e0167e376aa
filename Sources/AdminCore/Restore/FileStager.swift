import Administration
import Archive
import Database
import Glibc
import Installation
import Platform

/// The INI file and home folder of one component, made in a staging folder that nobody else can enter. Links come last, so
/// that no file can be written through one.
struct FileStager {
  let component: Component
  /// The component's home folder, whose owner will own the files.
  let home: String
  package let folder: String
  package let operation: Operation
  /// A normal set comes back to the very system it is from: only there set-user-ID and set-group-ID bits come back, and
  /// links that lead out of the home folder.
  let isNormal: Bool

  func stage(from reader: ArchiveReader) throws {
    try FileSystem.remove(folder)
    try FileSystem.makeFolder(folder)
    let owner = geteuid() == 0 ? try FileSystem.status(FileSystem.resolved(home)) : nil
    // The tables come after them.
    let files = 0..<reader.contents.fileEntries
    for index in files {
      let entry = try reader.entry(at: index)
      switch entry.mode & S_IFMT {
      case S_IFDIR:
        let path = try stagedPath(of: entry, reader)
        guard mkdir(path, 0o700) == 0 else {
          throw systemError("cannot create folder", shown(path), code: .cannotCreate)
        }
      case S_IFREG, S_IFLNK: break
      default: throw damaged(entry, reader)
      }
    }
    let workers = Processors.count
    let readers = (0..<workers).map { _ in ArchiveReader(besides: reader) }
    // From both ends: two that create files in one folder wait for each other.
    try SharedWork.run(files.count, workers: workers, fromBothEnds: true) { worker, index in
      try operation.cancellation.check()
      let entry = try readers[worker].entry(at: index)
      guard entry.mode & S_IFMT == S_IFREG else { return }
      let path = try stagedPath(of: entry, reader)
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw systemError("cannot create", shown(path), code: errno == ENOSPC ? .inputOutput : .cannotCreate)
      }
      let file = File(descriptor: descriptor, path: shown(path))
      try readers[worker].readUndigested(entry) { bytes in
        try file.write(bytes)
        operation.advance(component, by: UInt64(bytes.count))
      }
      file.startWriting()
      try finish(entry, at: path, owner, descriptor: descriptor)
    }
    for index in files { try makeLink(reader.entry(at: index), reader, owner) }
    // A folder's time changes with every name made in it, so folders get theirs after all else, the inner ones first.
    for index in files.reversed() {
      let entry = try reader.entry(at: index)
      guard entry.mode & S_IFMT == S_IFDIR else { continue }
      try finish(entry, at: stagedPath(of: entry, reader), owner, descriptor: nil)
    }
  }

  /// Makes the link that the entry is, if it is one.
  private func makeLink(_ entry: ArchivedEntry, _ reader: ArchiveReader, _ owner: stat?) throws {
    guard entry.mode & S_IFMT == S_IFLNK else { return }
    let target = try reader.bytes(of: entry, limit: 4095)
    // The part of the link itself is no depth, and home/ is the home folder itself.
    let depth = entry.name.utf8.count { $0 == 0x2F } - (entry.name.hasBytePrefix("home/") ? 1 : 0)
    guard !target.isEmpty, !target.contains(0), isNormal || !FolderWalk.leaves(target, depth: depth) else {
      throw AdminError(
        .dataError, "link \(entry.name) has no target, or one that leads out of the home folder", at: reader.path,
        next: "use another backup set")
    }
    let path = try stagedPath(of: entry, reader)
    guard symlink(target.map { CChar(bitPattern: $0) } + [0], path) == 0 else {
      throw systemError("cannot create link", shown(path))
    }
    try finish(entry, at: path, owner, descriptor: nil)
  }

  /// Reads every file back, holds it against the manifest, and waits until everything staged is on the disk.
  package func verify(against reader: ArchiveReader) throws {
    // One of them waits for the disk, once for the whole file system instead of for each of many thousand files, while the
    // others read what is still in memory.
    let workers = Processors.count + 1
    let readers = (0..<workers).map { _ in ArchiveReader(besides: reader) }
    let buffers = (0..<workers).map { _ in UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64) }
    defer { for buffer in buffers { buffer.deallocate() } }
    try SharedWork.run(reader.contents.fileEntries + 1, workers: workers) { worker, piece in
      guard piece > 0 else { return try FileSystem.syncAll(folder) }
      try operation.cancellation.check()
      let entry = try readers[worker].entry(at: piece - 1)
      guard entry.mode & S_IFMT == S_IFREG else { return }
      let path = try stagedPath(of: entry, reader)
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { throw systemError("cannot open", shown(path)) }
      let file = File(descriptor: descriptor, path: shown(path))
      var hasher = SHA256Hasher()
      while true {
        let count = try file.read(into: buffers[worker])
        guard count > 0 else { break }
        hasher.update(UnsafeRawBufferPointer(rebasing: buffers[worker][..<count]))
        operation.advance(component, by: UInt64(count))
      }
      guard hasher.contentDigest() == entry.sha256 else {
        throw AdminError(
          .inputOutput, "what was staged is not what the manifest says", at: shown(path),
          next: "check the disk and start again")
      }
    }
  }

  private func stagedPath(of entry: ArchivedEntry, _ reader: ArchiveReader) throws -> [CChar] {
    var path = Array(folder.utf8)
    let name = entry.name.hasBytePrefix("ini/") ? entry.name.utf8.dropFirst(4) : entry.name.utf8[...]
    for part in name.split(separator: 0x2F) {
      guard let bytes = EntryName.decoded(Substring(part)) else { throw damaged(entry, reader) }
      path += [0x2F] + bytes
    }
    return path.map { CChar(bitPattern: $0) } + [0]
  }

  private func finish(_ entry: ArchivedEntry, at path: [CChar], _ owner: stat?, descriptor: Int32?) throws {
    if let owner, lchown(path, owner.st_uid, owner.st_gid) != 0 {
      throw systemError("cannot give to its owner", shown(path))
    }
    let bits = entry.mode & (isNormal ? 0o7777 : 0o1777)
    if entry.mode & S_IFMT != S_IFLNK, (descriptor.map { fchmod($0, bits) } ?? chmod(path, bits)) != 0 {
      throw systemError("cannot set the mode of", shown(path))
    }
    let times = [timespec(tv_sec: 0, tv_nsec: Int(UTIME_OMIT)), entry.modified.timespec]
    guard utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 else {
      throw systemError("cannot set the time of", shown(path))
    }
  }

  private func shown(_ path: [CChar]) -> String {
    String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func damaged(_ entry: ArchivedEntry, _ reader: ArchiveReader) -> AdminError {
    AdminError(
      .dataError, "entry \(entry.name) has a name, type or time that no backup has", at: reader.path,
      next: "use another backup set")
  }
}

// <sys/stat.h>: leaves that time as it is. A macro that Swift does not import.
private let UTIME_OMIT = (1 << 30) - 2
