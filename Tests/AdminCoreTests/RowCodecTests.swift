import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct RowCodecTests {
  private static let texts: [[UInt8]] =
    [
      "", "\\N", "N", "\\", "\\\\", "\\x41", "a\tb", "a\nb", "a\r\nb", "\u{0}", "a\u{0}", "\u{8}\u{B}\u{C}\u{7F}",
      "5", "007", "NaN", "-0.0", "Infinity", "é", "😀👩‍🚀", "\u{FEFF}x", "\u{2028}", " lead and trail ", "'\"`;--",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC3], [0xE2, 0x82], [0x41, 0x80, 0x0A, 0xF5], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
    ]

  @Test func everyTextComesBackByteForByte() throws {
    let table = Codec.table(.text, .text)
    let rows =
      RowCodecTests.texts.map { [Codec.Value.text($0), .text($0)] } + [[.null, .text("")], [.text(""), .null]]
    let bytes = try Codec.encode(table, rows)
    #expect(try Codec.decode(table, bytes) == rows)
    #expect(String(validating: bytes, as: UTF8.self) != nil)
    #expect(bytes.count { $0 == 0x0A } == rows.count && bytes.last == 0x0A)
    #expect(bytes.count { $0 == 0x09 } == rows.count)
    #expect(!bytes.contains(0) && !bytes.contains(0x0D))
  }

  @Test(arguments: [ColumnType.integer, .numeric, .real, .boolean, .date, .time, .timestamp, .json])
  func numbersComeBackExactly(type: ColumnType) throws {
    let integers: [Int64] = [0, 1, -1, 9, 10, -10, 99, .max, .min, .min + 1, 1 << 53 + 1]
    let reals: [Double] = [
      0, -0.0, 1, 0.1, 1e308, -1e308, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
      .infinity, -.infinity,
      .pi, 1e15, 1e16, 1e17, 123_456_789.123, -2.2250738585072014e-308,
    ]
    // A decimal number has no sign of zero, and a whole one no point: SQLite keeps it as an integer itself.
    let kept = type == .numeric ? reals.filter { $0.isInfinite || $0 != $0.rounded() } : reals
    let rows = integers.map { [Codec.Value.integer($0)] } + kept.map { [.real($0)] } + [[.null]]
    let table = Codec.table(type)
    let bytes = try Codec.encode(table, rows)
    #expect(try Codec.decode(table, bytes) == rows)
    let nan = try Codec.decode(table, try Codec.encode(table, [[.real(.nan)]]))
    guard case .real(let value) = nan[0][0] else {
      Issue.record("not a real")
      return
    }
    #expect(value.isNaN)
  }

  @Test(arguments: [
    (1e16, "10000000000000000"), (1.5e-7, "0.00000015"), (-0.0, "0"), (12.5, "12.5"),
    (-1e300, "-1" + String(repeating: "0", count: 300)),
  ])
  func decimalsHaveNoExponent(value: Double, text: String) throws {
    let bytes = try Codec.encode(Codec.table(.numeric), [[.real(value)]])
    #expect(String(decoding: bytes, as: UTF8.self) == text + "\n")
  }

  @Test func digitsOfOtherEnginesStayDigits() throws {
    var table = Codec.table(.numeric, .integer, .json, .real)
    table.engine = .mariadb
    let digits = "123456789012345678901234567890.123456789"
    let rows: [[Codec.Value]] = [
      [.number(Array(digits.utf8)), .number(Array("18446744073709551615".utf8)), .text("1.50"), .real(0.1)],
      [.integer(-5), .integer(7), .text("3"), .real(-0.0)],
    ]
    #expect(try Codec.decode(table, try Codec.encode(table, rows)) == rows)
    #expect(Sample.error { _ = try Codec.decode(table, Array("x\t1\t1\t1.0\n".utf8)) }?.code == .dataError)
  }

  @Test func textThatIsNoNumberStaysInNumericColumns() throws {
    let rows = ["", "abc", "1e", "0x10", "05", "1.50", "+1", "-inf", "inf", "nan", "١", "2026-11-24", " 1"].map {
      [Codec.Value.text($0)]
    }
    for type in [ColumnType.numeric, .integer, .real, .date] {
      #expect(try Codec.decode(Codec.table(type), try Codec.encode(Codec.table(type), rows)) == rows)
    }
  }

  @Test func binaryOfEveryByteComesBack() throws {
    let table = Codec.table(.binary)
    let rows: [[Codec.Value]] = [[.binary(Array(0...255))], [.binary([])], [.null], [.binary([0])]]
    let bytes = try Codec.encode(table, rows)
    #expect(try Codec.decode(table, bytes) == rows)
    #expect(String(decoding: bytes, as: UTF8.self).split(separator: "\n")[1] == "\\\\x")
  }

  @Test(arguments: [
    (ColumnType.text, Codec.Value.binary([1])), (.binary, .text("a")), (.binary, .integer(1)), (.binary, .real(1)),
    (.text, .integer(1)), (.text, .real(1)), (.integer, .binary([1])), (.timestamp, .binary([])),
  ])
  func whatWouldChangeIsRefusedByName(type: ColumnType, value: Codec.Value) {
    let error = Sample.error { _ = try Codec.encode(Codec.table(.integer, type), [[.null, .null], [.null, value]]) }
    #expect(error?.code == .dataError && error?.location == "lui_test.c1")
    #expect(error?.what.contains("row 2") == true)
  }

  @Test(arguments: [1, 2, 3, 5, 7, 64])
  func chunksDoNotMatter(chunk: Int) throws {
    let table = Codec.table(.text, .numeric, .binary)
    let rows: [[Codec.Value]] = RowCodecTests.texts.enumerated().map { index, text in
      [.text(text), index % 3 == 0 ? .null : .integer(Int64(index) * 1_000_003), .binary(text)]
    }
    #expect(try Codec.decode(table, try Codec.encode(table, rows), chunk: chunk) == rows)
  }

  @Test(arguments: [
    "a\n", "a\tb\tc\n", "a\tb", "\\q\tb\n", "\\\tb\n", "a\\\tb\n", "\\40\tb\n", "\\400\tb\n", "\\08\tb\n", "\n", "\\n",
  ])
  func damagedTextIsRefused(text: String) {
    let error = Sample.error { _ = try Codec.decode(Codec.table(.text, .text), Array(text.utf8)) }
    #expect(error?.code == .dataError && error?.location == "database/lui_test.copy")
  }

  @Test(arguments: ["\\\\x0\n", "\\\\xAB\n", "\\\\xg0\n", "\\x00\n", "00\n", "\n", "\\\\\n", "\\\\X00\n", "5\n"])
  func damagedHexIsRefused(text: String) {
    #expect(Sample.error { _ = try Codec.decode(Codec.table(.binary), Array(text.utf8)) }?.code == .dataError)
  }

  @Test func theCountIsThatOfTheRows() throws {
    var encoder = RowEncoder(Codec.table(.text)) { _ in }
    for _ in 0..<3 { try Codec.withFields([.text("x")]) { try encoder.encode($0) } }
    #expect(encoder.rowCount == 3)
    #expect(try Codec.decode(Codec.table(.text), []) == [])
  }

  @Test func longValuesCrossEveryBuffer() throws {
    let table = Codec.table(.text, .binary)
    let rows: [[Codec.Value]] = [65_535, 65_536, 65_537, 300_000].map {
      [.text([UInt8](repeating: 0x09, count: $0)), .binary([UInt8](repeating: 0xAB, count: $0))]
    }
    #expect(try Codec.decode(table, try Codec.encode(table, rows), chunk: 4093) == rows)
  }
}
