import AdminCore
import Testing

/// A good archive as bytes, with where its records are, for a test to break one thing in it.
struct ZipPatch {
  var bytes: [UInt8]
  /// Start of each local header.
  private(set) var local: [Int] = []
  /// Start of each directory record.
  private(set) var central: [Int] = []
  /// Start of the content of each entry.
  private(set) var data: [Int] = []

  init(path: String) throws {
    bytes = try ZipSamples.load(path)
    for entry in try ZipReader(path: path).entries {
      local.append(Int(entry.headerOffset))
      data.append(Int(entry.dataOffset))
    }
    var position = directory
    for _ in local {
      central.append(position)
      position += 46 + Int(self[position + 28, 2] + self[position + 30, 2] + self[position + 32, 2])
    }
  }

  /// The end record, when no comment follows.
  var end: Int { bytes.count - 22 }
  /// Where the directory starts: from the ZIP64 record, if there is one.
  var directory: Int {
    Int(self[end - 20, 4] == 0x0706_4B50 ? self[end - 76 + 48, 8] : self[end + 16, 4])
  }

  /// The little-endian value of `length` bytes at `offset`.
  subscript(offset: Int, length: Int) -> UInt64 {
    get { (0..<length).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) } }
    set { for index in 0..<length { bytes[offset + index] = UInt8(truncatingIfNeeded: newValue >> UInt64(8 * index)) } }
  }

  /// Sets a field of both headers of an entry; the fields they share are 2 bytes further on in the directory.
  mutating func both(_ index: Int, _ localOffset: Int, _ length: Int, _ value: UInt64) {
    self[local[index] + localOffset, length] = value
    self[central[index] + localOffset + 2, length] = value
  }

  /// Replaces a name everywhere by one of the same length.
  mutating func rename(_ old: String, _ new: String) {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    precondition(old.count == new.count)
    for start in 0...bytes.count - old.count where Array(bytes[start..<start + old.count]) == old {
      bytes.replaceSubrange(start..<start + old.count, with: new)
    }
  }

  /// Puts bytes into the file without telling any record.
  mutating func insert(_ new: [UInt8], at offset: Int) { bytes.insert(contentsOf: new, at: offset) }
}
