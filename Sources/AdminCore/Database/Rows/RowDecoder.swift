import Glibc
import Platform

/// Turns COPY text back into rows, strictly: a wrong column count, an unknown escape or odd hex is refused, not guessed.
public struct RowDecoder {
  private let table: TableSchema
  private let types: [ColumnType]
  private let body: (UnsafeMutableBufferPointer<Field>) throws -> Void
  private var carry: [UInt8] = []
  private let scratch = Scratch()
  private let fields: FieldRow
  /// Rows decoded so far.
  public private(set) var rowCount: Int64 = 0

  /// The longest row accepted, in bytes: memory stays bounded whatever an archive holds.
  public static let longestRow = 512 << 20

  /// A decoder for rows of `table`, which hands each row to `body` with values borrowed until it returns.
  public init(_ table: TableSchema, body: @escaping (UnsafeMutableBufferPointer<Field>) throws -> Void) {
    self.table = table
    self.body = body
    types = table.columns.map(\.type)
    fields = FieldRow(count: table.columns.count)
  }

  /// Takes the next bytes of the file; rows may span any number of calls.
  public mutating func decode(_ bytes: UnsafeRawBufferPointer) throws {
    var start = 0
    while let end = lineEnd(in: bytes, from: start) {
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if carry.isEmpty {
        try row(line)
      } else {
        carry.append(contentsOf: line)
        let whole = carry
        carry.removeAll(keepingCapacity: whole.count <= 1 << 20)
        try whole.withUnsafeBytes { try row($0) }
      }
      start = end + 1
    }
    guard carry.count + bytes.count - start <= RowDecoder.longestRow else { throw damaged("a row is too long") }
    carry.append(contentsOf: bytes[start...])
  }

  /// Ends the file.
  public func finish() throws {
    guard carry.isEmpty else { throw damaged("the last row has no end") }
  }

  @inline(__always)
  private func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let found = memchr(base + start, 0x0A, bytes.count - start) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  private mutating func row(_ line: UnsafeRawBufferPointer) throws {
    scratch.reset(capacity: line.count)
    var column = 0
    var start = 0
    for index in 0...line.count where index == line.count || line[index] == 0x09 {
      guard column < fields.buffer.count else { throw damaged("too many columns") }
      fields.buffer[column] = try field(UnsafeRawBufferPointer(rebasing: line[start..<index]), column)
      column += 1
      start = index + 1
    }
    guard column == fields.buffer.count else { throw damaged("too few columns") }
    try body(fields.buffer)
    rowCount += 1
  }

  private func field(_ raw: UnsafeRawBufferPointer, _ column: Int) throws -> Field {
    let type = types[column]
    if raw.count == 2, raw[0] == 0x5C, raw[1] == 0x4E { return .null }
    if type == .binary { return .binary(try binary(raw)) }
    let text = try raw.contains(0x5C) ? unescaped(raw) : raw
    guard table.isDynamic ? !type.isText : type.isNumber else { return .text(text) }
    if let value = DecimalText.integer(text) { return .integer(value) }
    // A decimal number stays digits: a double would round what has more than fifteen of them.
    if !table.isDynamic, type != .real, DecimalText.isNumber(text) { return .number(text) }
    switch Number(text, isDecimal: type == .numeric) {
    case .integer(let value)?: return .integer(value)
    case .real(let value)?: return .real(value)
    case nil:
      guard table.isDynamic else { throw damaged("a value of column \(table.columns[column].name) is no number") }
      return .text(text)
    }
  }

  private func binary(_ raw: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    guard raw.count >= 3, raw[0] == 0x5C, raw[1] == 0x5C, raw[2] == 0x78, raw.count % 2 == 1 else {
      throw damaged("a binary value is not hex")
    }
    let output = scratch.take((raw.count - 3) / 2)
    for index in 0..<output.count {
      guard let high = hexValue(raw[3 + 2 * index]), let low = hexValue(raw[4 + 2 * index]) else {
        throw damaged("a binary value is not hex")
      }
      output[index] = high << 4 | low
    }
    return UnsafeRawBufferPointer(output)
  }

  private func unescaped(_ raw: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    let output = scratch.take(raw.count)
    var count = 0
    var index = 0
    while index < raw.count {
      var byte = raw[index]
      index += 1
      if byte == 0x5C {
        guard index < raw.count else { throw damaged("an escape has no end") }
        let letter = raw[index]
        index += 1
        switch letter {
        case 0x62: byte = 0x08
        case 0x74: byte = 0x09
        case 0x6E: byte = 0x0A
        case 0x76: byte = 0x0B
        case 0x66: byte = 0x0C
        case 0x72: byte = 0x0D
        case 0x5C: byte = 0x5C
        case 0x30...0x33:
          guard index + 1 < raw.count, (0x30...0x37).contains(raw[index]), (0x30...0x37).contains(raw[index + 1]) else {
            throw damaged("an octal escape is too short")
          }
          byte = (letter - 0x30) << 6 | (raw[index] - 0x30) << 3 | (raw[index + 1] - 0x30)
          index += 2
        default: throw damaged("an unknown escape")
        }
      }
      output[count] = byte
      count += 1
    }
    return UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private func damaged(_ what: String) -> AdminError {
    AdminError(
      .dataError, "\(what), row \(rowCount + 1)", at: "database/\(table.name).copy", next: "use another backup set")
  }
}

/// Room for the unescaped values of one row: never more than the row's own length, so it never moves while in use.
private final class Scratch {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
  private var used = 0

  deinit { memory.deallocate() }

  func reset(capacity: Int) {
    used = 0
    // A huge row does not keep its room for the small ones after it.
    guard capacity > memory.count || (memory.count > 4 << 20 && capacity < 1 << 20) else { return }
    memory.deallocate()
    memory = .allocate(byteCount: max(4096, capacity), alignment: 8)
  }

  func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    defer { used += count }
    return UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + count])
  }
}

/// The values of one row, with a fixed address.
private final class FieldRow {
  let buffer: UnsafeMutableBufferPointer<Field>

  init(count: Int) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: .null)
  }

  deinit { buffer.deallocate() }
}
