import Archive
import Foundation
import Platform

extension TableSchema {
  /// Where an archive keeps a table's structure. A name that a file name cannot hold is percent-encoded.
  package static func schemaEntryName(_ table: String) -> String {
    "database/\(EntryName.encoded(Array(table.utf8))).schema.json"
  }

  /// Where an archive keeps a table's rows.
  package static func rowsEntryName(_ table: String) -> String {
    "database/\(EntryName.encoded(Array(table.utf8))).copy"
  }

  package func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(self))
  }

  package static func decode(_ bytes: [UInt8], archive: String) throws -> TableSchema {
    do {
      return try JSONDecoder().decode(TableSchema.self, from: Data(bytes))
    } catch {
      throw AdminError(.dataError, "a table's schema cannot be understood", at: archive, next: "use another backup set")
    }
  }
}

/// One part of an entry's name. Control bytes, the slash, the backslash, the percent sign and bytes that are not UTF-8 are
/// written as `%XX`, so that every tool takes the name and every file name has exactly one.
package enum EntryName {
  package static func encoded(_ part: [UInt8]) -> String {
    var result: [UInt8] = []
    var index = 0
    while index < part.count {
      let byte = part[index]
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      let end = min(index + length, part.count)
      let piece = Array(part[index..<end])
      let isText = piece.withUnsafeBytes { isValidUTF8($0) }
      let isControl = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && piece.count == 2 && piece[1] < 0xA0)
      let isReserved = byte == 0x25 || byte == 0x5C || byte == 0x2F
      if isText && !isControl && !isReserved {
        result += piece
        index = end
      } else {
        result += [0x25] + Array(Digest.hex([byte]).uppercased().utf8)
        index += 1
      }
    }
    // A part of dots alone would be a path of its own.
    if result == [0x2E] || result == [0x2E, 0x2E] { return result.map { _ in "%2E" }.joined() }
    return String(decoding: result, as: UTF8.self)
  }

  /// The bytes of a file name; nil when the part is not one that `encoded` gives.
  package static func decoded(_ part: some StringProtocol) -> [UInt8]? {
    var result: [UInt8] = []
    let bytes = Array(part.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25 {
        guard index + 2 < bytes.count,
          let value = Digest.bytes(hex: String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self).lowercased())
        else { return nil }
        result += value
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    guard !result.isEmpty, !result.contains(0), !result.contains(0x2F), result != [0x2E], result != [0x2E, 0x2E],
      encoded(result).utf8.elementsEqual(part.utf8)
    else { return nil }
    return result
  }
}
