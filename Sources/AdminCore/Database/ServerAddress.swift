import Foundation
import Platform

/// Where a database server is and how to log in there.
public struct ServerAddress: Sendable, Equatable {
  /// How the line to the server is kept secret.
  public enum TLS: String, Sendable {
    /// Always, with the server's certificate and host name checked.
    case verify
    /// Never; for a server on this machine, or where the network itself is trusted.
    case off
  }

  /// Which server it is.
  public var engine: EngineName
  /// The host; nil for a socket.
  public var host: String?
  /// The port, 1 to 65535.
  public var port: Int
  /// A socket's path (MariaDB) or its folder (PostgreSQL); nil for a host.
  public var socket: String?
  /// The database's name.
  public var database: String
  /// The schema that holds the tables; PostgreSQL only.
  public var schema = ServerAddress.usualSchema
  /// The account.
  public var user: String
  package var password: Secret
  /// How the line is kept secret.
  public var tls: TLS
  /// A file of certificates to trust; nil for those of the system.
  public var certificates: String?
  /// Whether it is the internal database's, which hubtui starts and stops.
  package var isInternal = false

  /// Whether a schema of the database holds the tables; otherwise the database itself does.
  var hasSchemas: Bool

  /// What holds the tables.
  public var namespace: String { hasSchemas ? schema : database }

  /// For messages: never a password.
  public var displayName: String {
    let schema = schema == ServerAddress.usualSchema ? "" : "?schema=\(schema)"
    if let socket { return "\(engine.rawValue)://\(socket)/\(database)\(schema)" }
    let host = host ?? ""
    return "\(engine.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)\(schema)"
  }

  /// The schema of a URL that names none.
  public static let usualSchema = "public"

  /// Reads a URL: `mariadb://host[:port]/database`, `mysql:`, `postgresql:`, with `?socket=/path`, `?tls=off` and
  /// `?ca=/file`; for PostgreSQL `?schema=name` too. Account and password are keys of their own.
  package init(url text: String, among engines: [Engine], user: String?, password: Secret, at location: String) throws {
    func refused(_ what: String, _ next: String) -> AdminError {
      AdminError(.configuration, what, at: location, next: next)
    }
    guard let url = URLComponents(string: text),
      let engine = engines.first(where: { $0.schemes.contains(url.scheme?.lowercased() ?? "") }),
      case .server(let server) = engine.storage
    else {
      throw refused(
        "this kind of database URL is not known",
        "use internal, sqlite:///file, mariadb://host/database or postgresql://host/database")
    }
    guard url.user == nil, url.password == nil else {
      throw refused(
        "the database URL holds an account or a password",
        "move them to \(DatabaseKey.user) and \(DatabaseKey.password)")
    }
    let database = String(url.path.dropFirst())
    guard !database.isEmpty, !database.contains("/"), database.utf8.count <= 63, !database.contains("\0") else {
      throw refused("the database URL names no database", "add /database after the host")
    }
    var socket: String?
    var tls: TLS?
    var certificates: String?
    var schema: String?
    for item in url.queryItems ?? [] {
      switch (item.name, item.value) {
      case ("socket", let value?) where value.hasPrefix("/"): socket = value
      case ("tls", let value?): tls = TLS(rawValue: value)
      case ("ca", let value?) where value.hasPrefix("/"): certificates = value
      case ("schema", let value?) where server.hasSchemas && ServerAddress.isName(value): schema = value
      default:
        throw refused(
          "the database URL has the unknown option \(item.name)",
          "use socket, tls=off, ca=/file, or schema for PostgreSQL")
      }
      if item.name == "tls", tls == nil { throw refused("tls is neither verify nor off", "use tls=verify or tls=off") }
    }
    let host = url.host.flatMap { $0.isEmpty ? nil : $0.trimmingCharacters(in: ["[", "]"]) }
    guard (host == nil) != (socket == nil) else {
      throw refused("the database URL names no server, or two", "name a host, or ?socket=/path of a local one")
    }
    self.engine = engine.name
    hasSchemas = server.hasSchemas
    self.host = host
    self.socket = socket
    port = url.port ?? server.port
    guard (1...65535).contains(port) else { throw refused("not a port", "use 1 to 65535") }
    self.database = database
    self.schema = schema ?? ServerAddress.usualSchema
    self.user = user ?? ""
    self.password = password
    // A line that leaves this machine is secret unless the operator says otherwise.
    self.tls = tls ?? (socket != nil || host.flatMap(HostName.init)?.isLocalhost == true ? .off : .verify)
    self.certificates = certificates
  }

  /// A server of this machine, by its socket alone.
  package init(
    socket: String, of engine: EngineName, _ server: ServerEngine, database: String, user: String, isInternal: Bool
  ) {
    self.engine = engine
    hasSchemas = server.hasSchemas
    host = nil
    self.socket = socket
    port = server.port
    self.database = database
    self.user = user
    password = Secret("")
    tls = .off
    certificates = nil
    self.isInternal = isInternal
  }

  // Short enough that the name of a restore's namespace can begin with it.
  private static func isName(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }
  }
}

/// A text that no message, log or report shows.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
  package let value: String

  package init(_ value: String) { self.value = value }

  package var description: String { "(secret)" }
  package var debugDescription: String { description }
}
