import AdminCore
import Glibc
import Synchronization

/// How an operation that ran as a process of its own ended.
package struct OperationResult: Sendable {
  /// What it printed.
  package let output: String
  /// Why it failed; nil after success.
  package let error: AdminError?

  package init(output: String, error: AdminError?) {
    self.output = output
    self.error = error
  }

  /// Its last line.
  var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
}

/// Starts operations as processes of their own, in a session of their own: a dropped line or a killed terminal does not
/// reach them.
package final class OperationLauncher: Sendable {
  /// The program to start.
  private let program: String
  private let processes = Mutex<[WorkID: pid_t]>([:])

  /// Starts `program` for every operation, unless told this very program.
  package init(program: String = "/proc/self/exe") { self.program = program }

  /// Starts `hubtui` with `arguments` for this hub.
  ///
  /// - Parameter ended: called from a thread of its own.
  /// - Returns: the process.
  /// - Throws: `AdminError` (`inputOutput`) when it cannot be started.
  @discardableResult
  package func launch(
    _ id: WorkID, _ arguments: [String], hub: Hub, ended: @escaping @Sendable (OperationResult) -> Void
  ) throws -> pid_t {
    var output = try pipe()
    var errors = try pipe()
    defer { for end in [output.write, errors.write] { close(end) } }
    let path = program == "/proc/self/exe" ? FileSystem.resolved(program) : program
    let words = ["hubtui"] + arguments + ["--install-folder", hub.installation.folder]
    let environment = OperationLauncher.environment + ["\(Actor.hubAccountVariable)=\(hub.actor.account)"]
    // A session of its own has no controlling terminal that could hang up.
    let (process, status) = Spawn.start(
      path, words, environment: environment,
      streams: [.nothing, .descriptor(output.write), .descriptor(errors.write)], hasSession: true)
    guard status == 0 else {
      for end in [output.read, errors.read] { close(end) }
      throw AdminError(
        .inputOutput, "the operation cannot be started (\(String(cString: strerror(status))))", at: path,
        next: "start it as a command: hubtui \(arguments.joined(separator: " "))")
    }
    processes.withLock { $0[id] = process }
    let (said, complaints) = (output.read, errors.read)
    (output.read, errors.read) = (-1, -1)
    BackgroundThread.run { [self] in
      let (text, complaint) = OperationLauncher.readBoth(said, complaints)
      var code: Int32 = 0
      while waitpid(process, &code, 0) < 0 && errno == EINTR {}
      processes.withLock { _ = $0.removeValue(forKey: id) }
      ended(OperationResult(output: text, error: OperationLauncher.error(code, complaint)))
    }
    return process
  }

  /// Asks an operation that was started here to stop.
  package func abandon(_ id: WorkID) {
    // Under the lock: the process is not yet waited for, so its number is its own.
    processes.withLock { if let process = $0[id] { kill(process, SIGTERM) } }
  }

  private func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw systemError("cannot make a pipe for", program) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static var environment: [String] {
    [
      "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSH_CONNECTION", "SUDO_USER", "USER", "LOGNAME", "SSH_AUTH_SOCK",
      "XDG_RUNTIME_DIR", "KRB5CCNAME", "HUBTUI_SSH_CONFIG", "HUBTUI_SSH_TIMEOUT",
    ].compactMap {
      (name: String) -> String? in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
  }

  // The error line has all that an AdminError says; the exit code is its class.
  private static func error(_ status: Int32, _ complaint: String) -> AdminError? {
    guard status != 0 else { return nil }
    let code = AdminError.Code(rawValue: status >> 8 & 0xFF) ?? .inputOutput
    var line = complaint.split(separator: "\n").last.map(String.init) ?? ""
    if line.hasPrefix("hubtui: ") { line.removeFirst("hubtui: ".count) }
    guard !line.isEmpty else {
      return AdminError(code, "the operation ended without a word", next: "start it again")
    }
    guard let end = line.range(of: "; ", options: .backwards) else {
      return AdminError(code, line, next: "start it again")
    }
    return AdminError(code, String(line[..<end.lowerBound]), next: String(line[end.upperBound...]))
  }

  // What a preview of ten thousand tables prints is some megabytes; a program that writes without end is read, not kept.
  private static let mostOutput = 64 << 20

  private static func readBoth(_ first: Int32, _ second: Int32) -> (String, String) {
    var texts: [[UInt8]] = [[], []]
    var open = [
      pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
    ]
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while open.contains(where: { $0.fd >= 0 }) {
      guard poll(&open, 2, -1) > 0 || errno == EINTR else { break }
      for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
        let count = read(open[index].fd, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          close(open[index].fd)
          open[index].fd = -1
          continue
        }
        if texts[index].count < mostOutput { texts[index] += buffer[..<count] }
      }
    }
    return (String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
  }
}
