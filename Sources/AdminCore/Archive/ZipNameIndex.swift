import Glibc

/// Where each name of an archive is: positions in the order of the names, because a dictionary of as many texts takes
/// more room than all else that is known of the entries.
///
/// Names are compared by bytes and without their closing `/`: `String` would take two files for one whose names differ
/// only in Unicode normalisation.
struct ZipNameIndex {
  private let order: [Int32]

  /// - Throws: `AdminError` (`dataError`) when two entries want the same place in a file system, or one lies below another
  ///   that is no folder.
  init(_ entries: [ZipEntry], path: String) throws {
    var order = Array(Int32(0)..<Int32(entries.count))
    order.sort { Self.compare(Self.key(entries[Int($0)].name[...]), Self.key(entries[Int($1)].name[...])) < 0 }
    self.order = order
    for (left, right) in zip(order, order.dropFirst()) {
      let name = entries[Int(right)].name
      guard Self.compare(Self.key(entries[Int(left)].name[...]), Self.key(name[...])) < 0 else {
        throw ZipFault.error("two entries have one name", at: ZipFault.place(path, name))
      }
    }
    var checked: Substring = ""
    for entry in entries {
      var parent = Substring(entry.name.utf8.dropLast(entry.isFolder ? 1 : 0))
      guard let slash = parent.utf8.lastIndex(of: 0x2F) else { continue }
      parent = parent[..<slash]
      // Entries of one folder mostly follow each other.
      if parent.utf8.elementsEqual(checked.utf8) { continue }
      checked = parent
      while true {
        if let position = position(of: parent, in: entries), !entries[position].isFolder {
          throw ZipFault.error("an entry lies below one that is no folder", at: ZipFault.place(path, entry.name))
        }
        guard let slash = parent.utf8.lastIndex(of: 0x2F) else { break }
        parent = parent[..<slash]
      }
    }
  }

  /// The place in `entries`, which must be those of the start, of the one with this name.
  func position(of name: Substring, in entries: [ZipEntry]) -> Int? {
    let wanted = Self.key(name)
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      let found = Self.compare(Self.key(entries[Int(order[middle])].name[...]), wanted)
      if found == 0 { return Int(order[middle]) }
      if found < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  private static func key(_ name: Substring) -> Substring.UTF8View {
    // Not by characters: a slash may be part of a longer one.
    name.utf8.last == 0x2F ? name.utf8.dropLast() : name.utf8
  }

  private static func compare(_ left: Substring.UTF8View, _ right: Substring.UTF8View) -> Int {
    let fast: Int?? = left.withContiguousStorageIfAvailable { left in
      right.withContiguousStorageIfAvailable { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return left.count - right.count }
        let order = Int(memcmp(first, second, min(left.count, right.count)))
        return order == 0 ? left.count - right.count : order
      }
    }
    if let fast, let order = fast { return order }
    if left.elementsEqual(right) { return 0 }
    return left.lexicographicallyPrecedes(right) ? -1 : 1
  }
}
