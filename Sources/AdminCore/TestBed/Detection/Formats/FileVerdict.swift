/// What the inspection of a file's content came to.
package struct FileVerdict: Sendable, Equatable {
  /// Dangerous things in it, the first of each kind; places in them are those of the piece in which they were seen.
  package internal(set) var sights: [Sight] = []
  /// A database's own file or an archive of this program, or one that holds such a thing: it never travels in a test-bed
  /// set.
  package internal(set) var mustNotTravel: Sight?
  /// Why a part of it could not be understood, nil when all of it was.
  package internal(set) var opacity: Opacity?

  /// Why content cannot be understood. The raw value is the word of reports.
  package enum Opacity: String, Sendable, CaseIterable {
    case compressed = "compressed in a way that is not opened here"
    case encrypted = "encrypted"
    case damaged = "a damaged archive"
    case nested = "archives nested more than three deep"
    case bomb = "unpacks to more than it may"
    case memory = "no memory to unpack it"
    case random = "random-looking bytes"
  }
}
