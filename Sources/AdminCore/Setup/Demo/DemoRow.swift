import Database
import Installation
import Platform

/// Writes the rows of one large table: values are put together in one piece of memory that every row uses again, so that
/// a row costs no allocation.
final class DemoRow {
  private let loader: any RowLoader
  private let fields: UnsafeMutableBufferPointer<Field>
  // Some hundred bytes is what a row takes.
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 8)
  private var position = 0
  private var start = 0
  private var used = 0

  init(_ table: String, in staging: any TableStaging) throws {
    guard let schema = SystemSchema.tables.first(where: { $0.name == table }) else {
      throw AdminError(.dataError, "no such table", at: table, next: "report this")
    }
    loader = try staging.loader(of: schema)
    fields = .allocate(capacity: schema.columns.count)
    fields.initialize(repeating: .null)
  }

  deinit {
    fields.deallocate()
    memory.deallocate()
  }

  /// Inserts the row; every column must have been given, in order.
  package func insert() throws {
    precondition(position == fields.count)
    try loader.insert(fields)
    position = 0
    start = 0
    used = 0
  }

  /// Ends the table.
  package func finish() throws { try loader.finish() }

  func null() { put(.null) }
  func integer(_ value: Int) { put(.integer(Int64(value))) }
  func boolean(_ value: Bool) { put(.integer(value ? 1 : 0)) }
  package func real(_ value: Double) { put(.real(value)) }

  /// A text as it stands in the program.
  package func text(_ text: StaticString) {
    put(.text(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  /// The text that was appended since the last value.
  func endText() { put(.text(taken())) }

  /// The bytes that were appended since the last value.
  func endBinary() { put(.binary(taken())) }

  package func append(byte: UInt8) {
    precondition(used < memory.count)
    memory[used] = byte
    used += 1
  }

  package func append(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    precondition(used + count <= memory.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + count]).copyMemory(
      from: UnsafeRawBufferPointer(start: text.utf8Start, count: count))
    used += count
  }

  /// A number with at least so many digits.
  package func append(_ number: Int, digits: Int = 1) {
    var digits = digits
    var power = 1
    while digits > 1 || number / power >= 10 {
      power *= 10
      digits -= 1
    }
    while power > 0 {
      append(byte: UInt8(0x30 + number / power % 10))
      power /= 10
    }
  }

  /// `YYYY-MM-DD`, counted from 1970-01-01 by Howard Hinnant's days-to-civil algorithm.
  package func append(day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    append(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), digits: 4)
    append(byte: 0x2D)
    append(month, digits: 2)
    append(byte: 0x2D)
    append(dayOfYear - (153 * part + 2) / 5 + 1, digits: 2)
  }

  /// `YYYY-MM-DD hh:mm:ss`, as `Moment.database` spells it.
  func moment(_ seconds: Int64) {
    let seconds = Int(seconds)
    append(day: seconds / 86_400)
    append(byte: 0x20)
    append(seconds / 3600 % 24, digits: 2)
    append(byte: 0x3A)
    append(seconds / 60 % 60, digits: 2)
    append(byte: 0x3A)
    append(seconds % 60, digits: 2)
    endText()
  }

  private func put(_ field: Field) {
    precondition(position < fields.count)
    fields[position] = field
    position += 1
  }

  private func taken() -> UnsafeRawBufferPointer {
    defer { start = used }
    return UnsafeRawBufferPointer(rebasing: memory[start..<used])
  }
}
