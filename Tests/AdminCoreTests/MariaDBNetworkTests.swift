import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// A server on a port of this machine, with a certificate of its own or without one.
private final class NetworkServer {
  let folder: TemporaryFolder
  let port: Int
  private let isSafe: Bool

  init(isSafe: Bool) throws {
    folder = try TemporaryFolder()
    port = try NetworkServer.freePort()
    self.isSafe = isSafe
    try MariaDBServer(folder: folder["server"]).initialise(for: folder["server"])
    let key = try Command([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost", "-keyout", folder["key"], "-out", folder["certificate"],
    ])
    #expect(key.status == 0, "\(key.errors)")
    let line = isSafe ? "--ssl-key=\(folder["key"]) --ssl-cert=\(folder["certificate"])" : "--skip-ssl"
    let start = """
      mariadbd --no-defaults --user="$(id -un)" --datadir="$1/server/data" --socket="$1/socket" --pid-file="$1/pid" \
        --tmpdir="$1/server/data" --bind-address=127.0.0.1 --port=\(port) \(line) >"$1/log" 2>&1 &
      for i in $(seq 1 300); do mariadb-admin --no-defaults -u root -S "$1/socket" ping >/dev/null 2>&1 && exit; sleep 0.1; done
      cat "$1/log" >&2; exit 1
      """
    let started = try Command(["sh", "-c", start, "sh", folder.path])
    #expect(started.status == 0, "\(started.errors)")
    let account = "CREATE DATABASE maestro; CREATE USER u@'%' IDENTIFIED BY 'secret'; GRANT ALL ON maestro.* TO u@'%'"
    let made = try Command(["mariadb", "--no-defaults", "-u", "root", "-S", folder["socket"], "-e", account])
    #expect(made.status == 0, "\(made.errors)")
  }

  deinit {
    do {
      let end = "kill -9 \"$(cat \"$1/pid\")\""
      #expect(try Command(["sh", "-c", end, "sh", folder.path]).status == 0)
    } catch { Issue.record("the server does not end: \(error)") }
  }

  private static func freePort() throws -> Int {
    let code = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])"
    return try #require(Int(try Command(["python3", "-c", code]).output.split(separator: "\n").first ?? ""))
  }

  func open(_ host: String, _ options: String) throws -> MariaDBDatabase {
    let url = "mariadb://\(host):\(port)/maestro\(options)"
    return try MariaDBDatabase(
      try ServerAddress(url: url, among: Engine.all, user: "u", password: Secret("secret"), at: "test"), .readOnly)
  }
}

@Suite(.serialized) struct MariaDBNetworkTests {
  @Test func certificateAndHostNameAreChecked() throws {
    let server = try NetworkServer(isSafe: true)
    let trusted = "&ca=\(server.folder["certificate"])"
    let database = try server.open("localhost", "?tls=verify" + trusted)
    let cipher = try #require(try database.query("SHOW STATUS LIKE 'Ssl_cipher'").first?.last?.text)
    #expect(!cipher.isEmpty)
    // Nobody vouches for it; it is another host's; there is no such file.
    for (host, options) in [
      ("localhost", "?tls=verify"), ("127.0.0.1", "?tls=verify" + trusted), ("localhost", "?tls=verify&ca=/nowhere"),
    ] {
      let error = Sample.error { _ = try server.open(host, options) }
      #expect(error?.code == .configuration, "\(host) \(options): \(error?.description ?? "")")
    }
  }

  @Test func lineThatMustBeSafeIsNeverAnOpenOne() throws {
    let server = try NetworkServer(isSafe: false)
    let error = Sample.error { _ = try server.open("localhost", "?tls=verify&ca=\(server.folder["certificate"])") }
    #expect(error?.code == .configuration, "\(error?.description ?? "")")
    // The host localhost means the port that is named, not some other server's socket.
    let database = try server.open("localhost", "")
    #expect(try database.query("SELECT @@port").first?.first == .integer(Int64(server.port)))
  }
}
