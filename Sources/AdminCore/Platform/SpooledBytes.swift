/// Bytes that grow with somebody's files: the last of them in memory, all before in a file without a name.
///
/// One thread fills it; after that any number may read. Unchecked for that reason: whoever shares it has filled it before,
/// and nothing in it changes any more, so readers need no lock.
package final class SpooledBytes: @unchecked Sendable {
  private let folder: String
  private let limit: Int
  private var recent: [UInt8] = []
  private var file: File?
  private var filed: UInt64 = 0

  /// - Parameters:
  ///   - folder: where the file goes, when there are more bytes than `limit`.
  ///   - limit: the most bytes kept in memory, but for a single piece that is larger.
  package init(in folder: String, limit: Int = 256 << 10) {
    self.folder = folder
    self.limit = limit
  }

  /// How many there are.
  package var count: UInt64 { filed + UInt64(recent.count) }

  /// Adds bytes at the end.
  ///
  /// - Throws: `AdminError`: `cannotCreate`, `inputOutput`.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    if recent.count + bytes.count > limit, !recent.isEmpty {
      let file = try self.file ?? UnnamedFile.create(in: folder)
      self.file = file
      try recent.withUnsafeBytes { try file.write($0, at: filed) }
      filed += UInt64(recent.count)
      recent.removeAll(keepingCapacity: true)
    }
    recent.append(contentsOf: bytes)
  }

  /// Fills `buffer` with the bytes from `offset` on; there must be as many.
  ///
  /// - Throws: `AdminError` (`inputOutput`).
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws {
    precondition(offset + UInt64(buffer.count) <= count, "bytes that were never added")
    var done = 0
    if offset < filed, let file {
      done = Int(min(UInt64(buffer.count), filed - offset))
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<done])
      guard try file.read(into: part, at: offset) == done else {
        throw AdminError(
          .inputOutput, "a temporary file became shorter", at: folder, next: "check the disk and start again")
      }
    }
    guard done < buffer.count else { return }
    let start = Int(offset + UInt64(done) - filed)
    recent.withUnsafeBytes { recent in
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: recent[start..<start + rest.count]))
    }
  }
}
