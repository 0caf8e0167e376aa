import Platform

/// Whether entries come as a backup writes them, so that none is there that a restore has no use for: the INI file, the
/// rest of the home folder, the data folder, each folder right before all that is in it, each table's structure right
/// before its rows.
package struct EntryOrder {
  private enum Section: Int { case ini, home, data, database }

  /// The name of the INI file's entry, when it came: whose it must be the manifest tells.
  package private(set) var ini: String?
  private var section = Section.ini
  /// The bytes of the folder that the last entry of this section is or lies in, and how many of them each folder around it
  /// takes.
  private var folder: [UInt8] = []
  private var folderEnds: [Int] = []
  /// The table whose rows may come next.
  private var table: [UInt8]?

  package init() {}

  /// Takes the next entry; false for one that has no place there.
  package mutating func take(_ entry: ZipEntry) -> Bool {
    let name = entry.name.utf8
    let before = table
    table = nil
    for (root, section) in [("home/", Section.home), ("data/", Section.data)] where name.starts(with: root.utf8) {
      return enter(section) && takeFile(entry, root)
    }
    guard entry.mode & ZipFormat.typeMask == ZipFormat.typeFile else { return false }
    guard name.starts(with: "database/".utf8) else {
      guard ini == nil, enter(.ini), name.starts(with: "ini/".utf8) else { return false }
      ini = entry.name
      return true
    }
    guard enter(.database) else { return false }
    if entry.name.hasByteSuffix(".schema.json") {
      table = Array(name.dropLast(".schema.json".utf8.count))
      return true
    }
    guard let before, entry.name.hasByteSuffix(".copy") else { return false }
    return name.dropLast(".copy".utf8.count).elementsEqual(before)
  }

  private mutating func enter(_ next: Section) -> Bool {
    guard next.rawValue >= section.rawValue else { return false }
    if next != section {
      folder.removeAll()
      folderEnds.removeAll()
    }
    section = next
    return true
  }

  private mutating func takeFile(_ entry: ZipEntry, _ root: String) -> Bool {
    let name = entry.name.utf8
    while let end = folderEnds.last, !name.starts(with: folder) {
      folderEnds.removeLast()
      folder.removeLast(end - (folderEnds.last ?? 0))
    }
    let inner = name.dropFirst(folder.count)
    if folder.isEmpty {
      // The folder itself, once.
      guard inner.elementsEqual(root.utf8) else { return false }
    } else {
      guard !inner.isEmpty, !inner.dropLast(entry.isFolder ? 1 : 0).contains(0x2F) else { return false }
    }
    if entry.isFolder {
      folder.append(contentsOf: inner)
      folderEnds.append(folder.count)
    }
    return true
  }
}
