import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What a server sends is taken as if an enemy had sent it: nothing behind its end, no value that no server has.
@Suite struct MariaDBBinaryRowTests {
  /// The text of the one field that `bytes` are, and how many of them were taken; nil when the row is broken.
  private func taken(
    _ layout: MariaDBBinaryRow.Layout, _ bytes: [UInt8], as reader: MariaDBColumn.Reader = .text
  ) -> (text: String, count: Int)? {
    var row = MariaDBBinaryRow([reader])
    defer { row.free() }
    row.layouts[0] = layout
    // Bytes that would be a length of 250 and more, were they read.
    var memory = bytes + [UInt8](repeating: 0xFA, count: 300)
    return memory.withUnsafeMutableBufferPointer { memory -> (text: String, count: Int)? in
      guard let start = memory.baseAddress else { return nil }
      var place: UnsafeMutablePointer<UInt8>? = start
      row.take(0, &place, end: start + bytes.count)
      guard !row.isBroken, let place else { return nil }
      return ("\(SQLValue(copying: row.fields[0]))", place - start)
    }
  }

  @Test func valuesAreTakenWholeAndNoMore() {
    func expect(
      _ layout: MariaDBBinaryRow.Layout, _ bytes: [UInt8], _ value: SQLValue, as reader: MariaDBColumn.Reader = .text
    ) {
      let found = taken(layout, bytes, as: reader)
      #expect(found?.text == "\(value)" && found?.count == bytes.count, "\(layout) \(bytes)")
    }
    expect(.signed(1), [0x80], -128)
    expect(.unsigned(2), [0xFF, 0xFF], 65535)
    expect(.signed(8), [0, 0, 0, 0, 0, 0, 0, 0x80], .integer(.min))
    expect(.date, [0], "0000-00-00")
    expect(.date, [4, 0xEA, 0x07, 2, 31], "2026-02-31")
    expect(.moment, [4, 1, 0, 1, 1], "0001-01-01 00:00:00")
    expect(.moment, [11, 0xEA, 0x07, 12, 31, 23, 59, 59, 0x40, 0x42, 0x0F - 1, 0], "2026-12-31 23:59:59.934464")
    expect(.timeOfDay, [0], "00:00:00")
    expect(.timeOfDay, [8, 1, 34, 0, 0, 0, 22, 59, 59], "-838:59:59")
    expect(.bytes, [0xFC, 2, 0, 0x61, 0x62], "ab")
    expect(.bytes, [3, 1, 2, 3], .binary([1, 2, 3]), as: .binary)
  }

  @Test(
    arguments: [
      (MariaDBBinaryRow.Layout.signed(1), []), (.unsigned(4), [1, 2, 3]), (.double, [0, 0, 0, 0, 0, 0, 0]),
      (.bytes, []), (.bytes, [1]), (.bytes, [5, 0x61]), (.bytes, [0xFC, 1]), (.bytes, [0xFC, 0xFF, 0xFF, 0x61]),
      (.bytes, [0xFD, 1, 0]), (.bytes, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), (.bytes, [0xFB]),
      (.bytes, [0xFF]), (.date, [3, 0xEA, 0x07, 2]), (.date, [4, 0xEA, 0x07, 13, 1]), (.date, [4, 0xEA, 0x07, 1, 32]),
      (.date, [4, 0x10, 0x27, 1, 1]), (.moment, [7, 0xEA, 0x07, 1, 1, 24, 0, 0]),
      (.moment, [7, 0xEA, 0x07, 1, 1, 0, 60, 0]),
      (.moment, [11, 0xEA, 0x07, 1, 1, 0, 0, 0, 0x40, 0x42, 0x0F, 0]), (.timeOfDay, [8, 2, 0, 0, 0, 0, 1, 1, 1]),
      (.timeOfDay, [8, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 1]), (.timeOfDay, [8, 0, 34, 0, 0, 0, 23, 0, 0]),
    ] as [(MariaDBBinaryRow.Layout, [UInt8])])
  func whatNoServerSendsIsRefused(layout: MariaDBBinaryRow.Layout, bytes: [UInt8]) {
    #expect(taken(layout, bytes) == nil)
  }

  @Test(arguments: ["", "-", "1\t2", "1e5", "nan", "1.", "0x1"])
  func digitsAreANumber(text: String) {
    #expect(taken(.bytes, [UInt8(text.utf8.count)] + Array(text.utf8), as: .digits) == nil)
    #expect(taken(.bytes, [4] + Array("1.50".utf8), as: .digits)?.text == "\(SQLValue.text("1.5"))")
  }
}
