import Glibc

/// When a file was last changed, as exactly as file systems keep it.
public struct FileTime: Sendable, Equatable {
  /// Seconds since 1970 UTC.
  public let seconds: Int64
  /// And nanoseconds, 0..<1,000,000,000.
  public let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  package init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
  }

  /// Reads the manifest's spelling; nil for any other, so that one time has one text.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = Int64(parts[0]), let nanoseconds = Int32(parts[1]), nanoseconds >= 0 else {
      return nil
    }
    self.init(seconds: seconds, nanoseconds: nanoseconds)
    guard self.text == text else { return nil }
  }

  /// The manifest's spelling: seconds, a dot, nine digits of nanoseconds.
  public var text: String {
    let digits = String(nanoseconds)
    return "\(seconds)." + String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
  }

  /// For utimensat(2).
  package var timespec: timespec { Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds)) }
}
