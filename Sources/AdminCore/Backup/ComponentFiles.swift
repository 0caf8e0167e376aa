import Administration
import Archive
import Glibc
import Installation
import Platform
import TestBed

/// The files of a component's home folder on their way into an archive: those outside the data folder first, as `home/…`,
/// then the data folder.
struct ComponentFiles {
  private let walk: ComponentWalk
  private var component: Component { walk.component }
  private var sanitizer: Sanitizer { walk.sanitizer }
  private var writer: ZipWriter? { walk.writer }

  init(_ walk: ComponentWalk) { self.walk = walk }

  /// Takes everything; without a writer it only looks.
  ///
  /// - Throws: `AdminError` when something cannot be read, so that the backup would not be complete; each thing is named.
  func take(_ outcome: inout ComponentWalk.Outcome) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    var unreadable: [(path: String, reason: String)] = []
    let installation = walk.installation
    for start in [FolderWalk.Start.home(installation, component), .data(installation, component)] {
      guard let top = try FileSystem.status(start.folder) else { continue }
      guard top.st_mode & S_IFMT == S_IFDIR else {
        throw AdminError(
          .configuration, "the data folder is a link or no folder", at: start.folder,
          next: "put a folder there; a backup follows no link")
      }
      try writer?.addEntry(start.entryPrefix, status: top, bytes: [])
      var folders = FolderWalk(walk.exclusions)
      try folders.walk(start) { item in
        try walk.operation.cancellation.check()
        if let reason = try take(item, buffer, &outcome) { unreadable.append((item.shownPath, reason)) }
      }
      unreadable += folders.unreadable
    }
    guard let first = unreadable.first else { return }
    let others = unreadable.dropFirst().map { "; \($0.path) (\($0.reason))" }.joined()
    throw AdminError(
      .inputOutput, "\(unreadable.count) files or folders cannot be read, so the backup would not be complete",
      at: "\(installation.home(of: component))/\(first.path) (\(first.reason))\(others)",
      next: "check owner and mode there, or move the file out of the home folder")
  }

  /// Takes one thing; the reason when it cannot be read.
  private func take(
    _ item: FolderWalk.Item, _ buffer: UnsafeMutableRawBufferPointer, _ outcome: inout ComponentWalk.Outcome
  ) throws -> String? {
    switch item.kind {
    case .excluded(let reason):
      if let text = reason.text { outcome.notes.append("not taken, \(text): \(item.shownPath)") }
    case .special(let what): outcome.notes.append("not taken, a \(what): \(item.shownPath)")
    case .folder: try writer?.addEntry(item.entryName, status: item.status, bytes: [])
    case .link(let target, let leaves):
      if leaves, sanitizer.ruleSet.isTestBed {
        outcome.notes.append("not taken, a link out of the home folder: \(item.shownPath)")
      } else {
        if leaves { outcome.notes.append("taken as a link, its target outside the home folder not: \(item.shownPath)") }
        try writer?.addEntry(item.entryName, status: item.status, bytes: target)
      }
    case .file:
      let isLeftOut = try sanitizer.leavesOut(PathText.text(item.path), of: component) {
        try ComponentFiles.search(item, $0, buffer)
      }
      guard !isLeftOut else { return nil }
      switch try takeFile(item, buffer, &outcome) {
      case .taken: break
      case .vanished: outcome.notes.append("vanished while the backup ran: \(item.shownPath)")
      case .leftOut(let what): outcome.notes.append("not taken, \(what): \(item.shownPath)")
      case .unreadable(let reason): return reason
      }
    }
    return nil
  }

  /// Which of the patterns a line of the file matches. What cannot be opened here is told when the file is taken.
  private static func search(
    _ item: FolderWalk.Item, _ patterns: [String], _ buffer: UnsafeMutableRawBufferPointer
  ) throws -> Set<String> {
    let descriptor = openat(item.parent, item.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    let file = File(descriptor: descriptor, path: item.shownPath)
    guard try file.status().st_mode & S_IFMT == S_IFREG else { return [] }
    var search = LineSearch(patterns)
    while !search.isDone {
      let count = try file.read(into: buffer)
      guard count > 0 else { break }
      search.scan(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    search.finish()
    return search.found
  }

  private enum Fate {
    /// An edited file was read as a whole, and what the rules did to it is counted: it is not read again.
    case taken(isEdited: Bool, caution: String? = nil)
    case vanished, unreadable(String), leftOut(String)
  }

  private func takeFile(
    _ item: FolderWalk.Item, _ buffer: UnsafeMutableRawBufferPointer, _ outcome: inout ComponentWalk.Outcome
  ) throws -> Fate {
    // A file that changes while it is read is read again; a file that never rests is taken as last read, and named.
    var attempt = 0
    while true {
      attempt += 1
      let descriptor = openat(item.parent, item.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else {
        if errno == ENOENT { return .vanished }
        return .unreadable(errno == ELOOP ? "became a link" : String(cString: strerror(errno)))
      }
      let file = File(descriptor: descriptor, path: item.shownPath)
      let before = try file.status()
      guard before.st_mode & S_IFMT == S_IFREG else { return .unreadable("became something other than a file") }
      let fate = try copy(file, before, item, buffer)
      guard case .taken(let isEdited, let caution) = fate else { return fate }
      let after = try file.status()
      let hasChanged = after.st_size != before.st_size || FileTime(after.st_mtim) != FileTime(before.st_mtim)
      if hasChanged, attempt < 3, !isEdited, let writer {
        try writer.abandonEntry()
        continue
      }
      try writer?.endEntry()
      if let caution { outcome.notes.append("cannot be looked into (\(caution)): \(item.shownPath)") }
      if hasChanged { outcome.notes.append("changed while it was read, taken as read last: \(item.shownPath)") }
      outcome.files += 1
      outcome.fileBytes += UInt64(before.st_size)
      return fate
    }
  }

  /// Begins the entry and gives it the file's bytes, as many as there were at the start: a log that grows as fast as it is
  /// read has an end here.
  private func copy(
    _ file: File, _ status: stat, _ item: FolderWalk.Item, _ buffer: UnsafeMutableRawBufferPointer
  ) throws -> Fate {
    let path = PathText.text(item.path)
    let modified = FileTime(status.st_mtim)
    var look: FileLook
    // Of all that can fail here only what the file says of itself is no error of the whole backup.
    do { look = try FileLook(path, of: component, file, sanitizer) } catch let error as AdminError {
      return .unreadable(error.what)
    }
    if let reason = look.leavesOut { return .leftOut(reason) }
    try writer?.beginEntry(
      item.entryName, mode: status.st_mode, modifiedSeconds: modified.seconds, nanoseconds: modified.nanoseconds)
    if let edited = look.edited {
      try edited.withUnsafeBytes { try writer?.write($0) }
      if writer != nil { walk.operation.advance(component, by: UInt64(status.st_size)) }
      return .taken(isEdited: true)
    }
    guard writer != nil || look.wantsAll else { return .taken(isEdited: false) }
    var left = Int(status.st_size)
    while left > 0 {
      try walk.operation.cancellation.check()
      let count: Int
      do {
        // A preview needs no zero bytes: some of them stand for all of a hole.
        if writer == nil {
          let hole = try file.skipHole(most: left)
          if hole > 0 {
            let zeros = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(hole, 4096)])
            zeros.initializeMemory(as: UInt8.self, repeating: 0)
            look.scan(UnsafeRawBufferPointer(zeros))
            left -= hole
            continue
          }
        }
        count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
      } catch let error as AdminError {
        try writer?.abandonEntry()
        return .unreadable(error.what)
      }
      guard count > 0 else { break }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      // Before it is written: what must not travel shows itself at the begin, as a rule.
      look.scan(bytes)
      if look.leavesOut != nil { break }
      if let writer {
        try writer.write(bytes)
        walk.operation.advance(component, by: UInt64(count))
      }
      left -= count
    }
    look.finish()
    if let reason = look.leavesOut {
      try writer?.abandonEntry()
      return .leftOut(reason)
    }
    return .taken(isEdited: false, caution: look.caution)
  }
}
