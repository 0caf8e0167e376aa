/// New tables that a restore or a set-up fills beside the live ones. Nothing sees them before the whole of them is
/// exchanged for what is live.
package protocol TableStaging: AnyObject {
  /// The new tables, under their live names, to read back and to adjust.
  var database: any SystemDatabase { get }

  /// A second worker on the same new tables, for another thread; nil where the engine lets only one write at a time.
  func makeWorker() throws -> (any TableStaging)?

  /// Makes an empty table.
  ///
  /// - Throws: `AdminError` (`dataError`) naming what the engine cannot hold.
  func create(_ table: TableSchema) throws

  /// Takes rows of one table. Where the engine allows it, each loader has a connection of its own.
  func loader(of table: TableSchema) throws -> any RowLoader

  /// Makes the indexes of a loaded table, which is faster than to keep them while it grows.
  func createIndexes(of table: TableSchema) throws

  /// Takes over the live tables of no component, where the exchange would put them aside with the others.
  func keepOthers() throws

  /// Makes everything durable.
  func finish() throws

}

/// Inserts rows of one table.
package protocol RowLoader: AnyObject {
  /// Inserts one row of borrowed values in the columns' order.
  ///
  /// - Throws: `AdminError` (`dataError`) naming table and column when the engine cannot hold a value as it is.
  func insert(_ row: UnsafeMutableBufferPointer<Field>) throws

  /// Ends the rows; only now all of them are accepted.
  func finish() throws
}

/// The exchange of all component tables at once in a database server, where a restore stages in a namespace (a database
/// of MariaDB, a schema of PostgreSQL) of its own. Three namespaces of one server: live, staged, former.
package struct TableExchange: Codable, Equatable, Sendable {
  /// The server and database as messages name them, without secrets: tells which INI file leads there.
  package var server: String
  /// Where the live tables are; those of no component stay there.
  package var live: String
  /// Where the new ones wait. It holds the table `marker` until the exchange, which takes it away in the same step:
  /// whether it was done is asked of the server, not stored twice.
  package var staged: String
  /// Where the live ones go.
  package var former: String

  static let marker = "restore_marker"

  // The word of journals that earlier versions left.
  private enum CodingKeys: String, CodingKey {
    case server = "place"
    case live, staged, former
  }

  /// The exchange of a restore into a server.
  package init(_ address: ServerAddress, token: String) {
    server = address.displayName
    live = address.namespace
    staged = TableExchange.name(live, "staged", token)
    former = TableExchange.name(live, "former", token)
  }

  /// The roll-back of an exchange: what is former becomes live, and what is live former.
  package func reversed(token: String) -> TableExchange {
    var exchange = self
    exchange.staged = former
    exchange.former = TableExchange.name(live, "former", token)
    return exchange
  }

  // PostgreSQL's names have 63 bytes at most, MariaDB's 64 characters.
  private static func name(_ live: String, _ state: String, _ token: String) -> String {
    "\(live.prefix(30))_restore_\(state)_\(token.lowercased())"
  }
}

/// A database server as a restore's journal needs it.
package protocol NamespaceServer: AnyObject {
  /// Says on the server that the exchange is to come: the staged tables are complete.
  func mark(_ exchange: TableExchange) throws

  /// Whether the staged tables are there, complete and not yet exchanged.
  func isMarked(_ exchange: TableExchange) throws -> Bool

  /// Exchanges the tables as `exchange` says, all at once; nothing when that was done already.
  func perform(_ exchange: TableExchange) throws

  /// Removes a namespace of a restore with the tables in it; nothing when it is not there.
  func removeNamespace(_ name: String) throws
}
