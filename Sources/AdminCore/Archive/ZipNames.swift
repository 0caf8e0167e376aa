/// Finds two entries of an archive that want one place in a file system. Of each name only a hash is kept, with a seed of
/// this very run: eight bytes instead of all names, and nobody outside can make two alike.
///
/// Names are compared by bytes and without their closing `/`: `String` would take two files for one whose names differ
/// only in Unicode normalisation.
struct ZipNames {
  /// The hash of each name; the lowest bit tells a folder.
  private var hashes: [UInt64] = []
  /// Hashes of the folders that names lie in.
  private var parents: [UInt64] = []
  private var lastParent: [UInt8] = []

  /// - Parameter count: how many will be added.
  init(count: Int) { hashes.reserveCapacity(count) }

  mutating func add(_ entry: ZipEntry) {
    var name = entry.name
    name.withUTF8 { name in
      let key = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name)[..<ZipNames.keyLength(entry)])
      hashes.append(ZipNames.hash(key) << 1 | (entry.isFolder ? 1 : 0))
      guard let slash = key.lastIndex(of: 0x2F) else { return }
      let parent = UnsafeRawBufferPointer(rebasing: key[..<slash])
      // Entries of one folder mostly follow each other, and folders those that they lie in.
      guard !parent.elementsEqual(lastParent) else { return }
      let known = zip(parent, lastParent).prefix { $0 == $1 }.count
      for end in parent.indices where end > known && parent[end] == 0x2F { addParent(parent, end) }
      addParent(parent, parent.count)
      lastParent = Array(parent)
    }
  }

  private mutating func addParent(_ parent: UnsafeRawBufferPointer, _ end: Int) {
    parents.append(ZipNames.hash(UnsafeRawBufferPointer(rebasing: parent[..<end])))
  }

  /// - Parameters:
  ///   - path: the archive's.
  ///   - walk: gives the same entries once more, to see whether equal hashes are of equal names.
  /// - Throws: `AdminError` (`dataError`) when two entries want the same place, or one lies below another that is no
  ///   folder; what `walk` throws.
  consuming func check(_ path: String, again walk: ((ZipEntry) throws -> Void) throws -> Void) throws {
    hashes.sort()
    for (left, right) in zip(hashes, hashes.dropFirst()) where left >> 1 == right >> 1 {
      var first: [UInt8]?
      try walk { entry in
        guard ZipNames.key(entry, hashesTo: left >> 1) else { return }
        let key = entry.name.utf8.prefix(ZipNames.keyLength(entry))
        guard let found = first else { return first = Array(key) }
        guard key.elementsEqual(found) else { return }
        throw ZipFault.error("two entries have one name", at: ZipFault.place(path, entry.name))
      }
    }
    for parent in parents where isOfOneThatIsNoFolder(parent) {
      var above: String?
      try walk { entry in
        if !entry.isFolder, ZipNames.key(entry, hashesTo: parent) { above = entry.name }
      }
      guard let above else { continue }
      try walk { entry in
        guard entry.name.utf8.starts(with: above.utf8),
          entry.name.utf8.dropFirst(above.utf8.count).first == 0x2F
        else { return }
        throw ZipFault.error("an entry lies below one that is no folder", at: ZipFault.place(path, entry.name))
      }
    }
  }

  /// Whether there is such a name that is no folder's; the hashes are in order.
  private func isOfOneThatIsNoFolder(_ hash: UInt64) -> Bool {
    let wanted = hash << 1
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] == wanted { return true }
      if hashes[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    return false
  }

  private static func keyLength(_ entry: ZipEntry) -> Int { entry.name.utf8.count - (entry.isFolder ? 1 : 0) }

  private static func key(_ entry: ZipEntry, hashesTo wanted: UInt64) -> Bool {
    var name = entry.name
    return name.withUTF8 { hash(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[..<keyLength(entry)])) }
      == wanted
  }

  /// 63 bits.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    return UInt64(bitPattern: Int64(hasher.finalize())) >> 1
  }
}
