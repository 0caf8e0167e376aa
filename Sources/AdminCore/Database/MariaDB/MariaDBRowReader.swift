import CMariaDB
import Platform

/// Reads a table's rows through a prepared statement: they come in the binary protocol, which costs the server half of
/// what the text protocol does, since no number is spelled and no double searched for its shortest text.
///
/// The values are decoded here, where the client library has them in its buffer, and not by the library: bound to
/// variables, a moment without a time of day takes the next column's bytes for one (Connector/C 3.3).
/// Source: mariadb.com/kb/en/resultset-row, "Binary resultset row".
final class MariaDBRowReader {
  private let connection: MariaDBConnection
  private let statement: UnsafeMutablePointer<MYSQL_STMT>
  private let state: UnsafeMutablePointer<State>

  /// Sends the query, whose columns are `columns` in their order.
  ///
  /// - Throws: `AdminError`, what the server says.
  init(_ sql: String, _ columns: [MariaDBColumn], _ connection: MariaDBConnection) throws {
    self.connection = connection
    guard let statement = mysql_stmt_init(connection.handle) else {
      throw connection.failure("no memory for a statement")
    }
    self.statement = statement
    state = .allocate(capacity: 1)
    state.initialize(to: State(row: MariaDBBinaryRow(columns.map(\.reader)), handle: connection.handle))
    let take:
      @convention(c) (UnsafeMutableRawPointer?, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?)
        -> Void = { state, column, pointer in
          state?.assumingMemoryBound(to: State.self).pointee.take(Int(column), pointer)
        }
    guard mysql_stmt_prepare(statement, sql, UInt(sql.utf8.count)) == 0,
      mysql_stmt_attr_set(statement, STMT_ATTR_CB_USER_DATA, state) == 0,
      mysql_stmt_attr_set(statement, STMT_ATTR_CB_RESULT, unsafeBitCast(take, to: UnsafeRawPointer.self)) == 0,
      mysql_stmt_execute(statement) == 0, let result = mysql_stmt_result_metadata(statement)
    else { throw failure() }
    defer { mysql_free_result(result) }
    guard Int(mysql_num_fields(result)) == columns.count else { throw broken }
    for column in 0..<columns.count {
      guard let field = mysql_fetch_field_direct(result, UInt32(column)) else { throw failure() }
      guard let layout = MariaDBBinaryRow.Layout(field.pointee) else { throw broken }
      state.pointee.row.layouts[column] = layout
    }
  }

  deinit {
    mysql_stmt_close(statement)
    state.pointee.row.free()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Gives every row to `body`, valid until it returns.
  ///
  /// - Throws: `AdminError` when the rows end early; what `body` throws, after which the connection is cut.
  package func forEach(_ body: (UnsafeMutableBufferPointer<Field>) throws -> Void) throws {
    let fields = state.pointee.row.fields
    while true {
      let status = mysql_stmt_fetch(statement)
      if status == MYSQL_NO_DATA { return }
      guard status == 0 else { throw failure() }
      do {
        if state.pointee.row.isBroken { throw broken }
        try body(fields)
      } catch {
        // Closing a statement takes all its rows from the server first; a closed line ends that at once.
        connection.cut()
        throw error
      }
    }
  }

  private var broken: AdminError {
    AdminError(
      .dataError, "the database server's answer is not understood", at: connection.displayName,
      next: "check that a MariaDB or MySQL server answers there, and start again")
  }

  private func failure() -> AdminError {
    // What ends the rows early is the connection's error, not the statement's.
    guard mysql_stmt_errno(statement) != 0 else { return connection.failure("the rows cannot be read") }
    return connection.failure(
      Int32(bitPattern: mysql_stmt_errno(statement)), String(cString: mysql_stmt_error(statement)),
      "the rows cannot be read")
  }

  /// What the client library hands back to the function that it calls for each column.
  private struct State {
    var row: MariaDBBinaryRow
    let handle: UnsafeMutablePointer<MYSQL>

    mutating func take(_ column: Int, _ pointer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) {
      // The library says where a packet begins and not where it ends, but nothing is behind its buffer.
      row.take(column, pointer, end: handle.pointee.net.buff_end)
    }
  }
}
