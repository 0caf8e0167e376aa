import Archive
import Glibc
import Platform

/// Appends to an audit log while nobody else does; first says what is not as the last writer left it.
struct AuditWriter {
  private let file: File
  private let headPath: String
  private var head: AuditHead

  /// Waits for the log's lock and finds its end.
  ///
  /// - Parameter actor: who is named by a line about what was found.
  init(_ path: String, headPath: String, actor: Actor) throws {
    self.headPath = headPath
    try FileSystem.makeFolder(FileSystem.folder(of: path))
    let isNew = try !FileSystem.exists(path)
    file = try FileLock.open(path, flags: O_RDWR | O_APPEND)
    if isNew { try FileSystem.syncFolder(FileSystem.folder(of: path)) }
    let (known, complaint) = try AuditWriter.known(headPath)
    head = known ?? AuditHead()
    let size = try file.size
    if let known, known.bytes == size { return }
    try settle(known, complaint, by: actor)
  }

  /// Writes a line and waits for the disk; then the head.
  package mutating func append(_ line: AuditLine) throws {
    var line = line
    line.number = head.lines + 1
    line.previous = head.sha256
    let bytes = try line.bytes()
    try write(bytes + [0x0A])
    head = head.followed(by: bytes)
    try head.write(to: headPath)
  }

  // A damaged head is as good as none, but told.
  private static func known(_ path: String) throws -> (AuditHead?, String?) {
    do { return (try AuditHead.read(path), nil) } catch let error as AdminError where error.code == .dataError {
      return (nil, error.what)
    }
  }

  /// Reads the whole log to find its end, and writes lines about what is not as it should be.
  private mutating func settle(_ known: AuditHead?, _ complaint: String?, by actor: Actor) throws {
    var end = AuditHead()
    var hasKnown = known == end
    var isChained = false
    var torn: [UInt8]?
    var hasher = SHA256Hasher()
    try AuditLine.forEach(in: file) { line, isWhole in
      (line + (isWhole ? [0x0A] : [])).withUnsafeBytes { hasher.update($0) }
      guard isWhole else { return torn = line }
      if AuditLine(line)?.previous != nil { isChained = true }
      end = end.followed(by: line)
      if end == known { hasKnown = true }
    }
    if let torn {
      // The torn line stays as evidence; the chain goes on behind it.
      try write([0x0A])
      end = end.followed(by: torn)
      [UInt8(0x0A)].withUnsafeBytes { hasher.update($0) }
    }
    head = end
    func note(_ event: AuditLine.Event, _ detail: String, _ result: String) -> AuditLine {
      AuditLine("audit log", detail, by: actor, result: result, event: event)
    }
    if known == nil, complaint == nil, !isChained {
      guard end.lines > 0 else { return try head.write(to: headPath) }
      let last = torn == nil ? "" : ", the last one torn"
      var line = note(.chain, "\(end.lines) earlier lines\(last)", "the chain begins")
      line.earlier = Digest.hex(hasher.digest())
      return try append(line)
    }
    // The line after a torn one says so, which makes it known.
    if let torn {
      try append(note(.torn, "line \(end.lines)", "torn after \(torn.count) bytes, as a power failure leaves it"))
    }
    if let complaint {
      try append(note(.lost, "line \(end.lines)", complaint))
    } else if known == nil {
      try append(note(.lost, "line \(end.lines)", "the head file was missing"))
    } else if let known, !hasKnown {
      try append(note(.lost, "line \(end.lines)", "the head names line \(known.lines), which is not there as it was"))
    }
  }

  /// Writes all or nothing: what a full disk took of a line is taken back.
  private func write(_ bytes: [UInt8]) throws {
    let before = try file.size
    do {
      try bytes.withUnsafeBytes { try file.write($0) }
      try file.sync()
    } catch {
      ftruncate(file.descriptor, off_t(before))
      throw error
    }
  }
}
