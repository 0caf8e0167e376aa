import AdminCore
import Glibc

/// Starts operations as processes of their own, in a session of their own: a dropped line or a killed terminal does not
/// reach them.
package struct OperationLauncher: Sendable {
  /// The program to start.
  let program: String

  /// Starts `program` for every operation, unless told this very program.
  package init(program: String = "/proc/self/exe") { self.program = program }

  /// Starts `hubtui` with `arguments` for this hub.
  ///
  /// - Parameter ended: called from a thread of its own, with the error line, or nil after success.
  /// - Returns: the process.
  @discardableResult
  func launch(_ arguments: [String], hub: Hub, ended: @escaping @Sendable (String?) -> Void) throws -> pid_t {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw systemError("cannot make a pipe for", program) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let path = program == "/proc/self/exe" ? FileSystem.resolved(program) : program
    let words = ["hubtui"] + arguments + ["--install-folder", hub.installation.folder]
    let environment = OperationLauncher.environment + ["\(Actor.hubAccountVariable)=\(hub.actor.account)"]
    // A session of its own has no controlling terminal that could hang up.
    let (process, status) = Spawn.start(
      path, words, environment: environment, streams: [.nothing, .nothing, .descriptor(ends[1])], hasSession: true)
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      throw AdminError(
        .inputOutput, "the operation cannot be started (\(String(cString: strerror(status))))", at: path,
        next: "start it as a command: hubtui \(arguments.joined(separator: " "))")
    }
    let reader = ends[0]
    let child = process
    BackgroundThread.run {
      let text = OperationLauncher.readAll(reader)
      close(reader)
      var code: Int32 = 0
      while waitpid(child, &code, 0) < 0 && errno == EINTR {}
      ended(code == 0 ? nil : text.isEmpty ? "the operation ended without a word" : text)
    }
    return child
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

  private static func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      // One error line; a program that writes without end is read, not kept.
      if bytes.count < 64 << 10 { bytes += buffer[..<count] }
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.map { line in
      line.hasPrefix("hubtui: ") ? String(line.dropFirst(8)) : String(line)
    } ?? ""
  }
}
