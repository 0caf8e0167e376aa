/// What an entry may be called: the writer and the reader hold names to one rule, so that no backup is written that
/// could not be restored.
package enum ZipName {
  /// The most parts of a name: more than a backup's deepest folder has. Each part costs a look-up for each name below it.
  static let mostParts = 256

  /// Why `name` must not be in an archive; nil when it is fine.
  package static func fault(_ name: String) -> String? {
    let bytes = name.utf8
    if bytes.isEmpty { return "a name is empty" }
    if bytes.count > 65_535 { return "a name is longer than 65,535 bytes" }
    var start = true
    var length = 0
    var dots = 0
    var previous: UInt8 = 0
    var isFirstPart = true
    var parts = 1
    for byte in bytes {
      // C1 controls are C2 80…C2 9F in UTF-8.
      if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return "a name holds a control character" }
      if byte == 0x5C { return "a name holds a backslash" }
      if byte == 0x3A && isFirstPart && length == 1 && isLetter(previous) { return "a name starts with a drive letter" }
      previous = byte
      guard byte == 0x2F else {
        length += 1
        if byte == 0x2E { dots += 1 }
        start = false
        continue
      }
      if start { return length == 0 && isFirstPart ? "a name is an absolute path" : "a name has an empty part" }
      if length == dots && dots <= 2 { return "a name holds a . or .. part" }
      parts += 1
      if parts > mostParts { return "a name has more than \(mostParts) parts" }
      start = true
      length = 0
      dots = 0
      isFirstPart = false
    }
    return length > 0 && length == dots && dots <= 2 ? "a name holds a . or .. part" : nil
  }

  /// A name from a record of the archive at `path`.
  ///
  /// - Parameters:
  ///   - start: where it starts in `bytes`.
  ///   - flags: the record's general purpose flags.
  /// - Throws: `AdminError` (`dataError`) for one that must not be in an archive.
  package static func read(
    _ bytes: UnsafeRawBufferPointer, at start: Int, _ length: Int, flags: UInt16, in path: String
  ) throws -> String {
    guard flags & ~ZipFormat.flagUTF8 == 0 else {
      throw ZipFault.error("an entry is encrypted or has other unknown flags", at: path)
    }
    let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
    guard let name = String(validating: raw, as: UTF8.self) else {
      throw ZipFault.error("a name is not UTF-8", at: path)
    }
    if let problem = fault(name) { throw ZipFault.error(problem, at: ZipFault.place(path, name)) }
    // Without the flag other tools read such a name in a code page of their own.
    guard flags != 0 || isASCII(name) else {
      throw ZipFault.error("a name without the UTF-8 flag", at: ZipFault.place(path, name))
    }
    return name
  }

  private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

  /// Whether all bytes are ASCII, so that the name reads the same with and without the UTF-8 flag.
  package static func isASCII(_ name: String) -> Bool { name.utf8.allSatisfy { $0 < 0x80 } }

  /// Whether two names are the same, byte for byte, a closing `/` included.
  package static func haveSameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}
