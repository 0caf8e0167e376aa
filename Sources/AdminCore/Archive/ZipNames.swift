/// Finds two entries of an archive that want one place in a file system. Of each name only a hash is kept, with a seed of
/// this very run: eight bytes instead of all names, and nobody outside can make two alike.
///
/// Names are compared by bytes and without their closing `/`: `String` would take two files for one whose names differ
/// only in Unicode normalisation.
struct ZipNames {
  /// The hash of each name; the lowest bit tells a folder.
  private var hashes: [UInt64] = []

  /// - Parameter count: how many will be added.
  init(count: Int) { hashes.reserveCapacity(count) }

  package mutating func add(_ entry: ZipEntry) { hashes.append(ZipNames.hash(entry) << 1 | (entry.isFolder ? 1 : 0)) }

  /// - Parameters:
  ///   - path: the archive's.
  ///   - walk: gives the same entries once more.
  /// - Throws: `AdminError` (`dataError`) when two entries want the same place, or one lies below another that is no
  ///   folder; what `walk` throws.
  consuming func check(_ path: String, again walk: @escaping ((ZipEntry) throws -> Void) throws -> Void) throws {
    hashes.sort()
    for (left, right) in zip(hashes, hashes.dropFirst()) where left >> 1 == right >> 1 {
      // Equal hashes are not proof enough.
      var first: [UInt8]?
      try walk { entry in
        guard ZipNames.hash(entry) == left >> 1 else { return }
        let key = entry.name.utf8.prefix(ZipNames.keyLength(entry))
        guard let found = first else { return first = Array(key) }
        guard key.elementsEqual(found) else { return }
        throw ZipFault.error("two entries have one name", at: ZipFault.place(path, entry.name))
      }
    }
    var last: [UInt8] = []
    try walk { entry in
      let name = entry.name.utf8
      guard let slash = name.prefix(ZipNames.keyLength(entry)).lastIndex(of: 0x2F) else { return }
      let parent = name[..<slash]
      // Entries of one folder mostly follow each other, and folders those that they lie in.
      guard !parent.elementsEqual(last) else { return }
      let known = zip(parent, last).prefix { $0 == $1 }.count
      last = Array(parent)
      for end in known...last.count where end == last.count || last[end] == 0x2F {
        guard try isOfOneThatIsNoFolder(last[..<end], walk) else { continue }
        throw ZipFault.error("an entry lies below one that is no folder", at: ZipFault.place(path, entry.name))
      }
    }
  }

  /// Whether there is an entry of this name that is no folder; the hashes are in order.
  private func isOfOneThatIsNoFolder(
    _ name: ArraySlice<UInt8>, _ walk: @escaping ((ZipEntry) throws -> Void) throws -> Void
  ) throws -> Bool {
    let wanted = name.withUnsafeBytes { ZipNames.hash($0) } << 1
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < hashes.count, hashes[low] == wanted else { return false }
    var isThere = false
    try walk { if $0.name.utf8.elementsEqual(name) { isThere = true } }
    return isThere
  }

  /// Of a name without its closing `/`.
  private static func keyLength(_ entry: ZipEntry) -> Int { entry.name.utf8.count - (entry.isFolder ? 1 : 0) }

  private static func hash(_ entry: ZipEntry) -> UInt64 {
    var name = entry.name
    return name.withUTF8 { hash(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0)[..<keyLength(entry)])) }
  }

  /// 63 bits.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(bytes: bytes)
    return UInt64(truncatingIfNeeded: hasher.finalize()) >> 1
  }
}
