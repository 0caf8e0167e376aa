/// Finds where the links in what users wrote lead, at the speed of reading: a text may be a whole newsletter.
package enum Links {
  /// The hosts of the URLs in a text, as they are spelled there, in lower case, each once.
  package static func hosts(in text: String) -> Set<String> {
    var text = text
    return text.withUTF8 { bytes in
      var found: Set<String> = []
      var index = 0
      while index + 2 < bytes.count {
        guard bytes[index] == 0x2F, bytes[index + 1] == 0x2F else {
          index += 1
          continue
        }
        // Behind a scheme, or a URL without one: //host/path.
        let start = index + 2
        var end = start
        while end < bytes.count, end - start < 300, isAuthority(bytes[end]) { end += 1 }
        if start < end, index > 0, !isAuthority(bytes[index - 1]) || bytes[index - 1] == 0x3A {
          found.insert(host(String(decoding: bytes[start..<end], as: UTF8.self)))
        }
        index = max(end, start)
      }
      found.remove("")
      return found
    }
  }

  private static func host(_ authority: String) -> String {
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? authority
    return AddressScan.withoutPort(host).lowercased()
  }

  private static func isAuthority(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF, 0x2D, 0x2E, 0x5F, 0x3A, 0x40, 0x5B, 0x5D, 0x25, 0x7E:
      true
    default: false
    }
  }
}
