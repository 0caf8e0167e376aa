import Glibc

/// A pipe whose one end wakes a display that waits, from any thread or from a signal handler.
public final class WakePipe: Sendable {
  /// Readable when there is something to look at.
  public let readEnd: Int32
  /// A byte written here wakes.
  public let writeEnd: Int32

  /// Makes a pipe.
  /// - Throws: `TerminalError` when the process has no descriptors left.
  public init() throws(TerminalError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      let reason = String(cString: strerror(errno))
      throw TerminalError("cannot make a pipe (\(reason))", next: "raise the limit of open files")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends {
      // A full pipe wakes as well as a fuller one, so nobody waits to write.
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  /// Wakes whoever waits.
  public func wake() {
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }

  /// Takes what was written, so that the next wait waits.
  func drain() {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(readEnd, &bytes, bytes.count) == bytes.count {}
  }
}
