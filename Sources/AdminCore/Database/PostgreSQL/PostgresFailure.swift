import Platform

/// What a PostgreSQL server or its client library says of an error, and what it means here.
struct PostgresFailure {
  /// The SQLSTATE; nil when no server answered.
  package var state: String?
  /// In the server's words.
  package var reason: String
  /// Whether the connection is gone.
  var isLost = false
  private var needsPassword = false
  private var isConnecting = false

  init(state: String?, reason: String, isLost: Bool) {
    self.state = state
    self.reason = PostgresFailure.firstLine(reason)
    self.isLost = isLost
  }

  /// The client library's text of a connection that did not come about, with the state's code in it.
  init(connecting text: String, needsPassword: Bool) {
    isConnecting = true
    self.needsPassword = needsPassword
    reason = PostgresFailure.firstLine(text)
    // "FATAL:  28P01: password authentication failed"; the first word may be in any language.
    var rest = Substring(reason)
    while let mark = rest.firstRange(of: ":  ") {
      let code = rest[mark.upperBound...].prefix(5)
      rest = rest[mark.upperBound...]
      guard code.utf8.count == 5, rest.dropFirst(5).hasPrefix(": "),
        code.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
      else { continue }
      state = String(code)
      reason = String(rest.dropFirst(7))
      return
    }
  }

  private static func firstLine(_ text: String) -> String {
    String(text.split(whereSeparator: \.isNewline).first ?? "no reason given")
  }

  /// The value to throw.
  package func error(_ what: String, at location: String) -> AdminError {
    func error(_ code: AdminError.Code, _ what: String, _ next: String) -> AdminError {
      AdminError(code, "\(what) (\(reason))", at: location, next: next)
    }
    func deniesAccess() -> AdminError {
      error(
        .configuration, "the database server does not let this account in",
        "check database.user, database.password and the name in database.url")
    }
    guard let state else {
      if needsPassword { return deniesAccess() }
      if isConnecting, ["SSL", "certificat", "ertifikat"].contains(where: { reason.contains($0) }) {
        return error(
          .configuration, "the line to the database server is not safe",
          "name its certificate with ?ca=/file in database.url, or allow an open line with ?tls=off")
      }
      if isConnecting {
        return error(.unavailable, "the database server does not answer", "start it, and check database.url")
      }
      guard isLost else { return error(.dataError, what, "check the data that the message names") }
      return error(.unavailable, "the connection to the database server was lost", "check the server and start again")
    }
    switch state {
    case "28000", "28P01", "3D000", "3F000": return deniesAccess()
    case "42501": return error(.configuration, "the database account lacks a right", "grant it and start again")
    case "25006":
      return error(.configuration, "the database server is read-only", "make it writable and start again")
    case "53300": return error(.unavailable, "the database server has too many connections", "wait and start again")
    case "55P03", "40P01", "40001", "55006":
      return error(
        .unavailable, "the system database is locked by another program",
        "wait until it is done, or stop it, and start again")
    case "53100":
      return error(.inputOutput, "the disk of the database server is full", "free disk space there and start again")
    case "58030", "XX001", "XX002":
      return error(.inputOutput, "the database server cannot read or write a table", "check its disk and its log")
    case "57014": return AdminError(.cancelled, "cancelled", at: location, next: "start it again when wanted")
    case "42P01", "42703":
      return error(
        .dataError, "a table was changed or removed while it was in use",
        "start again when nobody changes the structure of the tables")
    case "2BP01":
      return error(.dataError, "something else in the database needs what is to go", "remove it and start again")
    case _ where state.hasPrefix("08") || state.hasPrefix("57P"):
      return error(
        .unavailable,
        isConnecting ? "the database server does not answer" : "the connection to the database server was lost",
        "check the server and start again")
    case _ where state.hasPrefix("28"): return deniesAccess()
    case _ where state.hasPrefix("53"):
      return error(.unavailable, "the database server has no room for this", "check its memory and its log")
    default: return error(.dataError, what, "check the data that the message names")
    }
  }
}
