/// The one kind of error of the strict reader.
enum ZipFault {
  /// `place` is the archive's path, with the entry's name after it when there is one.
  static func error(_ what: String, at place: String) -> AdminError {
    AdminError(.dataError, what, at: place, next: "do not use this archive; take an intact copy of the backup")
  }

  static func place(_ path: String, _ name: String) -> String { "\(path): \(name)" }
}
