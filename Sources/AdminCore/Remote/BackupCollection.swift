import Administration
import Archive
import Glibc
import Installation
import Platform

/// Brings the archives and the report of one backup together in one folder, from wherever the components are. What an
/// interruption leaves is continued, and nothing has its name before its digest is the report's.
package struct BackupCollection {
  private let installation: Installation
  private let operation: Operation
  private let folder: String

  package static func collect(
    _ id: BackupID, to folder: String, in context: OperationContext
  ) throws -> BackupSet {
    let folder = FileSystem.absolute(folder)
    let installation = context.installation
    return try Operation.run("collection of a backup", in: context) { operation in
      try AuditLog(installation).record("backup collect", "\(id) to \(folder)", by: context.actor) {
        operation.set(backupID: id)
        return try BackupCollection(installation: installation, operation: operation, folder: folder).run(id)
      }
    }
  }

  private func run(_ id: BackupID) throws -> BackupSet {
    let set = try BackupCatalog.find(id, installation)
    guard let report = set.report, report.isValid else {
      throw AdminError(
        .dataError, "the backup has no report here that ends with: \(set.kind.validityMark)",
        at: installation.logFolder + "/" + set.kind.reportName(id), next: "collect another backup")
    }
    let settings = Settings(try installation.openDatabase(.readOnly))
    try FileSystem.makeFolder(folder)
    for component in Component.allCases {
      let name = set.kind.archiveName(component, id)
      guard let digest = report.archiveDigests[name], let size = report.archiveSizes[name] else {
        throw AdminError(
          .dataError, "the report does not name \(name)", at: report.path, next: "collect another backup")
      }
      let target = folder + "/" + name
      if try FileSystem.exists(target) {
        operation.phase("checking \(component.rawValue), which is there already")
        guard try Digest.hex(Digest.sha256(ofFile: target, cancellation: operation.cancellation)) == digest else {
          throw AdminError(
            .cannotCreate, "something other than the backup's archive is there already", at: target,
            next: "find out what it is and move it, or name another folder")
        }
        continue
      }
      if let path = set.archives[component] {
        operation.phase("copying \(component.rawValue)")
        try take(component, name, digest, size, from: LocalArchive(path: path, cancellation: operation.cancellation))
      } else {
        guard let address = try ComponentAddresses.address(of: component, installation, settings) else {
          throw AdminError(
            .dataError, "the archive of \(component.rawValue) is missing", at: name, next: "use a complete set")
        }
        operation.phase("fetching \(component.rawValue) from \(address.host)")
        let archives = try RemoteArchives(component, address, operation.cancellation)
        defer { archives.close() }
        try take(component, name, digest, size, from: RemoteArchive(archives: archives, kind: set.kind, id: id))
      }
    }
    try copyReport(report.path)
    return try BackupCatalog.find(id, installation, in: folder)
  }

  private func take(
    _ component: Component, _ name: String, _ digest: String, _ size: UInt64, from source: any ArchiveSource
  ) throws {
    let partial = PartialFile.path(folder, name, of: installation)
    let file = try File(partial, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.cannotCreate, "not a plain file", at: partial, next: "find out who put it there")
    }
    fchmod(file.descriptor, 0o600)
    // A second turn only for a partial file that was not the beginning of this archive after all.
    for isLast in [false, true] {
      let there = try file.size
      let (begins, found) = try source.digest(first: there)
      // The other side says how much comes; this side knows how much there is.
      guard found == size else { throw another(component, name) }
      operation.plan(component, total: size)
      var start: UInt64 = 0
      var hasher = SHA256Hasher()
      if there > 0, there <= size {
        hasher = try Digest.hasher(of: file, first: there, cancellation: operation.cancellation)
        if Digest.hex(hasher.digest()) == begins { start = there } else { hasher = SHA256Hasher() }
      }
      try file.truncate(to: start)
      operation.advance(component, by: start)
      var position = start
      try source.read(from: start) { bytes in
        try operation.cancellation.check()
        position += UInt64(bytes.count)
        guard position <= size else { throw another(component, name) }
        try file.write(bytes)
        hasher.update(bytes)
        operation.advance(component, by: UInt64(bytes.count))
      }
      if Digest.hex(hasher.digest()) == digest { break }
      try file.truncate(to: 0)
      guard start > 0, !isLast else {
        unlink(partial)
        throw another(component, name)
      }
    }
    try file.sync()
    try FileSystem.rename(partial, folder + "/" + name)
  }

  private func another(_ component: Component, _ name: String) -> AdminError {
    AdminError(
      .dataError, "the archive there is not the one that the report names", at: "\(component.rawValue), \(name)",
      next: "find out who changed it; use another backup set")
  }

  private func copyReport(_ path: String) throws {
    let target = folder + "/" + FileSystem.name(of: path)
    guard FileSystem.resolved(target) != FileSystem.resolved(path) else { return }
    let partial = PartialFile.path(folder, FileSystem.name(of: path), of: installation)
    try FileSystem.remove(partial)
    try FileSystem.copy(path, to: partial)
    try FileSystem.rename(partial, target)
  }
}

/// Where an archive is read from while it is collected.
private protocol ArchiveSource {
  /// The digest of its first bytes, and its size.
  func digest(first count: UInt64) throws -> (String, size: UInt64)

  /// Its bytes from there on.
  func read(from offset: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

private struct LocalArchive: ArchiveSource {
  private let file: File
  private let cancellation: Cancellation

  init(path: String, cancellation: Cancellation) throws {
    file = try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    self.cancellation = cancellation
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.dataError, "not a plain file", at: path, next: "find out who put it there")
    }
  }

  func digest(first count: UInt64) throws -> (String, size: UInt64) {
    (Digest.hex(try Digest.sha256(of: file, first: count, cancellation: cancellation)), try file.size)
  }

  func read(from offset: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var position = offset
    while true {
      let count = try file.read(into: buffer, at: position)
      guard count > 0 else { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      position += UInt64(count)
    }
  }
}

private struct RemoteArchive: ArchiveSource {
  let archives: RemoteArchives
  let kind: BackupKind
  let id: BackupID

  func digest(first count: UInt64) throws -> (String, size: UInt64) { try archives.digest(kind, id, count: count) }

  func read(from offset: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try archives.fetch(kind, id, from: offset, body)
  }
}
