import Platform

/// The names of XML namespaces, document types and JSON schemas: they look like URLs, but nobody opens them.
enum MarkupNames {
  private static let starts = ["xmlns", "schemaLocation", "<!DOCTYPE", "\"$schema\"", "xsi:noNamespaceSchemaLocation"]
    .map { Array($0.utf8) }

  /// A text with blanks in place of such names.
  static func blanked(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text = [UInt8](bytes)
    for start in starts {
      var offset = 0
      while let found = bytes.from(offset).firstOffset(of: start) {
        offset += found + start.count
        let quotes = start.first == 0x3C ? 8 : 1
        for _ in 0..<quotes {
          // The value stands right behind, or, in a document type, behind other words of it.
          let gap = bytes.from(offset).prefix(quotes > 1 ? 256 : 64).prefix {
            $0 != 0x22 && $0 != 0x27 && $0 != 0x3E && $0 != 0x5B
          }
          guard let quote = bytes.byte(offset + gap.count), quote == 0x22 || quote == 0x27 else { break }
          let value = bytes.from(offset + gap.count + 1).prefix(2048).prefix { $0 != quote }
          let first = offset + gap.count + 1
          for index in first..<first + value.count { text[index] = 0x20 }
          offset = min(bytes.count, first + value.count + 1)
        }
      }
    }
    return text
  }
}
