import Platform

/// A database that holds an installation's system data. The engines differ; what the rest of AdminCore needs of them
/// does not.
public protocol SystemDatabase: AnyObject {
  /// Where it is, for messages; never with a password.
  var displayName: String { get }

  /// Runs `body` inside one consistent view of all tables, which every read in it sees.
  func withSnapshot<Result>(_ body: () throws -> Result) throws -> Result

  /// As `withSnapshot`, with one point in time for several machines: `share` is called when this side's view has begun,
  /// while writers are kept off, so that the views that others begin meanwhile show the same rows.
  ///
  /// - Throws: `AdminError` (`unavailable`) when writers cannot be kept off within the time that a lock may take.
  func withSharedSnapshot<Result>(_ share: (SnapshotToken) throws -> Void, _ body: () throws -> Result) throws -> Result

  /// As `withSnapshot`, joining the point in time at which another machine keeps writers off.
  ///
  /// - Throws: `AdminError` (`configuration`) when this is not the database that the other machine holds.
  func withSnapshot<Result>(joining token: SnapshotToken, _ body: () throws -> Result) throws -> Result

  /// The components' tables, those whose name has a component's prefix, in name order.
  ///
  /// - Throws: `AdminError` (`dataError`) naming a trigger, view, expression or type that cannot be carried.
  func componentTables() throws -> [TableSchema]

  /// The names of all other tables and views: no component's data, left where they are.
  func otherTables() throws -> [String]

  /// Fails when the components' tables are no longer those of `tables`: a table that was changed while it was read is in
  /// no consistent state.
  ///
  /// - Throws: `AdminError` (`dataError`) naming the first table that differs.
  func confirm(_ tables: [TableSchema]) throws

  /// The names of a table's columns; empty when there is no such table. It is quick, and says nothing of the rest.
  func columns(of table: String) throws -> [String]

  /// The number of rows.
  func rowCount(of table: TableSchema) throws -> Int64

  /// About the number of rows, at once; for a progress bar.
  func estimatedRowCount(of table: TableSchema) throws -> Int64

  /// Calls `body` for every row in storage order with borrowed values, which `body` may replace.
  func rows(of table: TableSchema, _ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws

  /// Rows of a small query; `?` stands for the arguments in order.
  func query(_ sql: String, _ arguments: [SQLValue]) throws -> [[SQLValue]]

  /// Runs a statement and gives the number of rows it changed.
  @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

  /// Runs `body` in one transaction: all of it or nothing.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result
}

/// What a connection is opened for.
public enum DatabaseAccess: Sendable {
  /// Reading; the database keeps its bytes.
  case readOnly
  /// Reading and changing.
  case readWrite
}

extension SystemDatabase {
  /// Rows of a small query without arguments.
  public func query(_ sql: String) throws -> [[SQLValue]] { try query(sql, []) }
}

extension SystemDatabase {
  package func confirm(_ tables: [TableSchema]) throws {
    func comparable(_ tables: [TableSchema]) -> [String: TableSchema] {
      Dictionary(
        tables.map { table in
          var table = table
          // It grows with every new row.
          table.autoIncrementNext = table.autoIncrementNext == nil ? nil : 0
          return (table.name, table)
        }, uniquingKeysWith: { first, _ in first })
    }
    let before = comparable(tables)
    let after = comparable(try componentTables())
    guard let changed = Set(before.keys).union(after.keys).sorted().first(where: { before[$0] != after[$0] }) else {
      return
    }
    throw AdminError(
      .dataError, "table \(changed) was made, changed or removed while the backup ran", at: displayName,
      next: "start the backup again when nobody changes the structure of the tables")
  }
}
