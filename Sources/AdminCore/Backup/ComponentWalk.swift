import Administration
import Archive
import Database
import Glibc
import Installation
import Platform
import TestBed

/// The one walk of a component's data: INI file, data folder, tables; through the sanitiser into an archive. A preview is
/// the same walk without an archive, a normal backup the same walk with the empty rule set.
package struct ComponentWalk {
  let component: Component
  package let installation: Installation
  let sanitizer: Sanitizer
  package let database: any SystemDatabase
  let tables: [TableSchema]
  package let operation: Operation
  let excludedFolders: Set<String>
  /// Nil for a preview.
  let writer: ZipWriter?

  /// What the walk met.
  package struct Outcome: Codable {
    /// Rows by the name of their entry.
    var rows: [String: Int64] = [:]
    var inventory = Manifest.Inventory()
    var files = 0
    var fileBytes: UInt64 = 0
    /// Things that were not simply taken, one line each.
    var notes: [String] = []
  }

  /// How much work the component is: bytes of files plus 100 for each row.
  func estimate() throws -> UInt64 {
    var total: UInt64 = 0
    var walk = FolderWalk(exclude: excludedFolders)
    try walk.walk(installation.dataFolder(of: component)) { item in
      if case .file = item.kind { total += UInt64(max(0, item.status.st_size)) }
    }
    for table in tables { total += UInt64(try database.estimatedRowCount(of: table)) * ComponentWalk.rowWeight }
    return total
  }

  private static let rowWeight: UInt64 = 100

  /// Walks everything.
  package func run(ini: IniFile, iniStatus: stat, snapshotTime: Int64) throws -> Outcome {
    var outcome = Outcome()
    outcome.inventory.iniKeys = ini.keys
    let iniName = "ini/" + component.iniName
    try writer?.addEntry(iniName, status: iniStatus, bytes: ini.bytes)
    try files(&outcome)
    for table in tables { try rows(of: table, snapshotTime, &outcome) }
    return outcome
  }

  private func files(_ outcome: inout Outcome) throws {
    let folder = installation.dataFolder(of: component)
    guard let top = try FileSystem.status(folder) else { return }
    guard top.st_mode & S_IFMT == S_IFDIR else {
      throw AdminError(
        .configuration, "the data folder is a link or no folder", at: folder,
        next: "put a folder there; a backup follows no link")
    }
    try writer?.addEntry("data/", status: top, bytes: [])
    var walk = FolderWalk(exclude: excludedFolders)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    var unreadable: [(path: String, reason: String)] = []
    try walk.walk(folder) { item in
      try operation.cancellation.check()
      let name = "data/" + item.entryName
      switch item.kind {
      case .special(let what): outcome.notes.append("not taken, a \(what): \(item.shownPath)")
      case .folder:
        try writer?.addEntry(name, status: item.status, bytes: [])
      case .link(let target, let leaves):
        if leaves, sanitizer.ruleSet.isTestBed {
          outcome.notes.append("not taken, a link out of the data folder: \(item.shownPath)")
        } else {
          if leaves {
            outcome.notes.append("taken as a link, its target outside the data folder not: \(item.shownPath)")
          }
          try writer?.addEntry(name, status: item.status, bytes: target)
        }
      case .file:
        let path = String(decoding: item.path, as: UTF8.self)
        guard !sanitizer.leavesOut(path, of: component) else { return }
        switch try take(item, as: name, buffer, &outcome) {
        case nil: break
        case .vanished?: outcome.notes.append("vanished while the backup ran: \(item.shownPath)")
        case .unreadable(let reason)?: unreadable.append((item.shownPath, reason))
        }
      }
    }
    unreadable += walk.unreadable
    guard let first = unreadable.first else { return }
    let others = unreadable.dropFirst().map { "; \($0.path) (\($0.reason))" }.joined()
    throw AdminError(
      .inputOutput, "\(unreadable.count) files or folders cannot be read, so the backup would not be complete",
      at: "\(folder)/\(first.path) (\(first.reason))\(others)",
      next: "check owner and mode there, or move the file out of the data folder")
  }

  private enum Loss { case vanished, unreadable(String) }

  private func take(
    _ item: FolderWalk.Item, as name: String, _ buffer: UnsafeMutableRawBufferPointer, _ outcome: inout Outcome
  ) throws -> Loss? {
    // A file that changes while it is read is read again; a file that never rests is taken as last read, and named.
    for attempt in 1...3 {
      let descriptor = openat(item.parent, item.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else {
        if errno == ENOENT { return .vanished }
        return .unreadable(errno == ELOOP ? "became a link" : String(cString: strerror(errno)))
      }
      let file = File(descriptor: descriptor, path: item.shownPath)
      let before = try file.status()
      guard before.st_mode & S_IFMT == S_IFREG else { return .unreadable("became something other than a file") }
      let modified = FileTime(before.st_mtim)
      try writer?.beginEntry(
        name, mode: before.st_mode, modifiedSeconds: modified.seconds, nanoseconds: modified.nanoseconds)
      // Never past the size at the start: a log that grows as fast as it is read has an end here.
      var left = Int(before.st_size)
      var isFirst = true
      while left > 0 {
        try operation.cancellation.check()
        let count: Int
        // Of all that can fail here only this says something of the file.
        do {
          count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
        } catch let error as AdminError {
          try writer?.abandonEntry()
          return .unreadable(error.what)
        }
        guard count > 0 else { break }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if isFirst { sanitizer.inspect(String(decoding: item.path, as: UTF8.self), of: component, head: bytes) }
        isFirst = false
        guard let writer else { break }
        try writer.write(bytes)
        operation.advance(component, by: UInt64(count))
        left -= count
      }
      let after = try file.status()
      let changed = after.st_size != before.st_size || FileTime(after.st_mtim) != modified
      if changed, attempt < 3, writer != nil {
        try writer?.abandonEntry()
        continue
      }
      try writer?.endEntry()
      if changed { outcome.notes.append("changed while it was read, taken as read last: \(item.shownPath)") }
      outcome.files += 1
      outcome.fileBytes += UInt64(before.st_size)
      break
    }
    return nil
  }

  private func rows(of table: TableSchema, _ snapshotTime: Int64, _ outcome: inout Outcome) throws {
    outcome.inventory.tables[table.name] = table.columns.map(\.name)
    let plan = try sanitizer.plan(for: table)
    let schemaName = TableSchema.schemaEntryName(table.name)
    let rowsName = TableSchema.rowsEntryName(table.name)
    try writer?.addEntry(
      schemaName, mode: ComponentWalk.entryMode, modifiedSeconds: snapshotTime, bytes: table.encoded())
    try writer?.beginEntry(rowsName, mode: ComponentWalk.entryMode, modifiedSeconds: snapshotTime)
    let settingName = table.name == Settings.table ? table.index(of: "name") : nil
    var encoder = RowEncoder(table) { [writer] in try writer?.write($0) }
    var seen: Int64 = 0
    try database.rows(of: table) { row in
      seen += 1
      if seen & 1023 == 0 {
        try operation.cancellation.check()
        operation.advance(component, by: 1024 * ComponentWalk.rowWeight)
      }
      if let settingName, let name = SQLValue(copying: row[settingName]).text {
        outcome.inventory.settings.append(name)
      }
      if let plan, !plan.apply(row) { return }
      try encoder.encode(row)
    }
    try encoder.flush()
    operation.advance(component, by: UInt64(seen & 1023) * ComponentWalk.rowWeight)
    try writer?.endEntry(rows: encoder.rowCount)
    outcome.rows[rowsName] = encoder.rowCount
  }

  /// A plain file, readable by its owner alone.
  static let entryMode: UInt32 = 0o100600
}

extension ZipWriter {
  /// A whole entry with the mode and time of what it was made of.
  fileprivate func addEntry(_ name: String, status: stat, bytes: [UInt8]) throws {
    let modified = FileTime(status.st_mtim)
    try addEntry(
      name, mode: status.st_mode, modifiedSeconds: modified.seconds, nanoseconds: modified.nanoseconds, bytes: bytes)
  }
}
