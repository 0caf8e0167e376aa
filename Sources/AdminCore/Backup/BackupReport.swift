import Archive
import Glibc
import Installation
import Platform
import TestBed

/// A backup's report in `hub/logs`. It grows while the backup runs; only the last line, written after everything else is
/// on disk, makes it valid.
public final class BackupReport {
  /// The report's path.
  public let path: String
  private let kind: BackupKind
  private let file: File

  /// Creates the report of a backup that starts now.
  init(folder: String, kind: BackupKind, id: BackupID) throws {
    path = folder + "/" + kind.reportName(id)
    self.kind = kind
    try FileSystem.makeFolder(folder)
    file = try File(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW)
    try line("LISTSERV Maestro \(kind.title) report")
    try line("Backup ID: \(id)")
    try line("Started: \(Moment.text(Moment.now))")
    if kind == .testBed {
      try line("")
      try line("THIS IS A TEST-BED BACKUP: ITS DATA DIFFERS FROM THE ORIGINAL.")
      try line(
        "Everything that could reach production or a real recipient was removed or changed; each change is listed below."
      )
      try line("It restores only into a single-server test system with the internal database, never into its origin.")
    }
    try line("")
  }

  func line(_ text: String) throws { try file.write(printable(text) + "\n") }

  /// The line that says where an archive is.
  package static func place(_ folder: String, on host: String?) -> String {
    host.map { "\(hostPrefix)\($0) in \(folder)" } ?? "    in \(folder)"
  }

  private static let hostPrefix = "    on "

  /// Ends a good report: everything else reaches the disk before the mark does.
  func succeed() throws {
    try file.sync()
    try FileSystem.syncFolder(FileSystem.folder(of: path))
    try line(kind.validityMark)
    try file.sync()
  }

  /// Ends a bad report; best effort, for a disk may be full: without the mark it is invalid anyway.
  func fail(_ error: AdminError) {
    do {
      try line("")
      try line("ERROR: \(error)")
      try line("The \(kind == .normal ? "backup" : "test-bed-backup") failed; it is not usable for a restore")
      try file.sync()
    } catch {
      file.close()
    }
  }
}

extension BackupReport {
  /// What a report on disk says.
  public struct Summary: Sendable, Equatable {
    /// The report's path.
    public let path: String
    /// The kind its name says.
    public let kind: BackupKind
    /// The ID its name says.
    public let id: BackupID
    /// Whether the last line is the validity mark of its kind.
    public let isValid: Bool
    /// The last line.
    public let lastLine: String
    /// SHA-256 of the archives by file name, as the report gives them.
    let archiveDigests: [String: String]
    /// Their sizes in bytes, likewise.
    var archiveSizes: [String: UInt64] = [:]
    /// The other machines on which archives were published, by file name.
    public package(set) var hosts: [String: String] = [:]
  }

  /// Reads a report.
  ///
  /// - Throws: `AdminError` when it cannot be read; nil for a file whose name is no report's.
  public static func read(_ path: String) throws -> Summary? {
    guard let (kind, id) = BackupKind.parse(reportName: FileSystem.name(of: path)) else { return nil }
    // In a shared folder anybody may put anything under a report's name; it must neither be followed nor hide the rest.
    guard try FileSystem.status(path).map({ $0.st_mode & S_IFMT == S_IFREG }) != false else {
      return Summary(
        path: path, kind: kind, id: id, isValid: false, lastLine: "(not a plain file)", archiveDigests: [:])
    }
    let text = try tail(of: path)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    let last = lines.last.map(String.init) ?? ""
    var digests: [String: String] = [:]
    var sizes: [String: UInt64] = [:]
    var hosts: [String: String] = [:]
    var former = ""
    for line in lines {
      let words = line.split(separator: " ")
      if line.hasPrefix(hostPrefix), words.count >= 4, BackupKind.parse(archiveName: former) != nil,
        let host = HostName(String(words[1]))
      {
        hosts[former] = host.description
      }
      former = words.first.map(String.init) ?? ""
      if words.count >= 5, words[words.count - 2] == "sha256", BackupKind.parse(archiveName: String(words[0])) != nil {
        digests[String(words[0])] = String(words[words.count - 1])
        sizes[String(words[0])] = UInt64(words[1])
      }
    }
    // The mark must be the whole last line, and an old report may be named normal but say nothing else.
    return Summary(
      path: path, kind: kind, id: id, isValid: last == kind.validityMark, lastLine: last, archiveDigests: digests,
      archiveSizes: sizes, hosts: hosts)
  }

  // What a list needs of a report, its archives and its last line, stands at its end; a report may be of any size.
  private static func tail(of path: String) throws -> String {
    let file = try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    let size = try file.size
    let count = min(size, 64 << 10)
    var bytes = [UInt8](repeating: 0, count: Int(count))
    let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: size - count) }
    return String(decoding: bytes.prefix(read), as: UTF8.self)
  }

  /// All reports of an installation, newest first.
  public static func list(_ installation: Installation) throws -> [Summary] {
    try FileSystem.textNames(in: installation.logFolder).compactMap { name in
      BackupKind.parse(reportName: name) == nil ? nil : try read(installation.logFolder + "/" + name)
    }.sorted { $0.id > $1.id }
  }
}
