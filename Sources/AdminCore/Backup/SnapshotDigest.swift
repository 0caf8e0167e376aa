import Archive
import Database
import Installation

/// What a view holds, in so few bytes that both sides can compare it: the structure of all tables and the Hub settings.
enum SnapshotDigest {
  package static func of(_ database: any SystemDatabase, _ tables: [TableSchema]) throws -> String {
    var hasher = SHA256Hasher()
    func add(_ bytes: [UInt8]) {
      // With the length in front: two texts must not pass for two others.
      withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hasher.update($0) }
      bytes.withUnsafeBytes { hasher.update($0) }
    }
    for table in tables {
      var table = table
      // It grows with every new row, and not with the view.
      table.autoIncrementNext = nil
      add(try table.encoded())
    }
    for (name, value) in try Settings(database).all().sorted(by: { $0.name < $1.name }) {
      add(Array(name.utf8))
      add(Array(value.utf8))
    }
    return Digest.hex(hasher.digest())
  }
}
