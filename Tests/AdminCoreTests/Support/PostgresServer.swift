import Glibc

@testable import AdminCore

/// A PostgreSQL server of a test's own: reached by a socket alone, with a password, in a folder of its own.
final class PostgresServer {
  static let user = "maestro"
  static let password = "a ' \\ password"

  let address: ServerAddress
  private let folder: String
  private let isRoot = getuid() == 0
  private var isRunning = false

  /// A port of this machine that answers by TLS alone; nil for a server with a socket only.
  private let securePort: Int?

  /// The certificate of a secure port, which is its own authority; its name is localhost.
  var certificate: String { folder + "/server.crt" }

  /// Makes and starts it; `folder` must be empty and is given to the account that runs the server.
  init(folder: String, securePort: Int? = nil) throws {
    self.folder = folder
    self.securePort = securePort
    address = try ServerAddress(
      url: "postgresql:///postgres?socket=\(folder)", user: PostgresServer.user,
      password: Secret(PostgresServer.password), place: "test")
    try Sample.write(PostgresServer.password + "\n", to: folder + "/password")
    if securePort != nil {
      try check(
        Command([
          "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
          "2",
          "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/server.key",
          "-out", folder + "/server.crt",
        ]))
    }
    if isRoot { try check(Command(["chown", "-R", "postgres:postgres", folder])) }
    try program(
      "initdb", "-D", folder + "/data", "-U", PostgresServer.user, "-A", "scram-sha-256", "--pwfile",
      folder + "/password", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
    try start()
  }

  deinit { stop() }

  func start() throws {
    let address =
      securePort.map {
        "-c listen_addresses=127.0.0.1 -c port=\($0) -c ssl=on -c ssl_cert_file=\(folder)/server.crt -c ssl_key_file=\(folder)/server.key"
      } ?? "-c listen_addresses=''"
    try program(
      "pg_ctl", "-D", folder + "/data", "-w", "-t", "60", "-l", folder + "/log", "-o",
      "\(address) -c unix_socket_directories='\(folder)' -c fsync=off -c max_connections=40", "start")
    isRunning = true
  }

  /// Ends it as a switched-off machine would.
  func kill() {
    guard isRunning else { return }
    isRunning = false
    try? program("pg_ctl", "-D", folder + "/data", "-w", "-m", "immediate", "stop")
  }

  func stop() { kill() }

  /// The server's address with another database, account or password.
  func address(_ database: String, user: String? = nil, password: String? = nil) -> ServerAddress {
    var address = address
    address.database = database
    if let user { address.user = user }
    if let password { address.password = Secret(password) }
    return address
  }

  /// What psql prints.
  @discardableResult func run(_ sql: String, database: String = "postgres") throws -> String {
    func value(_ text: String) -> String { "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'" }
    let connection =
      "host=\(folder) dbname=\(value(database)) user=\(PostgresServer.user) password=\(value(PostgresServer.password))"
    let result = try Command(["psql", "-d", connection, "-v", "ON_ERROR_STOP=1", "-qAtX", "-c", sql])
    try check(result)
    return result.output
  }

  private func program(_ name: String, _ arguments: String...) throws {
    let found = try Command(["sh", "-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1"])
    let binary = String(found.output.prefix { $0 != "\n" }) + "/" + name
    // The server refuses to run as root.
    let account = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
    try check(Command(account + ["env", "-C", folder, binary] + arguments))
  }

  private func check(_ result: Command) throws {
    guard result.status == 0 else { throw Command.Failure(what: result.output + result.errors) }
  }
}
