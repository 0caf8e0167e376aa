import Testing

/// A demo production on a MariaDB server, and its test server on another one, for one test alone; both end with it.
final class MariaDemo {
  let folder: TemporaryFolder
  var production: String { folder["production"] }
  var testServer: String { folder["test-server"] }
  var productionSocket: String { folder["production-database/mariadb.sock"] }
  var testSocket: String { folder["test-server/database/mariadb/mariadb.sock"] }
  var backupFolders: [String] { [production + "/hub/backup", folder["share/lui-backup"], production + "/trk/backup"] }
  var from: [String] { backupFolders.flatMap { ["--from", $0] } }

  init(events: Int = 2000) throws {
    folder = try TemporaryFolder()
    try run(
      Program.command(
        ["demo", folder.path, "--database", "mariadb", "--subscribers", "500", "--events", String(events)])
    ).succeeded()
  }

  deinit {
    for server in ["production-database", "test-server/database/mariadb"] {
      do {
        try hubtui("database", "stop", "--server-folder", folder[server]).succeeded()
      } catch { Issue.record("a server does not stop: \(error)") }
    }
  }

  func backup(_ flags: String...) throws -> String {
    let run = try run(Program.command(["backup", "create"] + flags, on: production)).succeeded()
    return try #require(run.lines.last)
  }

  /// What the server's own program says.
  @discardableResult
  func sql(_ statements: String, on socket: String) throws -> String {
    try run(["mariadb", "--no-defaults", "-N", "-u", "root", "-S", socket, "maestro", "-e", statements]).succeeded()
      .output
  }

  /// All component tables with their rows and structure, as the server's own program writes them.
  func dump(_ socket: String) throws -> [String] {
    let tables = try sql("SHOW TABLES", on: socket).split(separator: "\n").map(String.init)
    let run = try run(
      [
        "mariadb-dump", "--no-defaults", "-u", "root", "-S", socket, "--skip-dump-date", "--order-by-primary",
        "--skip-comments",
        "maestro",
      ] + tables.filter { $0.contains("_") })
    return try run.succeeded().lines.filter { !$0.isEmpty }
  }

  /// Puts somebody between the program and a server who cuts the line, or kills the server, after so many bytes.
  func interrupt(_ socket: String, after bytes: Int, kill process: String? = nil) throws -> Running {
    try run(["mv", socket, socket + ".real"]).succeeded()
    let proxy = try background(
      """
      import threading
      left, lock, pairs = [int(A[1])], threading.Lock(), []
      server = socket.socket(socket.AF_UNIX)
      server.bind(A[0])
      os.chmod(A[0], 0o777)
      server.listen(64)
      print('ready', flush=True)
      def end():
          if A[2] != '-':
              os.kill(int(A[2]), 9)
          for pair in pairs:
              for s in pair:
                  try: s.shutdown(socket.SHUT_RDWR)
                  except OSError: pass
      def pump(a, b):
          while True:
              try: data = a.recv(65536)
              except OSError: data = b''
              with lock:
                  before, left[0] = left[0], left[0] - len(data)
              if before > 0 >= left[0] and data:
                  print('cut', flush=True)
                  end()
                  return
              if not data:
                  for s in (a, b):
                      try: s.shutdown(socket.SHUT_RDWR)
                      except OSError: pass
                  return
              try: b.sendall(data)
              except OSError: return
      while True:
          client = server.accept()[0]
          real = socket.socket(socket.AF_UNIX)
          try: real.connect(A[0] + '.real')
          except OSError:
              client.close()
              continue
          pairs.append((client, real))
          for way in ((client, real), (real, client)):
              threading.Thread(target=pump, args=way, daemon=True).start()
      """, [socket, String(bytes), process ?? "-"])
    try eventually("the line is interrupted") { proxy.outputSoFar.contains("ready") }
    return proxy
  }

  /// Ends an interruption.
  func reconnect(_ socket: String, _ proxy: Running) throws {
    proxy.stop()
    try run(["rm", "-f", socket]).succeeded()
    try run(["mv", socket + ".real", socket]).succeeded()
  }

  func pid(of folder: String) throws -> String {
    try text(of: folder + "/mariadb.pid").trimmingPrefix(" ").split(separator: "\n").first.map(String.init) ?? ""
  }
}
