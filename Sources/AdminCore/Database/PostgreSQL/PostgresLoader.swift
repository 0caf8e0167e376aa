import Archive
import CPostgres
import Platform

/// Sends rows by COPY FROM STDIN: the server takes them while the next ones are being made.
final class PostgresLoader: RowLoader {
  private let table: TableSchema
  private let connection: PostgresConnection
  private let buffer = RowBuffer()
  private var sent: Int64 = 0

  init(_ table: TableSchema, _ connection: PostgresConnection) throws {
    self.table = table
    self.connection = connection
    PQclear(
      try connection.result(
        "COPY \(quoted(table.name)) (\(table.columns.map { quoted($0.name) }.joined(separator: ", "))) FROM STDIN",
        expecting: PGRES_COPY_IN))
  }

  package func insert(_ row: UnsafeMutableBufferPointer<Field>) throws {
    for index in 0..<row.count {
      if buffer.room < 64 { try flush() }
      if index > 0 { buffer.append(0x09) }
      switch row[index] {
      case .null:
        buffer.append(0x5C)
        buffer.append(0x4E)
      case .integer(let value): buffer.append(integer: value)
      case .real(let value):
        let text =
          value.isFinite ? value.description : value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
        for byte in text.utf8 { buffer.append(byte) }
      case .number(let digits): try buffer.append(digits, flush: flush)
      case .text(let bytes): try append(bytes, index)
      case .binary(let bytes): try append(hex: bytes)
      }
    }
    if buffer.room < 1 { try flush() }
    buffer.append(0x0A)
    sent += 1
  }

  package func finish() throws {
    try flush()
    guard PQputCopyEnd(connection.handle, nil) == 1 else { throw ended() }
    try end()
  }

  /// Takes the server's last words: how many rows it accepted, or which it did not.
  private func end() throws {
    var taken: Int64 = 0
    var failure: AdminError?
    while let result = PQgetResult(connection.handle) {
      if PQresultStatus(result) == PGRES_COMMAND_OK {
        taken = Int64(String(cString: PQcmdTuples(result))) ?? 0
      } else if failure == nil {
        failure = named(result)
      }
      PQclear(result)
    }
    if let failure { throw failure }
    guard taken == sent else {
      throw AdminError(
        .dataError, "the database server took \(taken) of \(sent) rows", at: table.name,
        next: "check its log and start again")
    }
  }

  private func flush() throws {
    guard buffer.count > 0 else { return }
    let status = PQputCopyData(
      connection.handle, buffer.content.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count))
    buffer.count = 0
    guard status == 1 else { throw ended() }
  }

  /// Why the server takes no more.
  private func ended() -> AdminError {
    do {
      try end()
      return connection.failure(nil, "the database server stopped taking rows")
    } catch {
      return error as? AdminError ?? connection.failure(nil, "\(error)")
    }
  }

  /// The server tells the column only in words: `COPY lui_x, line 3, column email: "…"`.
  private func named(_ result: OpaquePointer) -> AdminError {
    let error = connection.failure(result, "the database server cannot hold a value as it is")
    let context = PQresultErrorField(result, Int32(UnicodeScalar("W").value)).map { String(cString: $0) } ?? ""
    let column = table.columns.map(\.name).first {
      context.contains(", column \($0): ") || context.hasSuffix(", column \($0)")
    }
    return AdminError(
      error.code, error.what, at: "\(error.location), table \(table.name)\(column.map { ".\($0)" } ?? "")",
      next: error.next)
  }

  private func append(_ bytes: UnsafeRawBufferPointer, _ column: Int) throws {
    guard ByteKinds(bytes).hasSpecial else { return try buffer.append(bytes, flush: flush) }
    for byte in bytes {
      if buffer.room < 2 { try flush() }
      switch byte {
      case 0x00:
        throw AdminError(
          .dataError, "PostgreSQL cannot hold a text with a NUL byte",
          at: "\(table.name).\(table.columns[column].name)",
          next: "restore into an installation with another kind of database")
      case 0x5C: escape("\\")
      case 0x09: escape("t")
      case 0x0A: escape("n")
      case 0x0D: escape("r")
      default: buffer.append(byte)
      }
    }
  }

  private func escape(_ letter: Unicode.Scalar) {
    buffer.append(0x5C)
    buffer.append(UInt8(truncatingIfNeeded: letter.value))
  }

  private func append(hex bytes: UnsafeRawBufferPointer) throws {
    // The backslash of \x is itself escaped.
    for byte in [0x5C, 0x5C, 0x78] as [UInt8] { buffer.append(byte) }
    let digits = Digest.hexDigits
    for byte in bytes {
      if buffer.room < 2 { try flush() }
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    }
  }
}
