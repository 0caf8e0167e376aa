/// Names of files, tables and entries are bytes. To `String` a mark that combines with the `/` before it makes both one
/// character, so that a path would seem to have neither that prefix nor that part.
extension StringProtocol {
  /// Whether the UTF-8 bytes begin with those of `prefix`.
  func hasBytePrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// Whether the UTF-8 bytes end with those of `suffix`.
  func hasByteSuffix(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }
}
