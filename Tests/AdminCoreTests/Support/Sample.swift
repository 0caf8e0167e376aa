import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Shared by the tests of the engine: small installations and what they are asked.
enum Sample {
  /// A fresh installation in `name` of a folder; its one account has no usable password, which saves the slow hash.
  static func installation(_ folder: TemporaryFolder, _ name: String = "install") throws -> Installation {
    let installation = Installation(folder: folder[name])
    try Setup.makeFolders(installation)
    for component in Component.allCases {
      try FileSystem.replace(
        installation.iniPath(of: component), with: try Setup.singleServerIni(of: component).bytes)
    }
    try Setup.fill(try SQLiteStaging(path: installation.internalDatabasePath)) { staging in
      try staging.database.execute(
        "INSERT INTO hub_accounts (name, password_hash, is_administrator, is_enabled) VALUES ('admin', 'none', 1, 1)",
        [])
    }
    return installation
  }

  /// The `AdminError` that `body` throws; a test failure when it throws none.
  static func error(
    _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) -> AdminError? {
    do {
      try body()
      Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as AdminError {
      return error
    } catch {
      Issue.record("not an AdminError: \(error)", sourceLocation: location)
    }
    return nil
  }

  static func write(_ text: String, to path: String) throws {
    try FileSystem.makeFolder(FileSystem.folder(of: path))
    try ZipSamples.store(Array(text.utf8), at: path)
  }

  static func text(_ path: String) throws -> String { String(decoding: try FileSystem.read(path), as: UTF8.self) }

  static func id(_ text: String) throws -> BackupID { try #require(BackupID(text)) }
}

/// Rows through the codec, as owned values.
enum Codec {
  static func table(_ types: ColumnType...) -> TableSchema {
    TableSchema(
      name: "lui_test",
      columns: types.enumerated().map {
        .init(name: "c\($0.offset)", type: $0.element, declared: $0.element.rawValue.uppercased())
      }, primaryKey: [])
  }

  static func encode(_ table: TableSchema, _ rows: [[Value]]) throws -> [UInt8] {
    var output: [UInt8] = []
    var encoder = RowEncoder(table) { output.append(contentsOf: $0) }
    for row in rows { try withFields(row) { try encoder.encode($0) } }
    try encoder.flush()
    return output
  }

  static func decode(_ table: TableSchema, _ bytes: [UInt8], chunk: Int = .max) throws -> [[Value]] {
    var rows: [[Value]] = []
    var decoder = RowDecoder(table) { rows.append($0.map(Value.init)) }
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, chunk == .max ? bytes.count : start + chunk)
      try Array(bytes[start..<end]).withUnsafeBytes { try decoder.decode($0) }
      start = end
    }
    try decoder.finish()
    return rows
  }

  /// A value that keeps a text's bytes and compares a double's bits.
  enum Value: Equatable, CustomStringConvertible {
    case null, integer(Int64), real(Double), number([UInt8]), text([UInt8]), binary([UInt8])

    init(_ field: Field) {
      switch field {
      case .null: self = .null
      case .integer(let value): self = .integer(value)
      case .real(let value): self = .real(value)
      case .number(let bytes): self = .number(Array(bytes))
      case .text(let bytes): self = .text(Array(bytes))
      case .binary(let bytes): self = .binary(Array(bytes))
      }
    }

    static func text(_ text: String) -> Value { .text(Array(text.utf8)) }

    static func == (left: Value, right: Value) -> Bool {
      switch (left, right) {
      case (.null, .null): true
      case (.integer(let a), .integer(let b)): a == b
      case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
      case (.text(let a), .text(let b)), (.binary(let a), .binary(let b)), (.number(let a), .number(let b)): a == b
      default: false
      }
    }

    var description: String {
      switch self {
      case .null: "null"
      case .integer(let value): "integer \(value)"
      case .real(let value): "real \(value)"
      case .number(let bytes): "number \(String(decoding: bytes, as: UTF8.self))"
      case .text(let bytes): "text \(String(decoding: bytes, as: UTF8.self).debugDescription)"
      case .binary(let bytes): "binary \(bytes)"
      }
    }
  }

  static func withFields<Result>(
    _ row: [Value], _ body: (UnsafeMutableBufferPointer<Field>) throws -> Result
  ) rethrows -> Result {
    var storage: [UnsafeMutableRawBufferPointer] = []
    defer { for piece in storage { piece.deallocate() } }
    func borrowed(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
      piece.copyBytes(from: bytes)
      storage.append(piece)
      return UnsafeRawBufferPointer(rebasing: piece[..<bytes.count])
    }
    var fields = row.map { value -> Field in
      switch value {
      case .null: .null
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .number(let bytes): .number(borrowed(bytes))
      case .text(let bytes): .text(borrowed(bytes))
      case .binary(let bytes): .binary(borrowed(bytes))
      }
    }
    return try fields.withUnsafeMutableBufferPointer { try body($0) }
  }
}
