import Glibc

/// A PostgreSQL server of a test's own: reached by a socket alone, with a password, in a folder of its own.
package final class PostgresServer {
  package static let user = "maestro"
  package static let password = "a ' \\ password"

  /// Where its socket is.
  package let folder: String
  private let program: ([String]) throws -> String
  private let isRoot = getuid() == 0
  private var isRunning = false

  /// A port of this machine that answers by TLS alone; nil for a server with a socket only.
  private let securePort: Int?

  /// The certificate of a secure port, which is its own authority; its name is localhost.
  package var certificate: String { folder + "/server.crt" }

  /// Makes and starts it; `folder` must be empty and is given to the account that runs the server.
  ///
  /// - Parameter program: runs a program to its end and gives what it printed, or throws.
  package init(folder: String, securePort: Int? = nil, program: @escaping ([String]) throws -> String) throws {
    self.folder = folder
    self.securePort = securePort
    self.program = program
    _ = try program([
      "sh", "-c", "printf '%s\\n' \"$1\" > \"$2\"", "sh", PostgresServer.password, folder + "/password",
    ])
    if securePort != nil {
      _ = try program([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/server.key",
        "-out", folder + "/server.crt",
      ])
    }
    if isRoot { _ = try program(["chown", "-R", "postgres:postgres", folder]) }
    try own(
      "initdb", "-D", folder + "/data", "-U", PostgresServer.user, "-A", "scram-sha-256", "--pwfile",
      folder + "/password", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
    try start()
  }

  deinit { stop() }

  package func start() throws {
    let address =
      securePort.map {
        "-c listen_addresses=127.0.0.1 -c port=\($0) -c ssl=on -c ssl_cert_file=\(folder)/server.crt -c ssl_key_file=\(folder)/server.key"
      } ?? "-c listen_addresses=''"
    try own(
      "pg_ctl", "-D", folder + "/data", "-w", "-t", "60", "-l", folder + "/log", "-o",
      "\(address) -c unix_socket_directories='\(folder)' -c fsync=off -c max_connections=40", "start")
    isRunning = true
  }

  /// Ends it as a switched-off machine would.
  package func kill() {
    guard isRunning else { return }
    isRunning = false
    try? own("pg_ctl", "-D", folder + "/data", "-w", "-m", "immediate", "stop")
  }

  package func stop() { kill() }

  /// What psql prints.
  @discardableResult package func run(_ sql: String, database: String = "postgres") throws -> String {
    func value(_ text: String) -> String { "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'" }
    let connection =
      "host=\(folder) dbname=\(value(database)) user=\(PostgresServer.user) password=\(value(PostgresServer.password))"
    return try program(["psql", "-d", connection, "-v", "ON_ERROR_STOP=1", "-qAtX", "-c", sql])
  }

  private func own(_ name: String, _ arguments: String...) throws {
    let found = try program(["sh", "-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1"])
    let binary = String(found.prefix { $0 != "\n" }) + "/" + name
    // The server refuses to run as root.
    let account = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
    _ = try program(account + ["env", "-C", folder, binary] + arguments)
  }
}
