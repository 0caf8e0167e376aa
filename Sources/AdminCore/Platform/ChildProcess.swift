import Glibc

/// Another program that this one starts, without a shell, with its words going to a log file.
package struct ChildProcess {
  private let pid: pid_t
  private let program: String

  /// Starts `program`.
  ///
  /// - Parameters:
  ///   - log: a file that takes what it says, at its end.
  ///   - isDetached: in a session of its own, so that it outlives this terminal.
  package init(_ program: String, _ arguments: [String], log: String, isDetached: Bool = false) throws {
    self.program = program
    // Nothing of this program's environment: it may hold what is nobody else's business.
    let (pid, status) = Spawn.start(
      program, [program] + arguments, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
      streams: [.nothing, .end(of: log), .output], hasSession: isDetached)
    guard status == 0 else {
      throw AdminError(
        .inputOutput, "cannot start (\(String(cString: strerror(status))))", at: program,
        next: "check that it is installed")
    }
    self.pid = pid
  }

  /// Waits for its end and gives its exit status; 128 and more for a signal.
  package func wait() throws -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw systemError("cannot wait for", program) }
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// Whether it has ended; to be asked no more after it has.
  package func hasEnded() throws -> Bool {
    var status: Int32 = 0
    let result = waitpid(pid, &status, WNOHANG)
    guard result >= 0 || errno == EINTR else { throw systemError("cannot wait for", program) }
    return result == pid
  }

  /// The words that started a process.
  package static func commandLine(of pid: Int32) throws -> [String] {
    let file = try File("/proc/\(pid)/cmdline")
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
    defer { buffer.deallocate() }
    let count = try file.read(into: buffer)
    return buffer[..<count].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
