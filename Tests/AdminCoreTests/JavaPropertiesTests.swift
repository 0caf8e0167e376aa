import Testing

@testable import Installation
@testable import Platform

/// INI files against `java.util.Properties` itself.
@Suite struct JavaPropertiesTests {
  // Pieces that mean something to a reader of properties, in an order that nobody would write.
  private static let pieces: [[UInt8]] =
    [
      "\n", "\r", "\r\n", "\\", "\\\n", "\\\r", "\\\r\n", "\\\\", " ", "\t", "\u{C}", "=", ":", "#", "!", "a", "b.c",
      "\\u0041", "\\u00e4", "\\ud83d\\ude00", "\\=", "\\:", "\\t", "\\n", "\\#", "\\ ",
    ].map { Array($0.utf8) } + [[0xE4], [0xC3, 0xA4], [0xFF], [0x0B], [0x85]]

  private static func random(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var generator = Numbers(state: seed)
    return (0..<count).map { _ in
      var file = (0..<Int.random(in: 0...24, using: &generator)).flatMap { _ in
        pieces.randomElement(using: &generator) ?? []
      }
      if Int.random(in: 0..<20, using: &generator) == 0 { file += Array("\\u12".utf8) }
      return file
    }
  }

  private static func read(_ ini: IniFile) -> Java.Properties {
    var properties: Java.Properties = [:]
    for line in ini.lines {
      if case .assignment(let key) = line.kind { properties[Array(key.utf16)] = Array(line.text.utf16) }
    }
    return properties
  }

  @Test func filesAreReadAsJavaReadsThem() throws {
    let files = JavaPropertiesTests.random(1500, seed: 1)
    for (bytes, expected) in zip(files, try Java.load(files)) {
      let ini = try? IniFile(bytes, name: "lui.ini")
      guard ini.map(JavaPropertiesTests.read) != expected || ini != nil && ini?.bytes != bytes else { continue }
      Issue.record("read otherwise than by Java: \(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
    }
  }

  @Test func filesThatJavaWroteAreReadAsItMeantThem() throws {
    for (bytes, expected) in try Java.stored(300) {
      let ini = try IniFile(bytes, name: "lui.ini")
      #expect(JavaPropertiesTests.read(ini) == expected)
      #expect(ini.bytes == bytes)
    }
  }

  @Test func anEditChangesForJavaTheOneKeyOnly() throws {
    let values = ["", "x", " y", "=z", ":", "# no comment", "C:\\u\\", "a=b", "ä", "€ 😀", "!", "jdbc:mysql://h/d?a=b"]
    var generator = Numbers(state: 2)
    var edits: [(key: String, value: String, before: [UInt8], after: [UInt8])] = []
    for bytes in JavaPropertiesTests.random(1500, seed: 3) {
      guard var ini = try? IniFile(bytes, name: "lui.ini") else { continue }
      let keys = ini.keys + ["new", "ne w", "a=b", "#c", "ä€"]
      let key = keys[Int.random(in: keys.indices, using: &generator)]
      let value = values[Int.random(in: values.indices, using: &generator)]
      try ini.set(key, value)
      if try IniFile(ini.bytes, name: "lui.ini") != ini { Issue.record("other lines after an edit of \(key)") }
      edits.append((key, value, bytes, ini.bytes))
    }
    let before = try Java.load(edits.map(\.before))
    let after = try Java.load(edits.map(\.after))
    #expect(edits.count > 1000)
    for (edit, (before, after)) in zip(edits, zip(before, after)) {
      var expected = before
      expected?[Array(edit.key.utf16)] = Array(edit.value.utf16)
      guard after == nil || after != expected else { continue }
      Issue.record("\(edit.key) in \(String(reflecting: String(decoding: edit.before, as: UTF8.self)))")
    }
  }

  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    // SplitMix64.
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }
}
