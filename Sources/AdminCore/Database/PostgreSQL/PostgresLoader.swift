import CPostgres

/// Sends rows by COPY FROM STDIN: the server takes them while the next ones are being made.
final class PostgresLoader: RowLoader {
  private let table: TableSchema
  private let connection: PostgresConnection
  private var buffer: [UInt8] = []
  private var sent: Int64 = 0
  private var isEnded = false

  private static let flushSize = 128 << 10

  init(_ table: TableSchema, _ connection: PostgresConnection) throws {
    self.table = table
    self.connection = connection
    buffer.reserveCapacity(PostgresLoader.flushSize * 2)
    PQclear(
      try connection.result(
        "COPY \(quoted(table.name)) (\(table.columns.map { quoted($0.name) }.joined(separator: ", "))) FROM STDIN",
        expecting: PGRES_COPY_IN))
  }

  func insert(_ row: UnsafeMutableBufferPointer<Field>) throws {
    for index in 0..<row.count {
      if index > 0 { buffer.append(0x09) }
      switch row[index] {
      case .null:
        buffer.append(0x5C)
        buffer.append(0x4E)
      case .integer(let value): buffer.append(contentsOf: String(value).utf8)
      case .real(let value):
        if value.isFinite {
          buffer.append(contentsOf: value.description.utf8)
        } else {
          buffer.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
        }
      case .number(let digits): buffer.append(contentsOf: digits)
      case .text(let bytes): try append(bytes, index)
      case .binary(let bytes): try append(hex: bytes)
      }
      if buffer.count >= PostgresLoader.flushSize { try flush() }
    }
    buffer.append(0x0A)
    sent += 1
    if buffer.count >= PostgresLoader.flushSize { try flush() }
  }

  func finish() throws {
    try flush()
    guard PQputCopyEnd(connection.handle, nil) == 1 else { throw ended() }
    try end()
  }

  /// Takes the server's last words: how many rows it accepted, or which it did not.
  private func end() throws {
    isEnded = true
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
    guard !buffer.isEmpty else { return }
    let status = buffer.withUnsafeBytes { bytes in
      PQputCopyData(
        connection.handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
    }
    buffer.removeAll(keepingCapacity: true)
    guard status == 1 else { throw ended() }
  }

  /// Why the server takes no more.
  private func ended() -> AdminError {
    do { try end() } catch let error as AdminError { return error } catch {}
    return connection.failure(nil, "the database server stopped taking rows")
  }

  /// The server tells the column only in words: `COPY lui_x, line 3, column email: "…"`.
  private func named(_ result: OpaquePointer) -> AdminError {
    let error = connection.failure(result, "the database server cannot hold a value as it is")
    let context = PQresultErrorField(result, Int32(UnicodeScalar("W").value)).map { String(cString: $0) } ?? ""
    let column = table.columns.map(\.name).first {
      context.contains(", column \($0): ") || context.hasSuffix(", column \($0)")
    }
    return AdminError(
      error.code, error.what, at: "\(error.place), table \(table.name)\(column.map { ".\($0)" } ?? "")",
      next: error.next)
  }

  private func append(_ bytes: UnsafeRawBufferPointer, _ column: Int) throws {
    guard bytes.contains(where: { $0 == 0x5C || $0 <= 0x0D }) else {
      buffer.append(contentsOf: bytes)
      return
    }
    for byte in bytes {
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
    buffer.append(contentsOf: [0x5C, 0x5C, 0x78])
    let digits = Digest.hexDigits
    for byte in bytes {
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
      if buffer.count >= PostgresLoader.flushSize * 2 { try flush() }
    }
  }
}
