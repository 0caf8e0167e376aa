import Platform

/// A database's own files: tables, indexes, logs and dumps of the usual engines, told by their content; by name only where
/// a format has no mark of its own.
enum DatabaseFile {
  private static let heads: [[UInt8]] = [
    // SQLite, its write-ahead log, its journal.
    Array("SQLite format 3\0".utf8), [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
    [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
    // MySQL and MariaDB: binary log and encrypted binary log, MyISAM's index, Aria's index, log and control file,
    // InnoDB's redo log, streams and files of xtrabackup.
    [0xFE, 0x62, 0x69, 0x6E], [0xFD, 0x62, 0x69, 0x6E], [0xFE, 0xFE, 0x07], [0xFE, 0xFE, 0x05], [0xFE, 0xFE, 0x09],
    [0xFE, 0xFE, 0x0B], [0xFE, 0xFE, 0x0C], [0xFE, 0xFE, 0x0D], Array("PhyS".utf8) + [0, 0, 0, 0],
    Array("Phys".utf8) + [0, 0, 0, 0], Array("XBSTCK01".utf8), Array("qpress10".utf8),
    // PostgreSQL: pg_dump's own form, the map of its files.
    Array("PGDMP".utf8), [0x17, 0x27, 0x59, 0x00],
    // H2, Firebird's backup, Access, Redis, WiredTiger, MongoDB's archive, Lucene, SQL Server's tape format, Oracle.
    Array("H:2,block:".utf8), Array("-- H2 0.5/B --".utf8), Array("\0\u{1}\0\0Standard Jet DB".utf8),
    Array("\0\u{1}\0\0Standard ACE DB".utf8), Array("\0\u{1}\0\0MSISAM Database".utf8), Array("REDIS0".utf8),
    [0x41, 0xD8, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00], [0x6D, 0xE2, 0x99, 0x81], Array("TAPE".utf8) + [0, 0, 3, 0],
    [0x03] + Array("EXPORT:V".utf8),
  ]
  // MyISAM's and Aria's rows have no mark; neither has what PostgreSQL keeps in some of its files.
  private static let suffixes: Set<String> = ["myd", "mad", "ibd", "frm", "mdb", "accdb", "fdb", "gdb", "mdf", "ldf"]

  /// - Parameters:
  ///   - head: the begin of a content, 64 KiB or all of it.
  ///   - size: of the content in bytes; nil when it is not known.
  static func isDatabase(_ head: UnsafeRawBufferPointer, _ name: FileName, size: UInt64?) -> Bool {
    guard head.count >= 4 else { return false }
    if heads.contains(where: { head.has($0) }) { return true }
    if isInnoDB(head) || isPostgres(head, name, size: size) || isBerkeleyDB(head) || isForm(head) { return true }
    // LMDB's first page.
    if head.little(16, 4) == 0xBEEF_C0DE, head.little(20, 4) ?? 0 <= 2 { return true }
    return head.count >= 512 && suffixes.contains(name.suffix) && TextEncoding(head) == nil
  }

  // A table space's first page: its number in two places, page 0, type FSP_HDR; or the system's, or an old redo log.
  private static func isInnoDB(_ head: UnsafeRawBufferPointer) -> Bool {
    if head.has("MySQL ", at: 16) || head.has("MariaDB ", at: 16) || head.has("Backup ", at: 16) { return true }
    guard head.count >= 1024, let space = head.big(34, 4), head.big(38, 4) == space, head.big(4, 4) == 0 else {
      return false
    }
    return head.big(24, 2) == 8 && head.big(46, 4) ?? 0 > 0
  }

  // A page's header: size 8192 and layout 4, with free space between its two ends. Also the control file and the logs.
  private static func isPostgres(_ head: UnsafeRawBufferPointer, _ name: FileName, size: UInt64?) -> Bool {
    if name.base == "pg_version", head.count <= 8, (0x30...0x39).contains(head[0]) { return true }
    if let version = head.little(8, 4), (900...2500).contains(version), let catalog = head.little(12, 4),
      (200_000_000...209_912_319).contains(catalog), head.count >= 512
    {
      return true
    }
    if head.count >= 8192, let magic = head.little(0, 2), (0xD050...0xD1FF).contains(magic),
      let flags = head.little(2, 2), flags <= 15, let timeline = head.little(4, 4), (1...65_536).contains(timeline)
    {
      return true
    }
    guard head.count >= 8192, (size ?? 0) % 8192 == 0, head.little(18, 2) == 0x2004, let flags = head.little(10, 2),
      let lower = head.little(12, 2), let upper = head.little(14, 2), let special = head.little(16, 2)
    else { return false }
    return flags <= 7 && lower >= 24 && lower <= upper && upper <= special && special <= 8192
  }

  // Magic numbers behind the log sequence number, in either byte order: B-tree, hash, queue, heap, log.
  private static func isBerkeleyDB(_ head: UnsafeRawBufferPointer) -> Bool {
    let magics: Set = [0x053162, 0x061561, 0x042253, 0x074582, 0x040988]
    guard let big = head.big(12, 4), let little = head.little(12, 4), head.count >= 512 else {
      return false
    }
    // Version 1.85, of which NSS's key3.db and cert8.db are, begins with its number.
    return magics.contains(big) || magics.contains(little) || head.has([0x00, 0x06, 0x15, 0x61])
  }

  // MySQL's table definition: its mark, a version of 6 to 10, the engine's number.
  private static func isForm(_ head: UnsafeRawBufferPointer) -> Bool {
    head.has([0xFE, 0x01]) && (6...12).contains(head.byte(2) ?? 0) && head.count >= 64
  }

  /// Whether content ends like a table of LevelDB or RocksDB.
  static func isTable(tail: [UInt8]) -> Bool {
    tail == [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
      || tail == [0xF7, 0xCF, 0xF4, 0x85, 0xB7, 0x41, 0xE2, 0x88]
  }
}
