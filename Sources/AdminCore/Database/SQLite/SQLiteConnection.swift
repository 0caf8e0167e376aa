import CSQLite
import Glibc
import Platform

/// An open SQLite file. One thread at a time; the embedded internal database, or an external one named by
/// `sqlite:///path`.
final class SQLiteConnection {
  /// How a file is opened.
  enum Mode: Sendable {
    /// For backups: production's file keeps its bytes.
    case readOnly
    /// An existing file, for changes.
    case readWrite
    /// A new file that becomes visible only by a later rename: no journal, synced once at the end.
    case staging
    /// A new file, or an existing one.
    case create
  }

  /// The file.
  package let path: String
  let handle: OpaquePointer

  /// Opens the file.
  ///
  /// - Throws: `AdminError`: `unavailable` when it is not there or no database, `inputOutput` when it cannot be read.
  init(path: String, mode: Mode) throws {
    self.path = path
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
    switch mode {
    // A read-only handle would leave its empty log files behind; query_only, below, keeps this one from writing.
    case .readOnly: flags |= access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .staging, .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    }
    if mode == .readOnly || mode == .readWrite {
      guard try FileSystem.exists(path) else {
        throw AdminError(
          .unavailable, "the system database is not there", at: path,
          next: "check database.url and that its disk is mounted")
      }
    } else if try !FileSystem.exists(path) {
      // Made here rather than by sqlite, which would create it with the umask's mode for a moment.
      File.closing(try File(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW))
    }
    // A journal that a crash or a running component left is its own business: a reader must not fold it into the file.
    let wal = try FileSystem.status(path + "-wal")
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(FileSystem.resolved(path), &handle, flags, nil)
    guard status == SQLITE_OK, let handle else {
      let reason = String(cString: sqlite3_errstr(status))
      sqlite3_close_v2(handle)
      throw AdminError(
        .unavailable, "cannot open the system database (\(reason))", at: path, next: "check the file and its owner")
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, 10_000)
    _ = hubtui_sqlite_defensive(handle)
    if mode == .readOnly, (wal?.st_size ?? 0) > 0 { _ = hubtui_sqlite_set_checkpoint_on_close(handle, 0) }
    try script("PRAGMA trusted_schema=OFF; PRAGMA cache_size=-8192; PRAGMA temp_store=FILE")
    switch mode {
    case .readOnly: try script("PRAGMA query_only=ON")
    case .staging: try script("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE")
    case .readWrite: try script("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL")
    case .create: try script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
    }
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements without results.
  func script(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw failure("the database refused a statement")
    }
  }

  /// Rows of a small query.
  package func rows(_ sql: String, _ arguments: [SQLValue] = []) throws -> [[SQLValue]] {
    let statement = try SQLiteStatement(sql, on: self)
    var rows: [[SQLValue]] = []
    try statement.run(arguments) { row in rows.append((0..<row.columnCount).map { row.value($0) }) }
    return rows
  }

  /// Runs a statement and gives the number of rows it changed.
  package func change(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
    let before = sqlite3_total_changes64(handle)
    try SQLiteStatement(sql, on: self).run(arguments) { _ in }
    return Int(sqlite3_total_changes64(handle) - before)
  }

  /// `body` between BEGIN and COMMIT; ROLLBACK when it throws.
  package func transaction<Result>(begin: String = "BEGIN IMMEDIATE", _ body: () throws -> Result) throws -> Result {
    try script(begin)
    do {
      let result = try body()
      try script("COMMIT")
      return result
    } catch {
      // The first error is the one to tell; a failed ROLLBACK only repeats it, and closing rolls back as well.
      sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
      throw error
    }
  }

  /// Whether somebody else has the one writer's place now.
  func isHeldByAnother() throws -> Bool {
    sqlite3_busy_timeout(handle, 0)
    try script("PRAGMA query_only=OFF")
    let status = sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil)
    if status == SQLITE_OK { try script("ROLLBACK") }
    guard status == SQLITE_OK || status & 0xFF == SQLITE_BUSY else {
      throw failure("the database refused a statement")
    }
    return status != SQLITE_OK
  }

  /// A column's collation, which no pragma tells.
  func collation(of column: String, in table: String) throws -> String {
    var name: UnsafePointer<CChar>?
    guard sqlite3_table_column_metadata(handle, "main", table, column, nil, &name, nil, nil, nil) == SQLITE_OK,
      let name
    else { throw failure("a column cannot be examined") }
    return String(cString: name)
  }

  /// The connection's last error as a value.
  package func failure(_ what: String) -> AdminError {
    let reason = String(cString: sqlite3_errmsg(handle))
    switch sqlite3_errcode(handle) {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return AdminError(
        .unavailable, "the system database is locked by another program", at: path,
        next: "wait until it is done, or stop it, and start again")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return AdminError(
        .dataError, "the system database is damaged (\(reason))", at: path,
        next: "restore it from the newest valid backup")
    case SQLITE_FULL:
      return AdminError(.inputOutput, "the disk is full", at: path, next: "free disk space there and start again")
    case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
      return AdminError(.inputOutput, "\(what) (\(reason))", at: path, next: "check the disk, the owner and the mode")
    case SQLITE_INTERRUPT:
      return AdminError(.cancelled, "cancelled", at: path, next: "nothing was changed; start it again when wanted")
    default:
      return AdminError(.dataError, "\(what) (\(reason))", at: path, next: "check the data that the message names")
    }
  }
}
