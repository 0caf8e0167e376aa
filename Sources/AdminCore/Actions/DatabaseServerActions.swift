import Administration
import Database
import Installation
import Platform

/// The internal database when it is a server of the installation's own: its state, start, stop.
public enum DatabaseServerActions {
  /// The internal database as an operator sees it.
  public struct Server: Sendable {
    /// What it is: a file, or a server on a socket.
    public let kind: String
    /// Its path or socket.
    public let location: String
    /// Whether it runs; a file always does.
    public let state: String
    /// Whether it is a server that can be started and stopped.
    public let isServer: Bool
    /// Whether it answers.
    public let isRunning: Bool
  }

  /// The one internal database.
  public static let list: Listing<Server> = Listing(
    "database status", "Internal Database", noun: "server", emptyText: "no internal database",
    columns: [
      .init("Kind", 8) { $0.kind }, .init("State", 9) { $0.state }, .init("Where", 20) { $0.location },
    ],
    table: [.init("KIND") { $0.kind }, .init("STATE") { $0.state }, .init("WHERE") { $0.location }],
    tone: { $0.isRunning ? .good : .error }, identity: { $0.location },
    line: { server, _ in "\(server.kind), \(server.state), \(server.location)" },
    json: { Row(kind: $0.kind, state: $0.state, location: $0.location) },
    load: { hub, _ in .init([try server(of: hub.installation)]) }, actions: [start, stop])

  /// Starts the server and waits until it answers.
  public static let start: Action<Server> = Action(
    "database start", "s", "Start", help: "starts the server and waits until it answers",
    obstacle: { $0[0].isServer ? $0[0].isRunning ? "it runs" : nil : "a file needs no server" },
    work: .quick { _, hub in
      "The internal database runs; its socket is \(try hub.installation.startInternalServer(by: hub.actor).socket)."
    })

  /// Stops the server when its work is done.
  public static let stop: Action<Server> = Action(
    "database stop", "t", "Stop", help: "stops the server when its work is done",
    obstacle: { $0[0].isServer ? $0[0].isRunning ? nil : "it is stopped" : "a file needs no server" },
    confirmation: { _, _ in
      .choice(
        "Stop", "Stop the internal database? The components and this console cannot work without it.", yes: "Stop it",
        no: "Keep")
    },
    work: .quick { _, hub in
      try hub.installation.stopInternalServer(by: hub.actor)
      return "The internal database is stopped."
    })

  /// The internal database of an installation as it is now.
  ///
  /// - Throws: `AdminError` when its server folder cannot be read.
  public static func server(of installation: Installation) throws -> Server {
    guard installation.hasInternalServer else {
      return Server(
        kind: "file", location: installation.internalDatabasePath, state: "needs no server", isServer: false,
        isRunning: true)
    }
    let server = try installation.internalServer()
    let (state, isRunning): (String, Bool) =
      switch try server.state() {
      case .running(let version): ("runs (\(version))", true)
      case .starting(let pid): ("does not answer (process \(pid))", false)
      case .stopped: ("stopped", false)
      }
    return Server(kind: "server", location: server.socket, state: state, isServer: true, isRunning: isRunning)
  }

  private struct Row: Encodable {
    let kind: String
    let state: String
    let location: String
  }
}
