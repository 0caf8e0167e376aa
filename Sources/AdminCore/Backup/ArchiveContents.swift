import Archive
import Platform

/// What an archive holds, in sums, and by name what is not one of the users' files.
struct ArchiveContents {
  /// How many entries there are.
  private(set) var count = 0
  /// How many entries lie before the tables: the INI file and the home folder.
  private(set) var fileEntries = 0
  /// Bytes of their content.
  private(set) var fileBytes: UInt64 = 0
  /// Bytes of all rows as text.
  private(set) var rowBytes: UInt64 = 0
  /// Bytes of the tables' structures.
  private(set) var schemaBytes: UInt64 = 0
  /// Whether the component has a data folder.
  private(set) var hasData = false
  /// Whether it knows of the rest of the home folder, as archives do since format version 2.
  private(set) var hasHome = false
  private var named: [[UInt8]: Int] = [:]
  private var nameBytes = 0

  /// The most bytes of all names outside the home folder: some ten thousand tables.
  private static let nameLimit = 4 << 20

  /// Takes the next entry; false when no backup has so many tables.
  mutating func add(_ entry: ArchivedEntry) -> Bool {
    defer { count += 1 }
    if entry.name.hasBytePrefix("data/") {
      hasData = true
    } else if entry.name.hasBytePrefix("home/") {
      hasHome = true
    } else {
      nameBytes += entry.name.utf8.count
      guard nameBytes <= ArchiveContents.nameLimit else { return false }
      named[Array(entry.name.utf8)] = count
    }
    if !entry.name.hasBytePrefix("database/") {
      fileEntries += 1
      fileBytes += entry.size
    } else if entry.name.hasByteSuffix(".copy") {
      rowBytes += entry.size
    } else {
      schemaBytes += entry.size
    }
    return true
  }

  /// Bytes of everything.
  var bytes: UInt64 { fileBytes + rowBytes + schemaBytes }

  /// The index of the entry with this name, of those outside the home folder; nil when there is none.
  package func index(of name: String) -> Int? { named[Array(name.utf8)] }

  /// The indexes of the tables' structures, in order.
  var schemas: [Int] {
    named.filter { String(decoding: $0.key, as: UTF8.self).hasByteSuffix(".schema.json") }.map(\.value).sorted()
  }
}
