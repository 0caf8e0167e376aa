import Platform

/// The one kind of error of the strict reader.
enum ZipFault {
  /// `place` is the archive's path, with the entry's name after it when there is one.
  package static func error(_ what: String, at place: String) -> AdminError {
    AdminError(.dataError, what, at: place, next: "do not use this archive; take an intact copy of the backup")
  }

  /// A record that means the same to others, but is none of `ZipWriter`'s.
  static func notOurs(at place: String) -> AdminError {
    error("a header is not as this program writes it: the archive was changed or packed anew", at: place)
  }

  /// An entry that does not end where the next one, or the directory, begins.
  static func misplaced(isLast: Bool, at place: String) -> AdminError {
    error(
      isLast ? "an entry reaches into the directory" : "a gap, an overlap or another order of entries", at: place)
  }

  package static func place(_ path: String, _ name: String) -> String { "\(path): \(name)" }
}
