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
    let owner = geteuid() == 0 ? try FileSystem.status(home) : nil
    var later: [Item] = []
    var files: [Item] = []
    for item in try items(of: reader) {
      switch item.mode & S_IFMT {
      case S_IFDIR:
        guard mkdir(item.path, 0o700) == 0 else {
          throw systemError("cannot create folder", shown(item.path), code: .cannotCreate)
        }
        later.append(item)
      case S_IFLNK: later.append(item)
      case S_IFREG: files.append(item)
      default: throw damaged(item.entry, reader)
      }
    }
    let hands = Processors.count
    let readers = (0..<hands).map { _ in ArchiveReader(besides: reader) }
    try SharedWork.run(files.count, hands: hands) { hand, index in
      try operation.cancellation.check()
      let item = files[index]
      let descriptor = open(item.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw systemError("cannot create", shown(item.path), code: errno == ENOSPC ? .inputOutput : .cannotCreate)
      }
      let file = File(descriptor: descriptor, path: shown(item.path))
      try readers[hand].readUndigested(item.entry) { bytes in
        try file.write(bytes)
        operation.advance(component, by: UInt64(bytes.count))
      }
      file.startWriting()
      try finish(item, reader, owner, descriptor: descriptor)
    }
    // A folder's time changes with every name made in it, so folders get theirs after all else, the inner ones first.
    for item in later where item.mode & S_IFMT == S_IFLNK {
      let entry = item.entry
      let target = try reader.bytes(of: entry, limit: 4095)
      // The part of the link itself and that of the data folder are no depth.
      let depth = entry.name.utf8.count { $0 == 0x2F } - 1
      guard !target.isEmpty, !target.contains(0), isNormal || !FolderWalk.leaves(target, depth: depth) else {
        throw AdminError(
          .dataError, "link \(entry.name) has no target, or one that leads out of the data folder", at: reader.path,
          next: "use another backup set")
      }
      guard symlink(target.map { CChar(bitPattern: $0) } + [0], item.path) == 0 else {
        throw systemError("cannot create link", shown(item.path))
      }
      try finish(item, reader, owner, descriptor: nil)
    }
    for item in later.reversed() where item.mode & S_IFMT == S_IFDIR {
      try finish(item, reader, owner, descriptor: nil)
    }
  }

  /// An entry with its place in the staging folder.
  private struct Item {
    var entry: Manifest.Entry
    var path: [CChar]
    var mode: mode_t
  }

  private func items(of reader: ArchiveReader) throws -> [Item] {
    let iniName = "ini/" + component.iniName
    return try reader.manifest.entries.compactMap { entry in
      guard entry.name == iniName || entry.name.hasBytePrefix("data/") else { return nil }
      guard let mode = UInt32(entry.mode, radix: 8) else { throw damaged(entry, reader) }
      return Item(entry: entry, path: try stagedPath(of: entry, reader), mode: mode)
    }
  }

  /// Waits until everything staged is on the disk, reads every file back and holds it against the manifest.
  func verify(against reader: ArchiveReader) throws {
    // One wait for the whole file system instead of one for each of many thousand files.
    try FileSystem.syncAll(folder)
    let files = try items(of: reader).filter { $0.mode & S_IFMT == S_IFREG }
    let hands = Processors.count
    let buffers = (0..<hands).map { _ in UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64) }
    defer { for buffer in buffers { buffer.deallocate() } }
    try SharedWork.run(files.count, hands: hands) { hand, index in
      try operation.cancellation.check()
      let item = files[index]
      let descriptor = open(item.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { throw systemError("cannot open", shown(item.path)) }
      let file = File(descriptor: descriptor, path: shown(item.path))
      var hasher = SHA256Hasher()
      while true {
        let count = try file.read(into: buffers[hand])
        guard count > 0 else { break }
        hasher.update(UnsafeRawBufferPointer(rebasing: buffers[hand][..<count]))
        operation.advance(component, by: UInt64(count))
      }
      guard Digest.hex(hasher.digest()) == item.entry.sha256 else {
        throw AdminError(
          .inputOutput, "what was staged is not what the manifest says", at: shown(item.path),
          next: "check the disk and start again")
      }
    }
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

  private func finish(_ item: Item, _ reader: ArchiveReader, _ owner: stat?, descriptor: Int32?) throws {
    let (path, mode) = (item.path, item.mode)
    guard let time = FileTime.parse(item.entry.modified) else { throw damaged(item.entry, reader) }
    if let owner, lchown(path, owner.st_uid, owner.st_gid) != 0 {
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
