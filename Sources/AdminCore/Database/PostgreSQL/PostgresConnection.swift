import CPostgres
import Glibc
import Platform

/// A connection to a PostgreSQL server. One thread at a time.
final class PostgresConnection {
  /// The server and database, for messages.
  package let displayName: String
  let handle: OpaquePointer

  /// How long to wait for a server to answer, in seconds.
  static let connectTimeout: Int64 = 10
  // Older ones lack columns of the catalogue that the schema reader asks for.
  private static let oldestServer: Int32 = 120_000
  // As long as SQLite waits: an operator sees why nothing moves.
  private static let lockTimeout = 10

  /// Connects, logs in and sets the session's spellings.
  ///
  /// - Parameter namespace: the schema whose tables are meant.
  /// - Throws: `AdminError`: `unavailable` when it does not answer, `configuration` when it does not let us in.
  init(_ address: ServerAddress, namespace: String, _ access: DatabaseAccess = .readWrite) throws {
    displayName = address.displayName
    handle = try PostgresConnection.connected(address)
    do {
      guard PQserverVersion(handle) >= PostgresConnection.oldestServer else {
        throw AdminError(
          .configuration, "the database server is older than PostgreSQL 12", at: address.displayName, next: "upgrade it"
        )
      }
      try run(
        """
        SET TimeZone='UTC'; SET DateStyle='ISO, YMD'; SET IntervalStyle='postgres'; SET extra_float_digits=3;
        SET bytea_output='hex'; SET xmloption='content'; SET array_nulls=on; SET quote_all_identifiers=off;
        SET standard_conforming_strings=on; SET row_security=off; SET synchronous_commit=on;
        SET synchronize_seqscans=off; SET max_parallel_workers_per_gather=0;
        SET lock_timeout='\(PostgresConnection.lockTimeout)s'; SET search_path=\(quoted(namespace)), pg_catalog;
        SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',
        'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')
        """)
      if access == .readOnly { try run("SET default_transaction_read_only=on") }
    } catch {
      PQfinish(handle)
      throw error
    }
  }

  deinit { PQfinish(handle) }

  /// Runs statements without result.
  package func run(_ sql: String) throws { PQclear(try result(sql)) }

  /// Runs a statement; the caller clears its result.
  package func result(_ sql: String, expecting: ExecStatusType? = nil) throws -> OpaquePointer? {
    try refuseNUL(sql)
    return try checked(PQexec(handle, sql), expecting: expecting)
  }

  /// Rows of a small query as the server spells the values; nil is NULL.
  func texts(_ sql: String) throws -> [[String?]] {
    let result = try result(sql, expecting: PGRES_TUPLES_OK)
    defer { PQclear(result) }
    let columns = PQnfields(result)
    return (0..<PQntuples(result)).map { row in
      (0..<columns).map { PostgresConnection.bytes(result, row, $0).map { String(decoding: $0, as: UTF8.self) } }
    }
  }

  /// A value of a result; nil is NULL.
  package static func bytes(_ result: OpaquePointer?, _ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(result, row, column) == 0 else { return nil }
    return UnsafeRawBufferPointer(
      start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
  }

  /// Ends the line without a word; every later use fails.
  package func cut() { _ = shutdown(PQsocket(handle), Int32(SHUT_RDWR)) }

  /// `body` in one transaction; rolled back when it throws.
  package func transaction<Result>(begin: String = "BEGIN", _ body: () throws -> Result) throws -> Result {
    try run(begin)
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // The first error is the one to tell; a connection that goes away rolls back as well.
      PQclear(PQexec(handle, "ROLLBACK"))
      throw error
    }
  }

  /// A result that says that all is well.
  func checked(_ result: OpaquePointer?, expecting: ExecStatusType? = nil) throws -> OpaquePointer? {
    let status = PQresultStatus(result)
    let isGood =
      expecting.map { $0 == status }
      ?? [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY].contains(status)
    guard isGood else {
      defer { PQclear(result) }
      throw failure(result, "the database refused a statement")
    }
    return result
  }

  // To libpq a text ends at its first NUL, and what is behind it would not be run.
  func refuseNUL(_ sql: String) throws {
    guard sql.utf8.contains(0) else { return }
    throw AdminError(.dataError, "a name or value holds a NUL byte", at: displayName, next: "use another backup set")
  }

  /// A result's error as a value. Only the server's first words: its details quote rows.
  package func failure(_ result: OpaquePointer?, _ what: String) -> AdminError {
    func word(_ field: UnicodeScalar) -> String? {
      PQresultErrorField(result, Int32(field.value)).map { String(cString: $0) }
    }
    return PostgresFailure(
      state: word("C"), reason: word("M") ?? String(cString: PQerrorMessage(handle)),
      isLost: PQstatus(handle) != CONNECTION_OK
    ).error(what, at: displayName)
  }

  // MARK: Connecting

  private static func connected(_ address: ServerAddress) throws -> OpaquePointer {
    guard !address.user.isEmpty else {
      throw AdminError(
        .configuration, "no account for the database server is set", at: address.displayName, next: "set database.user")
    }
    // libpq would take it for a list of servers.
    guard !(address.socket ?? address.host ?? "").contains(",") else {
      throw AdminError(
        .configuration, "the database URL names more than one server", at: address.displayName, next: "name one")
    }
    cleanEnvironment()
    let options = options(address)
    var keywords = options.map { UnsafePointer(strdup($0.0)) } + [nil]
    var values = options.map { UnsafePointer(strdup($0.1)) } + [nil]
    defer { for word in keywords + values { free(UnsafeMutablePointer(mutating: word)) } }
    guard let handle = PQconnectStartParams(&keywords, &values, 0) else {
      throw AdminError(.unavailable, "no memory for a connection", at: address.displayName, next: "free memory")
    }
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    // With the state's code: the words are in the server's language.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    guard waitUntilConnected(handle) else {
      defer { PQfinish(handle) }
      throw PostgresFailure(
        connecting: String(cString: PQerrorMessage(handle)), needsPassword: PQconnectionNeedsPassword(handle) != 0
      ).error("the database server cannot be reached", at: address.displayName)
    }
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    return handle
  }

  private static func waitUntilConnected(_ handle: OpaquePointer) -> Bool {
    let end = MonotonicTime.milliseconds + connectTimeout * 1000
    var state = PGRES_POLLING_WRITING
    while PQstatus(handle) != CONNECTION_BAD {
      var waited = pollfd(
        fd: PQsocket(handle), events: Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      let rest = end - MonotonicTime.milliseconds
      guard rest > 0 else { return false }
      let ready = poll(&waited, 1, Int32(rest))
      guard ready != 0 else { return false }
      // A signal.
      if ready < 0 { continue }
      state = PQconnectPoll(handle)
      if state == PGRES_POLLING_OK { return true }
      if state == PGRES_POLLING_FAILED { return false }
    }
    return false
  }

  /// Every keyword that a file or this account's home would fill in is given; a file that cannot be there is none.
  private static func options(_ address: ServerAddress) -> [(String, String)] {
    let nothing = "/dev/null/none"
    var options = [
      ("host", address.socket ?? address.host ?? nothing), ("port", String(address.port)),
      ("dbname", address.database), ("user", address.user), ("password", address.password.value),
      ("passfile", nothing), ("connect_timeout", String(connectTimeout)), ("application_name", "hubtui"),
      ("client_encoding", "UTF8"), ("keepalives", "1"), ("keepalives_idle", "60"), ("keepalives_interval", "10"),
      ("keepalives_count", "6"), ("tcp_user_timeout", "120000"), ("gssencmode", "disable"),
      ("target_session_attrs", "any"), ("sslcert", nothing), ("sslkey", nothing), ("sslcrl", nothing),
    ]
    if address.tls == .verify, address.socket == nil {
      options += [
        ("sslmode", "verify-full"), ("sslrootcert", address.certificates ?? systemCertificates),
        ("ssl_min_protocol_version", "TLSv1.2"),
      ]
    } else {
      options += [("sslmode", "disable"), ("sslrootcert", nothing)]
    }
    return options
  }

  // Debian's bundle, where most systems have or link one.
  private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"

  // libpq takes an empty value for none and asks the environment instead (PGPASSWORD, PGSERVICE, PGOPTIONS …): what an
  // INI file leaves out must not come from there.
  private static func cleanEnvironment() {
    var names: [String] = []
    var entry = environ
    while let text = entry.pointee {
      let name = String(cString: text).prefix { $0 != "=" }
      if name.hasPrefix("PG") { names.append(String(name)) }
      entry += 1
    }
    for name in names { unsetenv(name) }
  }
}
