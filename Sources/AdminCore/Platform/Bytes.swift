import CLinux
import Glibc

/// Names of files, tables and entries are bytes. To `String` a mark that combines with the `/` before it makes both one
/// character, so that a path would seem to have neither that prefix nor that part.
extension StringProtocol {
  /// Whether the UTF-8 bytes begin with those of `prefix`.
  package func hasBytePrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// Whether the UTF-8 bytes end with those of `suffix`.
  package func hasByteSuffix(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }
}

extension UnsafeRawBufferPointer {
  /// Where `wanted` begins for the first time, by the C library's search, which is several times as fast as a loop; nil
  /// when it is not there.
  package func firstOffset(of wanted: [UInt8]) -> Int? {
    guard let start = baseAddress, let found = memmem(start, count, wanted, wanted.count) else { return nil }
    return UnsafeRawPointer(found) - start
  }
}
