import Glibc

/// Where something is mounted on this machine: such a folder cannot be renamed, and what is in it is not its parent's.
package enum MountPoints {
  /// The mount points below a folder, as paths inside it, in byte order; the folder's own path must be resolved.
  ///
  /// - Throws: `AdminError` (`inputOutput`) when the kernel does not tell.
  package static func below(_ folder: String) throws -> [[UInt8]] {
    // The size of such a file is 0, so it is read to its end.
    let file = try File("/proc/self/mountinfo")
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while true {
        let count = try file.read(into: buffer)
        guard count > 0 else { break }
        bytes.append(contentsOf: buffer[..<count])
      }
    }
    return below(folder, mountInfo: bytes)
  }

  static func below(_ folder: String, mountInfo: [UInt8]) -> [[UInt8]] {
    let prefix = Array(folder.utf8) + (folder == "/" ? [] : [0x2F])
    let points = mountInfo.split(separator: 0x0A).compactMap { line -> [UInt8]? in
      // proc_pid_mountinfo(5): the fifth field is the mount point.
      let fields = line.split(separator: 0x20, maxSplits: 5)
      guard fields.count >= 5 else { return nil }
      let path = unescaped(fields[4])
      return path.starts(with: prefix) && path.count > prefix.count ? Array(path.dropFirst(prefix.count)) : nil
    }
    return Set(points).sorted { $0.lexicographicallyPrecedes($1) }
  }

  // Blank, tab, line feed and backslash stand there as `\` and three octal digits.
  private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == 0x5C, digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        result.append(value)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
