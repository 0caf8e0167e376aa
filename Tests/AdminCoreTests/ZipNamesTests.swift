import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What is found by hashes must be what comparing each name with each other one finds.
@Suite struct ZipNamesTests {
  private static func entry(_ name: String) -> ZipEntry {
    ZipEntry(
      name: name, mode: 0, modifiedSeconds: 0, size: 0, compressedSize: 0, crc32: 0, method: .stored, headerOffset: 0,
      dataOffset: 0)
  }

  private static func isRefused(_ names: [String]) throws -> Bool {
    let entries = names.map(entry)
    var found = ZipNames(count: names.count)
    for entry in entries { found.add(entry) }
    do {
      try found.check("test.zip") { body in for entry in entries { try body(entry) } }
      return false
    } catch is AdminError {
      return true
    }
  }

  private static func mustBeRefused(_ names: [String]) -> Bool {
    for (index, name) in names.enumerated() {
      let key = name.hasSuffix("/") ? String(name.dropLast()) : name
      for (other, second) in names.enumerated() where other != index {
        let secondKey = second.hasSuffix("/") ? String(second.dropLast()) : second
        if secondKey == key || !name.hasSuffix("/") && second.hasPrefix(key + "/") { return true }
      }
    }
    return false
  }

  @Test func asComparingEachWithEachFinds() throws {
    var generator = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<3000 {
      let names = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
        let parts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          ["a", "b", "ab", "abc"].randomElement(using: &generator) ?? "a"
        }
        return parts.joined(separator: "/") + (Bool.random(using: &generator) ? "/" : "")
      }
      let isWrong = Self.mustBeRefused(names)
      if isWrong { refused += 1 }
      let found = try Self.isRefused(names)
      #expect(found == isWrong, "\(names)")
    }
    #expect(refused > 100 && refused < 2900)
  }
}
