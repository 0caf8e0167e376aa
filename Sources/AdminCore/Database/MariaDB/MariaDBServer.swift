import Archive
import Glibc
import Platform

/// The internal database when it is a MariaDB server of the installation's own: its files, its socket, its process. It
/// listens on the socket alone, in a folder that only the installation's owner enters.
public struct MariaDBServer: Sendable, Equatable {
  /// The folder of data, socket, process ID and log.
  public let folder: String

  /// Names a folder; nothing is started.
  public init(folder: String) { self.folder = folder }

  /// The server whose files are in `folder`.
  ///
  /// - Throws: `AdminError` (`configuration`) when there are none.
  public static func locate(_ folder: String) throws -> MariaDBServer {
    let server = MariaDBServer(folder: FileSystem.absolute(folder))
    guard FileSystem.isFolder(server.dataFolder) else {
      throw AdminError(
        .configuration, "no database server's files are there", at: server.folder,
        next: "name the folder that holds data")
    }
    return server
  }

  /// The database with the system's tables.
  package static let databaseName = "maestro"

  /// The socket.
  public var socket: String { folder + "/mariadb.sock" }
  package var dataFolder: String { folder + "/data" }
  var logPath: String { folder + "/mariadb.log" }
  private var pidPath: String { folder + "/mariadb.pid" }

  /// How to log in.
  package var address: ServerAddress {
    ServerAddress(
      socket: socket, of: .mariadb, .mariadb, database: MariaDBServer.databaseName, user: "root", isInternal: true)
  }

  /// What a server is doing.
  public enum State: Sendable, Equatable {
    /// It answers; its version.
    case running(version: String)
    /// Its process runs, and it does not answer yet.
    case starting(pid: Int32)
    /// There is no process.
    case stopped
  }

  /// Makes the data folder and its system tables.
  ///
  /// - Parameter place: where the folder will be in the end.
  /// - Throws: `AdminError`: `configuration` when MariaDB is not installed or the path is too long for a socket.
  package func initialise(for place: String) throws {
    // sun_path has 108 bytes with the zero at the end (unix(7)).
    for server in [self, MariaDBServer(folder: place)] where server.socket.utf8.count >= 108 {
      throw AdminError(
        .configuration, "the path of the database's socket is longer than 107 bytes", at: server.socket,
        next: "use an install folder with a shorter path")
    }
    try FileSystem.makeFolder(folder)
    let owner = try owner()
    let arguments = [
      "--no-defaults", "--datadir=\(dataFolder)", "--auth-root-authentication-method=normal", "--skip-test-db",
      "--skip-name-resolve", "--user=\(owner.name)", "--tmpdir=\(dataFolder)",
    ]
    let process = try ChildProcess(tool("mariadb-install-db"), arguments, log: logPath)
    guard try process.wait() == 0 else {
      throw AdminError(
        .cannotCreate, "the database's folder cannot be made", at: folder, next: "read the log: \(logPath)")
    }
    guard chmod(dataFolder, 0o700) == 0 else { throw systemError("cannot set the mode of", dataFolder) }
    try give(folder, to: owner)
    try give(logPath, to: owner)
  }

  /// Starts the server and waits until it answers; does nothing when it runs already.
  ///
  /// - Throws: `AdminError`: `unavailable` when it does not come up, with its last words.
  public func start() throws {
    if case .running = try state() { return }
    let owner = try owner()
    let program = try tool("mariadbd")
    let arguments = [
      "--no-defaults", "--datadir=\(dataFolder)", "--socket=\(socket)", "--pid-file=\(pidPath)", "--skip-networking",
      "--log-error=\(logPath)", "--user=\(owner.name)", "--character-set-server=utf8mb4", "--local-infile=OFF",
      "--max-allowed-packet=1G", "--innodb-buffer-pool-size=256M", "--skip-name-resolve",
      "--secure-file-priv=\(dataFolder)", "--symbolic-links=0",
      // A server that starts removes every #sql file of its tmpdir: in /tmp those of other servers, which then crash.
      "--tmpdir=\(dataFolder)",
    ]
    var process: ChildProcess?
    if try pid() == nil { process = try ChildProcess(program, arguments, log: logPath, isDetached: true) }
    // A server that was killed reads its log first, which may take a while; one that ends tells so at once.
    for _ in 0..<1200 {
      if case .running = try state() { return }
      if let process, try process.hasEnded() {
        throw AdminError(
          .unavailable, "the internal database does not start (\(lastWords()))", at: folder,
          next: "read the log: \(logPath)")
      }
      usleep(50_000)
    }
    throw AdminError(
      .unavailable, "the internal database does not answer after a minute", at: folder, next: "read the log: \(logPath)"
    )
  }

  /// Lets the server finish its work and waits for its end; does nothing when there is none.
  public func stop() throws {
    guard let pid = try pid() else { return }
    do {
      try MariaDBConnection(address, database: nil).run("SHUTDOWN")
    } catch let error as AdminError where error.code == .unavailable {
      // It is only starting, or hangs: the signal asks for the same.
      guard kill(pid, SIGTERM) == 0 || errno == ESRCH else { throw systemError("cannot stop", folder) }
    }
    for _ in 0..<2400 {
      if try self.pid() == nil { return }
      usleep(50_000)
    }
    throw AdminError(
      .unavailable, "the internal database does not stop (process \(pid))", at: folder, next: "read the log: \(logPath)"
    )
  }

  /// Runs it for the time of `body`.
  package func whileRunning<Result>(_ body: () throws -> Result) throws -> Result {
    try start()
    do {
      let result = try body()
      try stop()
      return result
    } catch {
      // The first error is the one to tell; a server that goes on is found by its pid file.
      do { try stop() } catch let second {
        throw AdminError(.inputOutput, "\(error) (then: \(second))", next: "start again")
      }
      throw error
    }
  }

  /// What it is doing now.
  public func state() throws -> State {
    guard let pid = try pid() else { return .stopped }
    do {
      let version = try MariaDBConnection(address, database: nil).texts("SELECT VERSION()").first?.first.flatMap { $0 }
      return .running(version: version ?? "")
    } catch let error as AdminError where error.code == .unavailable {
      return .starting(pid: pid)
    }
  }

  /// The server's process: the one that its file names, when that is a server of this very folder.
  private func pid() throws -> Int32? {
    guard try FileSystem.exists(pidPath) else { return nil }
    let text: String
    do {
      text = String(decoding: try FileSystem.read(pidPath, limit: 64), as: UTF8.self)
    } catch {
      // A server removes its file when it ends, which may be just now.
      guard try FileSystem.exists(pidPath) else { return nil }
      throw error
    }
    guard let pid = Int32(text.split(whereSeparator: \.isWhitespace).first ?? ""), pid > 1 else { return nil }
    let commandPath = "/proc/\(pid)/cmdline"
    guard kill(pid, 0) == 0 || errno == EPERM, try FileSystem.exists(commandPath) else { return nil }
    let words: [String]
    do {
      words = try ChildProcess.commandLine(of: pid)
    } catch {
      guard try FileSystem.exists(commandPath) else { return nil }
      throw error
    }
    return words.contains("--datadir=\(dataFolder)") ? pid : nil
  }

  private func lastWords() -> String {
    do {
      let text = String(decoding: try FileSystem.read(logPath, limit: 16 << 20), as: UTF8.self)
      let line = text.split(separator: "\n").last { $0.contains("[ERROR]") } ?? ""
      return line.split(separator: "]", maxSplits: 1).last.map(String.init)?.trimmingPrefix(" ").description ?? ""
    } catch {
      return "\(error)"
    }
  }

  private func owner() throws -> (name: String, uid: uid_t, gid: gid_t) {
    // Root writes a log there: a link that the installation's account put there must not lead it elsewhere.
    if let own = try FileSystem.status(folder), own.st_mode & S_IFMT != S_IFDIR {
      throw AdminError(
        .refused, "the database's folder is a link or no folder", at: folder, next: "put the folder itself there")
    }
    var place = folder
    while !FileSystem.isFolder(place), place != "/" { place = FileSystem.folder(of: place) }
    guard let status = try FileSystem.status(place) else { throw systemError("cannot examine", place) }
    // Only root can run a server for somebody else.
    let uid = geteuid() == 0 ? status.st_uid : geteuid()
    guard let entry = getpwuid(uid), let name = entry.pointee.pw_name else {
      throw AdminError(
        .configuration, "the owner of the installation is no account (\(uid))", at: place, next: "give it to an account"
      )
    }
    return (String(cString: name), uid, entry.pointee.pw_gid)
  }

  private func give(_ path: String, to owner: (name: String, uid: uid_t, gid: gid_t)) throws {
    guard geteuid() == 0 else { return }
    guard chown(path, owner.uid, owner.gid) == 0 else { throw systemError("cannot give to its owner", path) }
  }

  private func tool(_ name: String) throws -> String {
    for folder in ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/local/mariadb/bin"]
    where access(folder + "/" + name, X_OK) == 0 {
      return folder + "/" + name
    }
    throw AdminError(
      .configuration, "\(name) is not installed", next: "install it: apt-get install mariadb-server")
  }
}
