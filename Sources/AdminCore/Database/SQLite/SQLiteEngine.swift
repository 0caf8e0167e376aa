extension Engine {
  package static let sqlite = Engine(
    name: .sqlite, schemes: ["sqlite"],
    storage: .file(.sqlite))
}

extension FileEngine {
  /// SQLite, which is what an embedded internal database is. The suffixes are those of its documentation,
  /// sqlite.org/tempfiles.html.
  package static let sqlite = FileEngine(
    suffixes: ["", "-wal", "-shm", "-journal"],
    open: { try SQLiteDatabase(path: $0, mode: $1 == .readOnly ? .readOnly : .readWrite) },
    stage: { try SQLiteStaging(path: $0, live: $1) },
    fold: { try SQLiteDatabase(path: $0, mode: .readWrite).checkpoint() })
}
