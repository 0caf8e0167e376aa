import CMariaDB
import Glibc
import Platform

/// A connection to a MariaDB or MySQL server. One thread at a time.
package final class MariaDBConnection {
  /// The server and database, for messages.
  package let displayName: String
  let handle: UnsafeMutablePointer<MYSQL>
  private let isInternal: Bool

  /// The largest value or statement in bytes; the server has a limit of its own, `max_allowed_packet`.
  static let largestPacket: UInt = 1 << 30
  /// How long to wait for a server to answer, in seconds.
  static let connectTimeout: UInt32 = 10

  /// Connects and logs in.
  ///
  /// - Parameter database: nil connects to the server alone.
  /// - Throws: `AdminError`: `unavailable` when it does not answer, `configuration` when it does not let us in.
  package init(_ address: ServerAddress, database: String?) throws {
    displayName = address.displayName
    isInternal = address.isInternal
    try MariaDBConnection.startLibrary()
    guard let handle = mysql_init(nil) else {
      throw AdminError(.unavailable, "no memory for a connection", at: address.displayName, next: "free memory")
    }
    self.handle = handle
    var timeout = MariaDBConnection.connectTimeout
    mysql_options(handle, MYSQL_OPT_CONNECT_TIMEOUT, &timeout)
    var packet = MariaDBConnection.largestPacket
    mysql_options(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet)
    // For the library the host localhost means its default socket, whatever port is named: that may be another server.
    var line = UInt32((address.socket == nil ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET).rawValue)
    mysql_options(handle, MYSQL_OPT_PROTOCOL, &line)
    // A server must not ask this program for a file.
    var localInfile: UInt32 = 0
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &localInfile)
    var no: my_bool = 0
    mysql_options(handle, MYSQL_OPT_RECONNECT, &no)
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    if address.tls == .verify {
      var yes: my_bool = 1
      mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &yes)
      mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes)
      mysql_options(handle, MYSQL_OPT_SSL_CA, address.certificates ?? MariaDBConnection.systemCertificates)
    }
    let result = mysql_real_connect(
      handle, address.host, address.user, address.password.value, database,
      address.socket == nil ? UInt32(address.port) : 0,
      address.socket, 0)
    guard result != nil else { throw failure("the database server cannot be reached") }
    try run(
      """
      SET SESSION sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,\
      ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,ERROR_FOR_DIVISION_BY_ZERO', time_zone='+00:00', \
      lock_wait_timeout=\(lockTimeout), innodb_lock_wait_timeout=\(lockTimeout), net_write_timeout=3600, \
      net_read_timeout=3600, autocommit=1
      """)
  }

  deinit { mysql_close(handle) }

  // Debian's bundle, where most systems have or link one.
  private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"
  // As long as SQLite waits: an operator sees why nothing moves.
  private let lockTimeout = 10

  // mysql_init starts the library by itself, but not when two threads call it at once.
  private static let libraryStatus = mysql_server_init(0, nil, nil)
  private static func startLibrary() throws {
    guard libraryStatus == 0 else {
      throw AdminError(.configuration, "the MariaDB client library does not start", next: "reinstall libmariadb3")
    }
  }

  /// Runs a statement without result.
  package func run(_ sql: String) throws {
    try send(sql)
    if let result = mysql_store_result(handle) { mysql_free_result(result) }
    guard mysql_errno(handle) == 0 else { throw failure("the database refused a statement") }
  }

  /// Sends a statement; the caller takes the result.
  package func send(_ sql: String) throws {
    var sql = sql
    let status = sql.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
    }
    guard status == 0 else { throw failure("the database refused a statement") }
  }

  /// Rows of a small query as the server spells the values; nil is NULL.
  func texts(_ sql: String) throws -> [[String?]] {
    try send(sql)
    guard let result = mysql_store_result(handle) else {
      guard mysql_errno(handle) == 0 else { throw failure("the database refused a query") }
      return []
    }
    defer { mysql_free_result(result) }
    let count = Int(mysql_num_fields(result))
    var rows: [[String?]] = []
    while let row = mysql_fetch_row(result), let lengths = mysql_fetch_lengths(result) {
      rows.append(
        (0..<count).map { column in
          row[column].map {
            String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(lengths[column])), as: UTF8.self)
          }
        })
    }
    return rows
  }

  /// Ends the line without a word; every later use fails.
  package func cut() { _ = shutdown(mysql_get_socket(handle), Int32(SHUT_RDWR)) }

  /// How many rows the last statement changed.
  package var changed: Int { Int(clamping: mysql_affected_rows(handle)) }

  /// `body` in one transaction; rolled back when it throws.
  package func transaction<Result>(begin: String = "START TRANSACTION", _ body: () throws -> Result) throws -> Result {
    try run(begin)
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // The first error is the one to tell; a connection that goes away rolls back as well.
      _ = mysql_rollback(handle)
      throw error
    }
  }

  /// Whether the server is MariaDB, and not MySQL. Only MariaDB takes many rows in one packet.
  var isMariaDB: Bool { mariadb_connection(handle) != 0 }

  /// The connection's last error as a value.
  package func failure(_ what: String) -> AdminError {
    failure(Int32(bitPattern: mysql_errno(handle)), String(cString: mysql_error(handle)), what)
  }

  /// An error of the server, by its number, as a value.
  package func failure(_ number: Int32, _ reason: String, _ what: String) -> AdminError {
    func error(_ code: AdminError.Code, _ what: String, _ next: String) -> AdminError {
      AdminError(code, "\(what) (\(reason))", at: displayName, next: next)
    }
    // MariaDB's ways to say that nothing fits any more; 135 is a table file that cannot grow. The number of the disk's own
    // error is in the text alone.
    if [1021, 1026, 1114].contains(number)
      || ["errno: 28 ", "errno: 122 ", "errno: 135 ", "error 28 ", "error 122 ", "error 135 "].contains(
        where: reason.contains)
    {
      return error(.inputOutput, "the disk of the database server is full", "free disk space there and start again")
    }
    switch number {
    case CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_UNKNOWN_HOST, CR_IPSOCK_ERROR, CR_SOCKET_CREATE_ERROR:
      return error(
        .unavailable, "the database server does not answer",
        isInternal ? "start it: hubtui database start" : "start it, and check database.url")
    case CR_SERVER_GONE_ERROR, CR_SERVER_LOST, 1053, 1077, 1079, 1080, 1184, 1927, 2055:
      return error(
        .unavailable, "the connection to the database server was lost", "check the server and start again")
    case CR_SSL_CONNECTION_ERROR:
      return error(
        .configuration, "the line to the database server is not safe",
        "name its certificate with ?ca=/file in database.url, or allow an open line with ?tls=off")
    case 1044, 1045, 1049, 1698, 1251, 1820, 2059, 3118:
      return error(
        .configuration, "the database server does not let this account in",
        "check database.user, database.password and the name in database.url")
    case 1142, 1143, 1227, 1370:
      return error(.configuration, "the database account lacks a right", "grant it and start again")
    case 1040, 1203, 1226:
      return error(.unavailable, "the database server has too many connections", "wait and start again")
    case 1205, 1213, 3024:
      return error(
        .unavailable, "the system database is locked by another program",
        "wait until it is done, or stop it, and start again")
    case 1016, 1017, 1023, 1024, 1030, 1034, 1194, 1195, 1877, 1932:
      return error(.inputOutput, "the database server cannot read or write a table", "check its disk and its log")
    case 1153, 1301, CR_NET_PACKET_TOO_LARGE:
      return error(
        .configuration, "a value is larger than the database server takes", "raise max_allowed_packet on the server")
    case 1290:
      return error(.configuration, "the database server is read-only", "make it writable and start again")
    case 1412, 1146:
      return error(
        .dataError, "a table was changed or removed while it was in use",
        "start again when nobody changes the structure of the tables")
    case 1317: return AdminError(.cancelled, "cancelled", at: displayName, next: "start it again when wanted")
    default: return error(.dataError, what, "check the data that the message names")
    }
  }
}
